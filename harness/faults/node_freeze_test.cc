// A frozen node bites once the cluster misses it; a node without power is no frozen one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

class NodeFreezeTest : public ::testing::Test {
 protected:
  FakeWorld fakes_;
  std::unique_ptr<Fault> fault_ = Registry<Fault>::Make("node-freeze", {});
};

TEST_F(NodeFreezeTest, BitesWhenTheClusterMissesTheNodeAndLosesNoMachine) {
  const auto undo = fault_->Arm(fakes_.world);
  ASSERT_TRUE(undo.has_value());
  ASSERT_TRUE(fault_->Inject(fakes_.world).has_value());
  EXPECT_FALSE(fault_->Biting(fakes_.world)->bitten);
  fakes_.host.SleepFor(kFakeDetection);
  EXPECT_EQ(fault_->Biting(fakes_.world)->evidence, "power of n1 is on, Ready is Unknown (Gone), it does not answer");
  EXPECT_TRUE(fault_->Biting(fakes_.world)->bitten);
  ASSERT_TRUE(fault_->Heal(fakes_.world, *undo).has_value());
  EXPECT_EQ(fakes_.cluster.nodes["n1"].boots, 1) << "it goes on where it stopped";
}

TEST_F(NodeFreezeTest, ANodeWhoseKubeletIsDeadIsNotFrozen) {
  ASSERT_TRUE(fault_->Arm(fakes_.world).has_value());
  fakes_.cluster.StopService("n1", NodeServices::Service::kKubelet);
  fakes_.host.SleepFor(kFakeDetection);
  EXPECT_EQ(fault_->Biting(fakes_.world)->evidence, "power of n1 is on, Ready is Unknown (Gone), it answers");
  EXPECT_FALSE(fault_->Biting(fakes_.world)->bitten);
}

TEST_F(NodeFreezeTest, ANodeWithoutPowerIsNotFrozen) {
  ASSERT_TRUE(fault_->Arm(fakes_.world).has_value());
  fakes_.cluster.PowerOff("n1");
  fakes_.host.SleepFor(kFakeDetection);
  EXPECT_FALSE(fault_->Biting(fakes_.world)->bitten);
}

}  // namespace
}  // namespace holdfast
