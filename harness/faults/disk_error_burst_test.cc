// A burst of errors passes by itself, and bites when the storage has noticed, be it afterwards.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

using std::chrono::seconds;

class DiskErrorBurstTest : public ::testing::Test {
 protected:
  FakeWorld fakes_;
  FakeCluster::Node& node_ = fakes_.cluster.nodes["n1"];
  std::unique_ptr<Fault> fault_ = Registry<Fault>::Make("disk-error-burst", {});
};

TEST_F(DiskErrorBurstTest, PassesAndIsRemembered) {
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  const Time begin = fakes_.host.Now();
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  EXPECT_EQ(fakes_.host.Now() - begin, seconds(10));
  EXPECT_EQ(node_.disk, DiskConduct::kGood);
  EXPECT_TRUE(node_.holds_replica) << "nothing on it is lost";
  const auto bite = fault_->Biting(fakes_.world);
  EXPECT_TRUE(bite->bitten);
  EXPECT_EQ(bite->evidence, "the disk of n1 returned I/O errors; storage: 2/3 replicas");
}

TEST_F(DiskErrorBurstTest, AStorageThatNoticesLaterIsAskedLater) {
  fakes_.backend.notices = false;
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  EXPECT_FALSE(fault_->Biting(fakes_.world)->bitten);
  fakes_.backend.notices = true;
  node_.holds_replica = false;
  EXPECT_TRUE(fault_->Biting(fakes_.world)->bitten);
}

TEST_F(DiskErrorBurstTest, TroubleOfTheStorageWithoutErrorsIsNoBite) {
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  node_.holds_replica = false;
  EXPECT_FALSE(fault_->Biting(fakes_.world)->bitten);
}

}  // namespace
}  // namespace holdfast
