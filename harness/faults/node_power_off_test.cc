// A machine is replaced only if it lost its power, and a heal that was cut off is taken up where it stopped.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;

class NodePowerOffTest : public ::testing::Test {
 protected:
  nlohmann::json ArmAndInject() {
    auto undo = fault_->Arm(fakes_.world);
    EXPECT_TRUE(undo && fault_->Inject(fakes_.world));
    return undo.value_or(nlohmann::json());
  }

  FakeWorld fakes_;
  FakeCluster::Node& node_ = fakes_.cluster.nodes["n1"];
  std::unique_ptr<Fault> fault_ = Registry<Fault>::Make("node-power-off", {});
};

TEST_F(NodePowerOffTest, PowerThatIsOffDoesNotBiteBeforeTheClusterSeesIt) {
  ArmAndInject();
  const auto at_once = fault_->Biting(fakes_.world);
  ASSERT_TRUE(at_once);
  EXPECT_FALSE(at_once->bitten);
  EXPECT_EQ(at_once->evidence, "power of n1 is off, Ready is True ()");
  fakes_.host.SleepFor(kFakeDetection);
  const auto later = fault_->Biting(fakes_.world);
  ASSERT_TRUE(later);
  EXPECT_TRUE(later->bitten);
  EXPECT_EQ(later->evidence, "power of n1 is off, Ready is Unknown (Gone)");
}

TEST_F(NodePowerOffTest, ANodeThatIsNotReadyButHasPowerDoesNotBite) {
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  fakes_.host.On(
      "kubectl * get node *",
      Output{.exit_status = 0, .out = R"({"status":{"conditions":[{"type":"Ready","status":"False"}]}})", .err = ""});
  EXPECT_FALSE(fault_->Biting(fakes_.world)->bitten);
}

TEST_F(NodePowerOffTest, AMachineThatNeverLostItsPowerIsLeftAlone) {
  const auto undo = fault_->Arm(fakes_.world);
  ASSERT_TRUE(undo);
  fakes_.backend.fake_replicas().refuse_once = true;  // the storage is not even asked
  const Status healed = fault_->Heal(fakes_.world, *undo);
  EXPECT_TRUE(healed) << healed.error().message;
  EXPECT_EQ(node_.machine, 1);
}

TEST_F(NodePowerOffTest, HealsWithAFreshMachineThatHoldsAReplicaAgain) {
  const nlohmann::json undo = ArmAndInject();
  ASSERT_TRUE(fault_->Heal(fakes_.world, undo));
  EXPECT_EQ(node_.machine, 2);
  EXPECT_TRUE(node_.holds_replica);
}

TEST_F(NodePowerOffTest, AHealThatStoppedBeforeTheStorageWasToldGoesOnThere) {
  const nlohmann::json undo = ArmAndInject();
  fakes_.backend.fake_replicas().refuse_once = true;
  EXPECT_FALSE(fault_->Heal(fakes_.world, undo));
  EXPECT_FALSE(node_.holds_replica);
  ASSERT_TRUE(fault_->Heal(fakes_.world, undo));
  EXPECT_TRUE(node_.holds_replica);
  EXPECT_EQ(node_.machine, 2) << "the fresh machine was replaced again";
}

TEST_F(NodePowerOffTest, AReplacementThatNeverBecameReadyIsReplacedAgain) {
  const nlohmann::json undo = ArmAndInject();
  fakes_.host.On("kubectl * get node *",
                 Output{.exit_status = 1, .out = "", .err = "Error from server (NotFound): nodes \"n1\" not found\n"});
  node_.on = true;
  ASSERT_TRUE(fault_->Heal(fakes_.world, undo));
  EXPECT_EQ(node_.machine, 2);
}

TEST_F(NodePowerOffTest, AStorageWithoutReplicasHasNothingToRestore) {
  const nlohmann::json undo = ArmAndInject();
  FakeBackend plain(fakes_.cluster, Facets::kNone);
  World world{fakes_.host, fakes_.kube, fakes_.provider, plain, fakes_.workload, "db"};
  EXPECT_TRUE(fault_->Heal(world, undo));
  EXPECT_TRUE(node_.on);
}

TEST_F(NodePowerOffTest, AnApiServerThatDoesNotAnswerIsNoReasonToReplace) {
  const auto undo = fault_->Arm(fakes_.world);
  ASSERT_TRUE(undo);
  fakes_.host.On(
      "kubectl * get node *",
      Output{.exit_status = 1, .out = "", .err = "The connection to the server 10.0.0.1:6443 was refused\n"});
  const Status healed = fault_->Heal(fakes_.world, *undo);
  ASSERT_FALSE(healed);
  EXPECT_THAT(healed.error().message, HasSubstr("does not answer"));
  EXPECT_EQ(node_.machine, 1);
}

}  // namespace
}  // namespace holdfast
