// Trials: what N recoveries after the same fault prove together, whatever their distribution: order statistics and
// exact binomial limits only. A trial that never recovered (censored) is worse than every other.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "harness/run.h"

namespace holdfast {

inline constexpr double kNeverRecovered = std::numeric_limits<double>::infinity();

struct Trials {
  std::string scenario;
  std::vector<double>
      rto_s;           // ascending; kNeverRecovered of each that is censored, or was within the bound and no good
  int unmeasured = 0;  // inconclusive, skipped or not played

  // The smallest that at least the share `quantile` of the trials does not exceed; there is at least one trial.
  double Quantile(double quantile) const;
  int Within(double bound_s) const;
};

// Of each scenario in which something was to recover, in the order of the run.
std::vector<Trials> TrialsOf(const Run& run);

// With the given confidence the true quantile is no greater: the k-th smallest of n, k the least with
// P(Binomial(n, quantile) < k) ≥ confidence. Nothing if n is too small for that, or if that one never recovered.
// Shares and confidences are between 0 and 1, exclusive.
std::optional<double> UpperLimit(const std::vector<double>& ascending, double quantile, double confidence);

// With the given confidence at least this share of all trials would be good: the lower limit of Clopper and Pearson.
double ProvenShare(int good, int trials, double confidence);

// How many more trials, all of them good, prove `share` with `confidence`. 0 if it is proved.
int TrialsToProve(int good, int trials, double share, double confidence);

// What a report says of scenarios with more than one trial, a line or two each; empty if there is none.
std::string DescribeTrials(const Run& run);

}  // namespace holdfast
