// Some of the traps of false_passes_test.cc, sprung where no other test springs them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "harness/checker.h"
#include "harness/judging/judged_story.h"
#include "harness/judging/testimony.h"
#include "harness/registry.h"
#include "harness/rig.h"
#include "harness/suite.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// A checker's own history that it must reject. A new checker without one here has never failed.
const std::map<std::string, std::function<Story()>>& RejectedBy() {
  static const std::map<std::string, std::function<Story()>> rejected = {
      {"no-lost-writes",
       [] {
         Story story = HealthyStory();
         story.LastRead().rows.pop_back();
         return story;
       }},
      {"recovery-time",
       [] {
         Story story;
         story.Mark(kMarkCellBegun, "", {{"seed", std::to_string(Story::kSeed)}});
         story.Acknowledged(seconds(6)).Inject().Bitten().Unanswered(minutes(2)).Restart();
         story.Acknowledged(seconds(7)).Recovered().Healed().Whole().ReadBack().Ended();
         return story;
       }},
      {"redundancy",
       [] {
         Story story = HealthyStory();
         for (Mark& mark : story.marks) {
           if (mark.name == kMarkWhole) mark.time += 301'000'000'000;
         }
         return story;
       }},
      {"single-writer",
       [] {
         Story story = HealthyStory();
         story.Write(Story::kPinned, story.now, story.now + milliseconds(5),
                     {.outcome = Outcome::kOk, .incarnation = 1, .error = ""});
         return story;
       }},
  };
  return rejected;
}

// Trap 1: an assertion that cannot fail.
TEST(EveryChecker, RejectsAHistoryAndPassesAnother) {
  for (const std::string& name : Registry<Checker>::Names()) {
    ASSERT_EQ(RejectedBy().count(name), 1U) << name << " has no history that it must reject";
    const auto checker = Registry<Checker>::Make(name, {});
    EXPECT_EQ(checker->Judge(HealthyStory().History(), Bounds{}).judgement, Judgement::kPass) << name;
    const Verdict verdict = checker->Judge(RejectedBy().at(name)().History(), Bounds{});
    EXPECT_EQ(verdict.judgement, Judgement::kFail) << name << ": " << verdict.summary;
    EXPECT_THAT(verdict.because, testing::Not(testing::IsEmpty())) << name;
  }
}

// Short, with writes before the fault, while it is applied and has not bitten, and after the recovery.
Story ShortStory() {
  Story story;
  story.Mark(kMarkCellBegun, "", {{"seed", std::to_string(Story::kSeed)}});
  story.Acknowledged(seconds(1)).ReadNow().Acknowledged(milliseconds(500)).Inject().Acknowledged(milliseconds(200));
  story.Bitten().Unanswered(milliseconds(100)).Restart().Acknowledged(seconds(1)).Recovered().Healed().Whole();
  story.ReadBack().Ended();
  return story;
}

Verdict LossVerdict(const Story& story) {
  return Registry<Checker>::Make("no-lost-writes", {})->Judge(story.History(), Bounds{});
}

// Trap 2: only the first one is checked.
TEST(LossOfASingleWrite, IsFoundWhicheverItIs) {
  const Story whole = ShortStory();
  ASSERT_EQ(LossVerdict(whole).judgement, Judgement::kPass);
  for (std::size_t i = 0; i < whole.reads.back().rows.size(); ++i) {
    Story story = whole;
    std::vector<Row>& rows = story.LastRead().rows;
    const Row lost = rows[i];
    rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(i));
    const Verdict verdict = LossVerdict(story);
    EXPECT_EQ(verdict.judgement, Judgement::kFail) << "client " << lost.client << " #" << lost.sequence;
    EXPECT_EQ(verdict.figures.at("lost"), 1) << "client " << lost.client << " #" << lost.sequence;
  }
}

// Trap 5: what is written during the fault is not verified.
TEST(LossOfASingleWrite, IsFoundIfItWasAcknowledgedDuringTheFault) {
  const Story whole = ShortStory();
  const auto time_of = [&](const char* name) {
    const auto mark = std::find_if(whole.marks.begin(), whole.marks.end(), [&](auto& one) { return one.name == name; });
    return mark->time;
  };
  int lost = 0;
  for (const Story::Attempt& write : whole.operations) {
    const bool during = write.begin >= time_of(kMarkInjecting) && write.end <= time_of(kMarkRecovered);
    if (!during || write.completion.outcome != Outcome::kOk) continue;
    Story story = whole;
    story.Drop(write.client, write.sequence);
    EXPECT_EQ(LossVerdict(story).judgement, Judgement::kFail) << "client " << write.client << " #" << write.sequence;
    ++lost;
  }
  EXPECT_GT(lost, 50);
}

// Trap 8: replicas that agree, a backend that calls itself whole, reads that all say the same: and a write is lost.
TEST(ReplicasThatAgree, DoNotHideThatTheyLostAWrite) {
  Story story = HealthyStory();
  story.ReadBack();
  for (Read& read : story.reads) {
    std::erase_if(read.rows, [](const Row& row) { return row.client == 2 && row.sequence == 100; });
  }
  ASSERT_NE(LastMark(story.History(), kMarkWhole), nullptr);
  const CellResult result = JudgeOf(story);
  EXPECT_EQ(result.judgement, Judgement::kFail);
  EXPECT_THAT(result.summary, testing::HasSubstr("1 of 1120 acknowledged writes lost"));
}

// Trap 11: an integrity check that is opt-in, or skipped for some.
TEST(Checkers, CannotBeSwitchedOff) {
  const std::string rig = "cluster: {provider: p}\nbackend: {name: b}\nworkload: {name: w}\n";
  ASSERT_TRUE(ParseRig(rig, "rig.yaml").has_value());
  for (const char* key : {"checkers", "checks", "verify", "integrity", "skip"}) {
    EXPECT_FALSE(ParseRig(rig + key + ": []\n", "rig.yaml").has_value()) << key;
    EXPECT_FALSE(ParseRig(rig + "bounds: {" + key + ": no}\n", "rig.yaml").has_value()) << key;
    EXPECT_FALSE(
        ParseSuite("suite: s\nscenarios:\n  - {fault: f, " + std::string(key) + ": no}\n", "s.yaml").has_value())
        << key;
  }
}

}  // namespace
}  // namespace holdfast
