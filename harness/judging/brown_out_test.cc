// Promise: a database that answers late is told from one that is away, and neither is counted twice.
#include "harness/judging/brown_out.h"

#include <gtest/gtest.h>

#include "harness/checker.h"
#include "harness/history/history_builder.h"
#include "harness/judging/outage.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// All clients write without a pause, and each write takes so long.
void Slow(Story& story, Duration span, Duration takes) {
  const Duration begin = story.now;
  for (int client = 1; client <= Story::kClients; ++client) {
    for (Duration now = begin + client * milliseconds(10); now + takes <= begin + span; now += takes) {
      story.Write(client, now, now + takes, {.outcome = Outcome::kOk, .incarnation = story.incarnation, .error = ""});
    }
  }
  story.now += span;
}

std::vector<BrownOut> BrownOutsOf(const Story& story) { return FindBrownOuts(story.History(), 0, Bounds()); }

TEST(BrownOut, IsNoneWhileWritesAreAcknowledgedWithinTheBound) {
  Story story;
  story.Acknowledged(seconds(5));
  Slow(story, seconds(5), milliseconds(500));
  EXPECT_TRUE(BrownOutsOf(story).empty());
}

TEST(BrownOut, IsOneSpanHoweverManyWritesAreLateInIt) {
  Story story;
  story.Acknowledged(seconds(5));
  Slow(story, seconds(6), milliseconds(700));
  story.Acknowledged(seconds(5));
  const auto found = BrownOutsOf(story);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].writes, 32U);
  EXPECT_EQ(found[0].begin, Nanoseconds(5'010'000'000));
  EXPECT_EQ(found[0].end, Nanoseconds(5'040'000'000 + 8 * 700'000'000LL));
  EXPECT_EQ(TotalOf(found), found[0].end - found[0].begin);
}

TEST(BrownOut, EndsWhereNothingIsLateForAsLongAsTheBound) {
  Story story;
  story.Acknowledged(seconds(2));
  for (int i = 0; i < 3; ++i) {
    Slow(story, seconds(2), milliseconds(800));
    story.Acknowledged(seconds(2));
  }
  EXPECT_EQ(BrownOutsOf(story).size(), 3U);
}

TEST(BrownOut, CountsFromTheFaultOn) {
  Story story;
  Slow(story, seconds(2), milliseconds(800));
  story.Acknowledged(seconds(2));
  EXPECT_EQ(FindBrownOuts(story.History(), Duration(seconds(2)).count(), Bounds()).size(), 0U);
}

TEST(BrownOut, HoldsWhatWasUnderWayAtTheFaultFromThenOn) {
  Story story;
  story.Acknowledged(seconds(5));
  const Nanoseconds fault = (story.now - milliseconds(10)).count();
  story.Write(4, story.now - milliseconds(300), story.now + milliseconds(600),
              {.outcome = Outcome::kOk, .incarnation = 1, .error = ""});
  story.Write(3, story.now - milliseconds(300), story.now + milliseconds(450),
              {.outcome = Outcome::kOk, .incarnation = 1, .error = ""});
  const auto found = FindBrownOuts(story.History(), fault, Bounds());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].begin, fault);
  EXPECT_EQ(found[0].end - found[0].begin, Nanoseconds(610'000'000));
  EXPECT_EQ(found[0].writes, 1U) << "the other was late before the fault, and not after it";
}

TEST(BrownOut, IsNotAnOutageNorTheWriteThatWaitedForItsEnd) {
  Story story;
  story.Acknowledged(seconds(5));
  // Under way when the database went away, and answered when it was back.
  story.Write(4, story.now, story.now + milliseconds(1500), {.outcome = Outcome::kOk, .incarnation = 1, .error = ""});
  story.Silence(milliseconds(1500));
  story.Acknowledged(seconds(6));
  const CellHistory history = story.History();
  EXPECT_EQ(FindOutages(history, story.now.count(), Bounds().stable_for.count()).size(), 1U);
  EXPECT_TRUE(FindBrownOuts(history, 0, Bounds()).empty());
}

TEST(BrownOut, OfAHangIsNone) {
  Story story;
  story.Acknowledged(seconds(5)).Hang(seconds(60));
  EXPECT_TRUE(BrownOutsOf(story).empty());
}

TEST(BrownOut, IsAFigureAndNoFailure) {
  Story story;
  story.Mark(kMarkCellBegun, "", {{"seed", std::to_string(Story::kSeed)}, {"fault", "pod-delete"}});
  story.Acknowledged(seconds(6)).Inject().Bitten();
  Slow(story, seconds(4), milliseconds(900));
  story.Acknowledged(seconds(7)).Recovered().Healed().Whole().Acknowledged(seconds(1)).ReadBack().Ended();
  const Verdict verdict = Registry<Checker>::Make("recovery-time", {})->Judge(story.History(), Bounds());
  EXPECT_EQ(verdict.judgement, Judgement::kPass) << verdict.summary;
  EXPECT_EQ(verdict.figures.at("brown_outs"), 1);
  EXPECT_NEAR(verdict.figures.at("brown_out_s").get<double>(), 3.6, 0.1);
}

}  // namespace
}  // namespace holdfast
