// What a drain does not manage is the cluster's behaviour; what it cordoned is uncordoned, and nothing else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;

class NodeDrainTest : public ::testing::Test {
 protected:
  FakeWorld fakes_;
  std::unique_ptr<Fault> fault_ = Registry<Fault>::Make("node-drain", {});
};

TEST_F(NodeDrainTest, DrainsTheNodeUnderTheDatabaseWithALimit) {
  fakes_.cluster.pod.node = "n2";
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  EXPECT_THAT(Pasteable(fakes_.host.commands().back()),
              HasSubstr("drain n2 --ignore-daemonsets --delete-emptydir-data --force --timeout=60s"));
}

TEST_F(NodeDrainTest, ADrainThatRunsOutOfTimeIsWhatTheClusterDoes) {
  fakes_.cluster.drain_answer = Output{.exit_status = 1,
                                       .out = "node/n1 cordoned\n",
                                       .err = "error: unable to drain node \"n1\": global timeout reached\n"};
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  const Status injected = fault_->Inject(fakes_.world);
  ASSERT_TRUE(injected) << injected.error().message;
  const auto bite = fault_->Biting(fakes_.world);
  ASSERT_TRUE(bite);
  EXPECT_FALSE(bite->bitten) << "the database's pod was not evicted";
  EXPECT_THAT(bite->evidence, HasSubstr("node n1 is unschedulable; pod db-1 is there"));
  EXPECT_THAT(bite->evidence, HasSubstr("global timeout reached"));
}

TEST_F(NodeDrainTest, OfAnotherNodeBitesWithoutTheDatabase) {
  fault_ = Registry<Fault>::Make(
      "node-drain", {.options = Options({{"target", {.text = "replica-holder", .where = "suite.yaml:7"}}})});
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  EXPECT_FALSE(fault_->Biting(fakes_.world)->bitten);
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  EXPECT_TRUE(fault_->Biting(fakes_.world)->bitten);
  EXPECT_EQ(fault_->Biting(fakes_.world)->evidence, "node n2 is unschedulable");
  EXPECT_EQ(fakes_.cluster.PodName(), "db-1");
}

TEST_F(NodeDrainTest, ADrainThatDidNotBeginIsTroubleOfTheHarness) {
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  fakes_.host.On("kubectl * drain *", Output{.exit_status = 1, .out = "", .err = "error: unknown flag: --force\n"});
  const Status injected = fault_->Inject(fakes_.world);
  ASSERT_FALSE(injected);
  EXPECT_THAT(injected.error().message, HasSubstr("unknown flag"));
}

TEST_F(NodeDrainTest, ANodeThatWasCordonedBeforeStaysSo) {
  fakes_.cluster.nodes["n1"].unschedulable = true;
  const auto undo = fault_->Arm(fakes_.world);
  ASSERT_TRUE(undo);
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  ASSERT_TRUE(fault_->Heal(fakes_.world, *undo));
  EXPECT_TRUE(fakes_.cluster.nodes["n1"].unschedulable);
}

TEST_F(NodeDrainTest, ANodeThatIsGoneNeedsNoHealing) {
  const auto undo = fault_->Arm(fakes_.world);
  ASSERT_TRUE(undo);
  fakes_.cluster.nodes.erase("n1");
  const Status healed = fault_->Heal(fakes_.world, *undo);
  EXPECT_TRUE(healed) << healed.error().message;
}

TEST_F(NodeDrainTest, AnUndoRecordWithoutANodeIsNamed) {
  const Status healed = fault_->Heal(fakes_.world, nlohmann::json{{"nod", "n1"}});
  ASSERT_FALSE(healed);
  EXPECT_EQ(healed.error().message, "the undo record {\"nod\":\"n1\"} has no text \"node\"");
}

}  // namespace
}  // namespace holdfast
