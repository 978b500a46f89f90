// A suite says exactly which faults a run has, each under a name that is its own.
#include "harness/suite.h"

#include <gtest/gtest.h>

#include "harness/installed.h"
#include "harness/temporary_folder.h"

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
  EXPECT_EQ(
      complaint("suite: s\ntrails: 3\nscenarios: [{fault: a}]\n"),
      "suite.yaml:2: unknown key 'trails' in the suite (did you mean 'trials'?); known: suite, scenarios, trials");
  EXPECT_EQ(complaint("suite: s\ntrials: 0\nscenarios: [{fault: a}]\n"),
            "suite.yaml:2: trials in the suite is '0'; allowed: a whole number from 1 to 1000");
  EXPECT_EQ(complaint("suite: S\nscenarios: [{fault: a}]\n"),
            "suite.yaml:1: suite in the suite is 'S'; allowed: a-z, 0-9 and '-' within, 1 to 40 characters");
  EXPECT_EQ(complaint("suite: s\nscenarios: []\n"),
            "suite.yaml:2: scenarios in the suite is a list; allowed: a list of mappings, at least one");
  EXPECT_EQ(complaint("suite: s\nscenarios:\n  - pod-delete\n"),
            "suite.yaml:3: scenario is 'pod-delete'; allowed: a mapping, {key: value}");
  EXPECT_EQ(complaint("suite: s\nscenarios:\n  - {name: a}\n"),
            "suite.yaml:3: no key 'fault' in scenario; required: fault");
  EXPECT_EQ(complaint("suite: s\nscenarios:\n  - {fault: a, grace: 3s}\n"),
            "suite.yaml:3: unknown key 'grace' in scenario; known: fault, name");
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

TEST(SuitesOfTheRepository, AreValid) {
  const std::filesystem::path folder = SuitesFolder();
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml") continue;
    const Result<Suite> suite = ReadSuite(entry.path());
    EXPECT_TRUE(suite.has_value()) << suite.error().message;
  }
  EXPECT_EQ(Names(ReadSuite(folder / "ha_matrix.yaml").value()),
            (std::vector<std::string>{"db-kill", "pod-delete", "node-drain", "node-power-off", "disk-loss"}));
  EXPECT_EQ(Names(ReadSuite(folder / "smoke.yaml").value()), std::vector<std::string>{"pod-delete"});
}

}  // namespace
}  // namespace holdfast
