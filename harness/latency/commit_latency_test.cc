// Promise: a commit is as slow as whoever was due to make it felt it, and not as the client that waited would say.
#include "harness/latency/commit_latency.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/history/history_builder.h"
#include "harness/latency/latency_plan.h"

namespace holdfast {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::StartsWith;

constexpr Duration kInterval = milliseconds(100);
const Completion kAcknowledged = {.outcome = Outcome::kOk, .incarnation = 1, .error = ""};

// One client with a write due every 100 ms, which it begins when the one before has ended.
class Commits {
 public:
  explicit Commits(const std::string& fault = "disk-loss", const std::string& deadline_ns = "") {
    Mark(kMarkArrivals,
         {{"interval_ns", "100000000"}, {"clients", "1"}, {"fault", fault}, {"deadline_ns", deadline_ns}});
  }

  // `count` writes, of which each takes so long.
  Commits& Write(int count, Duration takes, const Completion& completion = kAcknowledged) {
    for (int i = 0; i < count; ++i) {
      const Duration begin = std::max(due_, free_);
      free_ = begin + takes;
      story_.Write(1, begin, free_, completion);
      due_ += kInterval;
    }
    return *this;
  }
  Commits& Mark(const char* name, const std::map<std::string, std::string>& fields = {}) {
    story_.now = due_;
    story_.Mark(name, "", fields);
    return *this;
  }
  // When no write is due.
  Commits& MarkAt(Duration time, const char* name) {
    story_.now = time;
    story_.Mark(name);
    return *this;
  }
  Verdict Judge(std::optional<Duration> bound = std::nullopt) {
    Bounds bounds;
    bounds.commit_p99 = bound;
    return JudgeCommits(story_.History(), bounds);
  }
  json Condition(const std::string& name) {
    const json conditions = Judge().figures.at(kCommitFigure).at("conditions");
    for (const json& condition : conditions) {
      if (condition.at("condition") == name) return condition;
    }
    return nullptr;
  }
  Story& story() { return story_; }

 private:
  Story story_;
  Duration due_{};
  Duration free_{};
};

TEST(CommitLatency, IsCountedFromWhenTheWriteWasDue) {
  // One write of 1 s among 100 of 5 ms: nine more were due in that second and all of them were late.
  Commits commits;
  commits.Write(50, milliseconds(5)).Write(1, seconds(1)).Write(69, milliseconds(5)).Mark(kMarkInjecting);
  const json healthy = commits.Condition("healthy");
  EXPECT_EQ(healthy.at("writes"), 100) << "without those of the first 2 s";
  EXPECT_DOUBLE_EQ(healthy.at("p50_ms").get<double>(), 5);
  EXPECT_DOUBLE_EQ(healthy.at("max_ms").get<double>(), 1000);
  // The client that waits would have said: one of a hundred, p95 is 5 ms.
  EXPECT_NEAR(healthy.at("p95_ms").get<double>(), 525, 1e-6);
}

TEST(CommitLatency, IsToldByCondition) {
  Commits commits;
  commits.Write(120, milliseconds(5)).Mark(kMarkInjecting).Write(10, milliseconds(90)).Mark(kMarkRecovered);
  commits.Write(100, milliseconds(20)).Mark(kMarkHealed).Write(50, milliseconds(30)).Mark(kMarkWhole);
  commits.Write(10, milliseconds(5));
  EXPECT_DOUBLE_EQ(commits.Condition("healthy").at("p99_ms").get<double>(), 5);
  EXPECT_DOUBLE_EQ(commits.Condition("striking").at("max_ms").get<double>(), 90);
  EXPECT_EQ(commits.Condition("hurt").at("writes"), 100);
  EXPECT_DOUBLE_EQ(commits.Condition("hurt").at("p99_ms").get<double>(), 20);
  EXPECT_EQ(commits.Condition("rebuilding").at("writes"), 50);
  EXPECT_DOUBLE_EQ(commits.Condition("rebuilding").at("p50_ms").get<double>(), 30);
  const json figure = commits.Judge().figures.at(kCommitFigure);
  EXPECT_DOUBLE_EQ(figure.at("arrivals_per_s").get<double>(), 10);
  EXPECT_EQ(figure.at("fault"), "disk-loss");
  EXPECT_EQ(commits.Judge().summary, "commit p99 5.0 ms");
}

// Trap: what the player itself does to the database, a read of everything or a heal, taken for what hurts it.
TEST(CommitLatency, IsToldOfTheTimesInWhichThePlayerHeldStill) {
  Commits commits;
  commits.Write(30, milliseconds(5)).Mark(kMarkHolding).Write(100, milliseconds(6)).Mark(kMarkHeld);
  commits.Write(10, milliseconds(70)).Mark(kMarkInjecting).Write(10, milliseconds(90)).Mark(kMarkRecovered);
  commits.Write(10, milliseconds(80)).Mark(kMarkHolding).Write(100, milliseconds(20)).Mark(kMarkHeld);
  commits.Write(10, milliseconds(60)).Mark(kMarkHealed).Write(10, milliseconds(30)).Mark(kMarkWhole);
  commits.Write(10, milliseconds(5));
  EXPECT_EQ(commits.Condition("healthy").at("writes"), 100);
  EXPECT_DOUBLE_EQ(commits.Condition("healthy").at("max_ms").get<double>(), 6);
  EXPECT_DOUBLE_EQ(commits.Condition("striking").at("max_ms").get<double>(), 90);
  EXPECT_EQ(commits.Condition("hurt").at("writes"), 100);
  EXPECT_DOUBLE_EQ(commits.Condition("hurt").at("max_ms").get<double>(), 20) << "neither the read nor the heal";
  EXPECT_EQ(commits.Condition("rebuilding").at("writes"), 20) << "from where the heal begins its work";
  EXPECT_DOUBLE_EQ(commits.Condition("rebuilding").at("max_ms").get<double>(), 60);
}

TEST(CommitLatency, TheEndOfASnapshotIsNoRebuild) {
  Commits commits("volume-snapshot");
  commits.Write(120, milliseconds(5)).Mark(kMarkInjecting).Write(10, milliseconds(90)).Mark(kMarkRecovered);
  commits.Write(100, milliseconds(20)).Mark(kMarkHealed).Write(50, milliseconds(30)).Mark(kMarkWhole);
  EXPECT_FALSE(commits.Condition("hurt").is_null());
  EXPECT_TRUE(commits.Condition("rebuilding").is_null());
}

TEST(CommitLatency, AConditionThatHadNoEndIsNone) {
  Commits commits;
  commits.Write(120, milliseconds(5)).Mark(kMarkInjecting).Write(100, milliseconds(90));
  EXPECT_TRUE(commits.Condition("striking").is_null());
  EXPECT_FALSE(commits.Condition("healthy").is_null());
}

constexpr char kTimeOut[] = "time-out";

TEST(CommitLatency, AWriteThatWasNotAcknowledgedTookForEver) {
  const Completion unknown = {.outcome = Outcome::kUnknown, .incarnation = 0, .error = kTimeOut};
  Commits commits;
  commits.Write(100, milliseconds(5)).Write(20, milliseconds(5), unknown).Mark(kMarkInjecting);
  const json healthy = commits.Condition("healthy");
  EXPECT_EQ(healthy.at("unacknowledged"), 20);
  EXPECT_EQ(healthy.at("never_sent"), 0);
  EXPECT_DOUBLE_EQ(healthy.at("p50_ms").get<double>(), 5);
  EXPECT_EQ(healthy.at("p50_never"), false);
  for (const char* time : {"p95", "p99", "max"}) {
    EXPECT_TRUE(healthy.at(std::string(time) + "_ms").is_null()) << time;
    EXPECT_EQ(healthy.at(std::string(time) + "_never"), true) << time;
  }
  EXPECT_TRUE(healthy.at("p99_9_ms").is_null());
  EXPECT_EQ(healthy.at("p99_9_never"), false) << "it is not known for want of writes";
}

TEST(CommitLatency, OneInFiveThatIsNeverAcknowledgedIsBeyondAnyBound) {
  const Completion unknown = {.outcome = Outcome::kUnknown, .incarnation = 0, .error = kTimeOut};
  Commits commits;
  commits.Write(20, milliseconds(5));
  for (int i = 0; i < 10; ++i) commits.Write(80, milliseconds(5)).Write(20, milliseconds(5), unknown);
  commits.Mark(kMarkInjecting);
  EXPECT_EQ(commits.Judge(milliseconds(100)).judgement, Judgement::kFail);
  EXPECT_THAT(commits.Judge(milliseconds(100)).summary, HasSubstr("p99 while healthy never, 100.0 ms allowed"));
}

constexpr char kOneSecond[] = "1000000000";

// Trap: a client that waits for a second and no longer, taken for a witness of eternity.
TEST(CommitLatency, AWriteThatOutlivedItsDeadlineTookLongerThanThatAndNobodyKnowsHowMuch) {
  const Completion unknown = {.outcome = Outcome::kUnknown, .incarnation = 0, .error = kTimeOut};
  Commits commits("disk-loss", kOneSecond);
  commits.Write(20, milliseconds(5));
  for (int i = 0; i < 10; ++i) commits.Write(80, milliseconds(5)).Write(20, milliseconds(5), unknown);
  commits.Write(1, milliseconds(5)).Mark(kMarkInjecting);
  const json healthy = commits.Condition("healthy");
  EXPECT_EQ(healthy.at("unacknowledged"), 200);
  EXPECT_TRUE(healthy.at("p99_ms").is_null());
  EXPECT_EQ(healthy.at("p99_never"), false);
  EXPECT_EQ(healthy.at("p99_unanswered"), true);
  EXPECT_EQ(healthy.at("p50_unanswered"), false);
  EXPECT_DOUBLE_EQ(commits.Judge().figures.at(kCommitFigure).at("deadline_ms").get<double>(), 1000);
  EXPECT_EQ(commits.Judge().summary, "commit p99 > 1 s (the deadline)");
  const Verdict verdict = commits.Judge(milliseconds(100));
  EXPECT_EQ(verdict.judgement, Judgement::kFail);
  EXPECT_EQ(verdict.summary, "commits are too slow: p99 while healthy > 1 s (the deadline), 100.0 ms allowed");
}

TEST(CommitLatency, AnOutageThatHadNoEndTookForEver) {
  const Completion unknown = {.outcome = Outcome::kUnknown, .incarnation = 0, .error = kTimeOut};
  Commits commits("disk-loss", kOneSecond);
  commits.Write(100, milliseconds(5)).Write(20, milliseconds(5), unknown).Mark(kMarkInjecting);
  EXPECT_EQ(commits.Condition("healthy").at("p99_never"), true) << "nothing was acknowledged any more";
  EXPECT_EQ(commits.Condition("healthy").at("p99_unanswered"), false);
}

TEST(CommitLatency, WhatWasNeverSentTookForEverAlsoWhereTheDeadlineIsKnown) {
  Commits commits("disk-loss", kOneSecond);
  commits.Write(120, milliseconds(5)).Mark(kMarkInjecting).Write(10, milliseconds(90)).Mark(kMarkRecovered);
  commits.Write(10, milliseconds(5)).Write(1, seconds(30)).MarkAt(seconds(20), kMarkHealed);
  EXPECT_EQ(commits.Condition("hurt").at("p50_never"), true);
}

// The client waits from 14 s on and is stopped with what it owes.
TEST(CommitLatency, AWriteThatWasDueAndNeverSentTookForEver) {
  Commits commits;
  commits.Write(120, milliseconds(5)).Mark(kMarkInjecting).Write(10, milliseconds(90)).Mark(kMarkRecovered);
  commits.Write(10, milliseconds(5)).Write(1, seconds(30)).MarkAt(seconds(20), kMarkHealed);
  commits.MarkAt(seconds(24), kMarkWhole);
  const json hurt = commits.Condition("hurt");
  EXPECT_EQ(hurt.at("writes"), 70) << "as many as were due from 13 s to 20 s";
  EXPECT_EQ(hurt.at("never_sent"), 59);
  EXPECT_EQ(hurt.at("unacknowledged"), 59);
  EXPECT_EQ(hurt.at("p50_never"), true);
  const json rebuilding = commits.Condition("rebuilding");
  ASSERT_FALSE(rebuilding.is_null()) << "a time in which nothing was sent is no time in which nothing was due";
  EXPECT_EQ(rebuilding.at("writes"), 40);
  EXPECT_EQ(rebuilding.at("never_sent"), 40);
  EXPECT_EQ(rebuilding.at("kept_up"), false);
  EXPECT_EQ(commits.Condition("healthy").at("never_sent"), 0);
  EXPECT_EQ(commits.Condition("healthy").at("kept_up"), true);
}

TEST(CommitLatency, AWriteThatTheEndForestalledIsNotHeldAgainstTheDatabase) {
  Commits commits;
  commits.Write(120, milliseconds(5)).Mark(kMarkInjecting).Write(10, milliseconds(90)).Mark(kMarkRecovered);
  commits.Write(10, milliseconds(5))
      .Mark(kMarkHealed)
      .Write(1, milliseconds(5))
      .MarkAt(milliseconds(14120), kMarkWhole);
  EXPECT_EQ(commits.Condition("rebuilding").at("writes"), 1);
  EXPECT_EQ(commits.Condition("rebuilding").at("never_sent"), 0);
}

TEST(CommitLatency, AQuantileThatTheSampleIsTooSmallForIsNotGiven) {
  Commits commits;
  commits.Write(119, milliseconds(5)).Mark(kMarkInjecting);
  const json healthy = commits.Condition("healthy");
  EXPECT_EQ(healthy.at("writes"), 99);
  EXPECT_FALSE(healthy.at("p95_ms").is_null());
  EXPECT_TRUE(healthy.at("p99_ms").is_null());
  EXPECT_TRUE(healthy.at("p99_9_ms").is_null());
}

TEST(CommitLatency, WithinTheBoundPassesAndBeyondItFails) {
  Commits commits;
  commits.Write(1020, milliseconds(5)).Mark(kMarkInjecting);
  EXPECT_EQ(commits.Judge(milliseconds(6)).judgement, Judgement::kPass);
  EXPECT_EQ(commits.Judge(milliseconds(4)).judgement, Judgement::kFail);
  EXPECT_THAT(commits.Judge(milliseconds(4)).summary, HasSubstr("commits are too slow: p99 while healthy 5.0 ms"));
}

TEST(CommitLatency, ABoundInTheIntervalIsNotDecided) {
  // Twelve of a thousand are slow: the p99 is one of them, that of every other quarter is not.
  Commits commits;
  commits.Write(20, milliseconds(5));
  for (const int slow : {4, 2, 4, 2}) commits.Write(250 - slow, milliseconds(5)).Write(slow, milliseconds(50));
  commits.Mark(kMarkInjecting);
  const Verdict verdict = commits.Judge(milliseconds(20));
  EXPECT_EQ(verdict.judgement, Judgement::kInconclusive);
  EXPECT_THAT(verdict.summary, HasSubstr("the bound lies in the interval"));
}

// Twenty slow ones, one after the other, are one event: of independent commits they would show that the p99 is slow.
TEST(CommitLatency, WhatWasSlowOnceIsNoProofOfWhatIsSlowAlways) {
  Commits commits;
  commits.Write(420, milliseconds(5)).Write(20, milliseconds(50)).Write(580, milliseconds(5)).Mark(kMarkInjecting);
  EXPECT_EQ(commits.Judge(milliseconds(20)).judgement, Judgement::kInconclusive);
  const json healthy = commits.Condition("healthy");
  EXPECT_DOUBLE_EQ(healthy.at("p99_ms").get<double>(), 50);
  EXPECT_LT(healthy.at("p99_low_ms").get<double>(), 20);
  EXPECT_GT(healthy.at("p99_high_ms").get<double>(), 100);
}

TEST(CommitLatency, OfTooShortATimeNoBoundIsDecided) {
  Commits commits;
  commits.Write(220, milliseconds(5)).Mark(kMarkInjecting);
  EXPECT_TRUE(commits.Condition("healthy").at("p99_low_ms").is_null());
  EXPECT_TRUE(commits.Condition("healthy").at("p99_high_ms").is_null());
  EXPECT_EQ(commits.Judge().judgement, Judgement::kPass);
  const Verdict verdict = commits.Judge(milliseconds(6));
  EXPECT_EQ(verdict.judgement, Judgement::kInconclusive);
  EXPECT_THAT(verdict.summary,
              StartsWith("too short to tell, needs 40 s of writes while healthy: p99 while healthy 5.0 "
                         "ms, 6.0 ms allowed"));
}

TEST(CommitLatency, ADatabaseThatDoesNotKeepUpIsNamedAsSuch) {
  Commits commits;
  commits.Write(200, milliseconds(110)).Mark(kMarkInjecting);
  EXPECT_EQ(commits.Judge().figures.at(kCommitFigure).at("kept_up"), false);
  EXPECT_THAT(commits.Judge().summary, HasSubstr(": it did not keep up with 10 writes a second"));
  Commits swift;
  swift.Write(200, milliseconds(90)).Mark(kMarkInjecting);
  EXPECT_EQ(swift.Judge().figures.at(kCommitFigure).at("kept_up"), true);
}

TEST(CommitLatency, WithoutArrivalsOrAHealthyTimeNothingIsMeasured) {
  EXPECT_EQ(JudgeCommits(HealthyStory().History(), {}).judgement, Judgement::kInconclusive);
  Commits early;
  early.Write(10, milliseconds(5)).Mark(kMarkInjecting).Write(10, milliseconds(5)).Mark(kMarkRecovered);
  EXPECT_EQ(early.Judge().judgement, Judgement::kInconclusive);
  EXPECT_EQ(early.Judge().summary, "no commit was measured before the fault");
}

TEST(CommitLatency, TheClientThatStaysWithTheOldInstanceIsNoneOfThem) {
  Commits commits;
  commits.Write(120, milliseconds(5)).Mark(kMarkInjecting);
  commits.story().Pin();
  commits.story().Write(Story::kPinned, seconds(11), seconds(12), kAcknowledged);
  commits.Mark(kMarkRecovered);
  EXPECT_EQ(commits.Condition("healthy").at("writes"), 100);
}

}  // namespace
}  // namespace holdfast
