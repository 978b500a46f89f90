#include "harness/statistics/trials.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>

#include "harness/check.h"
#include "harness/judging/quantity.h"
#include "harness/options.h"
#include "harness/text/printable.h"

namespace holdfast {
namespace {

using boost::math::binomial_distribution;

// Of what was proved no more than that; of what the rig asks as it stands there.
int Proved(double share) { return static_cast<int>(std::floor(share * 100)); }
int Asked(double share) { return static_cast<int>(std::lround(share * 100)); }

// The recovery was no good, though it was quick: it did not last, or the database refused every other write.
bool BrokeElse(const CellResult& result, double rto_s, const Bounds& bounds) {
  const auto measured = std::find_if(result.verdicts.begin(), result.verdicts.end(),
                                     [](const Verdict& verdict) { return verdict.figures.contains(kRto.figure); });
  return measured != result.verdicts.end() && measured->judgement == Judgement::kFail &&
         rto_s <= std::chrono::duration<double>(bounds.rto).count();
}

std::string Spread(const Trials& trials, const Bounds& bounds) {
  std::string text = fmt::format("min {}, median {}, p90 {}, max {}", SecondsText(trials.rto_s.front()),
                                 SecondsText(trials.Quantile(0.5)), SecondsText(trials.Quantile(0.9)),
                                 SecondsText(trials.rto_s.back()));
  const auto limit = UpperLimit(trials.rto_s, bounds.quantile, bounds.confidence);
  if (limit) {
    text += fmt::format("; with {} % confidence {} % of them recover within {}", Asked(bounds.confidence),
                        Asked(bounds.quantile), SecondsText(*limit));
  }
  return text;
}

std::string Proof(const Trials& trials, const Bounds& bounds) {
  const int count = static_cast<int>(trials.rto_s.size());
  const double bound_s = std::chrono::duration<double>(bounds.rto).count();
  const int within = trials.Within(bound_s);
  std::string text = fmt::format("{} of {} within {}: with {} % confidence at least {} % are", within, count,
                                 FormatDuration(bounds.rto), Asked(bounds.confidence),
                                 Proved(ProvenShare(within, count, bounds.confidence)));
  if (const int more = TrialsToProve(within, count, bounds.quantile, bounds.confidence); more > 0) {
    text += fmt::format("; {} more, all within, would prove {} %", more, Asked(bounds.quantile));
  }
  return text;
}

}  // namespace

double Trials::Quantile(double quantile) const {
  CHECK(!rto_s.empty());
  const double rank = std::ceil(quantile * static_cast<double>(rto_s.size()));
  return rto_s[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

int Trials::Within(double bound_s) const {
  return static_cast<int>(std::upper_bound(rto_s.begin(), rto_s.end(), bound_s) - rto_s.begin());
}

std::vector<Trials> TrialsOf(const Run& run) {
  std::vector<Trials> all;
  for (const CellResult& result : run.results) {
    if (result.cell.role == Role::kLatency) continue;  // nothing recovers there
    auto found =
        std::find_if(all.begin(), all.end(), [&](const Trials& one) { return one.scenario == result.cell.scenario; });
    if (found == all.end()) {
      all.push_back({.scenario = result.cell.scenario, .rto_s = {}, .unmeasured = 0});
      found = all.end() - 1;
    }
    const std::optional<double> recovery = ValueOf(result, kRto);
    if (recovery) {
      found->rto_s.push_back(BrokeElse(result, *recovery, run.bounds) ? kNeverRecovered : *recovery);
    } else {
      ++found->unmeasured;
    }
  }
  for (Trials& trials : all) std::sort(trials.rto_s.begin(), trials.rto_s.end());
  return all;
}

std::optional<double> UpperLimit(const std::vector<double>& ascending, double quantile, double confidence) {
  CHECK(0 < quantile && quantile < 1 && 0 < confidence && confidence < 1);
  const binomial_distribution<> below(static_cast<double>(ascending.size()), quantile);
  for (std::size_t k = 1; k <= ascending.size(); ++k) {
    if (cdf(below, static_cast<double>(k - 1)) < confidence) continue;
    if (std::isinf(ascending[k - 1])) return std::nullopt;
    return ascending[k - 1];
  }
  return std::nullopt;
}

double ProvenShare(int good, int trials, double confidence) {
  CHECK(0 <= good && good <= trials && 0 < confidence && confidence < 1);
  if (trials == 0) return 0;
  return binomial_distribution<>::find_lower_bound_on_p(trials, good, 1 - confidence);
}

int TrialsToProve(int good, int trials, double share, double confidence) {
  CHECK(0 < share && share < 1);
  const auto proves = [&](int more) { return ProvenShare(good + more, trials + more, confidence) >= share; };
  int enough = 1;
  if (proves(0)) return 0;
  while (!proves(enough)) enough *= 2;
  int too_few = enough / 2;
  while (enough - too_few > 1) {
    const int middle = too_few + (enough - too_few) / 2;
    (proves(middle) ? enough : too_few) = middle;
  }
  return enough;
}

std::string DescribeTrials(const Run& run) {
  std::string text;
  for (const Trials& trials : TrialsOf(run)) {
    const auto measured = static_cast<int>(trials.rto_s.size());
    if (measured + trials.unmeasured < 2) continue;
    const std::string name = Printable(trials.scenario);
    text += fmt::format("{}: {} trials", name, measured + trials.unmeasured);
    if (trials.unmeasured > 0) text += fmt::format(", {} of them without a measured RTO", trials.unmeasured);
    if (measured > 0) text += ": RTO " + Spread(trials, run.bounds) + "\n  " + Proof(trials, run.bounds);
    text += "\n";
  }
  return text;
}

}  // namespace holdfast
