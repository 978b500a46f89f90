#include "harness/judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/check.h"
#include "harness/checker.h"
#include "harness/judging/diagnosis.h"
#include "harness/judging/measurement.h"
#include "harness/judging/phases.h"
#include "harness/judging/testimony.h"
#include "harness/latency/commit_latency.h"
#include "harness/latency/storage_latency.h"
#include "harness/registry.h"
#include "harness/text/printable.h"

namespace holdfast {
namespace {

constexpr char kExperiment[] = "experiment";  // the verdict on the experiment itself
constexpr char kNoFinalRead[] = "not everything was read back: there is no final read";

Verdict Single(Judgement judgement, const std::string& summary) {
  Verdict verdict;
  verdict.checker = kExperiment;
  verdict.judgement = judgement;
  verdict.summary = summary;
  return verdict;
}

// A pass, unless there are doubts.
Verdict Concluded(std::vector<std::string> doubts, const std::string& proven) {
  if (doubts.empty()) return Single(Judgement::kPass, proven);
  Verdict verdict = Single(Judgement::kInconclusive, doubts.front());
  verdict.because = Shortened(std::move(doubts));
  return verdict;
}

// What the history says of trouble that is nobody's but the harness's.
std::vector<std::string> TroublesOf(const CellHistory& history) {
  std::vector<std::string> troubles;
  for (const Mark& mark : history.marks) {
    if (mark.name == kMarkHarnessTrouble) troubles.push_back("harness trouble: " + Printable(mark.text));
  }
  for (const UnreadableLine& line : history.unreadable) troubles.push_back("unreadable: " + line.complaint);
  return troubles;
}

bool MeasuresRto(const Verdict& verdict) { return verdict.figures.contains("rto_s"); }

// Was it an experiment? Collects what is missing.
class Examination {
 public:
  Examination(const CellHistory& history, const Bounds& bounds) : history_(history), bounds_(bounds) {}

  Verdict Conclude() {
    ExamineHarness();
    if (const auto lack = LacksTraffic(history_, bounds_)) doubts_.push_back(*lack);
    const auto lacks_bite = LacksBite(history_);
    // Without the fault applied both say the same.
    if (lacks_bite && (doubts_.empty() || doubts_.back() != *lacks_bite)) doubts_.push_back(*lacks_bite);
    ExamineHeal();
    ExamineFirstRead();
    if (FinalRead(history_) == nullptr) doubts_.emplace_back(kNoFinalRead);
    return Concluded(std::move(doubts_), "traffic, bite, heal and read-back are proven");
  }

 private:
  void ExamineHarness() {
    doubts_ = TroublesOf(history_);
    const bool empty = history_.marks.empty() && history_.operations.empty() && history_.reads.empty();
    if (empty) doubts_.emplace_back("the history holds nothing of this cell");
  }

  // A fault that could not be healed is the harness's trouble: nothing can be said about a system that is still being
  // hurt.
  void ExamineHeal() {
    const Mark* injecting = FirstMark(history_, kMarkInjecting);
    if (injecting == nullptr) return;
    if (FirstMark(history_, kMarkHealed, injecting->time) != nullptr) return;
    const Mark* failed = LastMark(history_, kMarkNotHealed);
    doubts_.push_back(failed == nullptr ? "nothing says that the fault was healed"
                                        : "the fault could not be healed: " + Printable(failed->text));
  }

  // What the database would have shown as soon as it was back, nobody knows if only the final read came to an end.
  void ExamineFirstRead() {
    const Mark* recovered = FirstMark(history_, kMarkRecovered);
    if (recovered == nullptr) return;
    const ReadFindings* failed = nullptr;
    for (const ReadFindings& read : history_.reads) {
      if (read.begin < recovered->time) continue;
      if (read.IsComplete() && (!read.final || failed == nullptr)) return;
      if (read.final) break;
      failed = &read;
    }
    if (failed == nullptr) return;
    doubts_.push_back("the database was back and could not be read until the end: " +
                      (failed->error.empty() ? "a read did not finish" : Printable(failed->error)));
  }

  const CellHistory& history_;
  const Bounds& bounds_;
  std::vector<std::string> doubts_;
};

// A history of another seed has other payloads: every row of it would be called corrupt.
std::optional<std::string> BelongsElsewhere(const Cell& cell, const CellHistory& history) {
  const Mark* begun = FirstMark(history, kMarkCellBegun);
  if (begun == nullptr) return std::nullopt;
  const auto seed = begun->fields.find("seed");
  if (seed == begun->fields.end() || seed->second == std::to_string(cell.seed)) return std::nullopt;
  return fmt::format("the history is of seed {}, the plan of seed {}", Printable(seed->second, 40), cell.seed);
}

Duration Took(const CellHistory& history) {
  if (history.marks.empty()) return {};
  const auto [first, last] =
      std::minmax_element(history.marks.begin(), history.marks.end(),
                          [](const Mark& one, const Mark& other) { return one.time < other.time; });
  return Duration(last->time - first->time);
}

// The database of a soak, after all its strikes: whether they were made, and everything was read at the end. Each has a
// verdict of its own.
Verdict ExamineSoak(const CellHistory& history) {
  std::vector<std::string> doubts = TroublesOf(history);
  const auto strikes = std::count_if(history.marks.begin(), history.marks.end(),
                                     [](const Mark& mark) { return mark.name == kMarkInjected; });
  if (strikes == 0) doubts.emplace_back("no fault was applied");
  if (FinalRead(history) == nullptr) doubts.emplace_back(kNoFinalRead);
  return Concluded(std::move(doubts), fmt::format("{} faults, and everything was read back", strikes));
}

// Whether the harness had trouble. Whether every reading was made the verdict on them says.
Verdict ExamineMeasuring(const CellHistory& history) {
  std::vector<std::string> doubts = TroublesOf(history);
  if (history.marks.empty()) doubts.emplace_back("the history holds nothing of this cell");
  return Concluded(std::move(doubts), "measured");
}

std::vector<Verdict> Verdicts(const Cell& cell, const CellHistory& history, const Bounds& bounds) {
  if (cell.role == Role::kLeftOut) return {Single(Judgement::kSkipped, Printable(cell.missing))};
  if (const Mark* skipped = FirstMark(history, kMarkSkipped)) {
    return {Single(Judgement::kSkipped, Printable(skipped->text))};
  }
  if (const auto elsewhere = BelongsElsewhere(cell, history)) return {Single(Judgement::kInconclusive, *elsewhere)};
  if (cell.role == Role::kLatency) return {ExamineMeasuring(history), JudgeStorageLatency(cell, history, bounds)};
  if (cell.role == Role::kSoak) {
    return {ExamineSoak(history), Registry<Checker>::Make("no-lost-writes", {})->Judge(history, bounds)};
  }
  std::vector<Verdict> verdicts = {Examination(history, bounds).Conclude()};
  const std::vector<std::string> checkers = Registry<Checker>::Names();
  CHECK(!checkers.empty());  // a linker that dropped them would make everything pass
  for (const std::string& name : checkers) {
    verdicts.push_back(Registry<Checker>::Make(name, {})->Judge(history, bounds));
  }
  if (cell.commits) verdicts.push_back(JudgeCommits(history, bounds));
  return verdicts;
}

// Where the time went, to the verdict that measured it.
void Explain(std::vector<Verdict>& verdicts, const CellHistory& history, const Bounds& bounds,
             const Timeline& timeline) {
  const std::optional<Nanoseconds> fault = FaultTime(history, bounds);
  const auto measured = std::find_if(verdicts.begin(), verdicts.end(), MeasuresRto);
  if (!fault || measured == verdicts.end()) return;
  const std::vector<Phase> phases = SplitOutage(history, Measure(history, bounds, *fault), timeline);
  std::vector<std::string>& because = measured->because;
  if (!phases.empty()) {
    measured->figures["phases"] = PhasesToJson(phases);
    const Phase& slowest = Slowest(phases);
    because.push_back(fmt::format("slowest phase: {}, {}, until {}", slowest.name,
                                  FormatDuration(Duration(slowest.end - slowest.begin)), slowest.until));
    because.push_back("where the time went: " + Describe(phases));
  }
  because.insert(because.end(), timeline.unreadable.begin(), timeline.unreadable.end());
  because = Shortened(std::move(because));
}

// On the recovery, if there was a fault to recover from.
std::string CauseOf(const CellResult& result, const CellHistory& history, const Bounds& bounds,
                    const Timeline& timeline) {
  const auto measured = std::find_if(result.verdicts.begin(), result.verdicts.end(), MeasuresRto);
  const bool is_measured = measured != result.verdicts.end();
  return Diagnose(history, bounds, timeline, is_measured ? measured->judgement : result.judgement);
}

// Of the worst verdicts the first; of a pass, what the checkers found.
std::string Summary(const CellResult& result) {
  std::string summary;
  for (const Verdict& verdict : result.verdicts) {
    if (verdict.judgement != result.judgement) continue;
    if (result.judgement != Judgement::kPass) return verdict.summary;
    if (verdict.checker != kExperiment) summary += (summary.empty() ? "" : "; ") + verdict.summary;
  }
  return summary;
}

std::string Field(const Mark& mark, const char* key) { return Printable(FieldOf(mark, key), 100); }

const Mark* Placement(const CellHistory& history, const char* moment) {
  const auto found = std::find_if(history.marks.rbegin(), history.marks.rend(),
                                  [&](const Mark& mark) { return mark.name == kMarkPlacement && mark.text == moment; });
  return found == history.marks.rend() ? nullptr : &*found;
}

}  // namespace

CellResult JudgeCell(const Cell& cell, const CellHistory& history, const Bounds& bounds, const Timeline& timeline) {
  CellResult result;
  result.cell = cell;
  result.took = Took(history);
  result.verdicts = Verdicts(cell, history, bounds);
  if (!timeline.empty()) Explain(result.verdicts, history, bounds, timeline);
  result.judgement =
      std::max_element(result.verdicts.begin(), result.verdicts.end(), [](const Verdict& one, const Verdict& other) {
        return one.judgement < other.judgement;
      })->judgement;
  result.summary = Summary(result);
  result.cause = CauseOf(result, history, bounds, timeline);
  if (cell.role != Role::kSoak) result.recovered_by = RecoveredBy(history);
  return result;
}

std::string RecoveredBy(const CellHistory& history) {
  const Mark* before = Placement(history, "before");
  const Mark* after = Placement(history, "after");
  if (before == nullptr || after == nullptr || Field(*after, "ready") != "true") return "";
  if (LastMark(history, kMarkNotRecovered) != nullptr) return "";  // it is back because the fault was healed
  const std::string from = Field(*before, "node");
  const std::string to = Field(*after, "node");
  if (Field(*before, "pod_uid") != Field(*after, "pod_uid")) {
    return from == to ? "new pod on the same node " + to : "new pod, " + from + " → " + to;
  }
  const bool restarted = Field(*before, "container_id") != Field(*after, "container_id") ||
                         Field(*before, "restarts") != Field(*after, "restarts");
  return restarted ? "container restarted on " + to : "same container on " + to;
}

}  // namespace holdfast
