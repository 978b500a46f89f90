#include "harness/comparing/comparison.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <string_view>

#include "harness/check.h"
#include "harness/judging/figures.h"
#include "harness/judging/phases.h"
#include "harness/judging/testimony.h"
#include "harness/latency/ground.h"
#include "harness/options.h"
#include "harness/playing/heal.h"
#include "harness/text/printable.h"

namespace holdfast {
namespace {

using Kind = VerdictChange::Kind;
using Finding = QuantityChange::Finding;

// What became of one scenario in one set.
struct Collected {
  std::vector<const CellResult*> results;
  std::set<std::string> experiments;
  Tally tally;
  std::map<std::string, Tally> by_checker;
};
// In the order in which the set's first run has them.
using Set = std::vector<std::pair<std::string, Collected>>;

std::string PrintPart(const Part& part) {
  std::string text = part.name;
  for (const auto& [key, value] : part.options.values()) text += fmt::format(" {}={}", key, value.text);
  return text;
}

const Collected* Find(const Set& set, const std::string& scenario) {
  const auto found = std::find_if(set.begin(), set.end(), [&](const auto& one) { return one.first == scenario; });
  return found == set.end() ? nullptr : &found->second;
}

Set Collect(const std::vector<Run>& runs) {
  Set set;
  for (const Run& run : runs) {
    for (const CellResult& result : run.results) {
      if (Find(set, result.cell.scenario) == nullptr) set.emplace_back(result.cell.scenario, Collected{});
      Collected& collected =
          std::find_if(set.begin(), set.end(), [&](auto& one) { return one.first == result.cell.scenario; })->second;
      collected.results.push_back(&result);
      collected.experiments.insert(ExperimentOf(result.cell));
      collected.tally.Add(result.judgement);
      for (const Verdict& verdict : result.verdicts) collected.by_checker[verdict.checker].Add(verdict.judgement);
    }
  }
  return set;
}

bool IsKept(const Tally& tally) { return tally.fail == 0 && tally.pass > 0; }

// Those that failed in `worse`, and in `better` passed without a failure; all that failed, where the whole cell did: it
// may be that nobody asked for such a promise before.
std::vector<std::string> Broken(const Collected& better, const Collected& worse) {
  std::vector<std::string> broken;
  for (const auto& [checker, tally] : worse.by_checker) {
    const auto before = better.by_checker.find(checker);
    const bool kept = before != better.by_checker.end() && IsKept(before->second);
    if (tally.fail > 0 && (kept || IsKept(better.tally))) broken.push_back(checker);
  }
  return broken;
}

bool BothFail(const Tally& base, const Tally& run) { return base.fail > 0 && run.fail > 0; }

// A failure ranks behind a pass. Where only one side failed there is nothing to be tested, and no other test is to pay
// for it.
PValue TestFailing(const Tally& base, const Tally& run) {
  if (!BothFail(base, run)) return {};
  const auto outcomes = [](const Tally& tally) {
    std::vector<double> all(static_cast<std::size_t>(tally.pass), 0);
    all.insert(all.end(), static_cast<std::size_t>(tally.fail), 1);
    return all;
  };
  return TestRankSum(outcomes(base), outcomes(run)).p;
}

double ShareOfFailures(const Tally& tally) { return static_cast<double>(tally.fail) / tally.Judged(); }

// The first failure of each.
std::vector<std::string> Evidence(const Collected& collected, const std::vector<std::string>& checkers) {
  std::vector<std::string> lines;
  for (const std::string& checker : checkers) {
    for (const CellResult* result : collected.results) {
      const auto verdict = std::find_if(result->verdicts.begin(), result->verdicts.end(), [&](const Verdict& one) {
        return one.checker == checker && one.judgement == Judgement::kFail;
      });
      if (verdict == result->verdicts.end()) continue;
      lines.push_back(fmt::format("{}: {}", checker, verdict->summary));
      break;
    }
  }
  return lines;
}

VerdictChange CompareVerdicts(const std::string& scenario, const Collected* base, const Collected* run) {
  VerdictChange change;
  change.scenario = scenario;
  if (base != nullptr) change.base = base->tally;
  if (run != nullptr) change.run = run->tally;
  if (base == nullptr || run == nullptr) {
    change.kind = base == nullptr ? Kind::kOnlyInRun : Kind::kOnlyInBase;
    return change;
  }
  if (base->experiments != run->experiments) {
    change.kind = Kind::kOtherExperiment;
    return change;
  }
  change.broken = Broken(*base, *run);
  change.because = Evidence(*run, change.broken);
  change.failing = TestFailing(base->tally, run->tally);
  if (!change.broken.empty()) {
    change.kind = Kind::kRegression;
  } else if (base->tally.Judged() > 0 && run->tally.Judged() == 0) {
    change.kind = Kind::kUnprovedNow;
  } else if (base->tally.Judged() == 0 && run->tally.Judged() > 0) {
    change.kind = Kind::kUnprovedBefore;
  } else if (base->tally.fail > 0 && run->tally.fail == 0 && run->tally.pass > 0) {
    change.kind = Kind::kMended;
  }
  return change;
}

std::vector<double> ValuesOf(const Collected& collected, const Quantity& quantity) {
  std::vector<double> values;
  for (const CellResult* result : collected.results) {
    if (const auto value = ValueOf(*result, quantity)) values.push_back(*value);
  }
  std::sort(values.begin(), values.end());
  return values;
}

// The difference between the sets' medians of each phase that is longer now, the longest first.
std::string LongerPhases(const Collected& base, const Collected& run) {
  const auto medians = [](const Collected& collected) {
    std::map<std::string, std::vector<double>> lengths;
    std::size_t trials = 0;
    for (const CellResult* result : collected.results) {
      const std::vector<Phase> phases = PhasesFromJson(FigureOf(*result, "phases"));
      if (phases.empty()) continue;
      ++trials;
      std::map<std::string, double> own;
      for (const Phase& phase : phases) own[phase.name] += InSeconds(phase.end - phase.begin);
      for (const auto& [name, seconds] : own) lengths[name].push_back(seconds);
    }
    std::map<std::string, double> medians_by_name;
    for (auto& [name, values] : lengths) {
      values.resize(trials);  // a phase that a trial does not have took no time
      medians_by_name[name] = MedianOf(values);
    }
    return medians_by_name;
  };
  const std::map<std::string, double> before = medians(base);
  std::vector<std::pair<double, std::string>> longer;
  for (const auto& [name, seconds] : medians(run)) {
    const auto found = before.find(name);
    const double more = seconds - (found == before.end() ? 0 : found->second);
    if (!before.empty() && more > kRto.resolution) longer.emplace_back(more, name);
  }
  std::sort(longer.rbegin(), longer.rend());
  std::vector<std::string> texts;
  for (const auto& [more, name] : longer) texts.push_back(fmt::format("{} {}", name, SecondsShiftText(more)));
  return fmt::format("{}", fmt::join(texts, ", "));
}

bool IsSmall(const QuantityChange& change, const LeastShift& least) {
  const double shift = std::abs(change.shift);
  if (shift < change.quantity.resolution) return true;
  if (least.seconds && change.quantity.kind == Quantity::Kind::kOutage) return shift < *least.seconds;
  const double median = MedianOf(change.base);
  return !std::isinf(shift) && !std::isinf(median) && shift < least.share * median;
}

// Not one value throughout.
bool Varies(const QuantityChange& change) {
  return std::min(change.base.front(), change.run.front()) != std::max(change.base.back(), change.run.back());
}

// That the node's own disk differs, too, is shown by the same test, and by half of the shift or more: what may be noise
// excuses nothing.
bool IsOfTheMachine(const QuantityChange& change, const Collected& base, const Collected& run, double alpha) {
  if (change.quantity.own_disk == nullptr) return false;
  const Quantity own_disk = OfOwnDisk(change.quantity);
  const std::vector<double> before = ValuesOf(base, own_disk);
  const std::vector<double> after = ValuesOf(run, own_disk);
  if (before.empty() || after.empty() || TestRankSum(before, after).p.seen > alpha) return false;
  const double own_share = ShiftBetween(before, after) / MedianOf(before);
  const double share = change.shift / MedianOf(change.base);
  return own_share / share >= 0.5;
}

Finding FindingOf(const QuantityChange& change, const Comparison& comparison, const Collected& base,
                  const Collected& run) {
  if (!Varies(change)) return Finding::kNotShown;
  if (!change.adjusted.able) {
    const std::size_t trials = std::min(change.base.size(), change.run.size());
    return trials < static_cast<std::size_t>(comparison.enough_trials) ? Finding::kTooFew : Finding::kTooEqual;
  }
  if (change.adjusted.p > comparison.options.alpha) return Finding::kNotShown;
  if (IsSmall(change, comparison.options.least)) return Finding::kSmall;
  if (IsOfTheMachine(change, base, run, comparison.options.alpha)) return Finding::kMachine;
  return change.shift > 0 ? Finding::kWorse : Finding::kBetter;
}

bool IsSameExperiment(const VerdictChange& change) {
  return change.kind != Kind::kOnlyInBase && change.kind != Kind::kOnlyInRun && change.kind != Kind::kOtherExperiment;
}

std::vector<QuantityChange> QuantitiesOf(const std::string& scenario, const Collected& base, const Collected& run) {
  std::vector<QuantityChange> changes;
  for (const Quantity& quantity : Quantities()) {
    QuantityChange change;
    change.scenario = scenario;
    change.quantity = quantity;
    change.quantity.name = NameOf(quantity, run.results.front()->cell);
    change.base = ValuesOf(base, quantity);
    change.run = ValuesOf(run, quantity);
    if (change.base.empty() || change.run.empty()) continue;
    change.shift = ShiftBetween(change.base, change.run);
    change.test = TestRankSum(change.base, change.run);
    changes.push_back(std::move(change));
  }
  return changes;
}

// All tests of a comparison are one family: those of its verdicts, then those of its quantities.
void AdjustAll(Comparison& comparison) {
  std::vector<PValue> tests;
  std::size_t varied = 0;
  for (const VerdictChange& change : comparison.verdicts) {
    tests.push_back(change.failing);
    varied += BothFail(change.base, change.run) && change.base.pass + change.run.pass > 0 ? 1 : 0;
  }
  for (const QuantityChange& change : comparison.quantities) {
    tests.push_back(change.test.p);
    varied += Varies(change) ? 1 : 0;
  }
  comparison.enough_trials = TrialsToShow(varied, comparison.options.alpha);
  const std::vector<Adjusted> adjusted = AdjustTogether(tests, comparison.options.alpha);
  auto next = adjusted.begin();
  for (VerdictChange& change : comparison.verdicts) change.adjusted = *next++;
  for (QuantityChange& change : comparison.quantities) change.adjusted = *next++;
}

void FindVerdicts(Comparison& comparison) {
  for (VerdictChange& change : comparison.verdicts) {
    if (change.kind != Kind::kNone || !change.adjusted.able || change.adjusted.p > comparison.options.alpha) continue;
    if (ShareOfFailures(change.run) > ShareOfFailures(change.base)) change.kind = Kind::kFailsMore;
  }
}

void FindQuantities(Comparison& comparison, const Set& base, const Set& run) {
  for (QuantityChange& change : comparison.quantities) {
    const Collected& before = *Find(base, change.scenario);
    const Collected& after = *Find(run, change.scenario);
    change.finding = FindingOf(change, comparison, before, after);
    if (change.finding == Finding::kWorse && change.quantity.figure == std::string_view(kRto.figure)) {
      change.where = LongerPhases(before, after);
    }
  }
}

// Every version that a set saw, by program.
std::map<std::string, std::set<std::string>> VersionsOf(const std::vector<Run>& runs) {
  std::map<std::string, std::set<std::string>> versions;
  for (const Run& run : runs) {
    versions["Holdfast"].insert(run.version);
    for (const auto& [program, version] : run.fingerprint) {
      if (program != kIdentity && !IsGround(program)) versions[program].insert(version);
    }
  }
  return versions;
}

std::vector<std::string> ChangedVersions(const std::vector<Run>& base, const std::vector<Run>& run) {
  std::vector<std::string> changed;
  const auto before = VersionsOf(base);
  auto after = VersionsOf(run);
  for (const auto& [program, versions] : before) {
    const std::set<std::string> now = after[program];
    if (now != versions) {
      changed.push_back(fmt::format("{}: {} → {}", Printable(program), fmt::join(versions, ", "),
                                    now.empty() ? "unknown" : fmt::format("{}", fmt::join(now, ", "))));
    }
  }
  return changed;
}

std::string DescribeSet(const std::vector<Run>& runs) {
  const std::string what = TitleOf(runs.front());
  if (runs.size() == 1) return fmt::format("{}, {}", what, Printable(runs.front().started));
  const auto [oldest, newest] = std::minmax_element(
      runs.begin(), runs.end(), [](const Run& one, const Run& other) { return one.started < other.started; });
  return fmt::format("{}, {} runs, {} to {}", what, runs.size(), Printable(oldest->started),
                     Printable(newest->started));
}

// Of the runs of a set that measured latencies, those that did not show what these are worth.
std::string WhyUnqualifiedIn(const std::vector<Run>& runs) {
  std::set<std::string> reasons;
  std::size_t count = 0;
  for (const Run& run : runs) {
    const std::string reason = WhyLatencyUnqualified(run);
    if (reason.empty()) continue;
    reasons.insert(reason);
    ++count;
  }
  if (count == 0 || runs.size() == 1) return fmt::format("{}", fmt::join(reasons, "; "));
  return fmt::format("{} of {} runs: {}", count, runs.size(), fmt::join(reasons, "; "));
}

}  // namespace

std::string ExperimentOf(const Cell& cell) {
  std::string text = ToString(cell.demands) + ": " + PrintPart(cell.fault);
  for (const Injection& injection : cell.injections) {
    text += fmt::format("; {} after {}", PrintPart(injection.fault), FormatDuration(injection.delay));
  }
  if (cell.fio) {
    text += fmt::format("; fio {}, {} × {} after {}, {} MiB", fmt::join(cell.fio->jobs, " "), cell.fio->repetitions,
                        FormatDuration(cell.fio->runtime), FormatDuration(cell.fio->warm_up), cell.fio->size_mib);
  }
  if (cell.commits)
    text += fmt::format("; commits {}/s for {}", cell.commits->rate, FormatDuration(cell.commits->hold));
  return text;
}

std::string TitleOf(const Run& run) {
  return fmt::format("{} on {}, {}, {} (profile {})", Printable(run.suite), Printable(run.backend),
                     Printable(run.workload), Printable(run.provider), Printable(run.profile));
}

Result<LeastShift> ParseLeastShift(const std::string& text) {
  if (!text.empty() && text.back() == '%') {
    double percent = 0;
    const char* end = text.data() + text.size() - 1;
    const auto [stopped, trouble] = std::from_chars(text.data(), end, percent);
    if (trouble == std::errc() && stopped == end && percent >= 0 && percent <= 1000) {
      return LeastShift{.share = percent / 100};
    }
  } else if (const Result<Duration> duration = ParseDuration(text); duration.has_value()) {
    return LeastShift{.seconds = std::chrono::duration<double>(*duration).count()};
  }
  return UsageError(fmt::format("'{}' is no shift; allowed: a share such as 10%, or {}", text, kDurationForm));
}

std::string Describe(const LeastShift& least) {
  const std::string share = fmt::format("{:g} % of the median", least.share * 100);
  return least.seconds ? fmt::format("{}, of latencies {}", SecondsText(*least.seconds), share) : share;
}

void Tally::Add(Judgement judgement) {
  switch (judgement) {
    case Judgement::kPass:
      ++pass;
      return;
    case Judgement::kFail:
      ++fail;
      return;
    case Judgement::kInconclusive:
      ++inconclusive;
      return;
    case Judgement::kSkipped:
      ++skipped;
      return;
  }
  CHECK_UNREACHABLE();
}

std::string Tally::Text() const {
  std::vector<std::string> parts;
  for (const auto& [count, judgement] :
       {std::pair(pass, Judgement::kPass), std::pair(fail, Judgement::kFail),
        std::pair(inconclusive, Judgement::kInconclusive), std::pair(skipped, Judgement::kSkipped)}) {
    if (count > 0) parts.push_back(fmt::format("{} {}", count, ToString(judgement)));
  }
  return parts.empty() ? "–" : fmt::format("{}", fmt::join(parts, ", "));
}

bool Comparison::Comparable() const {
  return std::any_of(verdicts.begin(), verdicts.end(), [](const VerdictChange& change) {
    return change.kind != Kind::kOtherExperiment && change.base.Judged() > 0 && change.run.Judged() > 0;
  });
}

bool Comparison::Regressed() const {
  return std::any_of(verdicts.begin(), verdicts.end(),
                     [](const VerdictChange& change) { return change.IsRegression(); }) ||
         std::any_of(quantities.begin(), quantities.end(),
                     [](const QuantityChange& change) { return change.finding == Finding::kWorse; });
}

bool Comparison::LostProof() const {
  return std::any_of(verdicts.begin(), verdicts.end(), [](const VerdictChange& change) {
    return change.base.Judged() > 0 && (change.run.Judged() == 0 || change.kind == Kind::kOtherExperiment);
  });
}

std::vector<std::string> UnlikeGround(const Run& base, const Run& run) {
  std::vector<std::string> unlike;
  const auto hold = [&](const char* what, const std::string& one, const std::string& other) {
    if (one != other) unlike.push_back(fmt::format("{}: {} and {}", what, Printable(one), Printable(other)));
  };
  hold("suite", base.suite, run.suite);
  hold("backend", base.backend, run.backend);
  hold("workload", base.workload, run.workload);
  hold("provider", base.provider, run.provider);
  hold("profile", base.profile, run.profile);
  hold("fidelity", base.fidelity, run.fidelity);
  hold("cells at a time on one machine", std::to_string(base.at_a_time), std::to_string(run.at_a_time));
  const auto allowed = [](const std::optional<Duration>& async) {
    return async ? "async " + FormatDuration(*async) : std::string("sync");
  };
  const auto commits = [](const std::optional<Duration>& p99) { return p99 ? FormatDuration(*p99) : "none"; };
  const auto times = [](const std::optional<double>& ratio) { return ratio ? fmt::format("{:g}x", *ratio) : "none"; };
  hold("bound rto", FormatDuration(base.bounds.rto), FormatDuration(run.bounds.rto));
  hold("bound durability", allowed(base.bounds.async), allowed(run.bounds.async));
  hold("bound stable_for", FormatDuration(base.bounds.stable_for), FormatDuration(run.bounds.stable_for));
  hold("bound give_up", FormatDuration(base.bounds.give_up), FormatDuration(run.bounds.give_up));
  hold("bound redundancy_within", FormatDuration(base.bounds.redundancy_within),
       FormatDuration(run.bounds.redundancy_within));
  hold("bound read_within", FormatDuration(base.bounds.read_within), FormatDuration(run.bounds.read_within));
  hold("bound least_writes", std::to_string(base.bounds.least_writes), std::to_string(run.bounds.least_writes));
  hold("bound bite_within", FormatDuration(base.bounds.bite_within), FormatDuration(run.bounds.bite_within));
  hold("bound brown_out", FormatDuration(base.bounds.brown_out), FormatDuration(run.bounds.brown_out));
  hold("bound quantile", fmt::format("{:g}", base.bounds.quantile), fmt::format("{:g}", run.bounds.quantile));
  hold("bound confidence", fmt::format("{:g}", base.bounds.confidence), fmt::format("{:g}", run.bounds.confidence));
  hold("bound commit_p99", commits(base.bounds.commit_p99), commits(run.bounds.commit_p99));
  hold("bound journal_p99_vs_local", times(base.bounds.journal_p99_vs_local), times(run.bounds.journal_p99_vs_local));
  for (const std::string& line : OtherGround(base, run)) unlike.push_back(line);
  return unlike;
}

std::vector<std::string> OtherVersions(const Run& base, const Run& run) {
  std::vector<std::string> other;
  const auto before = VersionsOf({base});
  const auto after = VersionsOf({run});
  for (const auto& [program, versions] : before) {
    const auto found = after.find(program);
    if (found == after.end() || found->second == versions) continue;
    other.push_back(fmt::format("{}: {} and {}", program, fmt::join(versions, ", "), fmt::join(found->second, ", ")));
  }
  return other;
}

Comparison Compare(const std::vector<Run>& base, const std::vector<Run>& run, const CompareOptions& options) {
  CHECK(!base.empty() && !run.empty());
  Comparison comparison;
  comparison.options = options;
  comparison.base = DescribeSet(base);
  comparison.run = DescribeSet(run);
  std::set<std::string> unlike;
  for (const std::vector<Run>* runs : {&base, &run}) {
    for (const Run& one : *runs) {
      for (const std::string& line : UnlikeGround(base.front(), one)) unlike.insert(line);
    }
  }
  comparison.unlike.assign(unlike.begin(), unlike.end());
  comparison.changed = ChangedVersions(base, run);
  comparison.base_unqualified = WhyUnqualifiedIn(base);
  comparison.run_unqualified = WhyUnqualifiedIn(run);
  const Set before = Collect(base);
  const Set after = Collect(run);
  for (const auto& [scenario, collected] : before) {
    comparison.verdicts.push_back(CompareVerdicts(scenario, &collected, Find(after, scenario)));
  }
  for (const auto& [scenario, collected] : after) {
    if (Find(before, scenario) == nullptr) {
      comparison.verdicts.push_back(CompareVerdicts(scenario, nullptr, &collected));
    }
  }
  for (const VerdictChange& change : comparison.verdicts) {
    if (!IsSameExperiment(change)) continue;
    const std::vector<QuantityChange> changes =
        QuantitiesOf(change.scenario, *Find(before, change.scenario), *Find(after, change.scenario));
    comparison.quantities.insert(comparison.quantities.end(), changes.begin(), changes.end());
  }
  AdjustAll(comparison);
  FindVerdicts(comparison);
  FindQuantities(comparison, before, after);
  return comparison;
}

}  // namespace holdfast
