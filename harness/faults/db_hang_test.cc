// A database that stands still bites when its probes say so, and is woken only where it is still there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;

class DbHangTest : public ::testing::Test {
 protected:
  nlohmann::json Hurt() {
    const auto undo = fault_->Arm(fakes_.world);
    EXPECT_TRUE(undo && fault_->Inject(fakes_.world));
    return undo.value_or(nlohmann::json());
  }

  FakeWorld fakes_;
  std::unique_ptr<Fault> fault_ = Registry<Fault>::Make("db-hang", {});
};

TEST_F(DbHangTest, BitesWhenStoppedAndNotReady) {
  Hurt();
  const auto bite = fault_->Biting(fakes_.world);
  EXPECT_TRUE(bite->bitten);
  EXPECT_EQ(bite->evidence, "2 processes of container 1-1 are stopped, pod db-1 is not ready");
}

TEST_F(DbHangTest, BitesAlsoOnceTheKubeletHasKilledIt) {
  Hurt();
  fakes_.cluster.EndContainer(137, "Error");
  const auto bite = fault_->Biting(fakes_.world);
  EXPECT_TRUE(bite->bitten);
  EXPECT_THAT(bite->evidence, HasSubstr("the kubelet has ended it"));
}

TEST_F(DbHangTest, AHealLeavesTheNextContainerAlone) {
  const nlohmann::json undo = Hurt();
  fakes_.cluster.EndContainer(137, "Error");
  fakes_.cluster.pod.hangs = true;  // for a reason of its own
  ASSERT_TRUE(Registry<Fault>::Make("db-hang", {})->Heal(fakes_.world, undo));
  EXPECT_TRUE(fakes_.cluster.pod.hangs);
}

}  // namespace
}  // namespace holdfast
