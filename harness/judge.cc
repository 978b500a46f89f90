#include "harness/judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/check.h"
#include "harness/checker.h"
#include "harness/printable.h"
#include "harness/registry.h"
#include "harness/testimony.h"

namespace holdfast {
namespace {

constexpr char kExperiment[] = "experiment";  // the verdict on the experiment itself

// Was it an experiment? Collects what is missing, and decides about the backend's promise to become whole again.
class Examination {
 public:
  Examination(const CellHistory& history, const Bounds& bounds) : history_(history), bounds_(bounds) {}

  Verdict Conclude() {
    ExamineHarness();
    if (const auto lack = LacksTraffic(history_, bounds_)) doubts_.push_back(*lack);
    const auto lacks_bite = LacksBite(history_);
    // Without the fault applied both say the same.
    if (lacks_bite && (doubts_.empty() || doubts_.back() != *lacks_bite)) doubts_.push_back(*lacks_bite);
    ExamineHeal(lacks_bite ? Bitten::kUnproven : Bitten::kYes);
    if (FinalRead(history_) == nullptr) doubts_.emplace_back("not everything was read back: there is no final read");
    return ToVerdict();
  }

 private:
  enum class Bitten { kYes, kUnproven };

  void ExamineHarness() {
    for (const Mark& mark : history_.marks) {
      if (mark.name == kMarkHarnessTrouble) doubts_.push_back("harness trouble: " + Printable(mark.text));
    }
    for (const UnreadableLine& line : history_.unreadable) doubts_.push_back("unreadable: " + line.complaint);
    const bool empty = history_.marks.empty() && history_.operations.empty() && history_.reads.empty();
    if (empty) doubts_.emplace_back("the history holds nothing of this cell");
  }

  // A fault that could not be healed is the harness's trouble: nothing can be said about a system that is still being
  // hurt. But once the fault is gone, a backend that does not restore its replicas in time has broken its own promise:
  // the next failure would find it without redundancy. It may be accused only if the fault bit; a backend that is not
  // whole after a fault that did nothing was not whole for another reason.
  void ExamineHeal(Bitten bitten) {
    const Mark* injecting = FirstMark(history_, kMarkInjecting);
    if (injecting == nullptr) return;
    const Mark* healed = FirstMark(history_, kMarkHealed, injecting->time);
    if (healed == nullptr) {
      const Mark* failed = LastMark(history_, kMarkNotHealed);
      doubts_.push_back(failed == nullptr ? "nothing says that the fault was healed"
                                          : "the fault could not be healed: " + Printable(failed->text));
      return;
    }
    const Mark* whole = FirstMark(history_, kMarkWhole, healed->time);
    const Mark* not_whole = FirstMark(history_, kMarkNotWhole, healed->time);
    const Mark* seen = whole != nullptr ? whole : not_whole;
    if (seen == nullptr) {
      doubts_.emplace_back("nothing says that the backend became whole again");
      return;
    }
    const Duration took(seen->time - healed->time);
    if (took <= bounds_.whole_within) {
      if (whole == nullptr)
        doubts_.push_back("the backend was not waited for until it was whole: " + Printable(seen->text));
      return;
    }
    std::string complaint =
        fmt::format("the backend was {}whole {} after the heal, {} are allowed: {}", whole != nullptr ? "" : "not ",
                    FormatDuration(took), FormatDuration(bounds_.whole_within), Printable(seen->text));
    // Else the mark that it was whole in time may be what cannot be read.
    const bool proven = bitten == Bitten::kYes && UnreadableWithin(history_, healed->time, seen->time) == nullptr;
    (proven ? accusations_ : doubts_).push_back(std::move(complaint));
  }

  Verdict ToVerdict() {
    Verdict verdict;
    verdict.checker = kExperiment;
    std::vector<std::string> lines = accusations_;
    lines.insert(lines.end(), doubts_.begin(), doubts_.end());
    if (lines.empty()) {
      verdict.judgement = Judgement::kPass;
      verdict.summary = "traffic, bite, heal and read-back are proven";
      return verdict;
    }
    verdict.judgement = accusations_.empty() ? Judgement::kInconclusive : Judgement::kFail;
    verdict.summary = lines.front();
    verdict.because = Shortened(std::move(lines));
    return verdict;
  }

  const CellHistory& history_;
  const Bounds& bounds_;
  std::vector<std::string> accusations_;
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

Verdict Single(Judgement judgement, const std::string& summary) {
  Verdict verdict;
  verdict.checker = kExperiment;
  verdict.judgement = judgement;
  verdict.summary = summary;
  return verdict;
}

std::vector<Verdict> Verdicts(const Cell& cell, const CellHistory& history, const Bounds& bounds) {
  if (const Mark* skipped = FirstMark(history, kMarkSkipped)) {
    return {Single(Judgement::kSkipped, Printable(skipped->text))};
  }
  if (const auto elsewhere = BelongsElsewhere(cell, history)) return {Single(Judgement::kInconclusive, *elsewhere)};
  std::vector<Verdict> verdicts = {Examination(history, bounds).Conclude()};
  const std::vector<std::string> checkers = Registry<Checker>::Names();
  CHECK(!checkers.empty());  // a linker that dropped them would make everything pass
  for (const std::string& name : checkers) {
    verdicts.push_back(Registry<Checker>::Make(name, {})->Judge(history, bounds));
  }
  return verdicts;
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

std::string Field(const Mark& mark, const char* key) {
  const auto found = mark.fields.find(key);
  return found == mark.fields.end() ? "" : Printable(found->second, 100);
}

const Mark* Placement(const CellHistory& history, const char* moment) {
  const auto found = std::find_if(history.marks.rbegin(), history.marks.rend(),
                                  [&](const Mark& mark) { return mark.name == kMarkPlacement && mark.text == moment; });
  return found == history.marks.rend() ? nullptr : &*found;
}

}  // namespace

CellResult JudgeCell(const Cell& cell, const CellHistory& history, const Bounds& bounds) {
  CellResult result;
  result.cell = cell;
  result.took = Took(history);
  result.verdicts = Verdicts(cell, history, bounds);
  result.judgement =
      std::max_element(result.verdicts.begin(), result.verdicts.end(), [](const Verdict& one, const Verdict& other) {
        return one.judgement < other.judgement;
      })->judgement;
  result.summary = Summary(result);
  result.recovered_by = RecoveredBy(history);
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
