// Promise: each strike of a soak is judged by itself, nothing that was lost in any of them is forgiven or counted
// twice, and the soak as a whole by everything.
#include "harness/judging/excerpt.h"

#include <gtest/gtest.h>

#include "harness/history/soak_story.h"
#include "harness/judge.h"
#include "harness/judging/figures.h"

namespace holdfast {
namespace {

using std::chrono::seconds;

std::vector<CellResult> JudgeOf(const SoakStory& soak, const Bounds& bounds = {}) {
  const Plan plan = soak.Plan();
  const auto histories = soak.Histories();
  std::vector<CellResult> results;
  for (const Cell& cell : plan.cells) {
    results.push_back(JudgeCell(cell, Evidence(cell, plan, histories, bounds).history(), bounds));
  }
  return results;
}

std::vector<Judgement> Judgements(const std::vector<CellResult>& results) {
  std::vector<Judgement> judgements;
  for (const CellResult& result : results) judgements.push_back(result.judgement);
  return judgements;
}

constexpr Judgement kPass = Judgement::kPass;
constexpr Judgement kFail = Judgement::kFail;

// From all that is read from now on: a write of that client and number.
void Lose(SoakStory& soak, int client, std::uint64_t sequence) {
  soak.story.Drop(client, sequence);
  soak.story.At(client, sequence);
}

TEST(Excerpt, OfAHealthySoakPassesStrikeByStrikeEachWithItsOwnRecovery) {
  SoakStory soak;
  soak.Strike().Strike().Strike().ReadBack();
  const auto results = JudgeOf(soak);
  ASSERT_EQ(results.size(), 4U);
  for (const CellResult& result : results) EXPECT_EQ(result.judgement, kPass) << result.summary;
  EXPECT_EQ(RtoText(results[0]), "–");
  for (std::size_t strike = 1; strike <= 3; ++strike) {
    EXPECT_NEAR(FigureOf(results[strike], "rto_s").get<double>(), 2.0, 0.1);
  }
  const auto acknowledged = [&](std::size_t cell) { return FigureOf(results[cell], "acknowledged").get<int>(); };
  EXPECT_LT(acknowledged(1), acknowledged(2));
  EXPECT_LT(acknowledged(2), acknowledged(3));
  EXPECT_LT(acknowledged(3), acknowledged(0)) << "all of them";
}

TEST(Excerpt, WhatAStrikeLostIsThatStrikesAndTheSoaks) {
  SoakStory soak;
  soak.Strike();
  soak.Strike([](Story& story) { story.Drop(2, 40); });
  soak.Strike([](Story& story) { story.Drop(2, 40); }).ReadBack();
  Lose(soak, 2, 40);
  const auto results = JudgeOf(soak);
  EXPECT_EQ(Judgements(results), (std::vector<Judgement>{kFail, kPass, kFail, kPass}));
  EXPECT_EQ(CountText(results[2], "lost"), "1");
  EXPECT_EQ(CountText(results[0], "lost"), "1");
}

TEST(Excerpt, WhatComesBackLaterWasStale) {
  SoakStory soak;
  soak.Strike();
  soak.Strike([](Story& story) { story.Drop(2, 40); });
  soak.Strike().ReadBack();
  EXPECT_EQ(Judgements(JudgeOf(soak)), (std::vector<Judgement>{kFail, kPass, kFail, kFail}));
}

TEST(Excerpt, DamageIsToldOnceAlthoughEveryLaterReadShowsIt) {
  const auto flip = [](Story& story) { story.RowOf(1, 30).payload[3] ^= 1; };
  SoakStory soak;
  soak.Strike(flip).Strike(flip).ReadBack();
  flip(soak.story);
  EXPECT_EQ(Judgements(JudgeOf(soak)), (std::vector<Judgement>{kFail, kFail, kPass}));
}

TEST(Excerpt, WhatIsLostAfterTheLastStrikeIsTheSoaks) {
  SoakStory soak;
  soak.Strike().ReadBack();
  Lose(soak, 3, 20);
  EXPECT_EQ(Judgements(JudgeOf(soak)), (std::vector<Judgement>{kFail, kPass}));
}

// By async the last moment before each fault may go; what an earlier strike was forgiven is no hole of a later one.
TEST(Excerpt, TheContractForgivesAtEveryFault) {
  SoakStory soak;
  std::vector<std::pair<int, std::uint64_t>> gone;
  const auto lose_the_last = [&](Story& story) {
    const Nanoseconds fault = story.marks[story.marks.size() - 6].time;  // injecting
    for (const Story::Attempt& one : story.operations) {
      const bool last = one.end < fault && one.end > fault - Duration(std::chrono::milliseconds(200)).count();
      if (last && one.completion.outcome == Outcome::kOk) gone.emplace_back(one.client, one.sequence);
    }
    for (const auto& [client, sequence] : gone) story.Drop(client, sequence);
  };
  soak.Strike(lose_the_last).Strike(lose_the_last).ReadBack();
  for (const auto& [client, sequence] : gone) soak.story.Drop(client, sequence);
  ASSERT_GT(gone.size(), 20U);
  Bounds bounds;
  bounds.async = seconds(1);
  for (const CellResult& result : JudgeOf(soak, bounds)) EXPECT_EQ(result.judgement, kPass) << result.summary;
  EXPECT_EQ(Judgements(JudgeOf(soak)), (std::vector<Judgement>{kFail, kFail, kFail})) << "sync";
}

// One that a read showed, whatever became of its answer, goes with the others.
TEST(Excerpt, TheContractForgivesAWriteThatWasOnlyShown) {
  SoakStory soak;
  soak.Strike([](Story& story) {
    Story::Attempt& write =
        story.Write(6, story.now, story.now, {.outcome = Outcome::kUnknown, .incarnation = 0, .error = "no answer"});
    write.begin = write.end = story.LastRead().begin - 1;
    story.LastRead().rows.push_back(Story::MakeRow(6, 1, 2));
  });
  const Nanoseconds shown = soak.story.LastRead().end;
  const auto lose_the_last = [&](Story& story) {
    std::erase_if(story.LastRead().rows, [&](const Row& row) {
      return row.incarnation == 2 && story.At(row.client, row.sequence).end > shown;
    });
  };
  soak.Strike(lose_the_last).Strike(lose_the_last).ReadBack();
  lose_the_last(soak.story);
  Bounds bounds;
  bounds.async = seconds(10);
  for (const CellResult& result : JudgeOf(soak, bounds)) EXPECT_EQ(result.judgement, kPass) << result.summary;
  EXPECT_EQ(Judgements(JudgeOf(soak)), (std::vector<Judgement>{kFail, kPass, kFail, kPass})) << "sync";
}

TEST(Excerpt, AnOutageInThePauseIsHeldAgainstTheStrikeBeforeIt) {
  SoakStory soak;
  soak.Begin();
  soak.story.Acknowledged(seconds(6)).Inject().Mark(kMarkInjected).Bitten().Unanswered(seconds(2)).Restart();
  soak.story.Acknowledged(seconds(6)).Recovered().Healed().Whole().Acknowledged(seconds(1));
  soak.story.Unanswered(seconds(100)).Acknowledged(seconds(6)).ReadNow();
  soak.End().Strike().ReadBack();
  const auto results = JudgeOf(soak);
  EXPECT_EQ(Judgements(results), (std::vector<Judgement>{kPass, kFail, kPass}));
  EXPECT_NE(results[1].summary.find("away again"), std::string::npos) << results[1].summary;
}

TEST(Excerpt, AStrikeThatWasCutOffIsInconclusiveAndSoIsTheSoak) {
  SoakStory soak;
  soak.Strike().Begin();
  soak.story.Acknowledged(seconds(6)).Inject().Mark(kMarkInjected).Bitten().Unanswered(seconds(2));
  soak.End();
  const auto results = JudgeOf(soak);
  EXPECT_EQ(Judgements(results), (std::vector<Judgement>{Judgement::kInconclusive, kPass, Judgement::kInconclusive}));
}

TEST(Excerpt, ASoakWithoutAStrikeProvedNothing) {
  SoakStory soak;
  soak.story.Acknowledged(seconds(6));
  soak.ReadBack();
  const auto results = JudgeOf(soak);
  EXPECT_EQ(results[0].judgement, Judgement::kInconclusive);
  EXPECT_EQ(results[0].summary, "no fault was applied");
}

// What is wrong with a read is told when it has ended: it makes that strike doubtful which it was the final read of,
// and all after it, but none before.
TEST(Excerpt, AComplaintAboutAReadIsThatOfItsStrikeAndOfAllAfterIt) {
  SoakStory soak;
  soak.Strike().Strike().Strike().ReadBack();
  auto histories = soak.Histories();
  histories[1].unreadable.push_back({.line = 9, .complaint = "x:9: y", .after = histories[1].reads.at(1).end});
  const Plan plan = soak.Plan();
  std::vector<Judgement> judgements;
  for (const Cell& cell : plan.cells) {
    const Evidence evidence(cell, plan, histories, Bounds());
    judgements.push_back(JudgeCell(cell, evidence.history(), Bounds()).judgement);
  }
  constexpr Judgement kOpen = Judgement::kInconclusive;
  EXPECT_EQ(judgements, (std::vector<Judgement>{kOpen, kPass, kOpen, kOpen}));
}

TEST(Excerpt, OfWhatTheRigLacksSomethingForIsSkippedByName) {
  SoakStory soak;
  soak.Strike().ReadBack();
  Plan plan = soak.Plan();
  plan.cells.push_back(
      {.number = 3, .role = Role::kLeftOut, .missing = "provider k3d has no Disks", .scenario = "disk-loss"});
  const Bounds bounds;
  const auto histories = soak.Histories();
  const CellResult result =
      JudgeCell(plan.cells.back(), Evidence(plan.cells.back(), plan, histories, bounds).history(), bounds);
  EXPECT_EQ(result.judgement, Judgement::kSkipped);
  EXPECT_EQ(result.summary, "provider k3d has no Disks");
}

TEST(Excerpt, OfAnOrdinaryCellIsItsHistoryAndNoCopy) {
  Plan plan;
  plan.cells.push_back({.number = 1, .scenario = "pod-delete"});
  std::map<int, CellHistory> histories;
  histories[1] = HealthyStory().History();
  EXPECT_EQ(&Evidence(plan.cells[0], plan, histories, Bounds()).history(), &histories.at(1));
}

}  // namespace
}  // namespace holdfast
