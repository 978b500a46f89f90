// Promise: an outage is what clients would call one, however the database flutters in it.
#include "harness/judging/outage.h"

#include <gtest/gtest.h>

#include "harness/history/history_builder.h"
#include "harness/judging/measurement.h"
#include "harness/judging/testimony.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Nanoseconds kStable = 5'000'000'000;

std::vector<Outage> OutagesOf(const Story& story) { return FindOutages(story.History(), story.now.count(), kStable); }

// Generated: whatever the lengths, ups that are shorter than stable_for are no ends.
TEST(Outage, ThatFlapsIsOneUntilTheDatabaseStaysUp) {
  for (int flaps = 0; flaps <= 6; ++flaps) {
    Story story;
    story.Acknowledged(seconds(6)).Unanswered(seconds(3));
    for (int i = 0; i < flaps; ++i) story.Acknowledged(milliseconds(700 * (i + 1))).Unanswered(milliseconds(1500));
    story.Acknowledged(seconds(6));
    const auto outages = OutagesOf(story);
    ASSERT_EQ(outages.size(), 1U) << flaps;
    EXPECT_EQ(outages[0].flaps, flaps);
    EXPECT_TRUE(outages[0].over);
    EXPECT_LT(outages[0].begin, Duration(seconds(6)).count());
  }
}

TEST(Outage, IsAnotherOneAfterTheDatabaseStayedUp) {
  Story story;
  story.Acknowledged(seconds(6));
  for (int i = 0; i < 3; ++i) story.Unanswered(seconds(2)).Acknowledged(milliseconds(5100));
  const auto outages = OutagesOf(story);
  ASSERT_EQ(outages.size(), 3U);
  for (const Outage& outage : outages) EXPECT_EQ(outage.flaps, 0);
}

TEST(Outage, ThatEndsInAFlapIsNotOver) {
  Story story;
  story.Acknowledged(seconds(6)).Unanswered(seconds(3)).Acknowledged(seconds(4));
  const auto outages = OutagesOf(story);
  ASSERT_EQ(outages.size(), 1U);
  EXPECT_TRUE(outages[0].resumed.has_value());
  EXPECT_FALSE(outages[0].over);
}

TEST(Outage, OfAHangHasNoEndAndItsRtoIsCensored) {
  Story story;
  story.Acknowledged(seconds(6)).Inject().Bitten().Hang(seconds(180)).NotRecovered("hangs");
  const CellHistory history = story.History();
  const Measurement measured = Measure(history, Bounds(), FirstMark(history, kMarkInjecting)->time);
  ASSERT_TRUE(measured.outage.has_value());
  EXPECT_FALSE(measured.outage->resumed.has_value());
  EXPECT_TRUE(measured.censored);
  EXPECT_EQ(Duration(measured.rto), Duration(seconds(180)));
}

}  // namespace
}  // namespace holdfast
