// Promise: a ratio says how sure one may be of it, and no more.
#include "harness/statistics/ratio.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "harness/seed.h"

namespace holdfast {
namespace {

TEST(Ratio, IsTheGeometricMeanWithStudentsInterval) {
  // ln 2, ln 4, ln 8: mean ln 4, deviation ln 2; t(0.975, 2) = 4.302653.
  const auto ratio = RatioOf({{2, 1}, {8, 2}, {24, 3}}, 0.95);
  ASSERT_TRUE(ratio.has_value());
  EXPECT_NEAR(ratio->estimate, 4, 1e-9);
  const double half = 4.302653 * std::log(2) / std::sqrt(3);
  EXPECT_NEAR(ratio->low, 4 * std::exp(-half), 1e-4);
  EXPECT_NEAR(ratio->high, 4 * std::exp(half), 1e-4);
}

TEST(Ratio, OfPairsCancelsWhatDisturbedBoth) {
  const auto ratio = RatioOf({{3, 1}, {300, 100}, {30, 10}}, 0.95);
  ASSERT_TRUE(ratio.has_value());
  EXPECT_NEAR(ratio->low, 3, 1e-9);
  EXPECT_NEAR(ratio->high, 3, 1e-9);
}

TEST(Ratio, OfOnePairOrOfNothingMeasuredIsNone) {
  EXPECT_FALSE(RatioOf({{2, 1}}, 0.95).has_value());
  EXPECT_FALSE(RatioOf({}, 0.95).has_value());
  EXPECT_FALSE(RatioOf({{2, 1}, {2, 0}}, 0.95).has_value());
}

TEST(Ratio, HoldsTheTruthAsOftenAsItSays) {
  // Pairs whose logarithms are ln 5 and noise of -1, 0 or 1, some thousand experiments of five pairs each.
  int held = 0;
  constexpr int kExperiments = 4000;
  for (int experiment = 0; experiment < kExperiments; ++experiment) {
    std::vector<std::pair<double, double>> pairs;
    for (int i = 0; i < 5; ++i) {
      double noise = 0;  // the sum of twelve draws is near to normal
      for (int draw = 0; draw < 12; ++draw) {
        noise += static_cast<double>(Uniform(
                     CellSeed(static_cast<std::uint64_t>(experiment), "noise", i * 12 + draw + 1), 0, 1'000'000)) /
                 1e6;
      }
      pairs.emplace_back(5 * std::exp(noise - 6), 1);
    }
    const auto ratio = RatioOf(pairs, 0.9);
    held += ratio->low <= 5 && 5 <= ratio->high ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(held) / kExperiments, 0.9, 0.02);
}

std::vector<double> OneTo(std::size_t count) {
  std::vector<double> values(count);
  std::iota(values.begin(), values.end(), 1);
  return values;
}

TEST(Quantile, IsTheSmallestThatTheShareDoesNotExceed) {
  EXPECT_EQ(QuantileOf(OneTo(100), 0.99), 99);
  EXPECT_EQ(QuantileOf(OneTo(100), 0.5), 50);
  EXPECT_EQ(QuantileOf(OneTo(3), 0.99), 3);
  EXPECT_EQ(QuantileOf(OneTo(1), 0.5), 1);
}

TEST(Quantile, IntervalIsStudentsOfTheBlocksAboutThatOfAll) {
  // The medians of three blocks are 2, 8 and 4, that of all is 4: as above, but with t(0.99375, 2).
  const auto median = QuantileInterval({2, 8, 4}, 0.5, 3, 0.95);
  ASSERT_TRUE(median.has_value());
  EXPECT_NEAR(median->estimate, 4, 1e-9);
  const double half = 8.860 * std::log(2) / std::sqrt(3);
  EXPECT_NEAR(median->low, 4 * std::exp(-half), 1e-3);
  EXPECT_NEAR(median->high / (4 * std::exp(half)), 1, 1e-3);
}

TEST(Quantile, IntervalOfTooFewBlocksIsNone) {
  EXPECT_FALSE(QuantileInterval(OneTo(1000), 0.99, 1, 0.95).has_value());
  EXPECT_FALSE(QuantileInterval(OneTo(3), 0.99, 4, 0.95).has_value());
  EXPECT_FALSE(QuantileInterval({}, 0.99, 2, 0.95).has_value());
  EXPECT_FALSE(QuantileInterval({0, 0}, 0.99, 2, 0.95).has_value());
}

TEST(Quantile, IntervalOfWhatNeverEndsIsInfinite) {
  constexpr double kNever = std::numeric_limits<double>::infinity();
  const auto always = QuantileInterval({1, kNever, 1, kNever}, 0.99, 2, 0.95);
  EXPECT_TRUE(std::isinf(always->estimate));
  EXPECT_TRUE(std::isinf(always->low));
  const auto some = QuantileInterval({1, 1, 1, kNever}, 0.99, 2, 0.95);
  EXPECT_EQ(some->low, 0) << "nothing is known";
  EXPECT_TRUE(std::isinf(some->high));
}

// Nearly normal, with mean 0 and variance 1.
double Noise(std::uint64_t seed) {
  double sum = 0;
  for (std::uint64_t draw = 0; draw < 12; ++draw) {
    sum += static_cast<double>(SplitMix64(seed * 12 + draw)) / 18446744073709551616.0;
  }
  return sum - 6;
}

// In how many of so many experiments the interval of the p99 of that many latencies held the truth, where the likeness
// of each to the one before is as given.
double ShareHeld(double likeness, std::uint64_t writes, int experiments) {
  const double truth = std::exp(2.326348);
  int held = 0;
  for (std::uint64_t experiment = 0; experiment < static_cast<std::uint64_t>(experiments); ++experiment) {
    std::vector<double> latencies;
    double logarithm = Noise(experiment << 32);
    for (std::uint64_t i = 1; i <= writes; ++i) {
      logarithm = likeness * logarithm + std::sqrt(1 - likeness * likeness) * Noise((experiment << 32) + i);
      latencies.push_back(std::exp(logarithm));
    }
    const auto p99 = QuantileInterval(latencies, 0.99, 4, 0.95);
    held += p99->low <= truth && truth <= p99->high ? 1 : 0;
  }
  return static_cast<double>(held) / experiments;
}

// 40 s of commits, 40 a second: independent ones, and such of which each is much like the one before, what is left of
// that being below a tenth after 2 s. Limits for independent values would hold the truth in three of ten experiments.
TEST(Quantile, IntervalHoldsTheTruthAsOftenAsItSaysThoughEachValueDependsOnThoseBefore) {
  constexpr int kExperiments = 400;
  const double noise = 2 * std::sqrt(0.95 * 0.05 / kExperiments);
  for (const double likeness : {0.0, 0.97}) {
    EXPECT_GE(ShareHeld(likeness, 1600, kExperiments), 0.95 - noise) << likeness;
  }
}

}  // namespace
}  // namespace holdfast
