#include "harness/statistics/two_samples.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/special_functions/binomial.hpp>
#include <cmath>
#include <cstdint>
#include <numeric>

#include "harness/check.h"

namespace holdfast {
namespace {

// Probabilities that are equal but for the rounding of their sums are equal.
constexpr double kRounding = 1e-9;

// Both samples as one, by their ranks. Ranks are doubled, since values that are tied share the mean of theirs.
struct Ranked {
  std::vector<std::int64_t> doubled;  // of the smaller sample first, then of the other
  std::size_t first = 0;              // how many are of the smaller sample
  double ties = 0;                    // sum of t³ − t over the groups of t values that are tied
};

Ranked Rank(const std::vector<double>& base, const std::vector<double>& run) {
  const std::vector<double>& small = base.size() <= run.size() ? base : run;
  const std::vector<double>& large = base.size() <= run.size() ? run : base;
  std::vector<double> values = small;
  values.insert(values.end(), large.begin(), large.end());
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  Ranked ranked{.doubled = std::vector<std::int64_t>(values.size()), .first = small.size(), .ties = 0};
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    for (std::size_t i = begin; i < end; ++i) ranked.doubled[order[i]] = static_cast<std::int64_t>(begin + end + 1);
    const auto tied = static_cast<double>(end - begin);
    ranked.ties += tied * tied * tied - tied;
  }
  return ranked;
}

// How far a doubled rank sum of the smaller sample is from its expectation, in units of 1 / (number of values).
std::int64_t Deviation(const Ranked& ranked, std::int64_t sum) {
  const auto all = static_cast<std::int64_t>(ranked.doubled.size());
  return std::abs(all * sum - static_cast<std::int64_t>(ranked.first) * all * (all + 1));
}

std::int64_t RankSumOf(const Ranked& ranked) {
  return std::accumulate(ranked.doubled.begin(), ranked.doubled.begin() + static_cast<std::ptrdiff_t>(ranked.first),
                         std::int64_t{0});
}

// By doubled rank sum, in how many of all ways to choose so many values as the smaller sample has it comes about.
std::vector<double> CountWays(const Ranked& ranked) {
  const std::size_t most = ranked.doubled.size() * (ranked.doubled.size() + 1);
  std::vector<std::vector<double>> ways(ranked.first + 1, std::vector<double>(most + 1));
  ways[0][0] = 1;
  for (const std::int64_t rank : ranked.doubled) {
    const auto add = static_cast<std::size_t>(rank);
    for (std::size_t chosen = ranked.first; chosen > 0; --chosen) {
      for (std::size_t sum = most; sum >= add; --sum) ways[chosen][sum] += ways[chosen - 1][sum - add];
    }
  }
  return ways[ranked.first];
}

RankSum Exact(const Ranked& ranked) {
  const std::vector<double> ways = CountWays(ranked);
  const std::int64_t seen = Deviation(ranked, RankSumOf(ranked));
  std::int64_t farthest = 0;
  for (std::size_t sum = 0; sum < ways.size(); ++sum) {
    if (ways[sum] > 0) farthest = std::max(farthest, Deviation(ranked, static_cast<std::int64_t>(sum)));
  }
  double all = 0, as_far = 0, at_the_end = 0;
  for (std::size_t sum = 0; sum < ways.size(); ++sum) {
    const std::int64_t deviation = Deviation(ranked, static_cast<std::int64_t>(sum));
    all += ways[sum];
    if (deviation >= seen) as_far += ways[sum];
    if (deviation >= farthest) at_the_end += ways[sum];
  }
  return {.p = {.seen = as_far / all, .least = at_the_end / all}, .method = RankSum::Method::kExact};
}

RankSum Approximate(const Ranked& ranked) {
  const auto all = static_cast<double>(ranked.doubled.size());
  const auto first = static_cast<double>(ranked.first);
  const double variance = first * (all - first) / 12 * (all + 1 - ranked.ties / (all * (all - 1)));
  const auto p_of = [&](double deviation) {
    const double z = (std::max(deviation - 0.5, 0.0)) / std::sqrt(variance);
    return std::min(1.0, 2 * cdf(complement(boost::math::normal_distribution<>(), z)));
  };
  if (variance <= 0) return {.p = {}, .method = RankSum::Method::kNormal};
  std::vector<std::int64_t> ascending = ranked.doubled;
  std::sort(ascending.begin(), ascending.end());
  const auto size = static_cast<std::ptrdiff_t>(ranked.first);
  const std::int64_t low = std::accumulate(ascending.begin(), ascending.begin() + size, std::int64_t{0});
  const std::int64_t high = std::accumulate(ascending.end() - size, ascending.end(), std::int64_t{0});
  const std::int64_t farthest = std::max(Deviation(ranked, low), Deviation(ranked, high));
  const auto in_ranks = [&](std::int64_t deviation) { return static_cast<double>(deviation) / (2 * all); };
  return {.p = {.seen = p_of(in_ranks(Deviation(ranked, RankSumOf(ranked)))), .least = p_of(in_ranks(farthest))},
          .method = RankSum::Method::kNormal};
}

double Difference(double base, double run) { return base == run ? 0 : run - base; }

// Tarone's: the least K of which no more than K tests could be significant at alpha / K.
std::size_t Divisor(const std::vector<PValue>& tests, double alpha) {
  for (std::size_t divisor = 1;; ++divisor) {
    const double level = alpha / static_cast<double>(divisor);
    const auto able = std::count_if(tests.begin(), tests.end(),
                                    [&](const PValue& test) { return test.least <= level + kRounding * level; });
    if (static_cast<std::size_t>(able) <= divisor) return divisor;
  }
}

}  // namespace

RankSum TestRankSum(const std::vector<double>& base, const std::vector<double>& run) {
  CHECK(!base.empty() && !run.empty());
  const Ranked ranked = Rank(base, run);
  return ranked.doubled.size() <= kMostExact ? Exact(ranked) : Approximate(ranked);
}

double MedianOf(std::vector<double> values) {
  CHECK(!values.empty());
  std::sort(values.begin(), values.end());
  const double high = values[values.size() / 2];
  if (values.size() % 2 == 1) return high;
  const double low = values[values.size() / 2 - 1];
  // Of −∞ and ∞ there is no mean; nothing is known of a shift then.
  return low == high || (std::isinf(low) && std::isinf(high)) ? (low == high ? low : 0) : (low + high) / 2;
}

double ShiftBetween(const std::vector<double>& base, const std::vector<double>& run) {
  CHECK(!base.empty() && !run.empty());
  std::vector<double> differences;
  differences.reserve(base.size() * run.size());
  for (const double before : base) {
    for (const double after : run) differences.push_back(Difference(before, after));
  }
  return MedianOf(std::move(differences));
}

std::vector<Adjusted> AdjustTogether(const std::vector<PValue>& tests, double alpha) {
  CHECK(0 < alpha && alpha < 1);
  std::vector<Adjusted> adjusted(tests.size());
  std::vector<std::size_t> able;
  const double level = alpha / static_cast<double>(Divisor(tests, alpha));
  for (std::size_t i = 0; i < tests.size(); ++i) {
    adjusted[i].able = tests[i].least <= level + kRounding * level;
    if (adjusted[i].able) able.push_back(i);
  }
  std::sort(able.begin(), able.end(), [&](std::size_t a, std::size_t b) { return tests[a].seen < tests[b].seen; });
  double before = 0;
  for (std::size_t place = 0; place < able.size(); ++place) {
    const double own = tests[able[place]].seen * static_cast<double>(able.size() - place);
    before = std::max(before, std::min(own, 1.0));
    adjusted[able[place]].p = before;
  }
  return adjusted;
}

int TrialsToShow(std::size_t tests, double alpha) {
  CHECK(0 < alpha && alpha < 1);
  unsigned trials = 1;
  while (2 / boost::math::binomial_coefficient<double>(2 * trials, trials) >
         alpha / static_cast<double>(std::max<std::size_t>(tests, 1))) {
    ++trials;
  }
  return static_cast<int>(trials);
}

}  // namespace holdfast
