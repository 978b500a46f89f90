// Promise: what is replayed is what was played, and the command line that is printed repeats it.
#include "harness/playing/soak_shrinker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Run SoakOf(const std::vector<Judgement>& strikes) {
  Run run;
  CellResult soak;
  soak.cell.role = Role::kSoak;
  soak.judgement = Judgement::kFail;
  run.results.push_back(soak);
  for (std::size_t i = 0; i < strikes.size(); ++i) {
    CellResult result;
    result.cell = {.role = Role::kStrike,
                   .strike = static_cast<int>(i) + 1,
                   .scenario = "db-kill",
                   .trial = static_cast<int>(i) + 1};
    result.judgement = strikes[i];
    Verdict verdict;
    verdict.checker = "no-lost-writes";
    verdict.judgement = strikes[i];
    result.verdicts.push_back(verdict);
    run.results.push_back(result);
  }
  return run;
}

RunOptions SomeOptions() {
  RunOptions options;
  options.suite = "soak";
  options.rig = "rig.yaml";
  options.arguments.seed = 42;
  options.arguments.duration = std::chrono::hours(2);
  return options;
}

TEST(SoakShrinker, ReplaysStrikesByTheirNumbersWhateverTheTime) {
  const Arguments arguments = OnlyStrikes(SomeOptions(), {2, 5, 6}).arguments;
  EXPECT_EQ(arguments.strikes, 6);
  EXPECT_THAT(arguments.without, ElementsAre(1, 3, 4));
  EXPECT_FALSE(arguments.duration.has_value());
  EXPECT_EQ(CommandOf(OnlyStrikes(SomeOptions(), {2, 3})),
            "holdfast run soak --rig rig.yaml --strikes 3 --without 1 --seed 42");
  EXPECT_EQ(CommandOf(SomeOptions()), "holdfast run soak --rig rig.yaml --duration 7200s --seed 42");
}

TEST(SoakShrinker, BeginsWithTheFirstStrikeThatFailed) {
  EXPECT_EQ(FirstFailed(SoakOf({Judgement::kPass, Judgement::kFail, Judgement::kFail})), 2);
  EXPECT_EQ(FirstFailed(SoakOf({Judgement::kPass, Judgement::kInconclusive})), 2) << "only the soak itself failed";
  EXPECT_THAT(PlayedStrikes(SoakOf({Judgement::kPass, Judgement::kFail})), ElementsAre(1, 2));
}

TEST(SoakShrinker, TakesOnlyAFailureOfTheSameKindForTheSame) {
  const holdfast::Run first = SoakOf({Judgement::kFail});
  EXPECT_TRUE(FailsAlike(first, first));
  EXPECT_FALSE(FailsAlike(SoakOf({Judgement::kInconclusive}), first));
  holdfast::Run other = first;
  other.results[1].verdicts[0].checker = "recovery-time";
  EXPECT_FALSE(FailsAlike(other, first));
}

TEST(SoakShrinker, SaysWhatIsLeftAndHowToRepeatIt) {
  const holdfast::Run failed = SoakOf({Judgement::kPass, Judgement::kPass, Judgement::kFail});
  const std::string text = Describe({.strikes = {1, 3}, .reproduced = true, .replays = 4}, failed, SomeOptions());
  EXPECT_EQ(text,
            "Shrunk to 2 of 3 strikes in 4 replays: db-kill, db-kill/3\n"
            "  again: holdfast run soak --rig rig.yaml --strikes 3 --without 2 --seed 42\n");
  EXPECT_EQ(Describe({.strikes = {1, 2, 3}, .reproduced = false, .replays = 1}, failed, SomeOptions()),
            "Not shrunk: 1 replays of the 3 strikes did not fail again\n");
}

}  // namespace
}  // namespace holdfast
