// How a comparison reads on a console: both sets, what changed around them, verdicts, quantities, what the figures are
// worth, and in the last line what CI asks for.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "harness/comparing/comparison.h"
#include "harness/latency/commit_latency.h"
#include "harness/latency/storage_latency.h"
#include "harness/text/printable.h"
#include "harness/text/table.h"

namespace holdfast {
namespace {

using Kind = VerdictChange::Kind;
using Finding = QuantityChange::Finding;

constexpr std::size_t kMostInCell = 40;

std::string TextOf(const VerdictChange& change) {
  switch (change.kind) {
    case Kind::kNone:
      return change.base.fail > 0 ? "still fails" : "–";
    case Kind::kRegression:
      return fmt::format("REGRESSION: {}", fmt::join(change.broken, ", "));
    case Kind::kFailsMore:
      return fmt::format("REGRESSION: fails more often (p {:.3f})", change.adjusted.p);
    case Kind::kMended:
      return "mended";
    case Kind::kUnprovedNow:
      return "nothing proved any more";
    case Kind::kUnprovedBefore:
      return "nothing was proved before";
    case Kind::kOnlyInBase:
      return "not played any more";
    case Kind::kOnlyInRun:
      return "not played before";
    case Kind::kOtherExperiment:
      return "not compared: its faults or settings differ";
  }
  return "";
}

std::string TextOf(const QuantityChange& change) {
  const std::string where = change.where.empty() ? "" : "; longer: " + change.where;
  switch (change.finding) {
    case Finding::kNotShown:
      return "no difference shown";
    case Finding::kTooFew:
      return "too few trials to tell";
    case Finding::kTooEqual:
      return "too many equal values to tell";
    case Finding::kSmall:
      return "differs, by little";
    case Finding::kMachine:
      return change.shift > 0 ? "slower, as is the node's own disk" : "faster, as is the node's own disk";
    case Finding::kBetter:
      return "better";
    case Finding::kWorse:
      return "REGRESSION" + where;
  }
  return "";
}

std::string Verdicts(const Comparison& comparison) {
  std::vector<std::vector<std::string>> lines = {{"fault", "base", "run", "change"}};
  for (const VerdictChange& change : comparison.verdicts) {
    lines.push_back(
        {Printable(change.scenario, kMostInCell), change.base.Text(), change.run.Text(), Printable(TextOf(change))});
  }
  std::string text = PrintTable(lines, {Alignment::kLeft, Alignment::kLeft, Alignment::kLeft, Alignment::kLeft});
  for (const VerdictChange& change : comparison.verdicts) {
    for (const std::string& line : change.because) {
      text += fmt::format("    {}: {}\n", Printable(change.scenario), Printable(line));
    }
  }
  return text;
}

std::string MedianText(const Quantity& quantity, const std::vector<double>& values, const std::string& unqualified) {
  return fmt::format("{} of {}{}", ValueText(quantity, MedianOf(values)), values.size(), MarkOf(quantity, unqualified));
}

std::string ShiftWithShare(const QuantityChange& change) {
  const double median = MedianOf(change.base);
  const bool share = std::isfinite(change.shift) && std::isfinite(median) && median > 0 && change.shift != 0;
  std::string text = ShiftText(change.quantity, change.shift);
  if (share) text += fmt::format(", {}{:.0f} %", change.shift > 0 ? "+" : "−", std::abs(100 * change.shift / median));
  return text;
}

bool IsAllZero(const QuantityChange& change) { return change.base.back() == 0 && change.run.back() == 0; }

std::string QuantityTable(const Comparison& comparison) {
  std::vector<std::vector<std::string>> lines = {{"quantity", "fault", "base", "run", "shift", "p", "finding"}};
  for (const QuantityChange& change : comparison.quantities) {
    if (IsAllZero(change)) continue;
    lines.push_back({change.quantity.name, Printable(change.scenario, kMostInCell),
                     MedianText(change.quantity, change.base, comparison.base_unqualified),
                     MedianText(change.quantity, change.run, comparison.run_unqualified), ShiftWithShare(change),
                     change.adjusted.able ? fmt::format("{:.3f}", change.adjusted.p) : "–", TextOf(change)});
  }
  if (lines.size() == 1) return "";
  return "\nMedians, of so many trials:\n" +
         PrintTable(lines, {Alignment::kLeft, Alignment::kLeft, Alignment::kRight, Alignment::kRight, Alignment::kRight,
                            Alignment::kRight, Alignment::kLeft});
}

// Latencies that nobody should choose by.
std::string Unqualified(const Comparison& comparison) {
  std::string text;
  for (const auto& [set, why] :
       {std::pair("base", comparison.base_unqualified), std::pair("run", comparison.run_unqualified)}) {
    if (!why.empty()) text += fmt::format("Latencies of {} are UNQUALIFIED: {}\n", set, Printable(why));
  }
  return text;
}

// What the figures are worth, and how many trials would be worth more.
std::string Method(const Comparison& comparison) {
  std::size_t able = 0, few = 0, equal = 0, shown = 0;
  bool approximate = false;
  for (const VerdictChange& change : comparison.verdicts) able += change.adjusted.able ? 1 : 0;
  for (const QuantityChange& change : comparison.quantities) {
    if (IsAllZero(change)) continue;
    ++shown;
    able += change.adjusted.able ? 1 : 0;
    few += change.finding == Finding::kTooFew ? 1 : 0;
    equal += change.finding == Finding::kTooEqual ? 1 : 0;
    approximate = approximate || change.test.method == RankSum::Method::kNormal;
  }
  const double percent = 100 * comparison.options.alpha;
  std::string text;
  if (able > 0) {
    text = fmt::format(
        "Two-sided rank-sum tests of Mann and Whitney{}, p by Holm's procedure over the {} that could tell a "
        "difference at {:g} %; shift by Hodges and Lehmann. A regression is shown and shifts by at least {}.\n",
        approximate ? " (exact, of large samples the normal approximation)" : ", exact", able, percent,
        Describe(comparison.options.least));
  }
  if (few > 0) {
    text += fmt::format(
        "{0} of {1} quantities are of too few trials to compare at {2:g} %: not even the clearest difference would be "
        "shown, and Tarone's rule leaves them out. {3} trials of each fault on either side would do (--trials {3}, or "
        "several runs).\n",
        few, shown, percent, comparison.enough_trials);
  }
  if (equal > 0) {
    text += fmt::format(
        "{} of {} quantities have too many equal values to compare at {:g} %: however these were dealt to the two "
        "sides, no difference would be shown.\n",
        equal, shown, percent);
  }
  return text;
}

bool IsOfLatency(const std::string& checker) { return checker == kCommitLatency || checker == kStorageLatency; }

std::string Conclusion(const Comparison& comparison) {
  const std::string why = comparison.run_unqualified.empty() ? comparison.base_unqualified : comparison.run_unqualified;
  const std::string unqualified = why.empty() ? "" : kUnqualifiedMark;
  std::vector<std::string> regressions;
  for (const VerdictChange& change : comparison.verdicts) {
    if (change.kind == Kind::kRegression) {
      const bool of_latency = std::any_of(change.broken.begin(), change.broken.end(), IsOfLatency);
      regressions.push_back(fmt::format("{} of {}{}", fmt::join(change.broken, ", "), Printable(change.scenario),
                                        of_latency ? unqualified : ""));
    } else if (change.IsRegression()) {
      regressions.push_back(fmt::format("{} fails more often", Printable(change.scenario)));
    }
  }
  for (const QuantityChange& change : comparison.quantities) {
    if (change.finding != Finding::kWorse) continue;
    regressions.push_back(fmt::format("{} of {} ({}){}", change.quantity.name, Printable(change.scenario),
                                      ShiftWithShare(change), MarkOf(change.quantity, why)));
  }
  if (!regressions.empty()) return fmt::format("REGRESSION: {}\n", fmt::join(regressions, "; "));
  if (!comparison.Comparable()) return "Nothing was judged in both: nothing is compared.\n";
  return "No regression.\n";
}

}  // namespace

std::string Describe(const Comparison& comparison) {
  std::string text = fmt::format("base  {}\nrun   {}\n", comparison.base, comparison.run);
  for (const std::string& line : comparison.unlike) text += fmt::format("Unlike, compared all the same: {}\n", line);
  if (!comparison.changed.empty()) {
    text += fmt::format("What changed: {}\n", Printable(fmt::format("{}", fmt::join(comparison.changed, "; "))));
  }
  text += "\n" + Verdicts(comparison) + QuantityTable(comparison) + "\n" + Unqualified(comparison);
  return text + Method(comparison) + Conclusion(comparison);
}

}  // namespace holdfast
