#include "harness/judging/accusations.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/judging/testimony.h"
#include "harness/verdict.h"

namespace holdfast {

namespace {

struct Words {
  const char* name;
  const char* meaning;
};

constexpr std::array<Words, kAnomalies> kWords = {{
    {"lost", "acknowledged, or shown by a read, and absent from a read that began later and from all after it"},
    {"hole", "lost, although a write that began after its acknowledgement is there"},
    {"corrupt", "there with another content than was written; torn, if only its beginning is"},
    {"phantom", "there, and nobody ever tried to write it"},
    {"duplicate", "there more than once"},
    {"reordered", "a client's writes stand in another order than it wrote them"},
    {"stale", "absent from one read that began after the acknowledgement, there in a later one"},
    {"two writers", "acknowledged by an older start of the database after a newer one had acknowledged"},
    {"resurrected", "there, although the client was told that it had failed"},
}};

}  // namespace

const char* NameOf(Anomaly anomaly) { return kWords[static_cast<std::size_t>(anomaly)].name; }

const char* MeaningOf(Anomaly anomaly) { return kWords[static_cast<std::size_t>(anomaly)].meaning; }

bool Accusations::Add(Anomaly anomaly, OperationIndex operation) {
  std::vector<bool>& accused = accused_[Index(anomaly)];
  if (operation >= accused.size()) accused.resize(operation + std::size_t{1});
  if (accused[operation]) return false;
  accused[operation] = true;
  ++counts_[Index(anomaly)];
  return true;
}

bool Accusations::WantsQuote(Anomaly anomaly) const { return quotes_[Index(anomaly)].size() < kMostEvidence; }

void Accusations::AddQuote(Anomaly anomaly, const std::string& quote) {
  quotes_[Index(anomaly)].push_back(fmt::format("{}: {}", NameOf(anomaly), quote));
}

std::size_t Accusations::Total() const {
  std::size_t total = 0;
  for (const std::size_t count : counts_) total += count;
  return total;
}

std::string Accusations::Summary() const {
  std::string summary;
  for (std::size_t i = 0; i < kAnomalies; ++i) {
    if (counts_[i] == 0) continue;
    summary += fmt::format("{}{} {}", summary.empty() ? "" : ", ", counts_[i], NameOf(static_cast<Anomaly>(i)));
  }
  return summary;
}

// One quote of each class first, then a second of each, and so on: thousands of lost writes do not hide a corrupt one.
std::vector<std::string> Accusations::Quotes() const {
  std::array<std::size_t, kAnomalies> shown{};
  std::size_t total_shown = 0;
  for (std::size_t round = 0; round < kMostEvidence; ++round) {
    for (std::size_t i = 0; i < kAnomalies && total_shown < kMostEvidence; ++i) {
      if (quotes_[i].size() <= round) continue;
      ++shown[i];
      ++total_shown;
    }
  }
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < kAnomalies; ++i) {
    lines.insert(lines.end(), quotes_[i].begin(), quotes_[i].begin() + static_cast<std::ptrdiff_t>(shown[i]));
  }
  return Shortened(std::move(lines), Total() - total_shown);
}

}  // namespace holdfast
