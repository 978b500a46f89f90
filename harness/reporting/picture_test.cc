// Promise: a picture shows every break and the slowest writes, and stays small however long the history is.
#include "harness/reporting/picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "harness/history/history_builder.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::Le;
using testing::SizeIs;

constexpr Nanoseconds kSecond = 1'000'000'000;

std::vector<Picture> PicturesOf(const Story& story, const Timeline& timeline = {}) {
  return holdfast::PicturesOf(story.History(), timeline, Bounds{});
}

Story LongStory(Duration before) {
  Story story;
  story.Acknowledged(before).Inject().Bitten().Unanswered(seconds(2)).Restart();
  story.Acknowledged(seconds(60)).Recovered().Healed().Whole().ReadBack().Ended();
  return story;
}

std::size_t Sum(const Picture& picture) {
  return std::accumulate(picture.acknowledged.begin(), picture.acknowledged.end(), std::size_t{0});
}

TEST(Picture, OfACellInWhichNobodyWroteThereIsNone) {
  EXPECT_THAT(PicturesOf(Story()), IsEmpty());
  EXPECT_THAT(PicturesOf(Story().Inject().Bitten().Healed().Ended()), IsEmpty());
}

TEST(Picture, ShowsTheBreakAndWhatWasAcknowledgedAroundIt) {
  const std::vector<Picture> pictures = PicturesOf(HealthyStory());
  ASSERT_THAT(pictures, SizeIs(1)) << "the outage is most of it";
  const Picture& picture = pictures[0];
  EXPECT_EQ(picture.origin, 6 * kSecond);
  ASSERT_THAT(picture.away, SizeIs(1));
  EXPECT_NEAR(static_cast<double>(picture.away[0].begin), 6e9, 2e7);
  EXPECT_NEAR(static_cast<double>(picture.away[0].end), 8e9, 2e7);
  EXPECT_THAT(picture.late, IsEmpty());
  EXPECT_EQ(picture.attempts, HealthyStory().operations.size());
  EXPECT_NEAR(static_cast<double>(Sum(picture)), 14 * 80, 1) << "the last one ends where the picture does";
  EXPECT_THAT(picture.moments,
              ElementsAre(Field(&Picture::Moment::name, kMarkInjecting), Field(&Picture::Moment::name, kMarkBitten),
                          Field(&Picture::Moment::name, kMarkRecovered), Field(&Picture::Moment::name, kMarkHealed),
                          Field(&Picture::Moment::name, kMarkWhole)));
}

TEST(Picture, OfALongCellTheOutageIsShownByItselfFirst) {
  const std::vector<Picture> pictures = PicturesOf(LongStory(seconds(60)));
  ASSERT_THAT(pictures, SizeIs(2));
  EXPECT_TRUE(pictures[0].is_excerpt);
  EXPECT_FALSE(pictures[1].is_excerpt);
  EXPECT_EQ(pictures[0].begin, 57 * kSecond);
  EXPECT_NEAR(static_cast<double>(pictures[0].end), 67e9, 1e8);
  EXPECT_EQ(pictures[1].begin, 0);
  EXPECT_LT(pictures[0].bucket, pictures[1].bucket);
}

TEST(Picture, OfASoakIsBoundedAndKeepsTheSlowestWrites) {
  Story story = LongStory(minutes(4));
  story.Write(6, seconds(100), seconds(100) + milliseconds(450),
              {.outcome = Outcome::kOk, .incarnation = 1, .error = ""});
  const PictureLimits limits;
  for (const Picture& picture : PicturesOf(story)) {
    EXPECT_THAT(picture.acknowledged, SizeIs(Le(limits.buckets)));
    EXPECT_THAT(picture.probes, SizeIs(Le(limits.probes)));
    EXPECT_THAT(picture.away, SizeIs(1));
  }
  const Picture whole = PicturesOf(story).back();
  EXPECT_GT(whole.attempts, 20'000U);
  const auto slowest = std::max_element(whole.probes.begin(), whole.probes.end(), [](const auto& one, const auto& two) {
    return (one.outcome == Outcome::kOk ? one.took : 0) < (two.outcome == Outcome::kOk ? two.took : 0);
  });
  EXPECT_EQ(slowest->took, 450'000'000);
  EXPECT_TRUE(std::is_sorted(whole.probes.begin(), whole.probes.end(),
                             [](const auto& one, const auto& two) { return one.begin < two.begin; }));
  EXPECT_TRUE(std::any_of(whole.probes.begin(), whole.probes.end(),
                          [](const auto& probe) { return probe.outcome == Outcome::kUnknown; }));
}

TEST(Picture, ShowsEachBreakOfARecoveryThatDidNotLastAndMergesWhatIsTooMuch) {
  Story story;
  story.Acknowledged(seconds(6)).Inject().Bitten();
  for (int i = 0; i < 150; ++i) story.Unanswered(milliseconds(1500)).Acknowledged(milliseconds(200));
  story.Acknowledged(seconds(7)).Recovered().Healed().Whole().ReadBack().Ended();
  EXPECT_THAT(PicturesOf(story)[0].away, SizeIs(testing::AllOf(Le(PictureLimits().spans), testing::Ge(1))));
  const auto few = holdfast::PicturesOf(story.History(), {}, Bounds{}, {.spans = 1000});
  EXPECT_THAT(few[0].away, SizeIs(150));
}

TEST(Picture, ShowsWhatWasAnsweredLate) {
  Story story;
  story.Acknowledged(seconds(6)).Inject().Bitten();
  story.Write(1, story.now, story.now + milliseconds(800), {.outcome = Outcome::kOk, .incarnation = 1, .error = ""});
  story.Acknowledged(seconds(7)).Recovered().Healed().Whole().ReadBack().Ended();
  const Picture picture = PicturesOf(story)[0];
  ASSERT_THAT(picture.late, SizeIs(1));
  EXPECT_EQ(picture.late[0].end - picture.late[0].begin, 800'000'000);
  EXPECT_THAT(picture.away, IsEmpty());
}

TEST(Picture, ShowsTheWritesThatTheLastReadLacks) {
  const auto absent = [](const Story& story) {
    const Picture picture = PicturesOf(story).back();
    return std::count_if(picture.probes.begin(), picture.probes.end(), [](const auto& one) { return one.is_absent; });
  };
  Story story = LongStory(minutes(1));
  EXPECT_EQ(absent(story), 0);
  story.Drop(1, 500);
  EXPECT_EQ(absent(story), 1) << "one of thousands is not thinned out";
  story.LastRead().error = "cut off";
  story.LastRead().end = kNever;
  EXPECT_EQ(absent(story), 0) << "of a read that is not complete nothing is known to be missing";
}

TEST(Picture, LeavesOutWhatTheClientOfTheOldInstanceSaw) {
  Story story = HealthyStory();
  const std::size_t ordinary = PicturesOf(story)[0].attempts;
  story.Write(Story::kPinned, seconds(7), seconds(7) + milliseconds(1),
              {.outcome = Outcome::kOk, .incarnation = 1, .error = ""});
  EXPECT_EQ(PicturesOf(story)[0].attempts, ordinary);
  EXPECT_THAT(PicturesOf(story)[0].away, SizeIs(1));
}

TEST(Picture, AWriteThatNeverEndedStandsUntilThePicturesEnd) {
  Story story;
  story.Acknowledged(seconds(6)).Inject().Bitten().Hang(seconds(10)).NotRecovered("pending").Healed();
  story.Acknowledged(seconds(6)).ReadBack().Ended();
  const Picture picture = PicturesOf(story)[0];
  const auto open = std::max_element(picture.probes.begin(), picture.probes.end(),
                                     [](const auto& one, const auto& two) { return one.took < two.took; });
  EXPECT_EQ(open->outcome, Outcome::kUnknown);
  EXPECT_EQ(open->begin + open->took, picture.end);
}

TEST(Picture, KeepsTheEventsThatExplainAndCountsTheRest) {
  Timeline timeline;
  for (int i = 0; i < 500; ++i) {
    timeline.entries.push_back({.cell = 1, .time = kSecond + i, .kind = kOfLease, .name = "l", .what = "holder"});
  }
  timeline.entries.push_back({.cell = 1, .time = 7 * kSecond, .kind = kOfPod, .name = "db-1", .what = kWhatGone});
  timeline.entries.push_back({.cell = 1, .time = 900 * kSecond, .kind = kOfPod, .name = "db-2", .what = kWhatGone});
  const Picture picture = PicturesOf(HealthyStory(), timeline)[0];
  EXPECT_THAT(picture.events, SizeIs(PictureLimits().events));
  EXPECT_EQ(picture.events.back().name, "db-1") << "by time";
  EXPECT_EQ(picture.left_out, 501 - PictureLimits().events);
}

TEST(Picture, OfManyCellsEachIsSmaller) {
  EXPECT_EQ(LimitsFor(1).probes, PictureLimits().probes);
  EXPECT_EQ(LimitsFor(0).events, PictureLimits().events);
  EXPECT_LE(LimitsFor(1000).probes * 1000, 150'000U);
  EXPECT_GE(LimitsFor(1'000'000).buckets, 60U);
}

}  // namespace
}  // namespace holdfast
