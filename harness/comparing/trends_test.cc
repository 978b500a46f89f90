// Promise: what changed from night to night is seen, and noise is not.
#include "harness/comparing/trends.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/runs/run_builder.h"
#include "harness/statistics/trials.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

holdfast::Run Night(int day, double rto_s, Judgement judgement = Judgement::kPass) {
  holdfast::Run run = SampleRun();
  run.started = fmt::format("2026-11-{:02}T02:00:00Z", day);
  run.results.resize(1);
  run.results[0].judgement = judgement;
  nlohmann::json& figures = run.results[0].verdicts[2].figures;
  figures["rto_s"] = rto_s == kNeverRecovered ? 180 : rto_s;
  figures["rto_censored"] = rto_s == kNeverRecovered;
  return run;
}

std::vector<holdfast::Run> Nights(const std::vector<double>& rto_s) {
  std::vector<holdfast::Run> runs;
  for (const double value : rto_s) runs.push_back(Night(static_cast<int>(runs.size()) + 1, value));
  return runs;
}

TEST(TrendsTest, SayWhenARecoveryBecameSlower) {
  std::vector<holdfast::Run> runs = Nights({5.1, 5.3, 5.0, 5.2, 5.4, 5.1, 9.1, 9.4, 9.0, 9.2, 9.3, 9.6});
  for (std::size_t i = 6; i < runs.size(); ++i) runs[i].version = "0.2.0+new";
  const Trends trends = TrendsOf(runs);
  const std::vector<Series>& all = trends.series;
  ASSERT_THAT(all, SizeIs(1));
  ASSERT_THAT(all[0].trends, SizeIs(1));
  EXPECT_EQ(all[0].trends[0].change, 6U);
  const std::string text = Describe(trends);
  EXPECT_THAT(text, HasSubstr("5.2 s → 9.3 s since 2026-11-07 (p 0.0"));
  EXPECT_THAT(text, HasSubstr("when Holdfast became 0.2.0+new"));
  EXPECT_THAT(text, HasSubstr("............   RTO        ▁▁▁▁▂▁▇█▇▇██"));
}

TEST(TrendsTest, SayNothingOfNoiseOrOfFewRuns) {
  EXPECT_FALSE(
      TrendsOf(Nights({5.1, 9.3, 5.0, 9.2, 5.4, 9.1, 5.1, 9.4, 5.0, 9.2, 5.3, 9.6})).series[0].trends[0].change);
  EXPECT_FALSE(TrendsOf(Nights({5, 5, 9, 9})).series[0].trends[0].change);
  EXPECT_FALSE(TrendsOf(Nights({5})).series[0].trends[0].change);
}

// Trap: no change, because none could have been shown.
TEST(TrendsTest, SayWhereTheyAreTooFew) {
  EXPECT_THAT(Describe(TrendsOf(Nights({5, 5, 9, 9}))),
              testing::AllOf(HasSubstr("too few runs to tell"), HasSubstr("takes 11 runs to show a change")));
  EXPECT_THAT(Describe(TrendsOf(Nights(std::vector<double>(11, 5)))), Not(HasSubstr("few")));
}

holdfast::Run MeasuredNight(int day, double ratio) {
  holdfast::Run run = Night(day, 5);
  const nlohmann::json job = {{"job", "journal"}, {"p99_vs_local", {{"estimate", ratio}}}};
  run.results[0].verdicts.push_back(
      SampleVerdict("storage-latency", Judgement::kPass, "", {}, {{"storage_latency", {{"jobs", {job}}}}}));
  return run;
}

TEST(TrendsTest, AreOfLatenciesToo) {
  std::vector<holdfast::Run> runs;
  for (int night = 1; night <= 14; ++night) runs.push_back(MeasuredNight(night, night <= 7 ? 4 : 40));
  const Trends trends = TrendsOf(runs);
  ASSERT_THAT(trends.series[0].trends, SizeIs(2));
  EXPECT_EQ(trends.series[0].trends[1].change, 7U);
  EXPECT_THAT(Describe(trends), HasSubstr("4.0× → 40.0× since 2026-11-08"));
  for (holdfast::Run& run : runs) {
    for (Verdict& verdict : run.results[0].verdicts) verdict.judgement = Judgement::kFail;
  }
  EXPECT_THAT(Describe(TrendsOf(runs)), HasSubstr("journal p99 vs local (UNQUALIFIED)"));
}

TEST(TrendsTest, TellExperimentsOfOneNameApart) {
  std::vector<holdfast::Run> runs = {Night(1, 5), Night(2, 5)};
  runs[1].results[0].cell.commits = CommitSettings{};
  EXPECT_THAT(TrendsOf(runs).series[0].trends, SizeIs(2));
}

TEST(TrendsTest, ShowEachNightAsWhatItWas) {
  std::vector<holdfast::Run> runs = {Night(1, 5), Night(2, kNeverRecovered, Judgement::kFail), Night(3, 6),
                                     Night(4, 5, Judgement::kInconclusive), Night(5, 5)};
  runs[2].results[0].cell.scenario = "pod-delete";
  runs[3].results[0].verdicts[2].judgement = Judgement::kInconclusive;
  const Trends trends = TrendsOf(runs);
  const std::vector<Series>& all = trends.series;
  ASSERT_THAT(all[0].trends, SizeIs(2));
  EXPECT_EQ(all[0].trends[0].points[2].trials, 0);
  EXPECT_THAT(Describe(trends), HasSubstr("db-kill      .F ?.      RTO        ▁×  ▁"));
}

TEST(TrendsTest, TellRunsOfAnotherGroundApart) {
  std::vector<holdfast::Run> runs = {Night(1, 5), Night(2, 5), Night(3, 5)};
  runs[1].backend = "local";
  const std::vector<Series> all = TrendsOf(runs).series;
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_THAT(all[0].started, ElementsAre("2026-11-01T02:00:00Z", "2026-11-03T02:00:00Z"));
  EXPECT_THAT(all[1].title, HasSubstr("local"));
}

TEST(TrendsTest, StayOneLineARowWhateverTheTextSays) {
  holdfast::Run run = Night(1, 5);
  run.suite = run.results[0].cell.scenario = run.started = "a\nb\x1b[31m";
  const std::string text = Describe(TrendsOf({run}));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 7);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace holdfast
