#include "harness/latency/storage_latency.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "harness/check.h"
#include "harness/judging/proof_limits.h"
#include "harness/judging/testimony.h"
#include "harness/latency/commit_latency.h"
#include "harness/latency/fio_job.h"
#include "harness/latency/fio_output.h"
#include "harness/statistics/ratio.h"
#include "harness/statistics/two_samples.h"
#include "harness/text/printable.h"

namespace holdfast {
namespace {

using nlohmann::json;

constexpr char kMethod[] =
    "geometric mean of the ratios of paired, interleaved repetitions; Student's t-interval of their logarithms";

constexpr char kDurability[] = "no-lost-writes";  // the checker's
constexpr char kExperiment[] = "experiment";      // the judge's verdict on it

// Of one job, by repetition.
struct Readings {
  std::string job;
  std::map<int, LatencyFigures> volume;
  std::map<int, LatencyFigures> local;
};

using Figure = double LatencyFigures::*;

std::string NameOf(const Mark& mark) {
  return Printable(
      fmt::format("{} on {}, repetition {}", FieldOf(mark, "job"), FieldOf(mark, "on"), FieldOf(mark, "repetition")));
}

Readings& Of(const std::string& job, std::vector<Readings>& all) {
  const auto found = std::find_if(all.begin(), all.end(), [&job](const Readings& one) { return one.job == job; });
  if (found != all.end()) return *found;
  all.push_back({.job = job, .volume = {}, .local = {}});
  return all.back();
}

// Of which a mark tells, whatever it tells.
FioReading ReadingOf(const Mark& mark) {
  return {.job = FieldOf(mark, "job"),
          .medium = FieldOf(mark, "on") == ToString(Medium::kVolume) ? Medium::kVolume : Medium::kLocal,
          .repetition = std::atoi(FieldOf(mark, "repetition").c_str())};
}

// What was to be measured and was never begun: the harness was ended, or lines of its history are gone. The layouts are
// no readings.
std::optional<std::string> Lack(const Cell& cell, const CellHistory& history) {
  std::vector<FioReading> planned = DrawReadings(*cell.fio, cell.seed);
  std::erase_if(planned, [](const FioReading& reading) { return reading.job == kLayout; });
  const std::size_t all = planned.size();
  for (const Mark& mark : history.marks) {
    if (mark.name == kMarkFio || mark.name == kMarkFioFailed) std::erase(planned, ReadingOf(mark));
  }
  if (planned.empty()) return std::nullopt;
  return fmt::format("{} of {} readings", all - planned.size(), all);
}

// What is wrong with single ones of them goes to `troubles`.
std::vector<Readings> Collect(const CellHistory& history, std::vector<std::string>& troubles) {
  const std::vector<std::string> known = FioJobNames();
  std::vector<Readings> all;
  for (const Mark& mark : history.marks) {
    if (mark.name == kMarkFioFailed) troubles.push_back(NameOf(mark) + ": " + Printable(mark.text));
    const std::string job = FieldOf(mark, "job");
    if (mark.name != kMarkFio || std::find(known.begin(), known.end(), job) == known.end()) continue;
    const Result<LatencyFigures> figures = ParseFioOutput(mark.text, MeasuredIn(job));
    if (!figures) {
      troubles.push_back(NameOf(mark) + ": " + Printable(figures.error().message));
      continue;
    }
    Readings& readings = Of(job, all);
    const FioReading reading = ReadingOf(mark);
    (reading.medium == Medium::kVolume ? readings.volume : readings.local)[reading.repetition] = *figures;
  }
  // In the order of the jobs' list, whatever order was drawn.
  std::sort(all.begin(), all.end(), [&known](const Readings& one, const Readings& other) {
    return std::find(known.begin(), known.end(), one.job) < std::find(known.begin(), known.end(), other.job);
  });
  return all;
}

// With fewer operations than that there is none beyond the quantile, in any repetition.
constexpr double kLeastForP999 = 1000;

json SpreadOf(const std::map<int, LatencyFigures>& readings, Figure figure, double unit) {
  std::vector<double> values;
  for (const auto& [repetition, figures] : readings) values.push_back(figures.*figure / unit);
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  return {{"median", MedianOf(values)}, {"least", *least}, {"most", *most}};
}

json FiguresOf(const std::map<int, LatencyFigures>& readings) {
  if (readings.empty()) return nullptr;
  constexpr double kMicrosecond = 1000;
  const json operations = SpreadOf(readings, &LatencyFigures::operations, 1);
  const bool enough = operations.at("least").get<double>() >= kLeastForP999;
  return {{"operations", operations},
          {"iops", SpreadOf(readings, &LatencyFigures::iops, 1)},
          {"p50_us", SpreadOf(readings, &LatencyFigures::p50_ns, kMicrosecond)},
          {"p95_us", SpreadOf(readings, &LatencyFigures::p95_ns, kMicrosecond)},
          {"p99_us", SpreadOf(readings, &LatencyFigures::p99_ns, kMicrosecond)},
          {"p99_9_us", enough ? SpreadOf(readings, &LatencyFigures::p999_ns, kMicrosecond) : json()},
          {"max_us", SpreadOf(readings, &LatencyFigures::max_ns, kMicrosecond)}};
}

std::optional<Interval> P99Ratio(const Readings& readings, double confidence) {
  std::vector<std::pair<double, double>> pairs;
  for (const auto& [repetition, volume] : readings.volume) {
    const auto local = readings.local.find(repetition);
    if (local != readings.local.end()) pairs.emplace_back(volume.p99_ns, local->second.p99_ns);
  }
  return RatioOf(pairs, confidence);
}

json ToJson(const std::optional<Interval>& interval) {
  if (!interval) return nullptr;
  return {{"estimate", interval->estimate}, {"low", interval->low}, {"high", interval->high}};
}

json FiguresOf(const Readings& readings, double confidence) {
  return {{"job", readings.job},
          {"measured", MeasuredInWords(readings.job)},
          {"repetitions", std::min(readings.volume.size(), readings.local.size())},
          {"volume", FiguresOf(readings.volume)},
          {"local", FiguresOf(readings.local)},
          {"p99_vs_local", ToJson(P99Ratio(readings, confidence))}};
}

std::string Describe(const Readings& readings, const Interval& ratio, double confidence) {
  return fmt::format("{} p99 {:.1f}× node-local ({:.1f} to {:.1f} with {:.0f} % confidence)", readings.job,
                     ratio.estimate, ratio.low, ratio.high, confidence * 100);
}

double LeastOperations(const Readings& readings) {
  double least = std::numeric_limits<double>::infinity();
  for (const auto* medium : {&readings.volume, &readings.local}) {
    for (const auto& [repetition, figures] : *medium) least = std::min(least, figures.operations);
  }
  return least;
}

Verdict Doubt(Verdict verdict, const std::string& summary) {
  verdict.judgement = Judgement::kInconclusive;
  verdict.summary = summary;
  return verdict;
}

Verdict HoldAgainst(double bound, const Readings& journal, const Interval& ratio, Verdict verdict) {
  const std::string limits = fmt::format("{}, {:g}× allowed", verdict.summary, bound);
  verdict.because.push_back(limits);
  verdict.summary = limits;
  if (const double least = LeastOperations(journal); least < kLeastForP99) {
    return Doubt(std::move(verdict), fmt::format("too few operations to tell their p99, {:.0f} in a repetition and not "
                                                 "{:.0f}, a longer runtime would do: {}",
                                                 least, kLeastForP99, limits));
  }
  if (ratio.high <= bound) return verdict;
  if (ratio.low <= bound) {
    return Doubt(std::move(verdict), "the bound lies in the interval, more repetitions would decide: " + limits);
  }
  verdict.judgement = Judgement::kFail;
  verdict.summary = "too slow: " + limits;
  return verdict;
}

// nullptr if there is none.
const Verdict* VerdictOf(const CellResult& result, const char* checker) {
  const auto found = std::find_if(result.verdicts.begin(), result.verdicts.end(),
                                  [&](const Verdict& verdict) { return verdict.checker == checker; });
  return found == result.verdicts.end() ? nullptr : &*found;
}

// A durability verdict counts only where it was.
bool WasAnExperiment(const CellResult& result) {
  const Verdict* experiment = VerdictOf(result, kExperiment);
  return experiment != nullptr && experiment->judgement == Judgement::kPass;
}

// In front, where no report cuts it off; also in that of the cell, which quotes that of its verdicts.
void MarkSummaries(const std::string& mark, CellResult& result, Verdict& verdict) {
  if (verdict.summary.empty() || verdict.summary.starts_with(mark)) return;
  if (const std::size_t place = result.summary.find(verdict.summary); place != std::string::npos) {
    result.summary.insert(place, mark);
  }
  verdict.summary = mark + verdict.summary;
}

bool IsOfLatency(const Verdict& verdict) {
  return verdict.figures.contains(kStorageFigure) || verdict.figures.contains(kCommitFigure);
}

}  // namespace

Verdict JudgeStorageLatency(const Cell& cell, const CellHistory& history, const Bounds& bounds) {
  CHECK(cell.fio.has_value());
  Verdict verdict;
  verdict.checker = kStorageLatency;
  std::vector<std::string> troubles;
  const std::vector<Readings> all = Collect(history, troubles);
  if (const auto lack = Lack(cell, history)) troubles.push_back(*lack);
  json figure = {{"method", kMethod}, {"confidence", bounds.confidence}, {"jobs", json::array()}};
  for (const Readings& readings : all) figure["jobs"].push_back(FiguresOf(readings, bounds.confidence));
  verdict.figures[kStorageFigure] = figure;
  verdict.because = Shortened(troubles);
  if (all.empty()) return Doubt(std::move(verdict), "nothing was measured");
  if (!troubles.empty()) return Doubt(std::move(verdict), "not everything was measured: " + troubles.front());
  // The journal is what commits wait for; without it another job speaks.
  const auto journal = std::find_if(all.begin(), all.end(), [](const Readings& one) { return one.job == kJournalJob; });
  const Readings& headline = journal == all.end() ? all.front() : *journal;
  const std::optional<Interval> ratio = P99Ratio(headline, bounds.confidence);
  if (!ratio) {
    return Doubt(std::move(verdict),
                 headline.job + " was measured fewer than two times on both volume and node-local storage");
  }
  verdict.judgement = Judgement::kPass;
  verdict.summary = Describe(headline, *ratio, bounds.confidence);
  if (!bounds.journal_p99_vs_local) return verdict;
  if (journal == all.end()) {
    return Doubt(std::move(verdict), "the rig bounds journal_p99_vs_local, and the journal was not measured");
  }
  return HoldAgainst(*bounds.journal_p99_vs_local, *journal, *ratio, std::move(verdict));
}

std::optional<std::string> WhyUnqualified(const Run& run) {
  bool kept = false;          // in an experiment
  bool kept_by_disk = false;  // and no memory that survived can have kept it
  for (const CellResult& result : run.results) {
    const Verdict* durability = VerdictOf(result, kDurability);
    if (durability == nullptr) continue;
    if (durability->judgement == Judgement::kFail) return "acknowledged writes were lost on this rig";
    if (durability->judgement != Judgement::kPass || !WasAnExperiment(result)) continue;
    kept = true;
    kept_by_disk = kept_by_disk || PowerLossLimit(run, result).empty();
  }
  if (run.bounds.async) return "its contract is asynchronous";
  if (!kept) return "no durability verdict of this rig passed in this run";
  if (!kept_by_disk) return "no experiment that lost power stands behind it";
  return std::nullopt;
}

void MarkQualified(Run& run) {
  const std::optional<std::string> why = WhyUnqualified(run);
  for (CellResult& result : run.results) {
    for (Verdict& verdict : result.verdicts) {
      if (!IsOfLatency(verdict)) continue;
      verdict.figures[kQualified] = !why.has_value();
      if (why) MarkSummaries(fmt::format("UNQUALIFIED, {}: ", *why), result, verdict);
    }
  }
}

}  // namespace holdfast
