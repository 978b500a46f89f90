// Promise: what is said of N trials is true of their source, however its recovery times are distributed.
#include "harness/statistics/trials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<double> Ascending(int count) {
  std::vector<double> values;
  for (int i = 1; i <= count; ++i) values.push_back(i);
  return values;
}

// Tables of Conover, Practical Nonparametric Statistics: 29 trials for 90 %, 59 for 95 %, each with 95 % confidence.
TEST(UpperLimit, NeedsTwentyNineTrialsForNinetyPercent) {
  EXPECT_EQ(UpperLimit(Ascending(28), 0.9, 0.95), std::nullopt);
  EXPECT_EQ(UpperLimit(Ascending(29), 0.9, 0.95), 29);
  EXPECT_EQ(UpperLimit(Ascending(58), 0.95, 0.95), std::nullopt);
  EXPECT_EQ(UpperLimit(Ascending(59), 0.95, 0.95), 59);
}

TEST(UpperLimit, OfTheMedianNeedsFiveTrials) {
  EXPECT_EQ(UpperLimit(Ascending(4), 0.5, 0.95), std::nullopt);
  EXPECT_EQ(UpperLimit(Ascending(5), 0.5, 0.95), 5);
  EXPECT_EQ(UpperLimit(Ascending(20), 0.5, 0.95), 15);
}

TEST(UpperLimit, IsNoneIfTheTrialThatBoundsItNeverRecovered) {
  std::vector<double> values = Ascending(29);
  values.back() = kNeverRecovered;
  EXPECT_EQ(UpperLimit(values, 0.9, 0.95), std::nullopt);
  values = Ascending(60);
  values.back() = kNeverRecovered;
  EXPECT_TRUE(UpperLimit(values, 0.9, 0.95).has_value()) << "one of sixty may be as bad as it likes";
}

TEST(UpperLimit, OfNoTrialsIsNone) { EXPECT_EQ(UpperLimit({}, 0.5, 0.5), std::nullopt); }

// It is below the true quantile in at most 5 % of the experiments, for sources that have nothing in common.
TEST(UpperLimit, CoversTheTrueQuantileOfAnyDistribution) {
  std::mt19937_64 engine(20);
  struct Source {
    std::function<double()> draw;
    double p90;
  };
  std::uniform_real_distribution<> uniform(10, 20);
  std::exponential_distribution<> exponential(0.1);
  const std::vector<Source> sources = {
      {[&] { return uniform(engine); }, 19},
      {[&] { return exponential(engine); }, -std::log(0.1) / 0.1},
      // Two ways to recover, a quick and a slow one, as failovers do.
      {[&] { return uniform(engine) < 18 ? uniform(engine) : 100 + uniform(engine); }, 115},
  };
  constexpr int kExperiments = 4000;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    int covered = 0;
    for (int experiment = 0; experiment < kExperiments; ++experiment) {
      std::vector<double> values(45);
      std::generate(values.begin(), values.end(), sources[i].draw);
      std::sort(values.begin(), values.end());
      covered += UpperLimit(values, 0.9, 0.95).value() >= sources[i].p90 ? 1 : 0;
    }
    // Four standard deviations of chance below 95 %.
    EXPECT_GE(covered, kExperiments * 0.95 - 4 * std::sqrt(kExperiments * 0.95 * 0.05)) << "source " << i;
  }
}

// n of n: the share p with p^n = 1 - confidence.
TEST(ProvenShare, OfAllGoodTrialsIsTheRuleOfThree) {
  for (const int count : {1, 3, 29, 300}) {
    EXPECT_NEAR(ProvenShare(count, count, 0.95), std::pow(0.05, 1.0 / count), 1e-9) << count;
  }
  EXPECT_EQ(ProvenShare(0, 10, 0.95), 0);
  EXPECT_EQ(ProvenShare(0, 0, 0.95), 0);
}

// Clopper and Pearson's interval of 8 in 10, one-sided.
TEST(ProvenShare, OfSomeGoodTrialsIsClopperPearson) { EXPECT_NEAR(ProvenShare(8, 10, 0.95), 0.4931, 1e-4); }

TEST(ProvenShare, HoldsForTheTrueShare) {
  std::mt19937_64 engine(21);
  std::bernoulli_distribution good(0.85);
  int held = 0;
  constexpr int kExperiments = 2000;
  for (int experiment = 0; experiment < kExperiments; ++experiment) {
    int count = 0;
    for (int i = 0; i < 20; ++i) count += good(engine) ? 1 : 0;
    held += ProvenShare(count, 20, 0.95) <= 0.85 ? 1 : 0;
  }
  EXPECT_GE(held, kExperiments * 0.95 - 4 * std::sqrt(kExperiments * 0.95 * 0.05));
}

TEST(TrialsToProve, AreThoseOfTheTables) {
  EXPECT_EQ(TrialsToProve(0, 0, 0.9, 0.95), 29);
  EXPECT_EQ(TrialsToProve(20, 20, 0.9, 0.95), 9);
  EXPECT_EQ(TrialsToProve(29, 29, 0.9, 0.95), 0);
  EXPECT_EQ(TrialsToProve(19, 20, 0.9, 0.95), 26) << "one bad trial: 45 of 46";
}

CellResult Trial(const std::string& scenario, int number, double rto_s, Judgement judgement, bool censored = false) {
  CellResult result;
  result.cell.scenario = scenario;
  result.cell.trial = number;
  result.judgement = judgement;
  result.verdicts = {{.checker = "recovery-time",
                      .judgement = judgement,
                      .summary = "",
                      .because = {},
                      .figures = {{"rto_s", rto_s}, {"rto_censored", censored}}}};
  return result;
}

TEST(Trials, AreThoseOfAScenarioAscendingAndCensoredOnesLast) {
  holdfast::Run run;
  run.results = {Trial("drain", 1, 9, Judgement::kPass), Trial("kill", 1, 180, Judgement::kFail, true),
                 Trial("drain", 2, 5, Judgement::kPass), Trial("drain", 3, 1, Judgement::kInconclusive),
                 Trial("kill", 2, 300, Judgement::kFail)};
  const std::vector<Trials> all = TrialsOf(run);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].scenario, "drain");
  EXPECT_THAT(all[0].rto_s, ElementsAre(5, 9));
  EXPECT_EQ(all[0].unmeasured, 1);
  EXPECT_THAT(all[1].rto_s, ElementsAre(300, kNeverRecovered));
  EXPECT_EQ(all[1].Within(300), 1);
  EXPECT_EQ(all[0].Quantile(0.5), 5);
  EXPECT_EQ(all[0].Quantile(0.9), 9);
}

// It was back after 20 s, and away again; or it refused every other write.
TEST(Trials, ARecoveryThatWasQuickAndNoGoodIsNoneWithinTheBound) {
  holdfast::Run run;
  run.results = {Trial("kill", 1, 20, Judgement::kFail), Trial("kill", 2, 5, Judgement::kPass)};
  EXPECT_THAT(TrialsOf(run).front().rto_s, ElementsAre(5, kNeverRecovered));
  EXPECT_THAT(DescribeTrials(run), HasSubstr("1 of 2 within 1 min 30 s"));
}

TEST(DescribeTrials, NamesTheRigsQuantileAsItStandsThere) {
  holdfast::Run run;
  run.bounds.quantile = 0.57;  // 56.99… % for a computer
  for (int i = 1; i <= 3; ++i) run.results.push_back(Trial("kill", i, 30, Judgement::kPass));
  EXPECT_THAT(DescribeTrials(run), HasSubstr("would prove 57 %"));
}

TEST(Trials, AreNoneWhereLatencyIsMeasuredAndNothingRecovers) {
  holdfast::Run run;
  for (int number = 1; number <= 2; ++number) {
    run.results.push_back(Trial("latency", number, 1, Judgement::kPass));
    run.results.back().cell.role = Role::kLatency;
    run.results.back().verdicts.clear();
  }
  EXPECT_TRUE(TrialsOf(run).empty());
  EXPECT_EQ(DescribeTrials(run), "");
}

TEST(DescribeTrials, SaysPlainlyWhatIsProved) {
  holdfast::Run run;
  for (int i = 1; i <= 20; ++i) run.results.push_back(Trial("node-power-off", i, 30 + i, Judgement::kPass));
  EXPECT_EQ(
      DescribeTrials(run),
      "node-power-off: 20 trials: RTO min 31 s, median 40 s, p90 48 s, max 50 s\n"
      "  20 of 20 within 1 min 30 s: with 95 % confidence at least 86 % are; 9 more, all within, would prove 90 %\n");
  for (int i = 21; i <= 29; ++i) run.results.push_back(Trial("node-power-off", i, 30 + i, Judgement::kPass));
  EXPECT_THAT(DescribeTrials(run), HasSubstr("max 59 s; with 95 % confidence 90 % of them recover within 59 s\n"));
  EXPECT_THAT(DescribeTrials(run), HasSubstr("29 of 29 within 1 min 30 s: with 95 % confidence at least 90 % are\n"));
}

TEST(DescribeTrials, SaysWhatWasNotMeasured) {
  holdfast::Run run;
  run.results = {Trial("kill", 1, 5, Judgement::kInconclusive), Trial("kill", 2, 6, Judgement::kInconclusive)};
  EXPECT_EQ(DescribeTrials(run), "kill: 2 trials, 2 of them without a measured RTO\n");
}

TEST(DescribeTrials, IsSilentAboutSingleOnes) {
  holdfast::Run run;
  run.results = {Trial("kill", 1, 5, Judgement::kPass)};
  EXPECT_EQ(DescribeTrials(run), "");
}

}  // namespace
}  // namespace holdfast
