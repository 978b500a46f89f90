// Promise: a series that became another one is told from noise.
#include "harness/statistics/change_point.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace holdfast {
namespace {

// The discharge of the Nile at Aswan, 1871 to 1970, which fell in 1899; the values of Pettitt's test are well known.
const std::vector<double> kNile = {
    1120, 1160, 963,  1210, 1160, 1160, 813,  1230, 1370, 1140, 995,  935,  1110, 994, 1020, 960,  1180,
    799,  958,  1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774,  840,  874, 694,  940,  833,
    701,  916,  692,  1020, 1050, 969,  831,  726,  456,  824,  702,  1120, 1100, 832, 764,  821,  768,
    845,  864,  862,  698,  845,  744,  796,  1040, 759,  781,  865,  845,  944,  984, 897,  822,  1010,
    771,  676,  649,  846,  812,  742,  801,  1040, 860,  874,  848,  890,  744,  749, 838,  1050, 918,
    986,  797,  923,  975,  815,  1020, 906,  901,  1170, 912,  746,  919,  718,  714, 740};

TEST(ChangePointTest, AgreesWithAPublishedExample) {
  const ChangePoint change = FindChangePoint(kNile);
  EXPECT_EQ(change.first, 28U);
  EXPECT_NEAR(change.p.seen, 3.591e-07, 1e-10);
}

TEST(ChangePointTest, CannotBeShownByAFewRuns) {
  EXPECT_GT(FindChangePoint({1, 1, 9, 9}).p.least, 0.05);
  EXPECT_GT(FindChangePoint({1, 2}).p.least, 0.05);
  EXPECT_GT(FindChangePoint({1, 1, 1, 1, 1, 9, 9, 9, 9, 9}).p.least, 0.05);
  EXPECT_LT(FindChangePoint({1, 1, 1, 1, 1, 1, 9, 9, 9, 9, 9, 9}).p.seen, 0.05);
  EXPECT_EQ(FindChangePoint({1, 1, 1, 1, 1, 1, 9, 9, 9, 9, 9, 9}).first, 6U);
  EXPECT_EQ(FindChangePoint({3, 3, 3, 3}).p.seen, 1);
}

TEST(ChangePointTest, IsSeenInNoiseNoMoreOftenThanAlpha) {
  constexpr int kSeries = 2000;
  std::mt19937_64 random(42);
  std::normal_distribution<double> noise;
  for (const std::size_t runs : {7U, 14U, 30U}) {
    int alarms = 0;
    for (int i = 0; i < kSeries; ++i) {
      std::vector<double> values(runs);
      for (double& value : values) value = noise(random);
      alarms += FindChangePoint(values).p.seen <= 0.05 ? 1 : 0;
    }
    EXPECT_LE(alarms, 0.05 * kSeries + 3 * std::sqrt(kSeries * 0.05 * 0.95)) << runs << " runs";
  }
}

// The least n at which 2 exp(−6 K² / (n³ + n²)) with K = ⌊n/2⌋ ⌈n/2⌉ is not above alpha.
TEST(ValuesToShowTest, IsHowLongASeriesHasToBe) {
  EXPECT_EQ(ValuesToShow(1, 0.05), 11);
  EXPECT_EQ(ValuesToShow(5, 0.05), 16);
  EXPECT_EQ(ValuesToShow(6, 0.05), 16);
}

}  // namespace
}  // namespace holdfast
