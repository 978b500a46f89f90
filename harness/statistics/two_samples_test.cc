// Promise: a difference is called one as rarely as alpha says where there is none, and found where there is one.
#include "harness/statistics/two_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "harness/statistics/trials.h"

namespace holdfast {
namespace {

using testing::DoubleNear;

// Hollander and Wolfe, Nonparametric Statistical Methods, 1973, p. 69: permeability of the human chorioamnion.
const std::vector<double> kAtTerm = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
const std::vector<double> kEarlier = {1.15, 0.88, 0.90, 0.74, 1.21};

TEST(RankSumTest, AgreesWithAPublishedExample) {
  const RankSum test = TestRankSum(kEarlier, kAtTerm);
  EXPECT_THAT(test.p.seen, DoubleNear(0.2544122544, 1e-9));
  EXPECT_THAT(test.p.least, DoubleNear(2.0 / 3003, 1e-9)) << "of 15 over 5 ways one at each end";
  EXPECT_EQ(test.method, RankSum::Method::kExact);
  EXPECT_THAT(TestRankSum(kAtTerm, kEarlier).p.seen, DoubleNear(test.p.seen, 1e-12)) << "two-sided";
  EXPECT_THAT(ShiftBetween(kEarlier, kAtTerm), DoubleNear(0.305, 1e-9));
  EXPECT_THAT(ShiftBetween(kAtTerm, kEarlier), DoubleNear(-0.305, 1e-9));
}

// The values were counted by going through all ways to deal the values.
TEST(RankSumTest, IsExactWithTiesAndWithTrialsThatNeverRecovered) {
  EXPECT_THAT(TestRankSum({19, 22, 16, 29, 24}, {20, 11, 17, 12}).p.seen, DoubleNear(0.1111111111, 1e-9));
  const RankSum tied = TestRankSum({1, 2, 2, 3}, {2, 3, 3, kNeverRecovered, kNeverRecovered});
  EXPECT_THAT(tied.p.seen, DoubleNear(0.1031746032, 1e-9));
  EXPECT_THAT(tied.p.least, DoubleNear(0.0079365079, 1e-9));
  EXPECT_EQ(TestRankSum({5, 5, 5}, {5, 5}).p.seen, 1);
  EXPECT_EQ(TestRankSum({5, 5, 5}, {5, 5}).p.least, 1);
}

TEST(RankSumTest, SaysWhatSmallSamplesCannotShow) {
  EXPECT_THAT(TestRankSum({1, 2, 3}, {4, 5, 6}).p.seen, DoubleNear(0.1, 1e-12)) << "the clearest difference";
  EXPECT_THAT(TestRankSum({1, 2, 3, 4}, {5, 6, 7, 8}).p.seen, DoubleNear(2.0 / 70, 1e-12));
  EXPECT_EQ(TestRankSum({1}, {2}).p.least, 1);
  EXPECT_EQ(TrialsToShow(1, 0.05), 4);
  EXPECT_EQ(TrialsToShow(5, 0.05), 5);
  EXPECT_EQ(TrialsToShow(40, 0.05), 7);
}

std::vector<double> Draw(std::mt19937_64& random, std::size_t count, double shift, double step) {
  std::lognormal_distribution<double> recovery(0, 0.5);
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) {
    const double value = recovery(random) + shift;
    values.push_back(step > 0 ? std::round(value / step) * step : value);
  }
  return values;
}

TEST(RankSumTest, ApproximatesLargeSamplesAsItCountsSmallOnes) {
  std::mt19937_64 random(7);
  for (const double step : {0.0, 0.5}) {
    const std::vector<double> base = Draw(random, 30, 0, step);
    const std::vector<double> run = Draw(random, 30, 0.2, step);
    std::vector<double> more = run;
    more.push_back(more.back());  // one beyond what is counted
    const RankSum exact = TestRankSum(base, run);
    const RankSum normal = TestRankSum(base, more);
    EXPECT_EQ(exact.method, RankSum::Method::kExact);
    EXPECT_EQ(normal.method, RankSum::Method::kNormal);
    EXPECT_THAT(normal.p.seen, DoubleNear(exact.p.seen, 0.05)) << step;
  }
  EXPECT_EQ(TestRankSum(std::vector<double>(40, 3), std::vector<double>(40, 3)).p.seen, 1);
}

// Of 500 comparisons of 9 quantities each, none of which differs, those in which any is called different.
TEST(RankSumTest, RaisesFalseAlarmsNoMoreOftenThanAlpha) {
  constexpr int kComparisons = 500;
  std::mt19937_64 random(42);
  int alarms = 0;
  for (int i = 0; i < kComparisons; ++i) {
    std::vector<PValue> tests;
    for (int quantity = 0; quantity < 9; ++quantity) {
      // Some too small to tell anything, some with ties.
      const std::size_t trials = quantity % 3 == 0 ? 3 : 8;
      const double step = quantity % 2 == 0 ? 0.25 : 0;
      tests.push_back(TestRankSum(Draw(random, trials, 0, step), Draw(random, trials, 0, step)).p);
    }
    bool alarm = false;
    for (const Adjusted& adjusted : AdjustTogether(tests, 0.05)) alarm = alarm || adjusted.p <= 0.05;
    alarms += alarm ? 1 : 0;
  }
  EXPECT_LE(alarms, 0.05 * kComparisons + 3 * std::sqrt(kComparisons * 0.05 * 0.95));
  EXPECT_GT(alarms, 0) << "a test that never raises an alarm tests nothing";
}

TEST(RankSumTest, FindsAPlantedShift) {
  constexpr int kComparisons = 100;
  std::mt19937_64 random(43);
  int found = 0;
  for (int i = 0; i < kComparisons; ++i) {
    std::vector<PValue> tests = {TestRankSum(Draw(random, 8, 0, 0), Draw(random, 8, 3, 0)).p};
    for (int quantity = 1; quantity < 12; ++quantity) {
      tests.push_back(TestRankSum(Draw(random, 8, 0, 0), Draw(random, 8, 0, 0)).p);
    }
    found += AdjustTogether(tests, 0.05).front().p <= 0.05 ? 1 : 0;
  }
  EXPECT_GE(found, kComparisons * 9 / 10);
}

TEST(ShiftBetweenTest, KnowsTrialsThatNeverRecovered) {
  EXPECT_EQ(ShiftBetween({1, 2, 3}, {kNeverRecovered, kNeverRecovered, 4}), kNeverRecovered);
  EXPECT_EQ(ShiftBetween({kNeverRecovered, kNeverRecovered}, {4, 5}), -kNeverRecovered);
  EXPECT_EQ(ShiftBetween({kNeverRecovered}, {kNeverRecovered}), 0);
  EXPECT_EQ(ShiftBetween({1, kNeverRecovered}, {1, kNeverRecovered}), 0) << "as much up as down";
}

TEST(MedianOfTest, IsTheMiddle) {
  EXPECT_EQ(MedianOf({3, 1, 2}), 2);
  EXPECT_EQ(MedianOf({4, 1, 2, 3}), 2.5);
  EXPECT_EQ(MedianOf({1, kNeverRecovered}), kNeverRecovered);
  EXPECT_EQ(MedianOf({kNeverRecovered, kNeverRecovered}), kNeverRecovered);
}

PValue Of(double seen, double least) { return {.seen = seen, .least = least}; }

// Holm, Scandinavian Journal of Statistics 6, 1979.
TEST(AdjustTogetherTest, IsHolmsProcedure) {
  const std::vector<Adjusted> adjusted = AdjustTogether({Of(0.01, 0), Of(0.04, 0), Of(0.03, 0), Of(0.005, 0)}, 0.05);
  const std::vector<double> expected = {0.03, 0.06, 0.06, 0.02};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_TRUE(adjusted[i].able);
    EXPECT_THAT(adjusted[i].p, DoubleNear(expected[i], 1e-12)) << i;
  }
  EXPECT_TRUE(AdjustTogether({}, 0.05).empty());
}

// Tarone, Biometrics 46, 1990.
TEST(AdjustTogetherTest, LeavesOutWhatCouldNotBeSignificantAndSparesTheOthers) {
  std::vector<PValue> tests(9, Of(0.1, 0.1));
  tests.push_back(Of(0.03, 0.0001));
  const std::vector<Adjusted> adjusted = AdjustTogether(tests, 0.05);
  EXPECT_FALSE(adjusted.front().able);
  EXPECT_EQ(adjusted.front().p, 1);
  EXPECT_TRUE(adjusted.back().able);
  EXPECT_THAT(adjusted.back().p, DoubleNear(0.03, 1e-12)) << "as if it were alone";
}

TEST(AdjustTogetherTest, LetsNeitherOfTwoInThatCannotBothBeShown) {
  for (const Adjusted& adjusted : AdjustTogether({Of(0.03, 0.03), Of(0.03, 0.03)}, 0.05)) EXPECT_FALSE(adjusted.able);
}

}  // namespace
}  // namespace holdfast
