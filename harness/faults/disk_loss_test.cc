// A disk that fails bites when the storage has noticed; a heal that was cut off is taken up where it stopped.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

class DiskLossTest : public ::testing::Test {
 protected:
  nlohmann::json ArmAndInject() {
    auto undo = fault_->Arm(fakes_.world);
    EXPECT_TRUE(undo && fault_->Inject(fakes_.world));
    return undo.value_or(nlohmann::json());
  }

  FakeWorld fakes_;
  std::unique_ptr<Fault> fault_ = Registry<Fault>::Make("disk-loss", {});
};

TEST_F(DiskLossTest, PrefersTheReplicaUnderTheDatabase) {
  fakes_.cluster.pod.node = "n2";
  ArmAndInject();
  EXPECT_TRUE(fakes_.cluster.nodes["n2"].disk_fails);
}

TEST_F(DiskLossTest, TakesAnotherHolderWhenThereIsNoReplicaUnderTheDatabase) {
  fakes_.cluster.nodes["n1"].holds_replica = false;
  EXPECT_EQ(ArmAndInject(), nlohmann::json({{"node", "n2"}}));
  EXPECT_TRUE(fakes_.cluster.nodes["n2"].disk_fails);
}

TEST_F(DiskLossTest, WithoutAnyReplicaThereIsNoTarget) {
  for (auto& [name, node] : fakes_.cluster.nodes) node.holds_replica = false;
  EXPECT_FALSE(fault_->Arm(fakes_.world));
}

TEST_F(DiskLossTest, DoesNotBiteWhileTheStorageHasNotNoticed) {
  fakes_.backend.notices = false;
  ArmAndInject();
  const auto unnoticed = fault_->Biting(fakes_.world);
  ASSERT_TRUE(unnoticed);
  EXPECT_FALSE(unnoticed->bitten);
  EXPECT_EQ(unnoticed->evidence, "the disk of n1 returns I/O errors; storage: 3/3 replicas");
  fakes_.backend.notices = true;
  EXPECT_TRUE(fault_->Biting(fakes_.world)->bitten);
}

TEST_F(DiskLossTest, TroubleOfTheStorageWithoutAFailedDiskIsNoBite) {
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  fakes_.cluster.nodes["n3"].holds_replica = false;
  EXPECT_FALSE(fault_->Biting(fakes_.world)->bitten);
}

TEST_F(DiskLossTest, AHealThatStoppedBeforeTheStorageWasToldGoesOnThere) {
  const nlohmann::json undo = ArmAndInject();
  fakes_.backend.fake_replicas().refuse_once = true;
  EXPECT_FALSE(fault_->Heal(fakes_.world, undo));
  ASSERT_TRUE(fault_->Heal(fakes_.world, undo));
  EXPECT_TRUE(fakes_.cluster.IsUnhurt()) << fakes_.cluster.State();
}

}  // namespace
}  // namespace holdfast
