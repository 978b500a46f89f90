// Promise: one seed replays a soak: the same faults, options and pauses in the same order, whatever else differs.
#include "harness/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace holdfast {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

Suite SomeSoak(const std::map<std::string, int>& weights) {
  Suite suite{.name = "soak", .file = "suite.yaml", .scenarios = {}};
  suite.soak = Soak{.lasts = minutes(30), .least_pause = seconds(20), .most_pause = seconds(60)};
  for (const auto& [name, weight] : weights) {
    suite.scenarios.push_back({.name = name, .fault = {.name = name, .options = {}}, .weight = weight});
  }
  return suite;
}

TEST(Schedule, IsTheSameForTheSameSeedAndAnotherForAnother) {
  const Suite suite = SomeSoak({{"a", 4}, {"b", 2}, {"c", 1}});
  EXPECT_TRUE(DrawStrikes(suite, 42, 50) == DrawStrikes(suite, 42, 50));
  EXPECT_FALSE(DrawStrikes(suite, 42, 50) == DrawStrikes(suite, 43, 50));
}

TEST(Schedule, OfALongerSoakBeginsAsThatOfAShorterOne) {
  const Suite suite = SomeSoak({{"a", 4}, {"b", 2}, {"c", 1}});
  const std::vector<Strike> longer = DrawStrikes(suite, 7, 200);
  for (const int count : {1, 2, 17, 199}) {
    const std::vector<Strike> prefix(longer.begin(), longer.begin() + count);
    EXPECT_TRUE(DrawStrikes(suite, 7, count) == prefix) << count;
  }
}

TEST(Schedule, DrawsByWeightAndPausesWithinTheSpan) {
  const Suite suite = SomeSoak({{"a", 6}, {"b", 3}, {"c", 1}});
  std::map<std::size_t, int> drawn;
  Duration least = hours(1);
  Duration most{};
  for (const Strike& strike : DrawStrikes(suite, 1, 10'000)) {
    EXPECT_EQ(strike.trial, ++drawn[strike.scenario]);
    least = std::min(least, strike.pause);
    most = std::max(most, strike.pause);
  }
  EXPECT_NEAR(drawn[0], 6000, 200);
  EXPECT_NEAR(drawn[1], 3000, 200);
  EXPECT_NEAR(drawn[2], 1000, 150);
  EXPECT_GE(least, seconds(20));
  EXPECT_LT(least, seconds(21));
  EXPECT_LE(most, seconds(60));
  EXPECT_GT(most, seconds(59));
}

TEST(Schedule, LeavesOutWhatTheRigLacksSomethingFor) {
  Suite suite = SomeSoak({{"a", 1}, {"b", 100}});
  suite.scenarios[1].missing = "provider k3d has no Disks";
  const std::vector<Strike> strikes = DrawStrikes(suite, 1, 30);
  ASSERT_EQ(strikes.size(), 30U);
  for (const Strike& strike : strikes) EXPECT_EQ(strike.scenario, 0U);
  suite.scenarios[0].missing = "nor Power";
  EXPECT_TRUE(DrawStrikes(suite, 1, 30).empty());
}

TEST(Schedule, KeepsTheOtherStrikesWhereSomeAreLeftOut) {
  Suite suite = SomeSoak({{"a", 1}, {"b", 1}});
  const std::vector<Strike> all = DrawStrikes(suite, 3, 5);
  suite.soak->without = {2, 4};
  EXPECT_TRUE(DrawStrikes(suite, 3, 5) == (std::vector<Strike>{all[0], all[2], all[4]}));
}

TEST(Schedule, IsAsLongAsTheTimeMayHold) {
  Soak soak{.lasts = minutes(30), .least_pause = seconds(20), .most_pause = seconds(60)};
  EXPECT_EQ(StrikesToPlan(soak, seconds(5)), 1800 / 25 + 1);
  soak.strikes = 3;
  EXPECT_EQ(StrikesToPlan(soak, seconds(5)), 3);
  soak.strikes.reset();
  soak.lasts = hours(24);
  soak.least_pause = Duration::zero();
  EXPECT_EQ(StrikesToPlan(soak, milliseconds(1)), kMostStrikes);
}

}  // namespace
}  // namespace holdfast
