// A container that is killed bites when the kubelet says that it ended by SIGKILL and its node that nothing is left of
// it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;

class ContainerKillTest : public ::testing::Test {
 protected:
  FakeWorld fakes_;
  std::unique_ptr<Fault> fault_ = Registry<Fault>::Make("container-kill", {});
};

TEST_F(ContainerKillTest, QuotesTheEndAndWhatIsLeft) {
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  EXPECT_EQ(fault_->Biting(fakes_.world)->evidence, "container 1-1 of pod db-1 has not ended");
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  const auto bite = fault_->Biting(fakes_.world);
  EXPECT_TRUE(bite->bitten);
  EXPECT_EQ(bite->evidence,
            "container 1-1 of pod db-1 ended with exit code 137 (Error), 137 is SIGKILL; 0 of its processes are left");
}

TEST_F(ContainerKillTest, AContainerThatEndedOtherwiseWasNotKilled) {
  fakes_.cluster.exit_code_of_killed = 0;
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  EXPECT_FALSE(fault_->Biting(fakes_.world)->bitten);
}

// As of a container that shares its processes' namespace with others: the first process is gone and another one is not.
TEST_F(ContainerKillTest, DoesNotBiteWhileAProcessIsLeft) {
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  fakes_.host.On("kubectl * get pod *", Output{.exit_status = 0,
                                               .out = R"({"status": {"containerStatuses": [{"state": {"terminated":
      {"containerID": "containerd://1-1", "exitCode": 137, "reason": "Error"}}}]}})",
                                               .err = ""});
  const auto bite = fault_->Biting(fakes_.world);
  EXPECT_FALSE(bite->bitten);
  EXPECT_THAT(bite->evidence, HasSubstr("137 is SIGKILL; 2 of its processes are left"));
}

TEST_F(ContainerKillTest, AContainerWithoutProcessesIsTroubleOfTheHarness) {
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  fakes_.cluster.MovePod();
  const Status injected = fault_->Inject(fakes_.world);
  ASSERT_FALSE(injected);
  EXPECT_EQ(injected.error().message, "container 1-1 has no process on n1");
}

}  // namespace
}  // namespace holdfast
