// Promise: a run that may have left a fault in a cluster is found by the cluster's name, wherever its folder is.
#include "harness/playing/cluster_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/host/temporary_state.h"
#include "harness/playing/heal.h"
#include "harness/playing/undo.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class ClusterRunsTest : public testing::Test {
 protected:
  fs::path MakeRun(const std::string& name) {
    const fs::path folder = state_.path() / name;
    fs::create_directories(folder);
    return folder;
  }

  const TemporaryState state_;
};

TEST_F(ClusterRunsTest, AreRememberedUntilTheyAreForgotten) {
  const fs::path one = MakeRun("one"), other = MakeRun("other");
  ASSERT_TRUE(RememberRun("blue", one).has_value());
  ASSERT_TRUE(RememberRun("green", other).has_value());
  EXPECT_THAT(RememberedRuns("blue"), ElementsAre(one));
  ForgetRun("blue", one);
  EXPECT_THAT(RememberedRuns("blue"), IsEmpty());
  EXPECT_THAT(RememberedRuns("green"), ElementsAre(other));
}

TEST_F(ClusterRunsTest, WhoseFolderIsGoneAreNotTold) {
  const fs::path run = MakeRun("gone");
  ASSERT_TRUE(RememberRun("blue", run).has_value());
  fs::remove_all(run);
  EXPECT_THAT(RememberedRuns("blue"), IsEmpty());
}

TEST_F(ClusterRunsTest, ThatCannotBeRememberedAreAnError) {
  state_.Write("holdfast", "a file where a folder should be");
  EXPECT_FALSE(RememberRun("blue", MakeRun("run")).has_value());
}

TEST_F(ClusterRunsTest, WithAnOutstandingFaultAreFoundFromElsewhere) {
  const fs::path run = MakeRun("elsewhere/run");
  state_.Write("elsewhere/run/arguments.json", R"({"seed": 1, "scenarios": []})");
  state_.Write("elsewhere/run/rig.yaml",
               "cluster: {name: blue, provider: p}\nbackend: {name: b}\nworkload: {name: w}\n");
  state_.Write("elsewhere/run/suite.yaml", "suite: s\nscenarios:\n  - {fault: f}\n");
  ASSERT_TRUE(RememberRun("blue", run).has_value());
  EXPECT_THAT(FindHurt(state_.path() / "here", "blue").value(), IsEmpty());
  ASSERT_TRUE(UndoLog(run / "undo.jsonl").Arm("f", "space", {}).has_value());
  EXPECT_THAT(FindHurt(state_.path() / "here", "blue").value(), ElementsAre(run));
  EXPECT_THAT(FindHurt(state_.path() / "elsewhere", "blue").value(), ElementsAre(run)) << "and not twice";
}

}  // namespace
}  // namespace holdfast
