// Promise: an old instance that goes on acknowledging is caught with both writes quoted, and where nobody could ask it,
// the verdict says that nothing is proved.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/checker.h"
#include "harness/history/history_builder.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

Verdict VerdictOf(const Story& story) {
  return Registry<Checker>::Make("single-writer", {})->Judge(story.History(), Bounds{});
}

Completion AcknowledgedBy(std::uint64_t incarnation) {
  return {.outcome = Outcome::kOk, .incarnation = incarnation, .error = ""};
}

// Until the new instance serves; the pinned client was answered by the old one before the fault bit.
Story Moved() {
  Story story;
  story.Acknowledged(seconds(3)).Inject();
  story.Write(Story::kPinned, story.now, story.now + milliseconds(5), AcknowledgedBy(1));
  story.Acknowledged(milliseconds(100)).Bitten().Unanswered(seconds(2)).Restart().Acknowledged(seconds(1));
  return story;
}

TEST(SingleWriter, AnAcknowledgementOfTheOldInstanceAfterTheNewOneIsSplitBrain) {
  Story story = Moved();
  story.Write(Story::kPinned, story.now, story.now + milliseconds(5), AcknowledgedBy(1));
  const Verdict verdict = VerdictOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kFail);
  EXPECT_THAT(verdict.summary, HasSubstr("split brain: 1 writes acknowledged by the old instance on n1"));
  EXPECT_THAT(verdict.because,
              ElementsAre(testing::AllOf(HasSubstr("client 5 #2, incarnation 1, begun 6.1"),
                                         HasSubstr("although before: client"), HasSubstr("incarnation 2, begun 5.1"))));
}

TEST(SingleWriter, AnAcknowledgementThatMayHaveComeBeforeTheNewOneIsNoProof) {
  Story story = Moved();
  // Begun before the new instance's first acknowledgement, ended long after it.
  story.Write(Story::kPinned, milliseconds(4000), story.now + milliseconds(5), AcknowledgedBy(1));
  const Verdict verdict = VerdictOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kPass) << verdict.summary;
  EXPECT_EQ(verdict.figures["acknowledged_by_old_instance"], 2);
}

TEST(SingleWriter, AnOldInstanceThatNobodyReachedIsSaidToProveNothing) {
  Story story = Moved();
  for (int i = 0; i < 7; ++i) {
    story.Write(Story::kPinned, story.now, story.now + seconds(1),
                {.outcome = Outcome::kUnknown, .incarnation = 0, .error = "timed out"});
    story.now += seconds(1);
  }
  const Verdict verdict = VerdictOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kPass);
  EXPECT_THAT(verdict.summary, HasSubstr("could not be reached after the fault in 8 attempts"));
  EXPECT_THAT(verdict.summary, HasSubstr("nothing is proved"));
  EXPECT_EQ(verdict.figures["old_instance"], "unreached");
}

TEST(SingleWriter, AnOldInstanceThatStoppedBeforeTheNewOneBeganPasses) {
  Story story;
  story.Acknowledged(seconds(3)).Inject().Bitten();
  story.Write(Story::kPinned, story.now + milliseconds(10), story.now + milliseconds(15), AcknowledgedBy(1));
  story.Unanswered(seconds(2)).Restart().Acknowledged(seconds(1));
  const Verdict verdict = VerdictOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kPass);
  EXPECT_EQ(verdict.summary.find("the old instance on n1 last acknowledged at 3.0"), 0U) << verdict.summary;
  EXPECT_EQ(verdict.figures["old_instance"], "reached");
}

TEST(SingleWriter, AnInstanceThatStaysIsNoSecondOne) {
  Story story;
  story.Acknowledged(seconds(3)).Inject();
  story.Write(Story::kPinned, story.now, story.now + milliseconds(5), AcknowledgedBy(1));
  story.Bitten().Acknowledged(seconds(6));
  const Verdict verdict = VerdictOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kPass);
  EXPECT_THAT(verdict.summary, HasSubstr("stayed the only one: 1 of 1 writes"));
}

// The best evidence of fencing that there is.
TEST(SingleWriter, AnOldInstanceThatAnswersAndRefusesWasReached) {
  Story story = Moved();
  for (const Outcome outcome : {Outcome::kFail, Outcome::kUnknown, Outcome::kUnknown}) {
    story.Write(Story::kPinned, story.now, story.now + milliseconds(5),
                {.outcome = outcome, .incarnation = 1, .error = "HTTP 503: the log could not be written"});
    story.now += milliseconds(50);
  }
  story.Write(Story::kPinned, story.now, story.now + seconds(1),
              {.outcome = Outcome::kUnknown, .incarnation = 0, .error = "timed out"});
  const Verdict verdict = VerdictOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kPass);
  EXPECT_EQ(verdict.summary,
            "reached the old instance on n1 after the fault, which refused 3 writes and acknowledged none");
  EXPECT_EQ(verdict.figures["old_instance"], "reached");
  EXPECT_EQ(verdict.figures["refused_by_old_instance"], 3);
}

TEST(SingleWriter, ARefusalBeforeTheFaultBitReachedNobodyAfterIt) {
  Story story;
  story.Acknowledged(seconds(3)).Inject();
  story.Write(Story::kPinned, story.now, story.now + milliseconds(5),
              {.outcome = Outcome::kFail, .incarnation = 1, .error = "HTTP 429: too many"});
  story.Acknowledged(milliseconds(100)).Bitten().Unanswered(seconds(2)).Restart().Acknowledged(seconds(1));
  const Verdict verdict = VerdictOf(story);
  EXPECT_THAT(verdict.summary, HasSubstr("could not be reached after the fault in 1 attempts"));
  EXPECT_EQ(verdict.figures["refused_by_old_instance"], 0);
}

// A container that is restarted in place keeps its address: the pinned client is then answered by the new instance.
TEST(SingleWriter, TheNewInstanceAtTheOldAddressIsNoSecondWriter) {
  Story story = Moved();
  story.Write(Story::kPinned, story.now, story.now + milliseconds(5), AcknowledgedBy(2));
  const Verdict verdict = VerdictOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kPass);
  EXPECT_EQ(verdict.summary, "a later incarnation answers at the old instance's address on n1");
}

TEST(SingleWriter, WithoutAPinnedClientNothingIsProved) {
  Story story;
  story.Acknowledged(seconds(3)).Mark(kMarkPinned, "the database has no address: Pending").Mark(kMarkInjecting);
  const Verdict verdict = VerdictOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kInconclusive);
  EXPECT_THAT(verdict.summary, HasSubstr("the database has no address: Pending"));
}

}  // namespace
}  // namespace holdfast
