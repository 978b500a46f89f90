// Promise: each way of losing, bending or inventing a write is found and called by its name, and a healthy history is
// accused of nothing. A checker that has never failed has never checked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/checker.h"
#include "harness/history/history_builder.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

Verdict JudgeOf(const CellHistory& history, const Bounds& bounds = {}) {
  return Registry<Checker>::Make("no-lost-writes", {})->Judge(history, bounds);
}

Bounds Async(Duration age) {
  Bounds bounds;
  bounds.async = age;
  return bounds;
}

// The verdict names this class, once, and no other.
void ExpectOnly(const Verdict& verdict, const std::string& figure, const std::string& summary) {
  EXPECT_EQ(verdict.judgement, Judgement::kFail) << verdict.summary;
  EXPECT_EQ(verdict.figures.at(figure), 1);
  EXPECT_THAT(verdict.summary, StartsWith(summary + ";"));
  EXPECT_THAT(verdict.because, SizeIs(1));
}

// Before the fault client 1 wrote #1 … #120 and, as all do, its last ones just before 6 s.
constexpr std::uint64_t kLastBeforeFault = 120;

// What was acknowledged last before the fault, and its absence from the final read: as if it had never been synced.
Story StoryWithLostTail(std::size_t writes) {
  Story story = HealthyStory();
  const Nanoseconds fault = Nanoseconds{6'000'000'000};
  std::vector<Row>& rows = story.LastRead().rows;
  const auto first_after = std::find_if(rows.begin(), rows.end(), [&](const Row& row) {
    return story.At(row.client, row.sequence).end > fault + 10'000'000;
  });
  rows.erase(first_after - static_cast<std::ptrdiff_t>(writes), first_after);
  return story;
}

TEST(NoLostWrites, AccusesAHealthyHistoryOfNothing) {
  const Story story = HealthyStory();
  const Verdict verdict = JudgeOf(story.History());
  EXPECT_EQ(verdict.judgement, Judgement::kPass) << verdict.summary;
  EXPECT_THAT(verdict.because, IsEmpty());
  EXPECT_EQ(verdict.figures.at("acknowledged"), 1120);
  EXPECT_EQ(verdict.figures.at("unknown"), 160);
  EXPECT_EQ(verdict.figures.at("failed"), 0);
  EXPECT_EQ(verdict.figures.at("read"), 1120);
  EXPECT_EQ(verdict.figures.at("lost"), 0);
  EXPECT_EQ(verdict.figures.at("rpo_writes"), 0);
  EXPECT_EQ(verdict.figures.at("rpo_s"), 0.0);
  EXPECT_EQ(verdict.summary, "0 of 1120 acknowledged writes lost");
}

TEST(NoLostWrites, FindsALostWriteAndQuotesIt) {
  const Story story = StoryWithLostTail(1);
  const Verdict verdict = JudgeOf(story.History());
  ExpectOnly(verdict, "lost", "1 lost");
  EXPECT_EQ(verdict.because[0],
            "lost: client 4 #120, incarnation 1, begun 5.987500 s, acknowledged 5.992500 s, absent from the read of "
            "16.100000 s");
  EXPECT_EQ(verdict.figures.at("rpo_writes"), 1);
  EXPECT_DOUBLE_EQ(verdict.figures.at("rpo_s"), 0.0075);
}

TEST(NoLostWrites, MeasuresTheRpoFromTheOldestLostAcknowledgementToTheFault) {
  const Story story = StoryWithLostTail(80);
  const Verdict verdict = JudgeOf(story.History());
  EXPECT_EQ(verdict.figures.at("lost"), 80);
  EXPECT_NEAR(verdict.figures.at("rpo_s"), 1.0, 0.01);
  EXPECT_THAT(verdict.because, SizeIs(kMostEvidence + 1));
  EXPECT_EQ(verdict.because.back(), "... and 70 more");
}

// What was lost after the fault: the fault says nothing about when, but a loss has a span.
TEST(NoLostWrites, MeasuresTheRpoOfALossAfterTheFaultToWhenItWasLostAtTheLatest) {
  Story story = HealthyStory();
  story.LastRead().rows.pop_back();  // acknowledged at 15.9925 s, missing at 16.1 s
  EXPECT_DOUBLE_EQ(JudgeOf(story.History()).figures.at("rpo_s"), 0.1075);
  Story slow;
  slow.Acknowledged(seconds(6)).Inject().Acknowledged(seconds(1)).Bitten().Unanswered(seconds(2)).Restart();
  slow.Acknowledged(seconds(7)).Recovered().Healed().Whole().ReadBack();
  const Story::Attempt last = *std::find_if(slow.operations.rbegin(), slow.operations.rend(),
                                            [](const auto& one) { return one.completion.incarnation == 1; });
  slow.Drop(last.client, last.sequence);
  const Verdict verdict = JudgeOf(slow.History());
  EXPECT_EQ(verdict.figures.at("lost"), 1);
  EXPECT_DOUBLE_EQ(verdict.figures.at("rpo_s"), 2.0125) << "the next incarnation acknowledged two seconds later";
}

TEST(NoLostWrites, FindsAHole) {
  Story story = HealthyStory();
  story.Drop(2, 50);
  const Verdict verdict = JudgeOf(story.History());
  ExpectOnly(verdict, "hole", "1 hole");
  EXPECT_EQ(verdict.figures.at("lost"), 1) << "a hole is a lost write";
  EXPECT_THAT(verdict.because[0], AllOf(StartsWith("hole: client 2 #50, incarnation 1, begun "),
                                        HasSubstr(", although later: client 4 #120, incarnation 1")));
}

TEST(NoLostWrites, FindsCorruptPayloads) {
  Story story = HealthyStory();
  story.RowOf(3, 7).payload[13] ^= 1;
  const Verdict verdict = JudgeOf(story.History());
  ExpectOnly(verdict, "corrupt", "1 corrupt");
  EXPECT_THAT(verdict.because[0],
              AllOf(StartsWith("corrupt: client 3 #7, incarnation 1"),
                    HasSubstr("64 bytes were written, 64 read, the first difference is at byte 13")));
}

TEST(NoLostWrites, FindsTornPayloads) {
  Story story = HealthyStory();
  story.RowOf(3, 7).payload.resize(32);
  const Verdict verdict = JudgeOf(story.History());
  ExpectOnly(verdict, "corrupt", "1 corrupt");
  EXPECT_THAT(verdict.because[0], HasSubstr("64 bytes were written, 32 read, the first difference is at byte 32"));
}

TEST(NoLostWrites, FindsAPayloadThatBelongsToAnotherWrite) {
  Story story = HealthyStory();
  story.RowOf(3, 7).payload = PayloadFor(Story::kSeed, 3, 6);
  ExpectOnly(JudgeOf(story.History()), "corrupt", "1 corrupt");
}

TEST(NoLostWrites, FindsARowOfAnotherIncarnationThanTheOneThatAcknowledged) {
  Story story = HealthyStory();
  story.RowOf(3, 7).incarnation = 2;
  const Verdict verdict = JudgeOf(story.History());
  ExpectOnly(verdict, "corrupt", "1 corrupt");
  EXPECT_THAT(verdict.because[0], HasSubstr("the row says incarnation 2"));
}

TEST(NoLostWrites, FindsPhantoms) {
  Story story = HealthyStory();
  story.LastRead().rows.push_back(Story::MakeRow(4, 9999, 2));
  const Verdict verdict = JudgeOf(story.History());
  ExpectOnly(verdict, "phantom", "1 phantom");
  EXPECT_THAT(
      verdict.because[0],
      StartsWith("phantom: client 4 #9999, incarnation 2, present in the read of 16.100000 s, never attempted"));
}

TEST(NoLostWrites, CallsARowThatWasReadBeforeItsWriteBeganAPhantom) {
  Story story;
  story.Acknowledged(seconds(1)).ReadNow();
  story.LastRead().rows.push_back(Story::MakeRow(1, story.LastOf(1) + 1, 1));
  story.Silence(milliseconds(1)).Acknowledged(seconds(1)).ReadBack();
  ExpectOnly(JudgeOf(story.History()), "phantom", "1 phantom");
}

TEST(NoLostWrites, FindsDuplicates) {
  Story story = HealthyStory();
  story.LastRead().rows.push_back(story.RowOf(1, 5));
  const Verdict verdict = JudgeOf(story.History());
  ExpectOnly(verdict, "duplicate", "1 duplicate");
  EXPECT_THAT(verdict.because[0], AllOf(StartsWith("duplicate: client 1 #5,"), HasSubstr("present more than once")));
}

TEST(NoLostWrites, FindsReorderedRows) {
  Story story = HealthyStory();
  std::swap(story.RowOf(1, 5), story.RowOf(1, 6));
  const Verdict verdict = JudgeOf(story.History());
  ExpectOnly(verdict, "reordered", "1 reordered");
  EXPECT_THAT(verdict.because[0], AllOf(StartsWith("reordered: client 1 #5,"), HasSubstr("behind the client's #6")));
}

TEST(NoLostWrites, AllowsAnyOrderBetweenClients) {
  Story story = HealthyStory();
  std::stable_sort(story.LastRead().rows.begin(), story.LastRead().rows.end(),
                   [](const Row& one, const Row& other) { return one.client > other.client; });
  EXPECT_EQ(JudgeOf(story.History()).judgement, Judgement::kPass);
}

// Trap: a checksum or a read that is retried until it matches hides stale reads.
TEST(NoLostWrites, FindsAStaleReadAlthoughALaterOneIsComplete) {
  Story story;
  story.Acknowledged(seconds(2)).ReadNow();
  story.Drop(2, 3);
  story.Acknowledged(seconds(1)).ReadBack();
  const Verdict verdict = JudgeOf(story.History());
  ExpectOnly(verdict, "stale", "1 stale");
  EXPECT_EQ(verdict.figures.at("lost"), 0);
  EXPECT_THAT(verdict.because[0],
              AllOf(StartsWith("stale: client 2 #3,"),
                    HasSubstr("absent from the read of 2.100000 s, present in that of 3.300000 s")));
}

TEST(NoLostWrites, CallsAWriteLostAndNotStaleThatNoReadShows) {
  Story story;
  story.Acknowledged(seconds(2)).ReadNow();
  const Story::Attempt last = story.operations.back();
  story.Drop(last.client, last.sequence);
  story.ReadBack();
  story.Drop(last.client, last.sequence);
  const Verdict verdict = JudgeOf(story.History());
  ExpectOnly(verdict, "lost", "1 lost");
  EXPECT_EQ(verdict.figures.at("stale"), 0);
}

TEST(NoLostWrites, FindsACorruptRowAlthoughALaterReadShowsItWhole) {
  Story story;
  story.Acknowledged(seconds(2)).ReadNow();
  story.RowOf(2, 3).payload[0] ^= 1;
  story.Acknowledged(seconds(1)).ReadBack();
  ExpectOnly(JudgeOf(story.History()), "corrupt", "1 corrupt");
}

TEST(NoLostWrites, AccusesOnceWhatSeveralReadsShow) {
  Story story;
  story.Acknowledged(seconds(2)).ReadNow();
  story.LastRead().rows.push_back(story.RowOf(1, 5));
  story.ReadBack();
  story.LastRead().rows.push_back(story.RowOf(1, 5));
  ExpectOnly(JudgeOf(story.History()), "duplicate", "1 duplicate");
}

TEST(NoLostWrites, DoesNotDemandOfAReadWhatWasAcknowledgedAfterItBegan) {
  Story story;
  story.Acknowledged(seconds(2)).ReadNow();
  const Duration during(story.LastRead().begin + 1000);
  const Story::Attempt& operation =
      story.Write(1, during, during + milliseconds(1), {.outcome = Outcome::kOk, .incarnation = 1, .error = ""});
  const std::uint64_t sequence = operation.sequence;
  story.ReadBack();
  EXPECT_EQ(JudgeOf(story.History()).judgement, Judgement::kPass);
  story.Drop(1, sequence);
  EXPECT_EQ(JudgeOf(story.History()).figures.at("lost"), 1);
}

TEST(NoLostWrites, FindsTwoWriters) {
  Story story = HealthyStory();
  story.Write(1, story.now, story.now + milliseconds(5), {.outcome = Outcome::kOk, .incarnation = 1, .error = ""});
  story.ReadBack();
  const Verdict verdict = JudgeOf(story.History());
  ExpectOnly(verdict, "two_writers", "1 two writers");
  EXPECT_THAT(verdict.because[0], AllOf(StartsWith("two writers: client 1 #"), HasSubstr("incarnation 1, begun"),
                                        HasSubstr(", after client "), HasSubstr("incarnation 2")));
}

TEST(NoLostWrites, DoesNotTakeALateAnswerOfTheOldIncarnationForASecondWriter) {
  Story story;
  story.Acknowledged(seconds(1));
  // Begun before the new incarnation answered anybody: it may have been acknowledged before, too.
  story.Write(1, story.now, story.now + seconds(1), {.outcome = Outcome::kOk, .incarnation = 1, .error = ""});
  story.Restart();
  story.Write(2, story.now + milliseconds(1), story.now + milliseconds(500),
              {.outcome = Outcome::kOk, .incarnation = 2, .error = ""});
  story.Silence(seconds(2)).ReadBack();
  const Verdict verdict = JudgeOf(story.History());
  EXPECT_EQ(verdict.judgement, Judgement::kPass) << verdict.summary;
}

TEST(NoLostWrites, FindsAResurrectedWrite) {
  Story story;
  story.Acknowledged(seconds(1)).Refused(milliseconds(50)).Acknowledged(seconds(1)).ReadBack();
  EXPECT_EQ(JudgeOf(story.History()).judgement, Judgement::kPass);
  const auto failed = std::find_if(story.operations.begin(), story.operations.end(),
                                   [](const Story::Attempt& one) { return one.completion.outcome == Outcome::kFail; });
  std::vector<Row>& rows = story.LastRead().rows;
  const auto next = std::find_if(rows.begin(), rows.end(), [&](const Row& row) {
    return row.client == failed->client && row.sequence == failed->sequence + 1;
  });
  rows.insert(next, Story::MakeRow(failed->client, failed->sequence, 1));
  const Verdict verdict = JudgeOf(story.History());
  ExpectOnly(verdict, "resurrected", "1 resurrected");
  EXPECT_THAT(verdict.because[0],
              AllOf(StartsWith("resurrected: client"), HasSubstr("failed"), HasSubstr("(read-only), yet present")));
}

TEST(NoLostWrites, AllowsAnUnknownWriteToBePresentOrAbsent) {
  Story story;
  story.Acknowledged(seconds(1));
  const std::uint64_t first = story.LastOf(1) + 1;
  story.Unanswered(milliseconds(100)).Silence(milliseconds(10)).Hang(seconds(1)).ReadBack();
  EXPECT_EQ(JudgeOf(story.History()).judgement, Judgement::kPass);
  for (std::uint64_t sequence = first; sequence <= story.LastOf(1); ++sequence) {
    story.LastRead().rows.push_back(Story::MakeRow(1, sequence, 1));
  }
  EXPECT_EQ(JudgeOf(story.History()).judgement, Judgement::kPass);
}

// Of a story of one write of which nobody knows what came of it, which the first of two reads shows.
Story StoryOfAWriteThatWasShown() {
  Story story;
  story.Acknowledged(seconds(1));
  story.Write(1, story.now, story.now + milliseconds(5),
              {.outcome = Outcome::kUnknown, .incarnation = 0, .error = "no answer"});
  story.Silence(milliseconds(10)).ReadNow();
  story.LastRead().rows.push_back(Story::MakeRow(1, story.LastOf(1), 1));
  return story;
}

TEST(NoLostWrites, TakesAnUnknownWriteForLostIfItWasShownOnce) {
  Story story = StoryOfAWriteThatWasShown();
  story.ReadBack();
  const Verdict verdict = JudgeOf(story.History());
  ExpectOnly(verdict, "lost", "1 lost");
  EXPECT_EQ(verdict.because[0],
            "lost: client 1 #21, begun 1.000000 s, unknown since 1.005000 s (no answer), present in the read of "
            "1.110000 s, absent from the read of 1.310000 s");
  EXPECT_THAT(verdict.summary, HasSubstr("0 of 80 acknowledged writes lost, and 1 that a read had shown"));
  EXPECT_DOUBLE_EQ(verdict.figures.at("rpo_s"), 0.1) << "known since the end of the read that shows it";
}

TEST(NoLostWrites, TakesAnUnknownWriteForAHoleIfALaterOneSurvivedIt) {
  Story story = StoryOfAWriteThatWasShown();
  story.Acknowledged(seconds(1)).ReadBack();
  ExpectOnly(JudgeOf(story.History()), "hole", "1 hole");
}

TEST(NoLostWrites, TakesAnUnknownWriteForStaleIfItIsShownAgain) {
  Story story = StoryOfAWriteThatWasShown();
  const Row row = story.LastRead().rows.back();
  story.ReadNow().ReadBack();
  story.LastRead().rows.push_back(row);
  ExpectOnly(JudgeOf(story.History()), "stale", "1 stale");
}

// Which of two reads that overlap came first nobody knows.
TEST(NoLostWrites, AccusesNoReadThatBeganBeforeAnUnknownWriteWasShown) {
  Story story = StoryOfAWriteThatWasShown();
  const Nanoseconds shown = story.LastRead().end;
  story.ReadBack();
  story.LastRead().begin = shown;
  EXPECT_EQ(JudgeOf(story.History()).judgement, Judgement::kPass);
}

TEST(NoLostWrites, ForgivesAnUnknownWriteThatWasShownJustBeforeTheOutage) {
  Story story = StoryOfAWriteThatWasShown();
  story.Inject().Bitten().Unanswered(seconds(2)).Restart().Acknowledged(seconds(7)).Recovered().Healed().Whole();
  story.ReadBack();
  EXPECT_EQ(JudgeOf(story.History(), Async(seconds(1))).judgement, Judgement::kPass);
  ExpectOnly(JudgeOf(story.History()), "lost", "1 lost");
}

TEST(NoLostWrites, DemandsTheRightPayloadOfAnUnknownWriteEvenIfItNeverEnded) {
  Story story;
  story.Acknowledged(seconds(1)).Hang(seconds(1)).ReadNow();
  story.LastRead().rows.push_back(Story::MakeRow(1, story.LastOf(1), 1));
  story.LastRead().rows.back().payload = "torn";
  const Verdict verdict = JudgeOf(story.History());
  ExpectOnly(verdict, "corrupt", "1 corrupt");
  EXPECT_THAT(verdict.because[0], HasSubstr("never ended"));
}

TEST(NoLostWrites, QuotesEveryClassAlthoughThousandsAreLost) {
  Story story = StoryWithLostTail(400);
  story.RowOf(1, 3).payload[0] ^= 1;
  story.LastRead().rows.push_back(Story::MakeRow(4, 9999, 2));
  const Verdict verdict = JudgeOf(story.History());
  EXPECT_THAT(verdict.summary, StartsWith("400 lost, 1 corrupt, 1 phantom; 400 of 1120 "));
  EXPECT_THAT(verdict.because, Contains(StartsWith("lost: ")));
  EXPECT_THAT(verdict.because, Contains(StartsWith("corrupt: ")));
  EXPECT_THAT(verdict.because, Contains(StartsWith("phantom: ")));
  EXPECT_THAT(verdict.because, SizeIs(kMostEvidence + 1));
}

TEST(NoLostWrites, FindsEveryClassInOneHistory) {
  Story story = HealthyStory();
  const Story::Attempt last = story.operations.back();
  story.ReadNow();
  story.Drop(4, 1);
  story.Write(1, story.now, story.now + milliseconds(5), {.outcome = Outcome::kOk, .incarnation = 1, .error = ""});
  story.Silence(milliseconds(5)).Refused(milliseconds(12));
  const Story::Attempt failed = story.operations.back();
  story.ReadBack();
  std::vector<Row>& rows = story.LastRead().rows;
  rows.push_back(Story::MakeRow(failed.client, failed.sequence, 3));
  rows.push_back(Story::MakeRow(1, 9999, 2));
  rows.push_back(story.RowOf(2, 2));
  std::swap(story.RowOf(3, 8), story.RowOf(3, 9));
  story.RowOf(2, 4).payload[0] ^= 1;
  story.Drop(2, 6);
  story.Drop(last.client, last.sequence);
  const Verdict verdict = JudgeOf(story.History());
  EXPECT_EQ(verdict.judgement, Judgement::kFail);
  for (const char* figure :
       {"hole", "corrupt", "phantom", "duplicate", "reordered", "stale", "two_writers", "resurrected"}) {
    EXPECT_EQ(verdict.figures.at(figure), 1) << figure;
  }
  EXPECT_EQ(verdict.figures.at("lost"), 2) << "the hole and the last one";
}

// The contract async:T.

TEST(NoLostWrites, ForgivesTheLastSecondsOfAnAsynchronousReplicaAsASuffix) {
  const Story story = StoryWithLostTail(80);
  const Verdict verdict = JudgeOf(story.History(), Async(seconds(2)));
  EXPECT_EQ(verdict.judgement, Judgement::kPass) << "everybody wrote on after the recovery, which makes no hole";
  EXPECT_EQ(verdict.figures.at("lost"), 80);
  EXPECT_EQ(verdict.figures.at("rpo_writes"), 80);
  EXPECT_THAT(
      verdict.summary,
      HasSubstr("80 of 1120 acknowledged writes lost, the oldest 988 ms before the last one until the fault; 2 s"));
}

TEST(NoLostWrites, ForgivesNothingOlderThanTheContractSays) {
  const Story story = StoryWithLostTail(80);
  const Verdict verdict = JudgeOf(story.History(), Async(milliseconds(500)));
  EXPECT_EQ(verdict.judgement, Judgement::kFail);
  EXPECT_THAT(verdict.summary, StartsWith("39 lost; 80 of 1120"));
}

// The last acknowledgement before the fault came at 5.9925 s, the oldest of the two that are lost at 5.98 s.
TEST(NoLostWrites, CountsTheAgeOfWhatIsLostFromTheLastAcknowledgementBeforeTheFault) {
  const Story story = StoryWithLostTail(2);
  const Nanoseconds age = 12'500'000;
  EXPECT_EQ(JudgeOf(story.History(), Async(Duration(age))).judgement, Judgement::kPass) << "just as old as allowed";
  const Verdict verdict = JudgeOf(story.History(), Async(Duration(age - 1)));
  EXPECT_EQ(verdict.judgement, Judgement::kFail);
  EXPECT_THAT(verdict.summary, StartsWith("1 lost; 2 of 1120"));
  EXPECT_EQ(verdict.figures.at("rpo_writes"), 2) << "whatever the contract forgives";
}

// A database may have been quiet before the fault: what it acknowledged last was still what it had acknowledged last.
TEST(NoLostWrites, ForgivesTheLastAcknowledgementsHoweverLongBeforeTheFaultTheyCame) {
  Story story;
  story.Acknowledged(seconds(6)).Silence(seconds(60)).Inject().Bitten().Unanswered(seconds(2)).Restart();
  story.Acknowledged(seconds(7)).Recovered().Healed().Whole().ReadBack();
  story.Drop(4, kLastBeforeFault);
  const Verdict verdict = JudgeOf(story.History(), Async(seconds(1)));
  EXPECT_EQ(verdict.judgement, Judgement::kPass) << verdict.summary;
  EXPECT_NEAR(verdict.figures.at("rpo_s"), 60.0, 0.01) << "the RPO counts from the fault";
}

// A fault that takes two seconds to bite: the last second is that before it bit, and no more.
TEST(NoLostWrites, CountsWhatAHurtDatabaseStillAcknowledgesAsBeforeTheFault) {
  Story story;
  story.Acknowledged(seconds(6)).Inject().Acknowledged(seconds(2)).Bitten().Unanswered(seconds(2)).Restart();
  story.Acknowledged(seconds(7)).Recovered().Healed().Whole().ReadBack();
  const auto lose = [&](Nanoseconds since) {
    std::vector<Row>& rows = story.LastRead().rows;
    rows.erase(std::remove_if(rows.begin(), rows.end(),
                              [&](const Row& row) {
                                const Nanoseconds end = story.At(row.client, row.sequence).end;
                                return end >= since && end < 8'000'000'000;
                              }),
               rows.end());
  };
  lose(7'100'000'000);
  EXPECT_EQ(JudgeOf(story.History(), Async(seconds(1))).judgement, Judgement::kPass);
  lose(6'500'000'000);
  const Verdict verdict = JudgeOf(story.History(), Async(seconds(1)));
  EXPECT_EQ(verdict.judgement, Judgement::kFail) << "a second and a half is lost";
  EXPECT_GT(verdict.figures.at("lost"), 100);
}

// Of the writes of `incarnation` the acknowledgements since then are absent from the last read.
void LoseSince(Story& story, std::uint64_t incarnation, Nanoseconds since) {
  std::erase_if(story.LastRead().rows, [&](const Row& row) {
    return row.incarnation == incarnation && story.At(row.client, row.sequence).end >= since;
  });
}

// A node whose kubelet stopped is seen to be gone at once, and its pod goes on serving until it is moved.
TEST(NoLostWrites, CountsFromTheLastAcknowledgementBeforeTheOutageHoweverLongAfterTheBiteThatCame) {
  Story story;
  story.Acknowledged(seconds(6)).Inject().Acknowledged(milliseconds(500)).Bitten().Acknowledged(milliseconds(19'500));
  story.Unanswered(seconds(4)).Restart().Acknowledged(seconds(7)).Recovered().Healed().Whole().ReadBack();
  LoseSince(story, 1, 25'100'000'000);
  EXPECT_EQ(JudgeOf(story.History(), Async(seconds(1))).judgement, Judgement::kPass);
  LoseSince(story, 1, 24'500'000'000);
  EXPECT_EQ(JudgeOf(story.History(), Async(seconds(1))).judgement, Judgement::kFail) << "a second and a half is lost";
  EXPECT_EQ(JudgeOf(story.History(), Async(seconds(2))).judgement, Judgement::kPass);
  LoseSince(story, 1, 6'000'000'000);
  EXPECT_EQ(JudgeOf(story.History(), Async(seconds(2))).judgement, Judgement::kFail) << "twenty seconds are";
}

TEST(NoLostWrites, ForgivesOnceForEachOutageIfTheFaultHasCompanions) {
  Story story;
  story.Acknowledged(seconds(6)).Inject().Mark(kMarkPartlyBitten).Unanswered(seconds(1)).Restart();
  story.Acknowledged(seconds(5)).Mark(kMarkAlsoInjecting).Bitten().Acknowledged(seconds(3)).Unanswered(seconds(1));
  story.Restart().Acknowledged(seconds(7)).Recovered().Healed().Whole().ReadBack();
  LoseSince(story, 1, 5'200'000'000);
  LoseSince(story, 2, 14'200'000'000);
  EXPECT_EQ(JudgeOf(story.History(), Async(seconds(1))).judgement, Judgement::kPass);
  EXPECT_EQ(JudgeOf(story.History(), Async(milliseconds(700))).judgement, Judgement::kFail);
  LoseSince(story, 3, 22'900'000'000);
  EXPECT_EQ(JudgeOf(story.History(), Async(seconds(1))).judgement, Judgement::kFail) << "nothing took the last ones";
}

TEST(NoLostWrites, ForgivesTheLastSecondOfADatabaseThatNeverCameBack) {
  Story story;
  story.Acknowledged(seconds(6)).Inject().Bitten().Acknowledged(seconds(10)).Unanswered(seconds(60));
  story.NotRecovered("read-only").Healed().Whole().ReadBack();
  LoseSince(story, 1, 15'200'000'000);
  EXPECT_EQ(JudgeOf(story.History(), Async(seconds(1))).judgement, Judgement::kPass);
  EXPECT_EQ(JudgeOf(story.History(), Async(milliseconds(500))).judgement, Judgement::kFail);
}

TEST(NoLostWrites, ForgivesNothingOfADatabaseThatNeverWentAway) {
  Story story;
  story.Acknowledged(seconds(6)).Inject().Bitten().Acknowledged(seconds(10)).Recovered().Healed().Whole().ReadBack();
  story.LastRead().rows.pop_back();
  ExpectOnly(JudgeOf(story.History(), Async(seconds(1))), "lost", "1 lost");
}

// The bite was seen late: what the database acknowledged as a new incarnation it did so after the fault.
TEST(NoLostWrites, ForgivesNothingOfANewIncarnationThoughTheBiteWasSeenLater) {
  Story story;
  story.Acknowledged(seconds(6)).Inject().Unanswered(milliseconds(200)).Restart().Acknowledged(seconds(1)).Bitten();
  story.Acknowledged(seconds(7)).Recovered().Healed().Whole().ReadBack();
  story.Drop(4, kLastBeforeFault);
  EXPECT_EQ(JudgeOf(story.History(), Async(milliseconds(500))).judgement, Judgement::kPass);
  const Story::Attempt& early = *std::find_if(story.operations.begin(), story.operations.end(),
                                              [](const auto& one) { return one.completion.incarnation == 2; });
  story.Drop(early.client, early.sequence);
  ExpectOnly(JudgeOf(story.History(), Async(seconds(5))), "hole", "1 hole");
}

// Whoever restarted it: what survived of a later incarnation makes a hole of what an earlier one had acknowledged.
TEST(NoLostWrites, FindsAHoleAcrossARestartBeforeTheFault) {
  Story story;
  story.Acknowledged(seconds(3)).Restart().Acknowledged(seconds(3)).Inject().Bitten().Unanswered(seconds(2)).Restart();
  story.Acknowledged(seconds(7)).Recovered().Healed().Whole().ReadBack();
  story.Drop(4, kLastBeforeFault / 2);  // the last one of the first incarnation
  ExpectOnly(JudgeOf(story.History(), Async(seconds(10))), "hole", "1 hole");
}

TEST(NoLostWrites, ForgivesNoHoleHoweverYoung) {
  Story story = HealthyStory();
  story.Drop(2, kLastBeforeFault - 1);
  ExpectOnly(JudgeOf(story.History(), Async(seconds(2))), "hole", "1 hole");
}

TEST(NoLostWrites, TakesALaterWriteOfAnotherClientThatSurvivedForAHoleToo) {
  Story story = HealthyStory();
  story.Drop(2, kLastBeforeFault);  // clients 3 and 4 wrote their last after it was acknowledged
  ExpectOnly(JudgeOf(story.History(), Async(seconds(2))), "hole", "1 hole");
}

TEST(NoLostWrites, ForgivesNothingThatWasAcknowledgedAfterTheRecovery) {
  Story story = HealthyStory();
  story.LastRead().rows.pop_back();
  ExpectOnly(JudgeOf(story.History(), Async(seconds(2))), "lost", "1 lost");
}

TEST(NoLostWrites, ForgivesNothingWithoutAFault) {
  Story story;
  story.Acknowledged(seconds(2)).ReadBack();
  story.LastRead().rows.pop_back();
  ExpectOnly(JudgeOf(story.History(), Async(seconds(2))), "lost", "1 lost");
}

// What proves nothing.

// Trap: a verify phase that is never reached.
TEST(NoLostWrites, IsInconclusiveWithoutAFinalRead) {
  Story story;
  story.Acknowledged(seconds(2)).ReadNow();
  const Verdict verdict = JudgeOf(story.History());
  EXPECT_EQ(verdict.judgement, Judgement::kInconclusive);
  EXPECT_THAT(verdict.summary, StartsWith("no final read"));
}

TEST(NoLostWrites, SaysThatNobodyKnowsWhatIsLostIfNothingWasRead) {
  Story story;
  story.Acknowledged(seconds(2));
  const Verdict verdict = JudgeOf(story.History());
  EXPECT_EQ(verdict.judgement, Judgement::kInconclusive);
  EXPECT_TRUE(verdict.figures.at("lost").is_null()) << "not 0";
  EXPECT_TRUE(verdict.figures.at("rpo_s").is_null());
}

TEST(NoLostWrites, FailsWithoutAFinalReadIfAnEarlierOneProvesALoss) {
  Story story;
  story.Acknowledged(seconds(2)).ReadNow();
  story.LastRead().rows.pop_back();
  ExpectOnly(JudgeOf(story.History()), "lost", "1 lost");
}

TEST(NoLostWrites, QuotesWhyTheFinalReadFailed) {
  Story story = HealthyStory();
  story.LastRead().end = kNever;
  story.LastRead().rows.clear();
  story.LastRead().error = "connection refused";
  const Verdict verdict = JudgeOf(story.History());
  EXPECT_EQ(verdict.judgement, Judgement::kInconclusive);
  EXPECT_EQ(verdict.summary, "no final read: connection refused");
}

TEST(NoLostWrites, FailsIfTheDatabaseSaysThatWhatItStoredIsDamaged) {
  Story story = HealthyStory();
  story.LastRead().error = "the database says: the log is corrupt at offset 64";
  story.Mark(kMarkDamaged, story.LastRead().error);
  const Verdict verdict = JudgeOf(story.History());
  EXPECT_EQ(verdict.judgement, Judgement::kFail);
  EXPECT_EQ(verdict.summary, "what the database stored is damaged: the database says: the log is corrupt at offset 64");
}

TEST(NoLostWrites, TakesAReadThatDidNotFinishForNoEvidence) {
  Story story = HealthyStory();
  story.LastRead().end = kNever;
  story.LastRead().rows.clear();
  const Verdict verdict = JudgeOf(story.History());
  EXPECT_EQ(verdict.judgement, Judgement::kInconclusive) << "and not a loss of everything";
  EXPECT_THAT(verdict.summary, HasSubstr("did not finish"));
}

// Trap: a leftover that satisfies the check.
TEST(NoLostWrites, DoesNotAcceptAFinalReadFromBeforeTheFault) {
  Story story;
  story.Acknowledged(seconds(6)).ReadBack().Inject().Bitten();
  EXPECT_EQ(JudgeOf(story.History()).judgement, Judgement::kInconclusive);
}

// Trap: load that is not verified afterwards.
TEST(NoLostWrites, IsInconclusiveIfClientsWroteOnAfterTheFinalReadHadBegun) {
  Story story = HealthyStory();
  story.Acknowledged(seconds(1));
  const Verdict verdict = JudgeOf(story.History());
  EXPECT_EQ(verdict.judgement, Judgement::kInconclusive);
  EXPECT_EQ(verdict.summary, "80 writes were acknowledged after the final read had begun");
}

TEST(NoLostWrites, IsInconclusiveIfNothingWasAcknowledged) {
  Story story;
  story.Unanswered(seconds(2)).ReadBack();
  EXPECT_EQ(JudgeOf(story.History()).judgement, Judgement::kInconclusive);
  EXPECT_EQ(JudgeOf({}).judgement, Judgement::kInconclusive);
}

TEST(NoLostWrites, IsInconclusiveIfPartOfTheHistoryCannotBeRead) {
  Story story = HealthyStory();
  story.Garbage();
  const Verdict verdict = JudgeOf(story.History());
  EXPECT_EQ(verdict.judgement, Judgement::kInconclusive);
  EXPECT_THAT(verdict.because,
              ElementsAre(AllOf(StartsWith("unreadable: history.jsonl:"), HasSubstr("not a JSON object: garbage"))));
}

TEST(NoLostWrites, AccusesOfNoPhantomIfTheLineOfItsAttemptMayBeTheUnreadableOne) {
  Story story = HealthyStory();
  story.garbage.emplace_back(7'000'000'000, "garbage");
  story.LastRead().rows.push_back(Story::MakeRow(4, 9999, 2));
  EXPECT_EQ(JudgeOf(story.History()).judgement, Judgement::kInconclusive);
  story.Drop(1, 1);
  EXPECT_EQ(JudgeOf(story.History()).judgement, Judgement::kFail) << "what was acknowledged stays acknowledged";
}

TEST(NoLostWrites, AccusesOfAPhantomIfOnlyALineBehindItIsUnreadable) {
  Story story = HealthyStory();
  story.LastRead().rows.push_back(Story::MakeRow(4, 9999, 2));
  story.Garbage();
  ExpectOnly(JudgeOf(story.History()), "phantom", "1 phantom");
}

TEST(NoLostWrites, AccusesARowOfCorruptionThatNoUnreadableAttemptCanHaveWritten) {
  Story story = HealthyStory();
  story.garbage.emplace_back(7'000'000'000, "garbage");
  Row row = Story::MakeRow(4, 9999, 2);
  row.payload = PayloadFor(Story::kSeed, 4, 1);
  story.LastRead().rows.push_back(row);
  const Verdict verdict = JudgeOf(story.History());
  ExpectOnly(verdict, "corrupt", "1 corrupt");
  EXPECT_THAT(verdict.because[0], HasSubstr("client 4 #9999, incarnation 2, present in the read of 16.100000 s, "
                                            "which it cannot have written: 64 bytes were written"));
}

// Trap: loss judged by counts, not by what was acknowledged.
TEST(NoLostWrites, IsNotComfortedByTheRightNumberOfRows) {
  Story story = HealthyStory();
  story.Drop(4, kLastBeforeFault);
  story.LastRead().rows.push_back(story.RowOf(1, 5));
  const Verdict verdict = JudgeOf(story.History());
  EXPECT_EQ(verdict.figures.at("read"), verdict.figures.at("acknowledged"));
  EXPECT_THAT(verdict.summary, StartsWith("1 lost, 1 duplicate;"));
}

}  // namespace
}  // namespace holdfast
