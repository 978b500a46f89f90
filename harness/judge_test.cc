// Promise: a cell passes only if the experiment was one; what is not proven is inconclusive, and only what the system
// under test did is a failure.
#include "harness/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/judging/judged_story.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

Judgement Of(const CellResult& result, const std::string& checker) {
  for (const Verdict& verdict : result.verdicts) {
    if (verdict.checker == checker) return verdict.judgement;
  }
  ADD_FAILURE() << "no verdict of " << checker;
  return Judgement::kSkipped;
}

void RemoveMark(Story& story, const std::string& name) {
  auto& marks = story.marks;
  const auto kept = std::remove_if(marks.begin(), marks.end(), [&](const Mark& mark) { return mark.name == name; });
  ASSERT_NE(kept, marks.end());
  marks.erase(kept, marks.end());
}

Mark& MarkOf(Story& story, const std::string& name) {
  return *std::find_if(story.marks.begin(), story.marks.end(), [&](const Mark& mark) { return mark.name == name; });
}

void ExpectInconclusive(const Story& story, const std::string& summary) {
  const CellResult result = JudgeOf(story);
  EXPECT_EQ(result.judgement, Judgement::kInconclusive);
  EXPECT_THAT(result.summary, HasSubstr(summary));
}

TEST(Judge, PassesAnExperimentThatProvesEverything) {
  const CellResult result = JudgeOf(HealthyStory());
  EXPECT_EQ(result.judgement, Judgement::kPass) << result.summary;
  EXPECT_THAT(result.summary, testing::StartsWith("0 of 1120 acknowledged writes lost; RTO 2 s; 1 min 30 s allowed; "
                                                  "every copy there again 0 s after the heal; 5 min allowed; "
                                                  "the old instance on n1 could not be reached"));
  EXPECT_EQ(result.took, HealthyStory().now) << "from the first mark to the last";
}

// The timeline: it explains, and decides nothing.

CellResult JudgeWith(const Timeline& timeline) {
  Story story = HealthyStory();
  const auto place = [](const std::string& uid) {
    return std::map<std::string, std::string>{{"pod_uid", uid}, {"node", "n1"}, {"container_id", uid}};
  };
  story.marks.insert(story.marks.begin() + 1,
                     {.time = 1, .name = kMarkPlacement, .text = "before", .fields = place("1")});
  story.Mark(kMarkPlacement, "after", place("2"));
  Cell cell;
  cell.seed = Story::kSeed;
  return JudgeCell(cell, story.History(), {}, timeline);
}

TEST(Judge, NamesTheSlowestPhaseOfAnOutageThatWasWatched) {
  const auto pod = [](Nanoseconds time, const std::string& uid, const char* what) {
    return TimelineEntry{.cell = 1, .time = time, .kind = kOfPod, .name = "db-" + uid, .uid = uid, .what = what};
  };
  Timeline timeline;
  timeline.entries = {pod(6'100'000'000, "2", kWhatScheduled), pod(6'400'000'000, "2", kWhatContainerStarted),
                      pod(7'900'000'000, "2", kWhatReady)};
  timeline.unreadable = {"timeline.jsonl:9: no JSON object: x"};
  const CellResult result = JudgeWith(timeline);
  EXPECT_EQ(result.judgement, Judgement::kPass) << result.summary;
  const auto verdict = std::find_if(result.verdicts.begin(), result.verdicts.end(),
                                    [](const Verdict& one) { return one.checker == "recovery-time"; });
  EXPECT_THAT(verdict->because,
              testing::IsSupersetOf({"slowest phase: database recovery, 1.5 s, until 7.900000 s: pod db-2 ready",
                                     "where the time went: reschedule 100 ms, mount + start 300 ms, database recovery "
                                     "1.5 s, first write 105 ms",
                                     "timeline.jsonl:9: no JSON object: x"}));
  Nanoseconds sum = 0;
  for (const auto& phase : verdict->figures.at("phases")) sum += phase.at("took_ns").get<Nanoseconds>();
  EXPECT_DOUBLE_EQ(static_cast<double>(sum) / 1e9, verdict->figures.at("rto_s").get<double>());
}

TEST(Judge, SaysTheSameWhetherAnybodyWatchedOrNot) {
  const CellResult unwatched = JudgeWith({});
  Timeline nonsense;
  nonsense.unreadable = {"timeline.jsonl:1: nonsense"};
  const CellResult watched = JudgeWith(nonsense);
  EXPECT_EQ(watched.judgement, unwatched.judgement);
  EXPECT_EQ(watched.summary, unwatched.summary);
  for (const Verdict& verdict : unwatched.verdicts) EXPECT_FALSE(verdict.figures.contains("phases"));
}

TEST(Judge, AsksEveryCheckerThatThereIs) {
  std::vector<std::string> names;
  for (const Verdict& verdict : JudgeOf(HealthyStory()).verdicts) names.push_back(verdict.checker);
  EXPECT_THAT(names, ElementsAre("experiment", "no-lost-writes", "recovery-time", "redundancy", "single-writer"));
}

// Traffic, bite, heal, read-back: each one missing.

TEST(Judge, IsInconclusiveWithoutTraffic) {
  Story story;
  story.Inject().Bitten().Unanswered(seconds(2)).Restart().Acknowledged(seconds(6)).Recovered().Healed().Whole();
  story.ReadBack();
  ExpectInconclusive(story, "too little traffic: 0 writes acknowledged before the fault, at least 100 are needed");
}

TEST(Judge, CountsOnlyTheTrafficBeforeTheFault) {
  Story story;
  story.Acknowledged(seconds(1)).Inject().Bitten().Unanswered(seconds(2)).Restart().Acknowledged(seconds(60));
  story.Recovered().Healed().Whole().ReadBack();
  ExpectInconclusive(story, "too little traffic: 80 writes");
}

TEST(Judge, DemandsTrafficEvenIfTheRigAsksForNone) {
  Story story;
  story.Inject().Bitten().Unanswered(seconds(2)).Restart().Acknowledged(seconds(6)).Recovered().Healed().Whole();
  story.ReadBack();
  Bounds bounds;
  bounds.least_writes = 0;
  EXPECT_EQ(JudgeOf(story, bounds).judgement, Judgement::kInconclusive);
}

// Trap: a fault nobody confirmed took effect.
TEST(Judge, IsInconclusiveIfTheFaultDidNotBite) {
  Story story;
  story.Acknowledged(seconds(6)).Inject().Acknowledged(seconds(8)).Mark(kMarkNotBitten, "pod is still ready");
  story.Recovered().Healed().Whole().ReadBack();
  ExpectInconclusive(story, "the fault did not bite: pod is still ready");
}

TEST(Judge, IsInconclusiveIfNobodySawWhetherTheFaultBit) {
  Story story = HealthyStory();
  RemoveMark(story, kMarkBitten);
  ExpectInconclusive(story, "nobody saw the fault take effect");
}

TEST(Judge, IsInconclusiveIfTheFaultWasNeverApplied) {
  Story story;
  story.Acknowledged(seconds(8)).ReadBack();
  ExpectInconclusive(story, "the fault was never applied");
}

// The final read may show what the database had not got right when it was back.
TEST(Judge, IsInconclusiveIfTheDatabaseWasBackAndOnlyTheFinalReadWorked) {
  Story story;
  story.Acknowledged(seconds(6)).Inject().Bitten().Unanswered(seconds(2)).Restart().Acknowledged(seconds(7));
  story.Recovered().ReadNow();
  story.LastRead().rows.clear();
  story.LastRead().error = "connection refused";
  story.Healed().Whole().Acknowledged(seconds(1)).ReadBack().Ended();
  ExpectInconclusive(story, "the database was back and could not be read until the end: connection refused");
  Story again = story;
  again.reads.insert(again.reads.begin() + 1, again.reads.back());
  again.reads[1].final = false;
  EXPECT_EQ(JudgeOf(again).judgement, Judgement::kPass) << "it could be read while it was still hurt";
}

TEST(Judge, IsInconclusiveIfTheFaultCouldNotBeHealed) {
  Story story = HealthyStory();
  RemoveMark(story, kMarkHealed);
  ExpectInconclusive(story, "nothing says that the fault was healed");
  story.Mark(kMarkNotHealed, "the node does not boot");
  ExpectInconclusive(story, "the fault could not be healed: the node does not boot");
}

TEST(Judge, IsInconclusiveIfNothingSaysThatTheBackendIsWhole) {
  Story story = HealthyStory();
  RemoveMark(story, kMarkWhole);
  ExpectInconclusive(story, "nothing says that the backend became whole again");
}

// Trap: a leftover that satisfies the check.
TEST(Judge, DoesNotAcceptABackendThatWasWholeBeforeTheHeal) {
  Story story = HealthyStory();
  MarkOf(story, kMarkWhole).time = 0;
  ExpectInconclusive(story, "nothing says that the backend became whole again");
}

TEST(Judge, FailsIfTheBackendDoesNotBecomeWholeInTime) {
  Story story = HealthyStory();
  RemoveMark(story, kMarkWhole);
  story.now = Duration(MarkOf(story, kMarkHealed).time) + seconds(301);
  story.Mark(kMarkNotWhole, "HEALTH_WARN, 2/3 OSDs");
  const CellResult result = JudgeOf(story);
  EXPECT_EQ(result.judgement, Judgement::kFail);
  EXPECT_EQ(result.summary,
            "the backend was not whole 5 min 1 s after the heal, 5 min are allowed: HEALTH_WARN, 2/3 OSDs");
}

// Trap: a threshold exceeded and exit status 0.
TEST(Judge, FailsIfTheBackendBecomesWholeTooLate) {
  Story story = HealthyStory();
  MarkOf(story, kMarkWhole).time += 301'000'000'000;
  EXPECT_EQ(JudgeOf(story).judgement, Judgement::kFail);
}

TEST(Judge, AccusesNoBackendThatWasNotWaitedFor) {
  Story story = HealthyStory();
  RemoveMark(story, kMarkWhole);
  story.Mark(kMarkNotWhole, "HEALTH_WARN");
  ExpectInconclusive(story, "the backend was not waited for until it was whole: HEALTH_WARN");
}

TEST(Judge, AccusesNoBackendAfterAFaultThatDidNotBite) {
  Story story = HealthyStory();
  RemoveMark(story, kMarkBitten);
  MarkOf(story, kMarkWhole).time += 301'000'000'000;
  EXPECT_EQ(JudgeOf(story).judgement, Judgement::kInconclusive);
}

TEST(Judge, IsInconclusiveWithoutReadBack) {
  Story story = HealthyStory();
  story.reads.clear();
  ExpectInconclusive(story, "there is no final read");
}

// Trouble of the harness, and what stands in spite of it.

TEST(Judge, IsInconclusiveAfterHarnessTrouble) {
  Story story = HealthyStory();
  story.Mark(kMarkHarnessTrouble, "kubectl could not be started");
  ExpectInconclusive(story, "harness trouble: kubectl could not be started");
}

TEST(Judge, LetsALossStandThatTheReadProvesInSpiteOfHarnessTrouble) {
  Story story = HealthyStory();
  story.Drop(1, 5);
  story.Mark(kMarkHarnessTrouble, "the namespace could not be removed");
  const CellResult result = JudgeOf(story);
  EXPECT_EQ(result.judgement, Judgement::kFail);
  EXPECT_THAT(result.summary, StartsWith("1 hole;"));
}

TEST(Judge, LetsALossStandThoughTheFaultDidNotBite) {
  Story story = HealthyStory();
  RemoveMark(story, kMarkBitten);
  story.Drop(1, 5);
  EXPECT_EQ(JudgeOf(story).judgement, Judgement::kFail);
}

TEST(Judge, FailsForTheRecoveryTimeOnlyIfTheFaultBit) {
  Story story;
  story.Acknowledged(seconds(6)).Inject().Bitten().Unanswered(seconds(180)).NotRecovered("no answer").Healed().Whole();
  story.ReadBack();
  EXPECT_EQ(JudgeOf(story).judgement, Judgement::kFail);
  RemoveMark(story, kMarkBitten);
  EXPECT_EQ(JudgeOf(story).judgement, Judgement::kInconclusive);
}

TEST(Judge, FailsADatabaseThatNeverCameBackAlthoughItCouldNotBeReadEither) {
  Story story;
  story.Acknowledged(seconds(6)).Inject().Bitten().Unanswered(seconds(180));
  story.NotRecovered("1 node(s) had volume node affinity conflict").Healed().Whole().Ended();
  const CellResult result = JudgeOf(story);
  EXPECT_EQ(result.judgement, Judgement::kFail);
  EXPECT_EQ(Of(result, "experiment"), Judgement::kInconclusive);
  EXPECT_EQ(Of(result, "no-lost-writes"), Judgement::kInconclusive);
  EXPECT_EQ(Of(result, "recovery-time"), Judgement::kFail);
  EXPECT_THAT(result.verdicts[2].because, Contains(HasSubstr("volume node affinity conflict")));
}

TEST(Judge, SkipsWhatDoesNotApplyAndSaysWhy) {
  Story story;
  story.Mark(kMarkCellBegun).Mark(kMarkSkipped, "provider k3d has no Disks").Ended();
  const CellResult result = JudgeOf(story);
  EXPECT_EQ(result.judgement, Judgement::kSkipped);
  EXPECT_EQ(result.summary, "provider k3d has no Disks");
}

TEST(Judge, IsInconclusiveAboutACellOfWhichThereIsNothing) {
  const CellResult result = JudgeOf(Story());
  EXPECT_EQ(result.judgement, Judgement::kInconclusive);
  EXPECT_THAT(result.verdicts[0].because, Contains("the history holds nothing of this cell"));
}

TEST(Judge, IsInconclusiveIfPartOfTheHistoryCannotBeRead) {
  Story story = HealthyStory();
  story.Garbage();
  ExpectInconclusive(story, "unreadable: history.jsonl:");
}

TEST(Judge, DoesNotJudgeTheHistoryOfAnotherSeed) {
  Story story = HealthyStory();
  story.marks.front().fields["seed"] = "43";
  ExpectInconclusive(story, "the history is of seed 43, the plan of seed 42");
}

// Trap: a pass at 30–80 % success.
TEST(Judge, DoesNotPassADatabaseThatRefusesHalfOfTheWritesAllTheTime) {
  Story story = HealthyStory();
  int number = 0;
  for (Story::Attempt& operation : story.operations) {
    if (++number % 2 == 0) operation.completion = {.outcome = Outcome::kFail, .incarnation = 1, .error = "busy"};
  }
  story.reads.clear();
  story.ReadBack();
  EXPECT_NE(JudgeOf(story).judgement, Judgement::kPass);
}

// How it recovered.

std::map<std::string, std::string> Place(const std::string& uid, const std::string& node, const std::string& container,
                                         const std::string& ready = "true") {
  return {{"pod_uid", uid}, {"node", node}, {"container_id", container}, {"restarts", "0"}, {"ready", ready}};
}

std::string RecoveredBetween(std::map<std::string, std::string> before, std::map<std::string, std::string> after) {
  Story story;
  story.Mark(kMarkPlacement, "before", std::move(before)).Mark(kMarkPlacement, "after", std::move(after));
  return RecoveredBy(story.History());
}

TEST(RecoveredBy, TellsHowTheDatabaseCameBack) {
  EXPECT_EQ(RecoveredBetween(Place("u1", "n1", "c1"), Place("u1", "n1", "c2")), "container restarted on n1");
  EXPECT_EQ(RecoveredBetween(Place("u1", "n1", "c1"), Place("u2", "n1", "c2")), "new pod on the same node n1");
  EXPECT_EQ(RecoveredBetween(Place("u1", "n1", "c1"), Place("u2", "n3", "c2")), "new pod, n1 → n3");
  EXPECT_EQ(RecoveredBetween(Place("u1", "n1", "c1"), Place("u1", "n1", "c1")), "same container on n1");
}

TEST(RecoveredBy, SaysNothingIfItDidNotComeBack) {
  EXPECT_EQ(RecoveredBetween(Place("u1", "n1", "c1"), Place("u2", "", "", "false")), "");
  EXPECT_EQ(RecoveredBy(Story().History()), "");
}

TEST(RecoveredBy, DoesNotCreditTheDatabaseWithWhatTheHealingMended) {
  Story story;
  story.Mark(kMarkPlacement, "before", Place("u1", "n1", "c1")).NotRecovered("unschedulable");
  story.Mark(kMarkPlacement, "after", Place("u2", "n1", "c2"));
  EXPECT_EQ(RecoveredBy(story.History()), "");
}

}  // namespace
}  // namespace holdfast
