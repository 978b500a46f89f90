// Promise: a regression is told from noise and from what proves nothing, and its size from its certainty.
#include "harness/comparing/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/judging/phases.h"
#include "harness/runs/run_builder.h"
#include "harness/statistics/trials.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

using Kind = VerdictChange::Kind;
using Finding = QuantityChange::Finding;

CellResult Trial(const std::string& scenario, int trial, double rto_s, Judgement judgement = Judgement::kPass) {
  const bool never = rto_s == kNeverRecovered;
  CellResult result =
      SampleResult(trial, scenario, judgement, "",
                   {SampleVerdict("recovery-time", judgement, never ? "no recovery: RTO ≥ 3 min" : "RTO", {},
                                  {{"rto_s", never ? 180.0 : rto_s}, {"rto_censored", never}})});
  result.cell.trial = trial;
  return result;
}

// A run with the trials of one scenario.
holdfast::Run RunOf(const std::string& scenario, const std::vector<double>& rto_s) {
  holdfast::Run run = SampleRun();
  run.results.clear();
  for (std::size_t i = 0; i < rto_s.size(); ++i) {
    run.results.push_back(Trial(scenario, static_cast<int>(i) + 1, rto_s[i],
                                rto_s[i] == kNeverRecovered ? Judgement::kFail : Judgement::kPass));
  }
  return run;
}

Comparison CompareOne(const holdfast::Run& base, const holdfast::Run& run, const CompareOptions& options = {}) {
  return Compare({base}, {run}, options);
}

const std::vector<double> kSteady = {30.1, 31.4, 29.8, 32.2, 30.9, 31.7};

std::vector<double> Shifted(std::vector<double> values, double by) {
  for (double& value : values) value += by;
  return values;
}

TEST(CompareTest, ARunHasNotChangedFromItself) {
  const Comparison comparison = CompareOne(SampleRun(), SampleRun());
  EXPECT_TRUE(comparison.Comparable());
  EXPECT_FALSE(comparison.Regressed());
  EXPECT_THAT(comparison.unlike, IsEmpty());
  EXPECT_THAT(comparison.changed, IsEmpty());
  for (const VerdictChange& change : comparison.verdicts) EXPECT_EQ(change.kind, Kind::kNone) << change.scenario;
  EXPECT_THAT(Describe(comparison), testing::EndsWith("No regression.\n"));
}

TEST(CompareTest, ARecoveryThatTakesLongerIsARegression) {
  const Comparison comparison =
      CompareOne(RunOf("node-power-off", kSteady), RunOf("node-power-off", Shifted(kSteady, 12)));
  EXPECT_TRUE(comparison.Regressed());
  ASSERT_THAT(comparison.quantities, SizeIs(1));
  EXPECT_EQ(comparison.quantities[0].finding, Finding::kWorse);
  EXPECT_NEAR(comparison.quantities[0].shift, 12, 1);
  EXPECT_LT(comparison.quantities[0].adjusted.p, 0.01);
  EXPECT_THAT(Describe(comparison), HasSubstr("REGRESSION: RTO of node-power-off (+12 s, +39 %)\n"));
}

TEST(CompareTest, OneThatTakesLessLongIsNone) {
  const Comparison comparison =
      CompareOne(RunOf("node-power-off", Shifted(kSteady, 12)), RunOf("node-power-off", kSteady));
  EXPECT_FALSE(comparison.Regressed());
  EXPECT_EQ(comparison.quantities[0].finding, Finding::kBetter);
}

TEST(CompareTest, NeitherIsADifferenceThatIsShownButSmall) {
  const Comparison percent = CompareOne(RunOf("db-kill", kSteady), RunOf("db-kill", Shifted(kSteady, 2.8)));
  EXPECT_EQ(percent.quantities[0].finding, Finding::kSmall) << "9 %";
  EXPECT_FALSE(percent.Regressed());
  const CompareOptions two_seconds{.least = *ParseLeastShift("2s")};
  EXPECT_TRUE(CompareOne(RunOf("db-kill", kSteady), RunOf("db-kill", Shifted(kSteady, 2.8)), two_seconds).Regressed());
  const std::vector<double> short_ones = {0.100, 0.101, 0.102, 0.103, 0.104, 0.105};
  EXPECT_EQ(CompareOne(RunOf("db-kill", short_ones), RunOf("db-kill", Shifted(short_ones, 0.05))).quantities[0].finding,
            Finding::kSmall)
      << "half as much again, but less than probes resolve";
}

TEST(CompareTest, OfFewTrialsItSaysThatTheyCannotShowAnything) {
  const Comparison comparison = CompareOne(RunOf("db-kill", {5, 5.1, 5.2}), RunOf("db-kill", {50, 51, 52}));
  EXPECT_EQ(comparison.quantities[0].finding, Finding::kTooFew);
  EXPECT_FALSE(comparison.Regressed());
  const std::string text = Describe(comparison);
  EXPECT_THAT(text, HasSubstr("too few trials"));
  EXPECT_THAT(text, HasSubstr("4 trials of each fault on either side would do"));
}

// Trap: a trial that never recovered taken for one that took as long as somebody waited, or left out.
TEST(CompareTest, TrialsThatNeverRecoverAreTheWorst) {
  std::vector<double> stuck(6, kNeverRecovered);
  const Comparison comparison = CompareOne(RunOf("disk-loss", Shifted(kSteady, 170)), RunOf("disk-loss", stuck));
  ASSERT_THAT(comparison.quantities, SizeIs(1));
  EXPECT_EQ(comparison.quantities[0].finding, Finding::kWorse);
  EXPECT_THAT(Describe(comparison), HasSubstr("never of 6   no longer ends"));
}

TEST(CompareTest, APromiseThatIsBrokenNowIsARegressionByItself) {
  holdfast::Run base = SampleRun();
  holdfast::Run run = SampleRun();
  Verdict& lost = run.results[0].verdicts[1];
  lost.judgement = run.results[0].judgement = Judgement::kFail;
  lost.summary = "2 lost; 2 of 1204 acknowledged writes lost";
  const Comparison comparison = CompareOne(base, run);
  EXPECT_TRUE(comparison.Regressed());
  EXPECT_EQ(comparison.verdicts[0].kind, Kind::kRegression);
  EXPECT_THAT(comparison.verdicts[0].broken, ElementsAre("no-lost-writes"));
  EXPECT_THAT(Describe(comparison), HasSubstr("db-kill: no-lost-writes: 2 lost; 2 of 1204 acknowledged writes lost"));
  EXPECT_EQ(CompareOne(run, base).verdicts[0].kind, Kind::kMended);
}

// Trap: a cell that failed anyway hides that another promise is broken as well.
TEST(CompareTest, AFurtherPromiseThatIsBrokenIsARegressionToo) {
  holdfast::Run base = SampleRun();
  base.results[1].verdicts[1].judgement = Judgement::kPass;
  EXPECT_THAT(CompareOne(base, SampleRun()).verdicts[1].broken, ElementsAre("no-lost-writes"));
}

// Trap: a promise that nobody asked for in BASE, broken in RUN, taken for nothing.
TEST(CompareTest, ACellThatPassedAndFailsIsARegressionWhateverBrokeIt) {
  holdfast::Run base = SampleRun();
  holdfast::Run run = SampleRun();
  std::erase_if(base.results[0].verdicts, [](const Verdict& one) { return one.checker == "no-lost-writes"; });
  run.results[0].verdicts[1].judgement = run.results[0].judgement = Judgement::kFail;
  const Comparison comparison = CompareOne(base, run);
  EXPECT_TRUE(comparison.Regressed());
  EXPECT_THAT(comparison.verdicts[0].broken, ElementsAre("no-lost-writes"));
}

holdfast::Run Failing(int failures, int trials) {
  holdfast::Run run = RunOf("db-kill", std::vector<double>(static_cast<std::size_t>(trials), 5));
  for (int i = 0; i < failures; ++i) {
    CellResult& result = run.results[static_cast<std::size_t>(i)];
    result.judgement = result.verdicts[0].judgement = Judgement::kFail;
  }
  return run;
}

TEST(CompareTest, APromiseThatIsBrokenMoreOftenIsARegressionIfThatIsShown) {
  const Comparison comparison = CompareOne(Failing(1, 6), Failing(6, 6));
  EXPECT_EQ(comparison.verdicts[0].kind, Kind::kFailsMore);
  EXPECT_NEAR(comparison.verdicts[0].adjusted.p, 0.0152, 1e-4) << "Fisher's exact test";
  EXPECT_TRUE(comparison.Regressed());
  EXPECT_THAT(Describe(comparison), HasSubstr("REGRESSION: db-kill fails more often\n"));
  EXPECT_EQ(CompareOne(Failing(1, 6), Failing(2, 6)).verdicts[0].kind, Kind::kNone);
  EXPECT_EQ(CompareOne(Failing(6, 6), Failing(1, 6)).verdicts[0].kind, Kind::kNone) << "less often";
}

TEST(CompareTest, WhatIsInconclusiveIsNeitherBetterNorWorse) {
  holdfast::Run run = SampleRun();
  for (Verdict& verdict : run.results[0].verdicts) verdict.judgement = Judgement::kInconclusive;
  run.results[0].judgement = Judgement::kInconclusive;
  const Comparison comparison = CompareOne(SampleRun(), run);
  EXPECT_EQ(comparison.verdicts[0].kind, Kind::kUnprovedNow);
  EXPECT_FALSE(comparison.Regressed());
  EXPECT_EQ(CompareOne(run, SampleRun()).verdicts[0].kind, Kind::kUnprovedBefore);
  for (const QuantityChange& change : comparison.quantities) EXPECT_NE(change.scenario, "db-kill");
}

TEST(CompareTest, RunsThatProvedNothingInCommonAreNotComparable) {
  holdfast::Run run = SampleRun();
  for (CellResult& result : run.results) result.judgement = Judgement::kInconclusive;
  const Comparison comparison = CompareOne(SampleRun(), run);
  EXPECT_FALSE(comparison.Comparable());
  EXPECT_THAT(Describe(comparison), testing::EndsWith("nothing is compared.\n"));
}

TEST(CompareTest, AScenarioOfTheSameNameWithOtherFaultsIsNotCompared) {
  holdfast::Run run = SampleRun();
  run.results[0].cell.fault.options = Options({{"grace", {.text = "60s", .where = "suite.yaml:7"}}});
  run.results[0].verdicts[1].judgement = run.results[0].judgement = Judgement::kFail;
  const Comparison comparison = CompareOne(SampleRun(), run);
  EXPECT_EQ(comparison.verdicts[0].kind, Kind::kOtherExperiment);
  EXPECT_FALSE(comparison.Regressed());
  for (const QuantityChange& change : comparison.quantities) EXPECT_NE(change.scenario, "db-kill");
}

TEST(CompareTest, NorIsOneThatMeasuredWithOtherSettings) {
  holdfast::Run base = SampleRun();
  base.results[0].cell.commits = CommitSettings{};
  holdfast::Run run = base;
  run.results[0].cell.commits->rate = 400;
  EXPECT_EQ(CompareOne(base, run).verdicts[0].kind, Kind::kOtherExperiment);
  base.results[0].cell.commits.reset();
  base.results[0].cell.fio = FioSettings{.jobs = {"journal"}};
  run = base;
  EXPECT_EQ(CompareOne(base, run).verdicts[0].kind, Kind::kNone);
  run.results[0].cell.fio->repetitions = 2;
  EXPECT_EQ(CompareOne(base, run).verdicts[0].kind, Kind::kOtherExperiment);
}

// Trap: with --require-all, a scenario that proves nothing any more as it became another.
TEST(CompareTest, ProofIsLostAlsoToAnotherExperiment) {
  holdfast::Run run = SampleRun();
  EXPECT_FALSE(CompareOne(SampleRun(), run).LostProof());
  run.results[0].cell.fault.options = Options({{"grace", {.text = "60s", .where = "suite.yaml:7"}}});
  EXPECT_TRUE(CompareOne(SampleRun(), run).LostProof());
}

TEST(CompareTest, ScenariosOfOneSideAreNamed) {
  holdfast::Run run = SampleRun();
  run.results[3].cell.scenario = "disk-slow";
  const Comparison comparison = CompareOne(SampleRun(), run);
  EXPECT_EQ(comparison.verdicts[3].kind, Kind::kOnlyInBase);
  EXPECT_EQ(comparison.verdicts[4].kind, Kind::kOnlyInRun);
  EXPECT_EQ(comparison.verdicts[4].scenario, "disk-slow");
}

TEST(CompareTest, SaysWhatChangedAroundIt) {
  holdfast::Run run = SampleRun();
  run.fingerprint[1].second = "17.2.0";
  run.fingerprint.emplace_back("cluster identity", "another one");
  run.version = "0.2.0+other";
  EXPECT_THAT(CompareOne(SampleRun(), run).changed,
              ElementsAre("Ceph: 16.2.15 → 17.2.0", "Holdfast: 0.1.0+4f1c22a09b1d → 0.2.0+other"));
}

TEST(CompareTest, NamesEverythingThatMakesTwoRunsNoPair) {
  holdfast::Run other = SampleRun();
  other.suite = "disk";
  other.backend = "local";
  other.workload = "etcd";
  other.provider = "kind";
  other.profile = "stock";
  other.fidelity = "container";
  other.at_a_time = 2;
  other.bounds.rto = std::chrono::seconds(60);
  other.bounds.async.reset();
  other.bounds.brown_out = std::chrono::seconds(1);
  other.bounds.commit_p99 = std::chrono::milliseconds(20);
  other.bounds.journal_p99_vs_local = 5;
  other.bounds.confidence = 0.9;
  other.bounds.read_within = std::chrono::minutes(1);
  other.bounds.least_writes = 70;
  EXPECT_THAT(UnlikeGround(SampleRun(), other), SizeIs(15));
  EXPECT_THAT(UnlikeGround(SampleRun(), other), testing::Contains("bound journal_p99_vs_local: none and 5x"));
  EXPECT_THAT(UnlikeGround(SampleRun(), other), testing::Contains("bound durability: async 2 s and sync"));
  EXPECT_THAT(UnlikeGround(SampleRun(), SampleRun()), IsEmpty());
  EXPECT_THAT(CompareOne(SampleRun(), other).unlike, SizeIs(15));
}

TEST(CompareTest, PoolsTheTrialsOfSeveralRuns) {
  std::vector<holdfast::Run> base, run;
  for (const double rto : kSteady) {
    base.push_back(RunOf("db-kill", {rto}));
    run.push_back(RunOf("db-kill", {rto + 12}));
  }
  const Comparison comparison = Compare(base, run, {});
  ASSERT_THAT(comparison.quantities, SizeIs(1));
  EXPECT_THAT(comparison.quantities[0].run, SizeIs(6));
  EXPECT_TRUE(comparison.Regressed());
  EXPECT_THAT(comparison.base, HasSubstr("6 runs"));
}

nlohmann::json PhasesOf(double detect_s, double mount_s) {
  const auto ns = [](double seconds) { return static_cast<Nanoseconds>(seconds * 1e9); };
  return PhasesToJson({{.name = kPhaseDetect, .begin = 0, .end = ns(detect_s), .until = ""},
                       {.name = kPhaseMount, .begin = ns(detect_s), .end = ns(detect_s + mount_s), .until = ""}});
}

TEST(CompareTest, SaysInWhichPhaseTheTimeWent) {
  holdfast::Run base = RunOf("node-power-off", kSteady);
  holdfast::Run run = RunOf("node-power-off", Shifted(kSteady, 12));
  for (CellResult& result : base.results) result.verdicts[0].figures["phases"] = PhasesOf(20, 10);
  for (CellResult& result : run.results) result.verdicts[0].figures["phases"] = PhasesOf(20, 22);
  EXPECT_EQ(CompareOne(base, run).quantities[0].where, "mount +12 s");
}

TEST(CompareTest, StaysOneLineARowWhateverTheTextSays) {
  holdfast::Run run = SampleRun();
  const std::string calm = Describe(CompareOne(run, run));
  run.results[0].cell.scenario = "db\nkill\x1b[31m\xFF";
  run.suite = run.started = "a\nb";
  const std::string text = Describe(CompareOne(run, run));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), std::count(calm.begin(), calm.end(), '\n'));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

// Of each trial the p99 and p50 of the journal, on the volume and on the node's own disk.
struct Journal {
  double volume_ms = 0, local_ms = 0;
};

holdfast::Run Measured(const std::vector<Journal>& trials, const std::vector<double>& commits_ms = {}) {
  holdfast::Run run = SampleRun();
  run.results.clear();
  const auto spread = [](double ms) {
    return nlohmann::json{{"p99_us", {{"median", ms * 1000}}}, {"p50_us", {{"median", ms * 100}}}};
  };
  for (const Journal& trial : trials) {
    const nlohmann::json job = {{"job", "journal"},
                                {"volume", spread(trial.volume_ms)},
                                {"local", spread(trial.local_ms)},
                                {"p99_vs_local", {{"estimate", trial.volume_ms / trial.local_ms}}}};
    run.results.push_back(SampleResult(
        1, "latency", Judgement::kPass, "",
        {SampleVerdict("storage-latency", Judgement::kPass, "", {}, {{"storage_latency", {{"jobs", {job}}}}})}));
  }
  for (const double ms : commits_ms) {
    const bool never = ms == kNeverRecovered;
    const nlohmann::json healthy = {
        {"condition", "healthy"}, {"p99_ms", never ? nlohmann::json() : nlohmann::json(ms)}, {"p99_never", never}};
    run.results.push_back(SampleResult(2, "commits", Judgement::kPass, "",
                                       {SampleVerdict("commit-latency", Judgement::kPass, "", {},
                                                      {{"commit_latency", {{"conditions", {healthy}}}}})}));
  }
  return run;
}

const std::vector<Journal> kJournals = {{20, 5}, {21, 5.1}, {22, 5.2}, {20.5, 4.9}, {21.5, 5.3}, {22.5, 5.4}};

std::vector<Journal> Slower(double volume, double local) {
  std::vector<Journal> trials = kJournals;
  for (Journal& trial : trials) trial = {trial.volume_ms * volume, trial.local_ms * local};
  return trials;
}

Finding FindingOn(const std::string& quantity, const Comparison& comparison) {
  for (const QuantityChange& change : comparison.quantities) {
    if (change.quantity.name == quantity) return change.finding;
  }
  ADD_FAILURE() << "no " << quantity;
  return Finding::kNotShown;
}

TEST(CompareLatencyTest, StorageThatIsSlowerIsARegression) {
  const Comparison comparison = CompareOne(Measured(kJournals), Measured(Slower(10, 1)));
  EXPECT_TRUE(comparison.Regressed());
  EXPECT_EQ(FindingOn("journal p99 vs local", comparison), Finding::kWorse);
  EXPECT_EQ(FindingOn("journal p99", comparison), Finding::kWorse);
  EXPECT_THAT(Describe(comparison), HasSubstr("journal p99 vs local of latency (+"));
}

// Trap: another machine taken for other storage.
TEST(CompareLatencyTest, AMachineThatIsSlowerIsNone) {
  const Comparison comparison = CompareOne(Measured(kJournals), Measured(Slower(3, 3)));
  EXPECT_FALSE(comparison.Regressed());
  EXPECT_EQ(FindingOn("journal p99", comparison), Finding::kMachine);
  EXPECT_THAT(Describe(comparison), HasSubstr("slower, as is the node's own disk"));
}

// Trap: a regression excused by a disk that only happened to be slower that night.
TEST(CompareLatencyTest, NoiseOfTheNodesOwnDiskExcusesNothing) {
  std::vector<Journal> base = kJournals;
  std::vector<Journal> run = kJournals;
  const double noise_before[] = {3, 9, 4, 8, 5, 7};
  const double noise_after[] = {8, 3.5, 10, 5.5, 9, 4.5};  // a median 13 % up, and nothing shown
  for (std::size_t i = 0; i < base.size(); ++i) {
    base[i].local_ms = noise_before[i];
    run[i] = {.volume_ms = run[i].volume_ms * 1.3, .local_ms = noise_after[i]};
  }
  const Comparison comparison = CompareOne(Measured(base), Measured(run));
  EXPECT_EQ(FindingOn("journal p99", comparison), Finding::kWorse);
  EXPECT_TRUE(comparison.Regressed());
}

TEST(CompareLatencyTest, StorageThatIsSlowerOnASlowerMachineIsOne) {
  EXPECT_TRUE(CompareOne(Measured(kJournals), Measured(Slower(10, 2))).Regressed());
}

TEST(CompareLatencyTest, CommitsThatAreNeverAcknowledgedAreTheWorst) {
  const Comparison comparison =
      CompareOne(Measured({}, {20, 21, 22, 23, 24, 25}), Measured({}, std::vector<double>(6, kNeverRecovered)));
  EXPECT_EQ(FindingOn("commit p99", comparison), Finding::kWorse);
  EXPECT_TRUE(comparison.Regressed());
}

// Trap: an allowance for recoveries with which no latency could ever become worse.
TEST(CompareLatencyTest, ATimeAsTheLeastShiftIsOfOutagesOnly) {
  const CompareOptions two_seconds{.least = *ParseLeastShift("2s")};
  const holdfast::Run base = Measured({}, {20, 21, 22, 23, 24, 25});
  EXPECT_TRUE(CompareOne(base, Measured({}, {200, 201, 202, 203, 204, 205}), two_seconds).Regressed());
  EXPECT_EQ(FindingOn("commit p99", CompareOne(base, Measured({}, {20.8, 21.9, 23, 24, 25.1, 26.2}), two_seconds)),
            Finding::kNotShown);
}

TEST(CompareLatencyTest, IsMarkedWhereItIsUnqualified) {
  const Comparison unqualified = CompareOne(Measured(kJournals), Measured(kJournals));
  EXPECT_THAT(unqualified.base_unqualified, Not(IsEmpty()));
  const std::string text = Describe(unqualified);
  EXPECT_THAT(text, HasSubstr("21 ms of 6 (UNQUALIFIED)"));
  EXPECT_THAT(text, HasSubstr("Latencies of run are UNQUALIFIED: "));
  EXPECT_THAT(Describe(CompareOne(Measured(kJournals), Measured(Slower(10, 1)))),
              testing::ContainsRegex("\nREGRESSION: journal p99 vs local of latency [^;]* \\(UNQUALIFIED\\)"));
  EXPECT_THAT(Describe(CompareOne(SampleRun(), SampleRun())), Not(HasSubstr("UNQUALIFIED"))) << "none was measured";
}

// Trap: more trials asked for where no number of them would help.
TEST(CompareTest, ManyEqualValuesAreNotTooFewTrials) {
  const Comparison comparison = CompareOne(RunOf("db-kill", {5, 5, 5, 5, 5, 5}), RunOf("db-kill", {5, 5, 5, 5, 5, 6}));
  EXPECT_EQ(comparison.quantities[0].finding, Finding::kTooEqual);
  const std::string text = Describe(comparison);
  EXPECT_THAT(text, HasSubstr("too many equal values to tell"));
  EXPECT_THAT(text, Not(HasSubstr("would do")));
}

TEST(LeastShiftTest, IsAShareOrATime) {
  EXPECT_EQ(ParseLeastShift("25%")->share, 0.25);
  EXPECT_EQ(ParseLeastShift("1500ms")->seconds, 1.5);
  EXPECT_EQ(Describe(*ParseLeastShift("2s")), "2 s, of latencies 10 % of the median");
  for (const char* bad : {"", "%", "-1%", "x%", "10", "10 %x", "nan%", "1e9%"}) {
    ASSERT_FALSE(ParseLeastShift(bad).has_value()) << bad;
    EXPECT_EQ(ParseLeastShift(bad).error().code, ErrorCode::kUsage);
  }
}

}  // namespace
}  // namespace holdfast
