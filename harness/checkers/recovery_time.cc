// recovery-time: how long the database was away, as its clients saw it (DESIGN: RTO).
//
//     injecting          bitten                                              recovered │ healed
//         │ ||||||||||||    │              |  |||      ||||||||||||||||||||||||||||    │  ||||    ||||||
//         │            ^ outage begins                 ^ first of a period that lasts       └────┘ a later outage
//         └───────────────────── RTO ──────────────────┘← stable_for →
//
// - The clock starts with `injecting`; of a fault amid another one, with the fault itself (FaultTime). Acknowledgements
//   between it and the outage are no recovery: the fault has only not bitten yet. The outage is the last one that began
//   before the healing did (stable_for before `recovered`, or `not-recovered`), so that a hiccup in front of it does
//   not pass for it; if there was none until then, the first one afterwards, however late.
// - Outages that begin later (the healing, a rebuild) are held against the same bound, each by its own length.
// - An outage that ends only after the player gave up was ended by the healing: it is censored, RTO ≥ what was
// observed.
//   So is one that had not ended, or not for stable_for, when the history ends.
// - Without any outage (outage.h says what one is) the RTO is 0, and the verdict says so, with the longest pause.
//
// Acknowledgements that came, but late, are counted apart and held against nobody: brown_out.h.
//
// Beyond the suite's fault budget no recovery is demanded before the healing, and no RTO measured; only that the
// database comes back once all is healed.
//
// Sparse probes make an RTO too long, never too short. Still it is not a measurement then: fewer than
// kLeastProbesPerSecond begun in the break before the recovery end as inconclusive, unless attempts that went
// unanswered prove by themselves that the bound was broken.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/checker.h"
#include "harness/judging/brown_out.h"
#include "harness/judging/measurement.h"
#include "harness/judging/testimony.h"
#include "harness/registry.h"
#include "harness/text/printable.h"

namespace holdfast {
namespace {

constexpr double kLeastProbesPerSecond = 20;

// The clients that wrote before the fault and got no acknowledgement in the period that should be up.
std::vector<int> SilentClients(const CellHistory& history, const Measurement& measured, const Bounds& bounds) {
  const auto client_at = [&](std::size_t i) { return history.operations[history.acknowledged[i]].client; };
  std::set<int> silent;
  const std::size_t before = FirstAcknowledged(history, measured.fault);
  for (std::size_t i = 0; i < before; ++i) silent.insert(client_at(i));
  if (history.pinned) silent.erase(*history.pinned);
  const std::size_t end = FirstAcknowledged(history, measured.up_since + bounds.stable_for.count() + 1);
  for (std::size_t i = FirstAcknowledged(history, measured.up_since); i < end; ++i) silent.erase(client_at(i));
  return {silent.begin(), silent.end()};
}

std::string Text(Nanoseconds span) { return FormatDuration(Duration(span)); }

class Deliberation {
 public:
  Deliberation(const CellHistory& history, const Bounds& bounds, const Measurement& measured)
      : history_(history),
        bounds_(bounds),
        measured_(measured),
        brown_outs_(FindBrownOuts(history, measured.fault, bounds)) {}

  Verdict Conclude() {
    verdict_.checker = "recovery-time";
    verdict_.figures = Figures();
    verdict_.because = Evidence();
    Decide();
    verdict_.because = Shortened(std::move(verdict_.because));
    return std::move(verdict_);
  }

 private:
  // The first that applies. What makes the measurement itself worthless stands before the accusations.
  void Decide() {
    if (const auto lack = LacksTraffic(history_, bounds_)) return Doubt(*lack);
    if (const auto lack = LacksBite(history_)) return Doubt(*lack);
    if (const auto trouble = TroubleMeanwhile()) return Doubt(*trouble);
    if (!DemandsRecovery(history_)) return DecideAfterHealing();
    if (const auto broken = BrokenBound()) return Accuse(*broken, {measured_.fault, measured_.up_since});
    if (const auto broken = BrokenLater()) return Accuse(*broken, {measured_.later.front().begin, measured_.until});
    if (const auto doubt = Unproven()) return Doubt(*doubt);
    const Answers answers =
        AnswersWithin(history_, measured_.up_since, measured_.up_since + bounds_.stable_for.count());
    if (!answers.Enough()) {
      return Accuse(fmt::format("it answers, but not reliably: {} of {} writes acknowledged in the {} after {}",
                                answers.acknowledged, answers.attempts, FormatDuration(bounds_.stable_for), Headline()),
                    {measured_.up_since, measured_.up_since + bounds_.stable_for.count()});
    }
    if (const std::vector<int> silent = SilentClients(history_, measured_, bounds_); !silent.empty()) {
      return Doubt(fmt::format("client {} got no acknowledgement in the {} after {}", fmt::join(silent, ", "),
                               FormatDuration(bounds_.stable_for), Headline()));
    }
    verdict_.judgement = Judgement::kPass;
    verdict_.summary = fmt::format("{}; {} allowed", Headline(), FormatDuration(bounds_.rto));
  }

  void DecideAfterHealing() {
    const Mark* healed = FirstMark(history_, kMarkHealed, measured_.fault);
    const Mark* gave_up = FirstMark(history_, kMarkNotRecovered, measured_.fault);
    verdict_.figures["rto_s"] = nullptr;
    verdict_.figures["rto_censored"] = false;
    if (healed == nullptr) return Doubt("nothing says that the faults were healed");
    if (gave_up != nullptr) {
      return Accuse(fmt::format("not back {} after everything was healed: {}", Text(gave_up->time - healed->time),
                                Printable(gave_up->text)),
                    {healed->time, gave_up->time});
    }
    const Nanoseconds back = std::max<Nanoseconds>(measured_.up_since - healed->time, 0);
    if (measured_.outage) verdict_.figures["back_after_heal_s"] = InSeconds(back);
    verdict_.judgement = Judgement::kPass;
    verdict_.summary = "beyond the fault budget, no recovery was demanded; ";
    verdict_.summary += measured_.outage ? fmt::format("back {} after the heal", Text(back)) : "no outage seen";
  }

  void Doubt(const std::string& summary) {
    verdict_.judgement = Judgement::kInconclusive;
    verdict_.summary = summary;
  }
  // `proof` is the span of time in which a line that cannot be read may have told another story.
  struct Span {
    Nanoseconds from;
    Nanoseconds to;
  };
  void Accuse(const std::string& summary, Span proof) {
    if (const UnreadableLine* line = UnreadableWithin(history_, proof.from, proof.to)) {
      return Doubt(fmt::format("{}; but part of what happened meanwhile cannot be read: {}", summary, line->complaint));
    }
    verdict_.judgement = Judgement::kFail;
    verdict_.summary = summary;
  }

  std::string Headline() const {
    if (!measured_.outage) {
      return fmt::format("no outage seen: RTO 0, the longest pause between acknowledgements was {}",
                         Text(LongestGap()));
    }
    return (measured_.censored ? "no recovery: RTO ≥ " : "RTO ") + Text(measured_.rto);
  }

  std::optional<std::string> TroubleMeanwhile() const {
    const Mark* trouble = FirstMark(history_, kMarkHarnessTrouble, measured_.fault);
    if (trouble == nullptr || trouble->time > measured_.fault + measured_.rto) return std::nullopt;
    return "harness trouble during the outage: " + Printable(trouble->text);
  }

  bool Sparse() const { return measured_.probes_per_second && *measured_.probes_per_second < kLeastProbesPerSecond; }

  std::optional<std::string> BrokenBound() const {
    // A player that gave up before the bound was reached has still waited as long as the rig says.
    const Nanoseconds limit = measured_.censored ? std::min(bounds_.rto, bounds_.give_up).count() : bounds_.rto.count();
    const bool broken = measured_.censored ? measured_.rto >= limit : measured_.rto > limit;
    if (!broken || (Sparse() && measured_.unanswered_until - measured_.fault < limit)) return std::nullopt;
    return fmt::format("{}; {} allowed", Headline(), FormatDuration(bounds_.rto));
  }

  std::optional<std::string> BrokenLater() const {
    for (const Outage& outage : measured_.later) {
      const Nanoseconds length = outage.resumed.value_or(measured_.until) - outage.begin;
      if (length <= bounds_.rto.count()) continue;
      return fmt::format("{}, but away again from {} for {}{}; {} allowed", Headline(), Seconds(outage.begin),
                         outage.resumed ? "" : "at least ", Text(length), FormatDuration(bounds_.rto));
    }
    return std::nullopt;
  }

  std::optional<std::string> Unproven() const {
    if (Sparse()) {
      return fmt::format(
          "the resolution was not reached: {:.1f} attempts a second before the recovery, {} are needed; {}",
          *measured_.probes_per_second, kLeastProbesPerSecond, Headline());
    }
    if (measured_.censored) return "the history ends before the database was up for long enough; " + Headline();
    if (!measured_.outage && LastAcknowledgement() < measured_.bitten + bounds_.stable_for.count()) {
      return fmt::format("the history ends less than {} after the fault bit", FormatDuration(bounds_.stable_for));
    }
    if (!measured_.later.empty() && !measured_.later.back().resumed) {
      return fmt::format("{}, but the history ends in an outage that began at {}", Headline(),
                         Seconds(measured_.later.back().begin));
    }
    return std::nullopt;
  }

  std::vector<std::string> Evidence() const {
    std::vector<std::string> lines = {"fault applied at " + Seconds(measured_.fault)};
    if (DemandsRecovery(history_)) {
      lines.emplace_back("within the fault budget: the database was to be back without waiting for the heal");
    }
    if (const Mark* bitten = FirstMark(history_, kMarkBitten, measured_.fault)) {
      lines.push_back(fmt::format("it bit, seen at {}: {}", Seconds(bitten->time), Printable(bitten->text)));
    }
    if (measured_.outage) AddOutage(*measured_.outage, lines);
    if (const Mark* trouble = FirstMark(history_, kMarkNotRecovered, measured_.fault)) {
      lines.push_back(fmt::format("given up at {}: {}", Seconds(trouble->time), Printable(trouble->text)));
    }
    if (const Mark* placement = LastTroubledPlacement()) {
      lines.push_back(
          fmt::format("pod at {}: {}", Seconds(placement->time), Printable(placement->fields.at("trouble"))));
    }
    for (const Outage& outage : measured_.later) {
      lines.push_back(fmt::format("later outage of {} after {}",
                                  Text(outage.resumed.value_or(measured_.until) - outage.begin),
                                  QuoteOf(outage.last_before)));
    }
    return lines;
  }

  void AddOutage(const Outage& outage, std::vector<std::string>& lines) const {
    lines.push_back("last acknowledged before the outage: " + QuoteOf(outage.last_before));
    if (outage.flaps > 0) {
      lines.push_back(
          fmt::format("it came back {} times for less than {}", outage.flaps, FormatDuration(bounds_.stable_for)));
    }
    if (outage.resumed) {
      lines.push_back((outage.over ? "first acknowledged of the period that lasted: "
                                   : "acknowledged again, not for long enough: ") +
                      QuoteOf(outage.first_after));
    } else {
      lines.push_back(fmt::format("nothing was acknowledged from then until {}", Seconds(measured_.until)));
    }
  }

  // After the fault: what scheduler or kubelet said why there was no database.
  const Mark* LastTroubledPlacement() const {
    const Mark* last = nullptr;
    for (const Mark& mark : history_.marks) {
      if (mark.name != kMarkPlacement || mark.time < measured_.fault) continue;
      const auto trouble = mark.fields.find("trouble");
      if (trouble != mark.fields.end() && !trouble->second.empty()) last = &mark;
    }
    return last;
  }

  std::string QuoteOf(OperationIndex index) const { return Quote(history_, history_.operations[index]); }

  Nanoseconds LastAcknowledgement() const { return history_.operations[history_.acknowledged.back()].end; }

  Nanoseconds LongestGap() const { return LongestPause(history_, measured_.fault, measured_.until); }

  nlohmann::json Figures() const {
    nlohmann::json figures = {{"rto_s", InSeconds(measured_.rto)},
                              {"rto_censored", measured_.censored},
                              {"probes_per_second", nullptr},
                              {"longest_gap_s", InSeconds(LongestGap())},
                              {"outage_begin_s", nullptr},
                              {"brown_outs", brown_outs_.size()},
                              {"brown_out_s", InSeconds(TotalOf(brown_outs_))},
                              {"flaps", measured_.outage ? measured_.outage->flaps : 0},
                              {"later_outages", measured_.later.size()}};
    if (measured_.probes_per_second) figures["probes_per_second"] = *measured_.probes_per_second;
    if (measured_.outage) {  // after the fault
      figures["outage_begin_s"] = InSeconds(std::max<Nanoseconds>(measured_.outage->begin - measured_.fault, 0));
    }
    return figures;
  }

  const CellHistory& history_;
  const Bounds& bounds_;
  const Measurement& measured_;
  const std::vector<BrownOut> brown_outs_;
  Verdict verdict_;
};

class RecoveryTime : public Checker {
 public:
  explicit RecoveryTime(const Context&) {}
  std::string Name() const override { return "recovery-time"; }

  Verdict Judge(const CellHistory& history, const Bounds& bounds) const override {
    const std::optional<Nanoseconds> fault = FaultTime(history, bounds);
    if (!fault) {
      Verdict verdict;
      verdict.checker = Name();
      verdict.summary = "the fault was never applied";
      return verdict;
    }
    const Measurement measured = Measure(history, bounds, *fault);
    return Deliberation(history, bounds, measured).Conclude();
  }
};

}  // namespace

HOLDFAST_REGISTER(Checker, RecoveryTime, "recovery-time");

}  // namespace holdfast
