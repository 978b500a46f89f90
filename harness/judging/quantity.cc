#include "harness/judging/quantity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "harness/check.h"
#include "harness/latency/commit_latency.h"
#include "harness/latency/condition_words.h"
#include "harness/latency/fio_job.h"
#include "harness/latency/storage_latency.h"
#include "harness/options.h"
#include "harness/statistics/trials.h"

namespace holdfast {
namespace {

using nlohmann::json;
using Kind = Quantity::Kind;

constexpr char kHealthy[] = "healthy";
constexpr char kRebuilding[] = "rebuilding";
constexpr double kMillisecond = 1e-3;
constexpr double kMicrosecond = 1e-6;

Quantity CommitP99(const std::string& condition) {
  return {.name = condition == kHealthy ? "commit p99" : "commit p99 " + condition,
          .figure = kCommitFigure,
          .unit = kMillisecond,
          .resolution = 1e-4,
          .kind = Kind::kLatency,
          .member = "/p99_ms",
          .censored = "/p99_never",
          .unanswered = "/p99_unanswered",
          .list = "/conditions",
          .key = "/condition",
          .value = condition};
}

Quantity OfJob(const std::string& job, const std::string& name, Kind kind, const std::string& member) {
  return {.name = job + " " + name,
          .figure = kStorageFigure,
          .unit = kind == Kind::kRatio ? 1 : kMicrosecond,
          .resolution = kind == Kind::kRatio ? 0.05 : 1e-4,
          .kind = kind,
          .member = member,
          .list = "/jobs",
          .key = "/job",
          .value = job};
}

Quantity RatioOfJob(const std::string& job) {
  return OfJob(job, "p99 vs local", Kind::kRatio, "/p99_vs_local/estimate");
}

Quantity JournalLatency(const std::string& name, const std::string& member, const char* own_disk) {
  Quantity quantity = OfJob(kJournalJob, name, Kind::kLatency, member);
  quantity.own_disk = own_disk;
  return quantity;
}

// Null if there is no such member, whatever `value` is.
json At(const json& value, const std::string& pointer) {
  const json::json_pointer place(pointer);
  return value.contains(place) ? value.at(place) : json();
}

// What the quantity's pointers point into; null if there is no such object.
json HolderOf(const json& figures, const Quantity& quantity) {
  if (quantity.list == nullptr) return figures;
  const json list = At(figures.at(quantity.figure), quantity.list);
  for (const json& one : list.is_array() ? list : json::array()) {
    if (At(one, quantity.key) == quantity.value) return one;
  }
  return nullptr;
}

// The judge's verdict on the experiment (judge.h), not the one on the figure.
bool IsDoubted(const CellResult& result) {
  return std::any_of(result.verdicts.begin(), result.verdicts.end(), [](const Verdict& verdict) {
    return verdict.checker == "experiment" && verdict.judgement != Judgement::kPass;
  });
}

bool IsMeasured(const CellResult& result, const Verdict& verdict, Kind kind) {
  if (verdict.judgement == Judgement::kInconclusive) return kind != Kind::kOutage && !IsDoubted(result);
  return verdict.judgement != Judgement::kSkipped;
}

bool HasLatency(const CellResult& result) {
  return std::any_of(result.verdicts.begin(), result.verdicts.end(), [](const Verdict& verdict) {
    return verdict.figures.contains(kCommitFigure) || verdict.figures.contains(kStorageFigure);
  });
}

std::string RatioText(double ratio) { return fmt::format("{:.{}f}×", ratio, std::abs(ratio) < 100 ? 1 : 0); }

}  // namespace

const std::vector<Quantity>& HeadlineQuantities() {
  static const std::vector<Quantity> headline = {kRto, CommitP99(kHealthy), RatioOfJob(kJournalJob)};
  return headline;
}

const std::vector<Quantity>& Quantities() {
  static const std::vector<Quantity> quantities = [] {
    std::vector<Quantity> all = HeadlineQuantities();
    // The backend is asked about once a second whether it is whole.
    all.push_back({.name = "rebuild", .figure = "redundancy_s", .resolution = 2, .member = "/redundancy_s"});
    all.push_back({.name = "late writes", .figure = "brown_out_s", .resolution = 0.5, .member = "/brown_out_s"});
    all.push_back(CommitP99("hurt"));
    all.push_back(CommitP99(kRebuilding));
    // A time tells a smaller difference than a ratio, which has the noise of two disks.
    all.push_back(JournalLatency("p99", "/volume/p99_us/median", "/local/p99_us/median"));
    all.push_back(JournalLatency("p50", "/volume/p50_us/median", "/local/p50_us/median"));
    for (const std::string& job : FioJobNames()) {
      if (job != kJournalJob) all.push_back(RatioOfJob(job));
    }
    return all;
  }();
  return quantities;
}

std::string NameOf(const Quantity& quantity, const Cell& cell) {
  if (quantity.figure != std::string_view(kCommitFigure) || quantity.value == kHealthy) return quantity.name;
  return "commit p99 " + ConditionInWords(quantity.value, cell.fault.name);
}

std::optional<double> ValueOf(const CellResult& result, const Quantity& quantity) {
  // Runs of before called the removal of a snapshot so.
  if (quantity.value == kRebuilding && !LeavesSomethingToRebuild(result.cell.fault.name)) return std::nullopt;
  for (const Verdict& verdict : result.verdicts) {
    if (!verdict.figures.contains(quantity.figure)) continue;
    if (!IsMeasured(result, verdict, quantity.kind)) return std::nullopt;
    const json holder = HolderOf(verdict.figures, quantity);
    for (const char* open : {quantity.censored, quantity.unanswered}) {
      if (open != nullptr && At(holder, open) == true) return kNeverRecovered;
    }
    const json number = At(holder, quantity.member);
    if (!number.is_number()) return std::nullopt;
    return number.get<double>() * quantity.unit;
  }
  return std::nullopt;
}

Quantity OfOwnDisk(Quantity quantity) {
  CHECK(quantity.own_disk != nullptr);
  quantity.member = std::exchange(quantity.own_disk, nullptr);
  return quantity;
}

std::string WhyLatencyUnqualified(const Run& run) {
  const bool measured = std::any_of(run.results.begin(), run.results.end(), HasLatency);
  return measured ? WhyUnqualified(run).value_or("") : "";
}

std::string MarkOf(const Quantity& quantity, const std::string& why_unqualified) {
  return quantity.kind == Kind::kOutage || why_unqualified.empty() ? "" : kUnqualifiedMark;
}

std::string ValueText(const Quantity& quantity, double value) {
  if (quantity.kind == Kind::kLatency && std::isinf(value)) return "unanswered";
  return quantity.kind == Kind::kRatio ? RatioText(value) : SecondsText(value);
}

std::string ShiftText(const Quantity& quantity, double shift) {
  if (quantity.kind == Kind::kLatency && std::isinf(shift)) return shift > 0 ? "no longer answered" : "answered again";
  if (quantity.kind != Kind::kRatio) return SecondsShiftText(shift);
  return (shift < 0 ? "−" : "+") + RatioText(std::abs(shift));
}

std::string SecondsText(double seconds) {
  if (std::isinf(seconds)) return "never";
  return FormatDuration(std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds)));
}

std::string SecondsShiftText(double seconds) {
  if (std::isinf(seconds)) return seconds > 0 ? "no longer ends" : "ends again";
  if (seconds == 0) return "0 s";
  return (seconds > 0 ? "+" : "−") + SecondsText(std::abs(seconds));
}

}  // namespace holdfast
