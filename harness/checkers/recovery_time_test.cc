// Promise: the RTO is what clients saw, from the fault to the first acknowledgement of a period that lasts, never
// shorter; a database that does not come back has failed, and a measurement that was too coarse is none.
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
using testing::HasSubstr;
using testing::StartsWith;

constexpr double kResolution = 0.02;  // of these histories, in seconds

Verdict JudgeOf(const Story& story, const Bounds& bounds = {}) {
  return Registry<Checker>::Make("recovery-time", {})->Judge(story.History(), bounds);
}

Bounds RtoOf(Duration rto) {
  Bounds bounds;
  bounds.rto = rto;
  return bounds;
}

double Rto(const Verdict& verdict) { return verdict.figures.at("rto_s").get<double>(); }
bool Censored(const Verdict& verdict) { return verdict.figures.at("rto_censored").get<bool>(); }

// Six seconds of healthy traffic and a fault that bites at once.
Story Hurt() {
  Story story;
  story.Acknowledged(seconds(6)).Inject().Bitten("pod ledger-1 is gone");
  return story;
}

TEST(RecoveryTime, IsFromTheFaultToTheFirstAcknowledgementOfAPeriodThatLasts) {
  const Verdict verdict = JudgeOf(HealthyStory());
  EXPECT_EQ(verdict.judgement, Judgement::kPass) << verdict.summary;
  EXPECT_NEAR(Rto(verdict), 2.005, kResolution);
  EXPECT_FALSE(Censored(verdict));
  EXPECT_NEAR(verdict.figures.at("longest_gap_s"), 2.005, kResolution);
  EXPECT_NEAR(verdict.figures.at("outage_begin_s"), 0, kResolution);
  EXPECT_NEAR(verdict.figures.at("probes_per_second"), 80, 2);
  EXPECT_EQ(verdict.summary, "RTO 2 s; 1 min 30 s allowed");
}

TEST(RecoveryTime, QuotesTheWritesOnBothSidesOfTheOutage) {
  const Verdict verdict = JudgeOf(HealthyStory());
  EXPECT_THAT(verdict.because, Contains("it bit, seen at 6.000000 s: pod ledger-1 is gone"));
  EXPECT_THAT(verdict.because, Contains("last acknowledged before the outage: client 4 #120, incarnation 1, begun "
                                        "5.987500 s, acknowledged 5.992500 s"));
  EXPECT_THAT(verdict.because, Contains(StartsWith("first acknowledged of the period that lasted: client 1 #161, "
                                                   "incarnation 2, begun 8.000000 s")));
}

TEST(RecoveryTime, FailsBeyondTheBound) {
  const Verdict verdict = JudgeOf(HealthyStory(), RtoOf(seconds(1)));
  EXPECT_EQ(verdict.judgement, Judgement::kFail);
  EXPECT_EQ(verdict.summary, "RTO 2 s; 1 s allowed");
}

// The fault that bites late: what is acknowledged until then is no recovery.
TEST(RecoveryTime, DoesNotTakeWritesBeforeTheBiteForRecovery) {
  Story story;
  story.Acknowledged(seconds(6)).Inject().Acknowledged(seconds(8)).Bitten().Unanswered(seconds(4));
  story.Restart().Acknowledged(seconds(6)).Recovered();
  const Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kPass) << verdict.summary;
  EXPECT_NEAR(Rto(verdict), 12, kResolution);
  EXPECT_NEAR(verdict.figures.at("outage_begin_s"), 8, kResolution);
}

TEST(RecoveryTime, IsNotEndedByAHiccupInFrontOfTheOutage) {
  Story story = Hurt();
  story.Unanswered(milliseconds(1200)).Acknowledged(seconds(6)).Unanswered(seconds(20)).Acknowledged(seconds(6));
  story.Recovered();
  EXPECT_NEAR(Rto(JudgeOf(story)), 27.2, kResolution);
}

TEST(RecoveryTime, CountsFlappingAsOneOutageUntilItLasts) {
  Story story = Hurt();
  for (int i = 0; i < 3; ++i) story.Unanswered(seconds(2)).Acknowledged(seconds(3));
  story.Unanswered(seconds(2)).Acknowledged(seconds(6)).Recovered();
  const Verdict verdict = JudgeOf(story);
  EXPECT_NEAR(Rto(verdict), 17, kResolution);
  EXPECT_EQ(verdict.figures.at("flaps"), 3);
  EXPECT_THAT(verdict.because, Contains("it came back 3 times for less than 5 s"));
}

TEST(RecoveryTime, CountsACrashLoopAsOneOutageHoweverQuickTheRestarts) {
  Story story = Hurt();
  for (int i = 0; i < 4; ++i) story.Restart().Acknowledged(seconds(2));
  story.Restart().Acknowledged(seconds(6)).Recovered();
  const Verdict verdict = JudgeOf(story);
  EXPECT_NEAR(Rto(verdict), 8, kResolution);
  EXPECT_EQ(verdict.figures.at("flaps"), 4);
}

// Trap: coarse bins. A restart of a fifth of a second is an outage.
TEST(RecoveryTime, SeesARestartThatIsShorterThanAnyPauseThreshold) {
  Story story = Hurt();
  story.Unanswered(milliseconds(200)).Restart().Acknowledged(seconds(6)).Recovered();
  const Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kPass) << verdict.summary;
  EXPECT_NEAR(Rto(verdict), 0.205, kResolution);
}

TEST(RecoveryTime, DoesNotCountARestartThatWasOverBeforeTheFault) {
  Story story;
  story.Acknowledged(seconds(3)).Unanswered(seconds(2)).Restart().Acknowledged(seconds(6)).Inject().Bitten();
  story.Acknowledged(seconds(8)).Recovered();
  const Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kPass) << verdict.summary;
  EXPECT_EQ(Rto(verdict), 0);
  EXPECT_TRUE(verdict.figures.at("outage_begin_s").is_null());
}

TEST(RecoveryTime, SaysPlainlyThatThereWasNoOutage) {
  Story story = Hurt();
  story.Unanswered(milliseconds(300)).Acknowledged(seconds(6)).Recovered();
  const Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kPass);
  EXPECT_EQ(Rto(verdict), 0);
  EXPECT_TRUE(verdict.figures.at("outage_begin_s").is_null());
  EXPECT_EQ(verdict.summary,
            "no outage seen: RTO 0, the longest pause between acknowledgements was 305 ms; 1 min 30 s allowed");
}

TEST(RecoveryTime, DoesNotBelieveInNoOutageIfTheHistoryEndsTooSoon) {
  Story story = Hurt();
  story.Acknowledged(seconds(3));
  const Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kInconclusive);
  EXPECT_EQ(verdict.summary, "the history ends less than 5 s after the fault bit");
}

TEST(RecoveryTime, IsCensoredAndFailsIfNothingIsAcknowledgedAnyMore) {
  Story story = Hurt();
  story.Unanswered(seconds(180)).NotRecovered("0/3 nodes are available: volume node affinity conflict");
  const Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kFail);
  EXPECT_TRUE(Censored(verdict));
  EXPECT_NEAR(Rto(verdict), 180, kResolution);
  EXPECT_EQ(verdict.summary, "no recovery: RTO ≥ 3 min; 1 min 30 s allowed");
  EXPECT_THAT(verdict.because, Contains(HasSubstr("volume node affinity conflict")));
  EXPECT_THAT(verdict.because, Contains(StartsWith("nothing was acknowledged from then until 186.0")));
}

// Trap: the longest latency of *completed* operations, which a writer that hangs for ever passes.
TEST(RecoveryTime, FailsIfEveryWriteHangsForEver) {
  Story story = Hurt();
  story.Hang(seconds(180)).NotRecovered("no answer");
  const Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kFail) << verdict.summary;
  EXPECT_TRUE(Censored(verdict));
  EXPECT_NEAR(Rto(verdict), 180, kResolution);
}

// What ends only because the fault was healed has not recovered.
TEST(RecoveryTime, DoesNotCreditTheDatabaseWithWhatTheHealingMended) {
  Story story = Hurt();
  story.Unanswered(seconds(180)).NotRecovered("unschedulable").Unanswered(seconds(1)).Healed();
  story.Restart().Acknowledged(seconds(10)).Whole();
  const Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kFail);
  EXPECT_TRUE(Censored(verdict));
  EXPECT_NEAR(Rto(verdict), 180, kResolution);
}

TEST(RecoveryTime, FailsIfItFlapsUntilThePlayerGivesUp) {
  Story story = Hurt();
  for (int i = 0; i < 36; ++i) story.Unanswered(seconds(2)).Acknowledged(seconds(3));
  story.Unanswered(seconds(2)).NotRecovered("CrashLoopBackOff").Healed().Acknowledged(seconds(10));
  const Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kFail);
  EXPECT_TRUE(Censored(verdict));
  EXPECT_NEAR(Rto(verdict), 182, kResolution);
}

TEST(RecoveryTime, FailsIfThePlayerGaveUpBeforeTheBoundWasReached) {
  Bounds bounds = RtoOf(seconds(300));
  bounds.give_up = seconds(60);
  Story story = Hurt();
  story.Unanswered(seconds(60)).NotRecovered("no answer");
  EXPECT_EQ(JudgeOf(story, bounds).judgement, Judgement::kFail);
}

TEST(RecoveryTime, IsInconclusiveIfTheHarnessWasKilledDuringTheOutage) {
  Story story = Hurt();
  story.Unanswered(seconds(20));
  const Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kInconclusive);
  EXPECT_TRUE(Censored(verdict));
  EXPECT_NEAR(Rto(verdict), 20, 0.05);
}

TEST(RecoveryTime, IsInconclusiveIfTheHistoryEndsBeforeTheRecoveryHasLasted) {
  Story story = Hurt();
  story.Unanswered(seconds(20)).Restart().Acknowledged(seconds(4));
  const Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kInconclusive);
  EXPECT_NEAR(Rto(verdict), 20, kResolution);
}

TEST(RecoveryTime, FailsIfTheBoundWasBrokenBeforeTheHistoryEnds) {
  Story story = Hurt();
  story.Unanswered(seconds(100)).Restart().Acknowledged(seconds(4));
  EXPECT_EQ(JudgeOf(story).judgement, Judgement::kFail);
}

// Resolution.

// `writes` a second, each client in turn, nobody answered.
void Probe(Story& story, Duration span, int writes) {
  const Duration until = story.now + span;
  for (int i = 0; story.now < until; ++i, story.now += Duration(seconds(1)) / writes) {
    story.Write(i % Story::kClients + 1, story.now, story.now + milliseconds(40),
                {.outcome = Outcome::kUnknown, .incarnation = 0, .error = "no answer"});
  }
}

TEST(RecoveryTime, IsInconclusiveIfProbesWereTooSparse) {
  Story story = Hurt();
  Probe(story, seconds(10), 10);
  story.Restart().Acknowledged(seconds(6)).Recovered();
  const Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kInconclusive);
  EXPECT_NEAR(verdict.figures.at("probes_per_second"), 10, 1);
  EXPECT_THAT(verdict.summary, HasSubstr("the resolution was not reached: 10."));
}

// A database that is slow to answer keeps its clients from asking often. That is no lack of probes.
TEST(RecoveryTime, DoesNotTakeSlowAnswersForSparseProbes) {
  const auto answer_slowly = [](Story& story, Duration span) {
    const Duration until = story.now + span;
    for (int i = 0; story.now < until; ++i, story.now += milliseconds(250)) {
      story.Write(i % Story::kClients + 1, story.now, story.now + milliseconds(900),
                  {.outcome = Outcome::kOk, .incarnation = 2, .error = {}});
    }
    story.Silence(milliseconds(650));  // the last one of them is answered
  };
  Story story = Hurt();
  story.Restart();
  for (const Duration up : {milliseconds(4000), milliseconds(4000), milliseconds(7000)}) {
    story.Unanswered(milliseconds(1000));
    answer_slowly(story, up);
  }
  story.Recovered();
  const Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kPass) << verdict.summary;
  EXPECT_EQ(verdict.figures.at("flaps"), 2);
}

TEST(RecoveryTime, IsInconclusiveIfNobodyLookedWhetherTheDatabaseWasBack) {
  Story story = Hurt();
  story.Unanswered(seconds(10)).Silence(seconds(170)).Restart().Acknowledged(seconds(6)).Recovered();
  EXPECT_EQ(JudgeOf(story).judgement, Judgement::kInconclusive) << "no accusation from what nobody tried";
}

TEST(RecoveryTime, FailsDespiteSparseProbesIfTheseProveItByThemselves) {
  Story story = Hurt();
  Probe(story, seconds(180), 4);
  story.NotRecovered("no answer");
  EXPECT_EQ(JudgeOf(story).judgement, Judgement::kFail);
}

TEST(RecoveryTime, DoesNotBlameTheProbesForWritesThatHungWhenTheOutageBegan) {
  Story story = Hurt();
  for (int client = 1; client <= Story::kClients; ++client) {
    story.Write(client, story.now, story.now + seconds(1),
                {.outcome = Outcome::kUnknown, .incarnation = 0, .error = "no answer"});
  }
  story.Silence(seconds(1));
  Probe(story, seconds(3), 22);
  story.Restart().Acknowledged(seconds(6)).Recovered();
  const Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kPass) << verdict.summary;
  EXPECT_NEAR(Rto(verdict), 4, 0.1);
}

// Beyond the fault budget.

Story Overwhelmed() {
  Story story;
  story.Mark(kMarkCellBegun, "", {{"seed", std::to_string(Story::kSeed)}, {"demands", "safety"}});
  story.Acknowledged(seconds(6)).Inject().Bitten("two monitors are down").Unanswered(seconds(200)).Healed();
  return story;
}

TEST(RecoveryTime, DemandsNoRecoveryBeyondTheFaultBudget) {
  Story story = Overwhelmed();
  story.Unanswered(seconds(3)).Restart().Acknowledged(seconds(6)).Recovered();
  const Verdict verdict = JudgeOf(story, RtoOf(seconds(90)));
  EXPECT_EQ(verdict.judgement, Judgement::kPass) << verdict.summary;
  EXPECT_THAT(verdict.summary, StartsWith("beyond the fault budget, no recovery was demanded; back 3"));
  EXPECT_TRUE(verdict.figures.at("rto_s").is_null()) << "it is no RTO";
}

TEST(RecoveryTime, FailsIfTheDatabaseStaysAwayWhenAllIsHealed) {
  Story story = Overwhelmed();
  story.Unanswered(seconds(180)).NotRecovered("CrashLoopBackOff");
  const Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kFail);
  EXPECT_THAT(verdict.summary, StartsWith("not back 3 min after everything was healed: CrashLoopBackOff"));
}

TEST(RecoveryTime, IsInconclusiveBeyondTheBudgetIfNothingWasHealed) {
  Story story;
  story.Mark(kMarkCellBegun, "", {{"seed", std::to_string(Story::kSeed)}, {"demands", "safety"}});
  story.Acknowledged(seconds(6)).Inject().Bitten("two monitors are down").Unanswered(seconds(20));
  EXPECT_EQ(JudgeOf(story).judgement, Judgement::kInconclusive);
}

// Half a second is an outage where a write has a quarter of one, and none where it has a whole one.
TEST(RecoveryTime, SeesAnOutageThatIsLongerThanTheDeadlineOfAWrite) {
  Story story = Hurt().Unanswered(milliseconds(500)).Acknowledged(seconds(7)).Recovered().Healed();
  Bounds bounds;
  EXPECT_EQ(Rto(JudgeOf(story, bounds)), 0);
  bounds.longest_pause = milliseconds(250);
  EXPECT_NEAR(Rto(JudgeOf(story, bounds)), 0.505, kResolution);
}

// Amid another fault.

TEST(RecoveryTime, OfAFaultAmidAnotherOneCountsFromTheFaultItself) {
  Story story;
  story.Acknowledged(seconds(6)).Inject().Acknowledged(seconds(10));
  story.Mark(kMarkAlsoInjecting, "", {{kFieldOwn, "true"}}).Bitten("both");
  story.Unanswered(seconds(2)).Restart().Acknowledged(seconds(7)).Recovered().Healed();
  const Verdict verdict = JudgeOf(story, RtoOf(seconds(5)));
  EXPECT_EQ(verdict.judgement, Judgement::kPass) << verdict.summary;
  EXPECT_NEAR(Rto(verdict), 2.005, kResolution);
}

TEST(RecoveryTime, OfADatabaseThatTheOtherFaultHadTakenAwayCountsFromTheOther) {
  Story story;
  story.Acknowledged(seconds(6)).Inject().Unanswered(seconds(4));
  story.Mark(kMarkAlsoInjecting, "", {{kFieldOwn, "true"}}).Bitten("both");
  story.Unanswered(seconds(2)).Restart().Acknowledged(seconds(7)).Recovered().Healed();
  const Verdict verdict = JudgeOf(story, RtoOf(seconds(5)));
  EXPECT_EQ(verdict.judgement, Judgement::kFail);
  EXPECT_NEAR(Rto(verdict), 6.005, kResolution);
}

// It was back for a moment when the fault itself struck: one outage, and the other fault's.
TEST(RecoveryTime, OfADatabaseThatWasNotYetBackForLongCountsFromTheOther) {
  Story story;
  story.Acknowledged(seconds(6)).Inject().Unanswered(seconds(4)).Acknowledged(milliseconds(300));
  story.Mark(kMarkAlsoInjecting, "", {{kFieldOwn, "true"}}).Bitten("both");
  story.Unanswered(seconds(2)).Restart().Acknowledged(seconds(7)).Recovered().Healed();
  const Verdict verdict = JudgeOf(story, RtoOf(seconds(5)));
  EXPECT_EQ(verdict.judgement, Judgement::kFail);
  EXPECT_NEAR(Rto(verdict), 6.305, kResolution);
}

TEST(RecoveryTime, OfAFaultThatAnotherOneFollowedCountsFromTheFirst) {
  Story story;
  story.Acknowledged(seconds(6)).Inject().Unanswered(seconds(1)).Mark(kMarkAlsoInjecting).Bitten("both");
  story.Unanswered(seconds(1)).Restart().Acknowledged(seconds(7)).Recovered().Healed();
  EXPECT_NEAR(Rto(JudgeOf(story)), 2.005, kResolution);
}

// After the recovery.

// Trap: a pass at 30–80 % success.
TEST(RecoveryTime, FailsIfTheDatabaseRefusesEveryThirdWriteAfterwards) {
  Story story = HealthyStory();
  int number = 0;
  for (Story::Attempt& operation : story.operations) {
    if (operation.begin < 8'100'000'000 || ++number % 3 != 0) continue;
    operation.completion = {.outcome = Outcome::kFail, .incarnation = 2, .error = "busy"};
  }
  const Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kFail);
  EXPECT_THAT(verdict.summary, StartsWith("it answers, but not reliably: "));
}

// Once, for half a second: those who are refused ask twenty times a second, and those who are served are slow.
TEST(RecoveryTime, DoesNotCountAHiccupByHowOftenItIsAskedAgain) {
  Story story = Hurt().Unanswered(seconds(2)).Restart().Acknowledged(milliseconds(100));
  const Completion refused{.outcome = Outcome::kFail, .incarnation = 0, .error = "no endpoint"};
  const Completion served{.outcome = Outcome::kOk, .incarnation = story.incarnation, .error = ""};
  const Duration hiccup = story.now + milliseconds(400), end = story.now + seconds(7);
  for (int client = 1; client <= Story::kClients; ++client) {
    Duration begin = story.now;
    for (; begin < hiccup; begin += milliseconds(50)) story.Write(client, begin, begin + milliseconds(1), refused);
    for (; begin < end; begin += milliseconds(250)) story.Write(client, begin, begin + milliseconds(240), served);
  }
  story.Silence(seconds(7)).Recovered().Healed();
  const Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kPass) << verdict.summary;
}

// Trap: only the first one is checked. One client that hangs hides behind the three others.
TEST(RecoveryTime, DoesNotPassIfOneClientIsNeverAnsweredAgain) {
  Story story = HealthyStory();
  auto& operations = story.operations;
  operations.erase(std::remove_if(operations.begin(), operations.end(),
                                  [](const Story::Attempt& operation) {
                                    return operation.client == 3 && operation.begin > 8'100'000'000;
                                  }),
                   operations.end());
  for (Story::Attempt& operation : operations) {
    if (operation.client == 3 && operation.begin > 8'000'000'000) operation.completion.outcome = Outcome::kUnknown;
  }
  const Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kInconclusive);
  EXPECT_THAT(verdict.summary, StartsWith("client 3 got no acknowledgement in the 5 s after RTO 2"));
}

TEST(RecoveryTime, DoesNotCountAShortOutageOfTheHealing) {
  Story story = HealthyStory();
  story.Unanswered(seconds(3)).Acknowledged(seconds(6));
  const Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kPass) << verdict.summary;
  EXPECT_NEAR(Rto(verdict), 2, kResolution);
  EXPECT_EQ(verdict.figures.at("later_outages"), 1);
  EXPECT_THAT(verdict.because, Contains(StartsWith("later outage of 3.2 s after client")));
}

TEST(RecoveryTime, FailsIfTheHealingCostMoreThanTheBound) {
  Story story = HealthyStory();
  story.Unanswered(seconds(100)).Acknowledged(seconds(6));
  const Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kFail);
  EXPECT_THAT(verdict.summary,
              AllOf(HasSubstr("but away again from 15.99"), HasSubstr("1 min 40 s; 1 min 30 s allowed")));
}

TEST(RecoveryTime, IsInconclusiveIfTheHistoryEndsInALaterOutage) {
  Story story = HealthyStory();
  story.Unanswered(seconds(30));
  const Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kInconclusive);
  EXPECT_THAT(verdict.summary, HasSubstr("the history ends in an outage that began at 15.99"));
}

// What proves nothing.

TEST(RecoveryTime, IsInconclusiveWithoutAFault) {
  Story story;
  story.Acknowledged(seconds(10));
  EXPECT_EQ(JudgeOf(story).summary, "the fault was never applied");
  EXPECT_EQ(JudgeOf(Story()).judgement, Judgement::kInconclusive);
}

// Trap: a fault nobody confirmed took effect.
TEST(RecoveryTime, AccusesNobodyIfTheFaultDidNotBite) {
  Story story;
  story.Acknowledged(seconds(6)).Inject().Unanswered(seconds(180)).Mark(kMarkNotBitten, "pod is still ready");
  story.NotRecovered("no answer");
  const Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kInconclusive);
  EXPECT_EQ(verdict.summary, "the fault did not bite: pod is still ready");
}

TEST(RecoveryTime, DoesNotAcceptABiteFromBeforeTheFault) {
  Story story;
  story.Bitten().Acknowledged(seconds(6)).Inject().Unanswered(seconds(2)).Restart().Acknowledged(seconds(6));
  EXPECT_EQ(JudgeOf(story).summary, "nobody saw the fault take effect");
}

TEST(RecoveryTime, AccusesNobodyIfThereWasTooLittleTraffic) {
  Story story;
  story.Acknowledged(seconds(1)).Inject().Bitten().Unanswered(seconds(180)).NotRecovered("no answer");
  const Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kInconclusive);
  EXPECT_EQ(verdict.summary, "too little traffic: 80 writes acknowledged before the fault, at least 100 are needed");
}

TEST(RecoveryTime, AccusesNobodyIfTheDatabaseWasSickBefore) {
  Story story;
  for (int i = 0; i < 30; ++i) story.Acknowledged(milliseconds(100)).Refused(milliseconds(100));
  story.Inject().Bitten().Unanswered(seconds(180)).NotRecovered("no answer");
  const Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kInconclusive);
  EXPECT_THAT(verdict.summary, StartsWith("not healthy before the fault: "));
}

// Trap: a defect of the tool taken for one of the product.
TEST(RecoveryTime, AccusesNobodyIfTheHarnessWasInTroubleMeanwhile) {
  Story story = Hurt();
  story.Unanswered(seconds(10)).Mark(kMarkHarnessTrouble, "a client's thread ended").Unanswered(seconds(170));
  story.NotRecovered("no answer");
  const Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kInconclusive);
  EXPECT_EQ(verdict.summary, "harness trouble during the outage: a client's thread ended");
}

// The player sees five seconds without a gap, and the next pause begins before it has said so.
TEST(RecoveryTime, IsNotThatOfAPauseInWhichTheRecoveryIsDeclared) {
  Story story = Hurt().Unanswered(seconds(2)).Restart().Acknowledged(milliseconds(5900));
  story.Unanswered(milliseconds(20)).Recovered().Unanswered(milliseconds(1300)).Acknowledged(seconds(3)).Healed();
  const Verdict verdict = JudgeOf(story.Whole().ReadBack());
  EXPECT_EQ(verdict.judgement, Judgement::kPass) << verdict.summary;
  EXPECT_NEAR(Rto(verdict), 2.005, kResolution);
  EXPECT_THAT(verdict.because, Contains(StartsWith("later outage of 1.3")));
}

}  // namespace
}  // namespace holdfast
