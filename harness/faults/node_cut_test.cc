// A node that is cut off bites once the cluster misses it, and one that is merely not Ready is not taken for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

class NodeCutTest : public ::testing::Test {
 protected:
  FakeWorld fakes_;
  FakeCluster::Node& node_ = fakes_.cluster.nodes["n1"];
  std::unique_ptr<Fault> fault_ = Registry<Fault>::Make("node-cut", {});
};

TEST_F(NodeCutTest, BitesWhenTheClusterMissesTheNode) {
  ASSERT_TRUE(fault_->Arm(fakes_.world).has_value());
  ASSERT_TRUE(fault_->Inject(fakes_.world).has_value());
  EXPECT_EQ(fault_->Biting(fakes_.world)->evidence, "n1 is cut off, Ready is True ()");
  EXPECT_FALSE(fault_->Biting(fakes_.world)->bitten);
  fakes_.host.SleepFor(kFakeDetection);
  EXPECT_TRUE(fault_->Biting(fakes_.world)->bitten);
  EXPECT_TRUE(node_.on) << "the node runs on";
}

TEST_F(NodeCutTest, ANodeThatIsNotReadyForAnotherReasonIsNotCut) {
  ASSERT_TRUE(fault_->Arm(fakes_.world).has_value());
  fakes_.cluster.PowerOff("n1");
  fakes_.host.SleepFor(kFakeDetection);
  const auto bite = fault_->Biting(fakes_.world);
  EXPECT_FALSE(bite->bitten);
  EXPECT_EQ(bite->evidence, "n1 is connected, Ready is Unknown (Gone)");
}

}  // namespace
}  // namespace holdfast
