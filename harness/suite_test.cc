// A suite says exactly which faults a run has, each under a name that is its own.
#include "harness/suite.h"

#include <gtest/gtest.h>

#include "harness/host/temporary_folder.h"
#include "harness/installed.h"

namespace holdfast {
namespace {

class SuiteTest : public testing::Test {
 protected:
  Result<Suite> Read(const std::string& text) const { return ReadSuite(folder_.Write("suite.yaml", text)); }

  template <typename T>
  std::string Complaint(const Result<T>& result) const {
    if (result.has_value()) return "none";
    EXPECT_EQ(result.error().code, ErrorCode::kUsage);
    return folder_.Relative(result.error().message);
  }

  TemporaryFolder folder_;
};

std::vector<std::string> Names(const Suite& suite) {
  std::vector<std::string> names;
  for (const Scenario& scenario : suite.scenarios) names.push_back(scenario.name);
  return names;
}

TEST_F(SuiteTest, ScenariosKeepTheirOrderAndAFaultMayHaveOptions) {
  const Suite suite = Read(
                          "suite: two\n"
                          "trials: 3\n"
                          "scenarios:\n"
                          "  - {fault: pod-delete}\n"
                          "  - name: drain-patiently\n"
                          "    fault: {name: node-drain, grace: 60s}\n")
                          .value();
  EXPECT_EQ(suite.name, "two");
  EXPECT_EQ(suite.file, (folder_.path() / "suite.yaml").string());
  EXPECT_EQ(suite.trials, 3);
  EXPECT_EQ(Names(suite), (std::vector<std::string>{"pod-delete", "drain-patiently"}));
  EXPECT_EQ(suite.scenarios[0].fault.name, "pod-delete");
  EXPECT_EQ(folder_.Relative(suite.scenarios[0].fault.where), "suite.yaml:4");
  EXPECT_TRUE(suite.scenarios[0].fault.options.values().empty());
  EXPECT_EQ(suite.scenarios[1].fault.name, "node-drain");
  EXPECT_EQ(folder_.Relative(suite.scenarios[1].fault.where), "suite.yaml:6");
  EXPECT_EQ(suite.scenarios[1].fault.options.values().at("grace").text, "60s");
}

TEST_F(SuiteTest, AFaultMayHaveCompanionsBeforeAndAfterIt) {
  const Suite suite = Read(
                          "suite: s\n"
                          "budget: 2\n"
                          "scenarios:\n"
                          "  - {fault: a, while: b}\n"
                          "  - {name: c, fault: a, while: b, then: {name: d, target: other}, after: 10s}\n"
                          "  - {name: e, fault: a, then: d, amid: rebuild}\n")
                          .value();
  EXPECT_EQ(suite.budget, 2);
  const auto in_order = [&](std::size_t scenario) {
    std::string text;
    for (const Injection& one : InOrder(suite.scenarios[scenario].fault, suite.scenarios[scenario].companions)) {
      text += (one.own ? "own " : "") + one.fault.name + " " + FormatDuration(one.delay);
      text += one.amid_rebuild ? " amid a rebuild, " : ", ";
    }
    return text;
  };
  EXPECT_EQ(in_order(0), "b 0 s, own a 0 s, ");
  EXPECT_EQ(in_order(1), "b 0 s, own a 0 s, d 10 s, ");
  EXPECT_EQ(in_order(2), "own a 0 s, d 5 s amid a rebuild, ");
  EXPECT_EQ(suite.scenarios[1].companions.then->options.values().at("target").text, "other");
}

TEST_F(SuiteTest, OneTrialIsTheDefault) { EXPECT_EQ(Read("suite: s\nscenarios: [{fault: a}]\n").value().trials, 1); }

TEST_F(SuiteTest, AnOptionThatTheFaultDoesNotKnowIsExplained) {
  Suite suite = Read("suite: s\nscenarios: [{fault: {name: node-drain, grce: 60s}}]\n").value();
  Options& options = suite.scenarios[0].fault.options;
  options.Period("grace", {});
  EXPECT_EQ(folder_.Relative(options.Finish().error().message),
            "suite.yaml:2: unknown key 'grce' in fault (did you mean 'grace'?); known: name, grace");
}

TEST_F(SuiteTest, WhatIsWrongIsExplainedInOneLine) {
  const auto complaint = [this](const std::string& text) { return Complaint(Read(text)); };
  EXPECT_EQ(complaint("suite: s\n"), "suite.yaml:1: no key 'scenarios' in the suite; required: suite, scenarios");
  EXPECT_EQ(complaint("suite: s\ntrails: 3\nscenarios: [{fault: a}]\n"),
            "suite.yaml:2: unknown key 'trails' in the suite (did you mean 'trials'?); known: suite, scenarios, "
            "trials, budget, soak");
  EXPECT_EQ(complaint("suite: s\ntrials: 0\nscenarios: [{fault: a}]\n"),
            "suite.yaml:2: trials in the suite is '0'; allowed: a whole number from 1 to 1000");
  EXPECT_EQ(complaint("suite: S\nscenarios: [{fault: a}]\n"),
            "suite.yaml:1: suite in the suite is 'S'; allowed: a-z, 0-9 and '-' within, 1 to 40 characters");
  EXPECT_EQ(complaint("suite: s\nscenarios: []\n"),
            "suite.yaml:2: scenarios in the suite is a list; allowed: a list of mappings, at least one");
  EXPECT_EQ(complaint("suite: s\nscenarios:\n  - pod-delete\n"),
            "suite.yaml:3: scenario is 'pod-delete'; allowed: a mapping, {key: value}");
  EXPECT_EQ(complaint("suite: s\nscenarios:\n  - {name: a}\n"),
            "suite.yaml:3: no key 'fault' in scenario; required: fault, or fio");
  EXPECT_EQ(
      complaint("suite: s\nscenarios:\n  - {fault: a, grace: 3s}\n"),
      "suite.yaml:3: unknown key 'grace' in scenario; known: fault, fio, name, while, then, after, amid, commits, "
      "weight");
  EXPECT_EQ(complaint("suite: s\nscenarios:\n  - {fault: a, after: 3s}\n"),
            "suite.yaml:3: after in scenario is '3s'; allowed: only with `then`, the fault that comes after so long");
  EXPECT_EQ(complaint("suite: s\nbudget: -1\nscenarios:\n  - {fault: a}\n"),
            "suite.yaml:2: budget in the suite is '-1'; allowed: a whole number from 0 to 1000");
  EXPECT_EQ(complaint("suite: s\nscenarios:\n  - {fault: a, amid: rebuild}\n"),
            "suite.yaml:3: amid in scenario is 'rebuild'; allowed: only with `then`, the fault that comes amid it");
  EXPECT_EQ(complaint("suite: s\nscenarios:\n  - {fault: a, then: b, amid: calm}\n"),
            "suite.yaml:3: amid in scenario is 'calm'; allowed: rebuild");
  EXPECT_EQ(complaint("suite: s\nscenarios:\n  - {fault: a, then: {target: b}}\n"),
            "suite.yaml:3: no key 'name' in then; required: name");
  EXPECT_EQ(complaint("suite: s\nscenarios:\n  - {fault: [a]}\n"),
            "suite.yaml:3: fault in scenario is a list; allowed: a single value");
  EXPECT_EQ(complaint("suite: s\nscenarios:\n  - {fault: {grace: 3s}}\n"),
            "suite.yaml:3: no key 'name' in fault; required: name");
  EXPECT_EQ(complaint("suite: s\nscenarios:\n  - {fault: Pod_Delete}\n"),
            "suite.yaml:3: fault in scenario is 'Pod_Delete'; allowed: a-z, 0-9 and '-' within, 1 to 40 characters");
}

TEST_F(SuiteTest, TwoScenariosOfOneNameAreRefused) {
  EXPECT_EQ(Complaint(Read("suite: s\nscenarios:\n  - {fault: a}\n  - {fault: b}\n  - {fault: c, name: a}\n")),
            "suite.yaml:5: a second scenario named 'a'; allowed: a `name` for each that is its own");
  EXPECT_EQ(Complaint(Read("suite: s\nscenarios:\n  - {fault: a}\n  - {fault: a}\n")),
            "suite.yaml:4: a second scenario named 'a'; allowed: a `name` for each that is its own");
  EXPECT_EQ(Complaint(Read("suite: s\nscenarios:\n  - {fault: a}\n  - {fault: a, name: b}\n")), "none");
}

TEST_F(SuiteTest, ASoakHasItsTimeItsPausesAndWeights) {
  const std::string scenarios = "scenarios:\n  - {fault: a, weight: 4}\n  - {fault: {name: b, grace: 5s}}\n";
  const Suite suite = Read("suite: s\nsoak: {lasts: 30m, pause: 20s..60s}\n" + scenarios).value();
  ASSERT_TRUE(suite.soak.has_value());
  EXPECT_EQ(suite.soak->lasts, std::chrono::minutes(30));
  EXPECT_EQ(suite.soak->least_pause, std::chrono::seconds(20));
  EXPECT_EQ(suite.soak->most_pause, std::chrono::minutes(1));
  EXPECT_EQ(suite.scenarios[0].weight, 4);
  EXPECT_EQ(suite.scenarios[1].weight, 1);
  const Suite steady = Read("suite: s\nsoak: {lasts: 30m, pause: 500ms}\n" + scenarios).value();
  EXPECT_EQ(steady.soak->least_pause, steady.soak->most_pause);
  EXPECT_FALSE(Read("suite: s\nscenarios: [{fault: a}]\n")->soak.has_value());
}

TEST_F(SuiteTest, WhatIsWrongWithASoakIsExplainedInOneLine) {
  const auto complaint = [this](const std::string& soak, const std::string& scenario) {
    return Complaint(Read("suite: s\n" + soak + "\nscenarios:\n  - " + scenario + "\n"));
  };
  const std::string good = "soak: {lasts: 30m, pause: 20s}";
  EXPECT_EQ(complaint("soak: {lasts: 30m}", "{fault: a}"),
            "suite.yaml:2: no key 'pause' in soak; required: lasts, pause");
  EXPECT_EQ(complaint("soak: {lasts: 2d, pause: 20s}", "{fault: a}"),
            "suite.yaml:2: lasts in soak is '2d'; allowed: a whole number and its unit, such as 500us, 1500ms, 2s, 5m "
            "or 1h");
  EXPECT_EQ(complaint("soak: {lasts: 25h, pause: 20s}", "{fault: a}"),
            "suite.yaml:2: lasts in soak is '25h'; allowed: 1 s to 24 h");
  for (const std::string pause : {"60s..20s", "20s..", "..20s", "20s-60s", "20s..2h", "20s..30s..40s", "5"}) {
    EXPECT_EQ(
        complaint("soak: {lasts: 30m, pause: " + pause + "}", "{fault: a}"),
        "suite.yaml:2: pause in soak is '" + pause + "'; allowed: a span such as 20s..60s, or one length, up to 1 h");
  }
  EXPECT_EQ(complaint(good + "\ntrials: 2", "{fault: a}"),
            "suite.yaml:3: trials in the suite is '2'; allowed: none with `soak`, in which every fault comes several "
            "times");
  EXPECT_EQ(complaint(good, "{fault: a, weight: 0}"),
            "suite.yaml:4: weight in scenario is '0'; allowed: a whole number from 1 to 1000");
  EXPECT_EQ(complaint("budget: 1", "{fault: a, weight: 2}"),
            "suite.yaml:4: weight in scenario is '2'; allowed: only in a suite with `soak`, which draws its scenarios");
  EXPECT_EQ(complaint(good, "{fault: a, name: soak}"),
            "suite.yaml:4: a scenario named 'soak'; allowed: any other `name`, since the soak itself is called so");
}

TEST_F(SuiteTest, SelectingKeepsTheSuitesOrderAndEachScenarioOnce) {
  const Suite suite = Read("suite: s\ntrials: 2\nscenarios: [{fault: a}, {fault: b}, {fault: c}]\n").value();
  EXPECT_EQ(Names(Select(suite, {"c", "a", "c"}).value()), (std::vector<std::string>{"a", "c"}));
  EXPECT_EQ(Select(suite, {"c"}).value().trials, 2);
  EXPECT_EQ(Names(Select(suite, {}).value()), (std::vector<std::string>{"a", "b", "c"}));
}

TEST_F(SuiteTest, SelectingAnUnknownScenarioListsTheKnown) {
  const Suite suite = Read("suite: s\nscenarios: [{fault: db-kill}, {fault: pod-delete}]\n").value();
  EXPECT_EQ(Complaint(Select(suite, {"db-kill", "pod-delet"})),
            "suite.yaml: no scenario 'pod-delet' (did you mean 'pod-delete'?); known: db-kill, pod-delete");
  EXPECT_EQ(Complaint(Select(suite, {""})), "suite.yaml: no scenario ''; known: db-kill, pod-delete");
}

TEST_F(SuiteTest, LatencyIsMeasuredByFioOrBesideAFault) {
  const Suite suite = Read(
                          "suite: s\n"
                          "scenarios:\n"
                          "  - fio: {jobs: [read, journal], repetitions: 3, runtime: 2s, warm_up: 0s, size_mib: 16}\n"
                          "  - {name: all, fio: {}}\n"
                          "  - {fault: a, commits: {for: 10s, rate: 50}}\n"
                          "  - {name: b, fault: a, commits: {}}\n")
                          .value();
  EXPECT_EQ(Names(suite), (std::vector<std::string>{"latency", "all", "a", "b"}));
  const FioSettings fio = suite.scenarios[0].fio.value();
  EXPECT_EQ(fio.jobs, (std::vector<std::string>{"read", "journal"}));
  EXPECT_EQ(fio.repetitions, 3);
  EXPECT_EQ(fio.runtime, std::chrono::seconds(2));
  EXPECT_EQ(fio.warm_up, Duration::zero());
  EXPECT_EQ(fio.size_mib, 16);
  EXPECT_EQ(suite.scenarios[1].fio.value().jobs, FioJobNames());
  EXPECT_FALSE(suite.scenarios[2].fio.has_value());
  EXPECT_EQ(suite.scenarios[2].commits.value().hold, std::chrono::seconds(10));
  EXPECT_EQ(suite.scenarios[2].commits.value().rate, 50);
  EXPECT_EQ(suite.scenarios[3].commits.value().rate, 40);
}

TEST_F(SuiteTest, WhatCannotBeMeasuredIsExplained) {
  const auto complaint = [this](const std::string& scenario) {
    return Complaint(Read("suite: s\nscenarios:\n  - " + scenario + "\n"));
  };
  const std::string jobs =
      "a list, each once, of journal, wal-group, pages-qd1, pages-qd4, pages-qd16, checkpoint-burst, mixed, read";
  EXPECT_EQ(complaint("fio: {jobs: []}"), "suite.yaml:3: jobs in fio is a list; allowed: " + jobs);
  EXPECT_EQ(complaint("fio: {jobs: [journl]}"),
            "suite.yaml:3: one of jobs in fio is 'journl' (did you mean 'journal'?); allowed: " + jobs);
  EXPECT_EQ(complaint("fio: {jobs: [read, read]}"), "suite.yaml:3: one of jobs in fio is 'read'; allowed: " + jobs);
  EXPECT_EQ(complaint("fio: {repetitions: 1}"),
            "suite.yaml:3: repetitions in fio is '1'; allowed: a whole number from 2 to 100");
  EXPECT_EQ(complaint("fio: {runtime: 100ms}"), "suite.yaml:3: runtime in fio is '100ms'; allowed: 1 s to 1 min");
  EXPECT_EQ(complaint("fio: {gtod_reduce: 1}"),
            "suite.yaml:3: unknown key 'gtod_reduce' in fio; known: jobs, repetitions, runtime, warm_up, size_mib");
  EXPECT_EQ(
      complaint("{fio: {}, fault: a}"),
      "suite.yaml:3: fault in scenario is 'a'; allowed: none with `fio`, which measures a volume without a database");
  EXPECT_EQ(complaint("{fault: a, commits: {rate: 5}}"),
            "suite.yaml:3: rate in commits is '5'; allowed: a whole number from 30 to 10000");
  EXPECT_EQ(complaint("{fault: a, commits: 20s}"),
            "suite.yaml:3: commits in scenario is '20s'; allowed: a mapping, {key: value}");
  EXPECT_EQ(Complaint(Read("suite: s\nsoak: {lasts: 1m, pause: 5s}\nscenarios:\n  - {name: a, fio: {}}\n")),
            "suite.yaml:4: fio in scenario is a mapping; allowed: none in a suite with `soak`");
}

TEST(SuitesOfTheRepository, AreValid) {
  const std::filesystem::path folder = SuitesFolder();
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml") continue;
    const Result<Suite> suite = ReadSuite(entry.path());
    EXPECT_TRUE(suite.has_value()) << suite.error().message;
  }
  EXPECT_EQ(
      Names(ReadSuite(folder / "ha_matrix.yaml").value()),
      (std::vector<std::string>{"db-kill", "pod-delete", "node-drain", "node-power-off", "disk-loss", "latency"}));
  EXPECT_EQ(Names(ReadSuite(folder / "smoke.yaml").value()), std::vector<std::string>{"pod-delete"});
  EXPECT_EQ(
      Names(ReadSuite(folder / "latency.yaml").value()),
      (std::vector<std::string>{"node-power-off", "storage-latency", "commits-replica-missing", "commits-snapshot"}))
      << "without one that loses power no latency is qualified";
}

}  // namespace
}  // namespace holdfast
