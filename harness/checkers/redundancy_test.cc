// Promise: how long it took until every copy was there again is measured, and held against the rig's bound.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/checker.h"
#include "harness/history/history_builder.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

Verdict JudgeOf(const Story& story) {
  return Registry<Checker>::Make("redundancy", {})->Judge(story.History(), Bounds());
}

Mark& MarkOf(Story& story, const std::string& name) {
  return *std::find_if(story.marks.begin(), story.marks.end(), [&](const Mark& mark) { return mark.name == name; });
}

TEST(Redundancy, IsTimedFromTheHealUntilTheBackendIsWhole) {
  Story story = HealthyStory();
  Mark& whole = MarkOf(story, kMarkWhole);
  whole.time = MarkOf(story, kMarkHealed).time + 42'500'000'000;
  whole.fields[kFieldRebuiltBytes] = "1048576";
  const Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kPass);
  EXPECT_EQ(verdict.summary, "every copy there again 42.5 s after the heal; 5 min allowed");
  EXPECT_DOUBLE_EQ(verdict.figures.at("redundancy_s"), 42.5);
  EXPECT_EQ(verdict.figures.at("rebuilt_bytes"), 1048576);
}

TEST(Redundancy, IsBrokenByABackendThatTakesLongerThanTheRigAllows) {
  Story story = HealthyStory();
  MarkOf(story, kMarkWhole).time += 301'000'000'000;
  EXPECT_EQ(JudgeOf(story).judgement, Judgement::kFail);
  MarkOf(story, kMarkWhole).name = kMarkNotWhole;
  EXPECT_EQ(JudgeOf(story).judgement, Judgement::kFail);
}

// Its recovery is awaited between the heal and the look that made the mark.
TEST(Redundancy, IsTimedUntilTheFirstLookThatSawItWholeAndNotUntilSomebodyHadTheTime) {
  Story story = HealthyStory();
  Mark& whole = MarkOf(story, kMarkWhole);
  const Nanoseconds healed = MarkOf(story, kMarkHealed).time;
  whole.time = healed + 400'000'000'000;
  whole.fields[kFieldNotWholeUntil] = std::to_string(healed + 16'000'000'000);
  whole.fields[kFieldWholeSince] = std::to_string(healed + 18'500'000'000);
  const Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kPass) << verdict.summary;
  EXPECT_DOUBLE_EQ(verdict.figures.at("redundancy_s"), 18.5);
}

TEST(Redundancy, OfAFaultThatEndedByItselfIsTimedFromItsEnd) {
  Story story = HealthyStory();
  Mark over = MarkOf(story, kMarkInjecting);
  over.name = kMarkOver;
  over.time += 1'000'000;
  story.marks.push_back(over);
  Mark& whole = MarkOf(story, kMarkWhole);
  whole.time = over.time + 330'000'000'000;
  whole.fields[kFieldNotWholeUntil] = std::to_string(over.time + 178'000'000'000);
  whole.fields[kFieldWholeSince] = std::to_string(over.time + 180'000'000'000);
  MarkOf(story, kMarkHealed).time = over.time + 200'000'000'000;
  Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kPass) << verdict.summary;
  EXPECT_EQ(verdict.summary, "every copy there again 3 min after the end of the fault; 5 min allowed");
  whole.fields[kFieldNotWholeUntil] = std::to_string(over.time + 310'000'000'000);
  whole.fields[kFieldWholeSince] = std::to_string(over.time + 312'000'000'000);
  EXPECT_EQ(JudgeOf(story).judgement, Judgement::kFail);
}

TEST(Redundancy, AccusesNobodyOfWhatNobodyCouldLookAt) {
  Story story = HealthyStory();
  Mark& whole = MarkOf(story, kMarkWhole);
  const Nanoseconds healed = MarkOf(story, kMarkHealed).time;
  whole.time = healed + 400'000'000'000;
  whole.fields[kFieldWholeSince] = std::to_string(whole.time);
  EXPECT_EQ(JudgeOf(story).judgement, Judgement::kInconclusive) << "it may have been whole all the time";
  whole.fields[kFieldNotWholeUntil] = std::to_string(healed + 20'000'000'000);
  const Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kInconclusive);
  EXPECT_THAT(verdict.summary, HasSubstr("nobody could look from 20 s on"));
}

TEST(Redundancy, AccusesNobodyAfterAFaultThatDidNotBite) {
  Story story = HealthyStory();
  MarkOf(story, kMarkWhole).time += 301'000'000'000;
  MarkOf(story, kMarkBitten).name = kMarkNotBitten;
  EXPECT_EQ(JudgeOf(story).judgement, Judgement::kInconclusive);
}

TEST(Redundancy, AccusesNobodyWhereTheMarkOfItsReturnMayBeUnreadable) {
  Story story = HealthyStory();
  Mark& whole = MarkOf(story, kMarkWhole);
  whole.time += 301'000'000'000;
  story.garbage.emplace_back(whole.time - 1'000'000'000, "garbage");
  const Verdict verdict = JudgeOf(story);
  EXPECT_EQ(verdict.judgement, Judgement::kInconclusive);
  EXPECT_THAT(verdict.summary, HasSubstr("unreadable"));
}

TEST(Redundancy, IsUnknownWithoutAFaultOrItsHeal) {
  EXPECT_EQ(JudgeOf(Story().Acknowledged(seconds(6))).summary, "the fault was never applied");
  EXPECT_EQ(JudgeOf(Story().Acknowledged(seconds(6)).Inject().Bitten()).summary,
            "nothing says that the fault was healed");
}

}  // namespace
}  // namespace holdfast
