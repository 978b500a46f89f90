// A database that is told to end bites when the kubelet says that it has ended, and by itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;

class DbStopTest : public ::testing::Test {
 protected:
  FakeWorld fakes_;
  std::unique_ptr<Fault> fault_ = Registry<Fault>::Make("db-stop", {});
};

TEST_F(DbStopTest, QuotesHowTheContainerEnded) {
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  EXPECT_EQ(fault_->Biting(fakes_.world)->evidence, "container 1-1 of pod db-1 has not ended");
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  const auto bite = fault_->Biting(fakes_.world);
  EXPECT_TRUE(bite->bitten);
  EXPECT_EQ(bite->evidence, "container 1-1 of pod db-1 ended with exit code 0 (Completed)");
}

TEST_F(DbStopTest, ADatabaseThatDiesOfTheSignalHasEndedToo) {
  fakes_.cluster.exit_code_of_stopped = 143;
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  EXPECT_TRUE(fault_->Biting(fakes_.world)->bitten);
}

TEST_F(DbStopTest, AKilledOneHasNotEndedByItself) {
  fakes_.cluster.exit_code_of_stopped = 137;
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  const auto bite = fault_->Biting(fakes_.world);
  EXPECT_FALSE(bite->bitten);
  EXPECT_THAT(bite->evidence, HasSubstr("killed"));
}

TEST_F(DbStopTest, AContainerWithoutProcessesIsTroubleOfTheHarness) {
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  fakes_.cluster.MovePod();
  const Status injected = fault_->Inject(fakes_.world);
  ASSERT_FALSE(injected);
  EXPECT_EQ(injected.error().message, "container 1-1 has no process on n1");
}

}  // namespace
}  // namespace holdfast
