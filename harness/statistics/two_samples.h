// TwoSamples: whether the trials of two runs differ, whatever their distribution. Ranks only, so that a trial that
// never recovered (kNeverRecovered) has its place, behind all others. Pure.
//
// - The test is the two-sided rank-sum test of Mann and Whitney (1947), of which the p is conditional on the ties:
//   exact, by counting all ways to deal the values to the two samples, up to kMostExact values in all; beyond, by the
//   normal approximation with the corrections for ties and continuity (Lehmann, Nonparametrics, 1975, 1.2 to 1.4).
// - The size of the difference is the shift of Hodges and Lehmann (1963), the median of all pairwise differences.
// - Of several tests, all of one comparison, the chance of a single false alarm is kept below alpha by Holm's procedure
//   (1979). Those that could not be significant with any outcome, as their samples are too small, are left out
//   beforehand by Tarone's rule (1990), so that they do not cost the others their power.
#pragma once

#include <cstddef>
#include <vector>

namespace holdfast {

inline constexpr std::size_t kMostExact = 60;

struct PValue {
  double seen = 1;   // two-sided
  double least = 1;  // that these sizes and ties allow: of the clearest difference
};

struct RankSum {
  PValue p;
  enum class Method { kExact, kNormal } method = Method::kExact;
};
// Neither is empty; in any order.
RankSum TestRankSum(const std::vector<double>& base, const std::vector<double>& run);

// By how much `run` is greater. Infinite if half of the pairs differ by so much; two that never recovered do not
// differ.
double ShiftBetween(const std::vector<double>& base, const std::vector<double>& run);

// Of at least one value: the middle one, or the mean of the two.
double MedianOf(std::vector<double> values);

struct Adjusted {
  bool able = false;  // false: left out, no outcome of it would have been significant
  double p = 1;       // significant if not above alpha; 1 if left out
};
// In the order of the tests.
std::vector<Adjusted> AdjustTogether(const std::vector<PValue>& tests, double alpha);

// How many trials of each side let one of so many tests be significant, whatever the others are.
int TrialsToShow(std::size_t tests, double alpha);

}  // namespace holdfast
