// redundancy: how long the backend needed, once the fault was healed or had ended by itself, until every copy of
// everything was there again: by the first look that saw it whole and after which none saw it otherwise. Until then the
// next failure finds it without redundancy: one that needs longer than the rig allows has broken a promise of its own,
// whatever became of the database.
//
// It may be accused only if the fault bit; a backend that is not whole after a fault that did nothing was not whole for
// another reason.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "harness/checker.h"
#include "harness/judging/testimony.h"
#include "harness/registry.h"
#include "harness/text/printable.h"

namespace holdfast {
namespace {

Verdict Ruled(Judgement judgement, const std::string& summary) {
  Verdict verdict;
  verdict.checker = "redundancy";
  verdict.judgement = judgement;
  verdict.summary = summary;
  return verdict;
}

Verdict Doubt(const std::string& summary) { return Ruled(Judgement::kInconclusive, summary); }

std::optional<Nanoseconds> TimeOf(const Mark& mark, const char* field) {
  const std::string text = FieldOf(mark, field);
  if (text.empty()) return std::nullopt;
  return std::strtoll(text.c_str(), nullptr, 10);
}

// The time without redundancy, and by what it is told.
struct Gap {
  const Mark& begin;  // the heal, or the end of faults that ended by themselves
  const Mark& seen;   // that it was whole, or not
  bool whole() const { return seen.name == kMarkWhole; }
  Nanoseconds end() const {
    const auto since = whole() ? TimeOf(seen, kFieldWholeSince) : std::nullopt;
    return std::max(begin.time, std::min(since.value_or(seen.time), seen.time));
  }
  Duration took() const { return Duration(end() - begin.time); }
  // So much of it was seen. What nobody could look at proves nothing.
  Duration proven() const {
    if (!whole() || !TimeOf(seen, kFieldWholeSince)) return took();  // its mark is the last look
    return Duration(std::max<Nanoseconds>(TimeOf(seen, kFieldNotWholeUntil).value_or(0) - begin.time, 0));
  }
  std::string after() const { return begin.name == kMarkOver ? "after the end of the fault" : "after the heal"; }
};

Verdict Rule(const Gap& gap, const Bounds& bounds) {
  const Duration allowed = bounds.redundancy_within;
  const std::string seen = Printable(gap.seen.text);
  if (gap.took() > allowed && gap.proven() <= allowed) {
    return Doubt(fmt::format("the backend was seen whole {} {}, {} are allowed, and nobody could look from {} on",
                             FormatDuration(gap.took()), gap.after(), FormatDuration(allowed),
                             FormatDuration(gap.proven())));
  }
  if (gap.took() > allowed) {
    return Ruled(Judgement::kFail,
                 fmt::format("the backend was {}whole {} {}, {} are allowed: {}", gap.whole() ? "" : "not ",
                             FormatDuration(gap.took()), gap.after(), FormatDuration(allowed), seen));
  }
  if (!gap.whole()) return Doubt("the backend was not waited for until it was whole: " + seen);
  return Ruled(Judgement::kPass, fmt::format("every copy there again {} {}; {} allowed", FormatDuration(gap.took()),
                                             gap.after(), FormatDuration(allowed)));
}

}  // namespace

class Redundancy : public Checker {
 public:
  explicit Redundancy(const Context&) {}
  std::string Name() const override { return "redundancy"; }

  Verdict Judge(const CellHistory& history, const Bounds& bounds) const override {
    const Mark* injecting = FirstMark(history, kMarkInjecting);
    if (injecting == nullptr) return Doubt("the fault was never applied");
    const Mark* healed = FirstMark(history, kMarkHealed, injecting->time);
    if (healed == nullptr) return Doubt("nothing says that the fault was healed");
    const Mark* seen = FirstMark(history, kMarkWhole, healed->time);
    if (seen == nullptr) seen = FirstMark(history, kMarkNotWhole, healed->time);
    if (seen == nullptr) return Doubt("nothing says that the backend became whole again");
    const Mark* over = FirstMark(history, kMarkOver, injecting->time);
    const Gap gap{.begin = over == nullptr ? *healed : *over, .seen = *seen};
    Verdict verdict = Rule(gap, bounds);
    verdict.because = {fmt::format("{} at {}", over == nullptr ? "healed" : "over", Seconds(gap.begin.time)),
                       fmt::format("last seen at {}: {}", Seconds(seen->time), Printable(seen->text))};
    verdict.figures["redundancy_s"] = InSeconds(gap.end() - gap.begin.time);
    if (const std::string bytes = FieldOf(*seen, kFieldRebuiltBytes); !bytes.empty()) {
      verdict.figures["rebuilt_bytes"] = std::strtoull(bytes.c_str(), nullptr, 10);
    }
    if (verdict.judgement != Judgement::kFail) return verdict;
    if (const auto lack = LacksBite(history)) return Doubt(verdict.summary + "; but " + *lack);
    // The mark that it was whole in time may be what cannot be read.
    const UnreadableLine* line = UnreadableWithin(history, gap.begin.time, seen->time);
    return line == nullptr ? verdict : Doubt(verdict.summary + "; but unreadable: " + line->complaint);
  }
};

HOLDFAST_REGISTER(Checker, Redundancy, "redundancy");

}  // namespace holdfast
