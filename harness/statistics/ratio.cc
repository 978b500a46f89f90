#include "harness/statistics/ratio.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>
#include <numeric>

#include "harness/check.h"

namespace holdfast {
namespace {

using boost::math::students_t_distribution;

// Quantiles of blocks are neither normal nor quite independent, and few: Student's limits about them miss the truth
// twice as often as they say, and more often where each value is much like those before it. So they are taken as if for
// a fourth of the doubt. How often they then hold it is tried in ratio_test.cc.
constexpr double kDoubtOfBlocks = 4;

double MeanOf(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// About `center`, of which the mean of the logarithms is an estimate; there are two of them at least.
Interval AboutCenter(double center, const std::vector<double>& logarithms, double confidence) {
  const auto count = static_cast<double>(logarithms.size());
  double squares = 0;
  for (const double value : logarithms) squares += (value - center) * (value - center);
  const double t = boost::math::quantile(students_t_distribution<double>(count - 1), (1 + confidence) / 2);
  const double half = t * std::sqrt(squares / (count - 1) / count);
  return {.estimate = std::exp(center), .low = std::exp(center - half), .high = std::exp(center + half)};
}

double QuantileOfUnsorted(std::vector<double> values, double quantile) {
  std::sort(values.begin(), values.end());
  return QuantileOf(values, quantile);
}

// Of equally many neighbours each, as far as that can be.
std::vector<double> QuantilesOfBlocks(const std::vector<double>& in_order, double quantile, std::size_t blocks) {
  std::vector<double> quantiles;
  for (std::size_t block = 0; block < blocks; ++block) {
    const auto begin = static_cast<std::ptrdiff_t>(in_order.size() * block / blocks);
    const auto end = static_cast<std::ptrdiff_t>(in_order.size() * (block + 1) / blocks);
    quantiles.push_back(QuantileOfUnsorted({in_order.begin() + begin, in_order.begin() + end}, quantile));
  }
  return quantiles;
}

}  // namespace

std::optional<Interval> RatioOf(const std::vector<std::pair<double, double>>& pairs, double confidence) {
  if (pairs.size() < 2) return std::nullopt;
  std::vector<double> logarithms;
  for (const auto& [one, other] : pairs) {
    if (one <= 0 || other <= 0) return std::nullopt;
    logarithms.push_back(std::log(one / other));
  }
  return AboutCenter(MeanOf(logarithms), logarithms, confidence);
}

double QuantileOf(const std::vector<double>& ascending, double quantile) {
  CHECK(!ascending.empty());
  const double rank = std::ceil(quantile * static_cast<double>(ascending.size()));
  const auto place = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
  return ascending[std::min(place, ascending.size() - 1)];
}

std::optional<Interval> QuantileInterval(const std::vector<double>& in_order, double quantile, std::size_t blocks,
                                         double confidence) {
  if (blocks < 2 || in_order.size() < blocks) return std::nullopt;
  const double estimate = QuantileOfUnsorted(in_order, quantile);
  std::vector<double> quantiles = QuantilesOfBlocks(in_order, quantile, blocks);
  const auto [least, most] = std::minmax_element(quantiles.begin(), quantiles.end());
  if (*least <= 0 || estimate <= 0) return std::nullopt;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (std::isinf(*most) || std::isinf(estimate)) {
    return Interval{.estimate = estimate, .low = std::isinf(*least) ? kInfinity : 0, .high = kInfinity};
  }
  for (double& value : quantiles) value = std::log(value);
  return AboutCenter(std::log(estimate), quantiles, 1 - (1 - confidence) / kDoubtOfBlocks);
}

}  // namespace holdfast
