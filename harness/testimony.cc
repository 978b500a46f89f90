#include "harness/testimony.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "harness/printable.h"
#include "harness/verdict.h"

namespace holdfast {

const Mark* FirstMark(const CellHistory& history, const char* name, Nanoseconds since) {
  const auto found = std::find_if(history.marks.begin(), history.marks.end(),
                                  [&](const Mark& mark) { return mark.name == name && mark.time >= since; });
  return found == history.marks.end() ? nullptr : &*found;
}

const Mark* LastMark(const CellHistory& history, const char* name) {
  const auto found =
      std::find_if(history.marks.rbegin(), history.marks.rend(), [&](const Mark& mark) { return mark.name == name; });
  return found == history.marks.rend() ? nullptr : &*found;
}

std::optional<int> PinnedClient(const CellHistory& history) {
  const Mark* pinned = FirstMark(history, kMarkPinned);
  if (pinned == nullptr) return std::nullopt;
  const auto client = pinned->fields.find("client");
  if (client == pinned->fields.end()) return std::nullopt;
  int number = 0;
  const char* end = client->second.data() + client->second.size();
  const auto parsed = std::from_chars(client->second.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return number;
}

const Read* FinalRead(const CellHistory& history) {
  const Mark* injecting = FirstMark(history, kMarkInjecting);
  const auto found = std::find_if(history.reads.rbegin(), history.reads.rend(), [&](const Read& read) {
    return read.final && read.end && read.error.empty() && (injecting == nullptr || read.begin > injecting->time);
  });
  return found == history.reads.rend() ? nullptr : &*found;
}

std::optional<std::string> LacksTraffic(const CellHistory& history, const Bounds& bounds) {
  const Mark* injecting = FirstMark(history, kMarkInjecting);
  if (injecting == nullptr) return "the fault was never applied";
  const auto acknowledged = std::count_if(
      history.operations.begin(), history.operations.end(),
      [&](const Operation& operation) { return IsAcknowledged(operation) && *operation.end < injecting->time; });
  if (acknowledged < std::max(bounds.least_writes, 1)) {
    return fmt::format("too little traffic: {} writes acknowledged before the fault, at least {} are needed",
                       acknowledged, std::max(bounds.least_writes, 1));
  }
  const Answers answers = AnswersWithin(history, injecting->time - bounds.stable_for.count(), injecting->time);
  if (!answers.Enough()) {
    return fmt::format("not healthy before the fault: {} of {} writes acknowledged in the last {}",
                       answers.acknowledged, answers.attempts, FormatDuration(bounds.stable_for));
  }
  return std::nullopt;
}

std::optional<std::string> LacksBite(const CellHistory& history) {
  const Mark* injecting = FirstMark(history, kMarkInjecting);
  if (injecting == nullptr) return "the fault was never applied";
  if (FirstMark(history, kMarkBitten, injecting->time) != nullptr) return std::nullopt;
  const Mark* not_bitten = LastMark(history, kMarkNotBitten);
  if (not_bitten == nullptr) return "nobody saw the fault take effect";
  return "the fault did not bite: " + Printable(not_bitten->text);
}

Answers AnswersWithin(const CellHistory& history, Nanoseconds from, Nanoseconds to) {
  Answers answers;
  const std::optional<int> pinned = PinnedClient(history);
  for (const Operation& operation : history.operations) {
    if (operation.client == pinned) continue;
    if (operation.begin < from || !operation.end || *operation.end > to) continue;
    ++answers.attempts;
    answers.acknowledged += IsAcknowledged(operation) ? 1 : 0;
  }
  return answers;
}

std::string Quote(const Operation& operation) {
  std::string quote = fmt::format("client {} #{}", operation.client, operation.sequence);
  if (operation.completion.incarnation != 0) quote += fmt::format(", incarnation {}", operation.completion.incarnation);
  quote += ", begun " + Seconds(operation.begin);
  if (!operation.end) return quote + ", never ended";
  switch (operation.completion.outcome) {
    case Outcome::kOk:
      return quote + ", acknowledged " + Seconds(*operation.end);
    case Outcome::kFail:
      return quote + ", failed " + Seconds(*operation.end) + " (" + Printable(operation.completion.error, 200) + ")";
    case Outcome::kUnknown:
      break;
  }
  return quote + ", unknown since " + Seconds(*operation.end) + " (" + Printable(operation.completion.error, 200) + ")";
}

double InSeconds(Nanoseconds time) { return static_cast<double>(time) / 1e9; }

std::string Seconds(Nanoseconds time) { return fmt::format("{:.6f} s", InSeconds(time)); }

std::vector<std::string> Shortened(std::vector<std::string> lines, std::size_t more) {
  if (lines.size() > kMostEvidence) {
    more += lines.size() - kMostEvidence;
    lines.resize(kMostEvidence);
  }
  if (more > 0) lines.push_back(fmt::format("... and {} more", more));
  return lines;
}

}  // namespace holdfast
