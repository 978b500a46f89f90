// An eviction that a disruption budget forbids is the cluster's answer; any other refusal is the harness's trouble.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;

class PodEvictTest : public ::testing::Test {
 protected:
  Status InjectRefusedBy(const std::string& words) {
    fakes_.cluster.eviction_answer = Output{.exit_status = 1, .out = "", .err = words};
    EXPECT_TRUE(fault_->Arm(fakes_.world));
    return fault_->Inject(fakes_.world);
  }

  FakeWorld fakes_;
  std::unique_ptr<Fault> fault_ = Registry<Fault>::Make("pod-evict", {});
};

TEST_F(PodEvictTest, OneThatADisruptionBudgetForbidsIsWhatTheClusterDoes) {
  const Status injected = InjectRefusedBy(
      "Error from server (TooManyRequests): Cannot evict pod as it would violate the pod's disruption budget.\n");
  ASSERT_TRUE(injected) << injected.error().message;
  const auto bite = fault_->Biting(fakes_.world);
  EXPECT_FALSE(bite->bitten);
  EXPECT_THAT(bite->evidence, HasSubstr("nobody deletes it; the eviction was refused: "));
  EXPECT_THAT(bite->evidence, HasSubstr("disruption budget"));
}

TEST_F(PodEvictTest, OneThatIsRefusedOtherwiseIsTroubleOfTheHarness) {
  EXPECT_FALSE(InjectRefusedBy("Error from server (Forbidden): pods \"db-1\" is forbidden\n"));
}

}  // namespace
}  // namespace holdfast
