// A node that is cut off from the storage alone bites when the storage misses it and the cluster does not, and is
// connected again when the time is over.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

class NodeCutStorageTest : public ::testing::Test {
 protected:
  FakeWorld fakes_;
  std::unique_ptr<Fault> fault_ = Registry<Fault>::Make("node-cut-storage", {});
};

TEST_F(NodeCutStorageTest, BitesWhileTheNodeIsReady) {
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  EXPECT_EQ(fault_->Biting(fakes_.world)->evidence, "n1 was not cut off from the storage");
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  const auto bite = fault_->Biting(fakes_.world);
  EXPECT_TRUE(bite->bitten);
  EXPECT_EQ(bite->evidence, "n1 was cut off from the storage, Ready is True (); storage: 2/3 replicas");
}

TEST_F(NodeCutStorageTest, EndsByItself) {
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  const Time begin = fakes_.host.Now();
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  EXPECT_EQ(fakes_.host.Now() - begin, std::chrono::seconds(30));
  EXPECT_TRUE(fakes_.cluster.IsUnhurt()) << fakes_.cluster.State();
}

TEST_F(NodeCutStorageTest, BlocksThePortsThatTheBackendNamesAndNothingElse) {
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  fakes_.host.Interrupt();
  EXPECT_FALSE(fault_->Inject(fakes_.world));
  EXPECT_EQ(fakes_.cluster.nodes["n1"].blocked_ports, fakes_.backend.Ports());
  EXPECT_FALSE(fakes_.cluster.nodes["n1"].blocked.has_value());
}

TEST_F(NodeCutStorageTest, CutsAHolderOfACopyIfAskedTo) {
  fault_ = Registry<Fault>::Make(
      "node-cut-storage", {.options = Options({{"target", {.text = "replica-holder", .where = "suite.yaml:7"}}})});
  EXPECT_EQ(fault_->Arm(fakes_.world).value(), nlohmann::json({{"node", "n2"}}));
}

TEST_F(NodeCutStorageTest, StorageThatDoesNotNoticeWasNotCut) {
  fakes_.backend.notices = false;
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  EXPECT_FALSE(fault_->Biting(fakes_.world)->bitten);
}

// Whoever cut it off from everything.
TEST_F(NodeCutStorageTest, ANodeThatTheClusterMissesTooIsCutOffFromMore) {
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  fakes_.cluster.Cut("n1");
  fakes_.host.SleepFor(kFakeDetection);
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  EXPECT_FALSE(fault_->Biting(fakes_.world)->bitten);
}

}  // namespace
}  // namespace holdfast
