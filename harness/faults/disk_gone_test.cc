// A disk that is gone bites when its node cannot find it and the storage has noticed, and another one takes its place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

class DiskGoneTest : public ::testing::Test {
 protected:
  FakeWorld fakes_;
  FakeCluster::Node& node_ = fakes_.cluster.nodes["n1"];
  std::unique_ptr<Fault> fault_ = Registry<Fault>::Make("disk-gone", {});
};

TEST_F(DiskGoneTest, BitesOnceTheStorageHasNoticed) {
  fakes_.backend.notices = false;
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  EXPECT_FALSE(fault_->Biting(fakes_.world)->bitten);
  fakes_.backend.notices = true;
  const auto bite = fault_->Biting(fakes_.world);
  EXPECT_TRUE(bite->bitten);
  EXPECT_EQ(bite->evidence, "the disk of n1 is gone; storage: 2/3 replicas");
}

TEST_F(DiskGoneTest, ADiskThatMerelyFailsIsNotGone) {
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  node_.disk_fails = true;
  const auto bite = fault_->Biting(fakes_.world);
  EXPECT_FALSE(bite->bitten);
  EXPECT_EQ(bite->evidence, "the disk of n1 is there; storage: 2/3 replicas");
}

TEST_F(DiskGoneTest, HealsWithAnEmptyDiskThatHoldsACopyAgain) {
  const auto undo = fault_->Arm(fakes_.world);
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  fakes_.backend.fake_replicas().refuse_once = true;
  EXPECT_FALSE(fault_->Heal(fakes_.world, *undo));
  EXPECT_FALSE(node_.holds_replica) << "the disk that took its place is empty";
  ASSERT_TRUE(fault_->Heal(fakes_.world, *undo));
  EXPECT_TRUE(fakes_.cluster.IsUnhurt()) << fakes_.cluster.State();
}

}  // namespace
}  // namespace holdfast
