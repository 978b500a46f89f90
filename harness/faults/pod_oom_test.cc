// A container that was killed for want of memory: by the kubelet's word, or else by the kernel's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;

class PodOomTest : public ::testing::Test {
 protected:
  Bite Hurt() {
    EXPECT_TRUE(fault_->Arm(fakes_.world));
    EXPECT_TRUE(fault_->Inject(fakes_.world));
    return fault_->Biting(fakes_.world).value();
  }

  FakeWorld fakes_;
  std::unique_ptr<Fault> fault_ = Registry<Fault>::Make("pod-oom", {});
};

TEST_F(PodOomTest, TheUndoRecordHasTheLimitOfBefore) {
  EXPECT_EQ(fault_->Arm(fakes_.world).value(),
            nlohmann::json({{"node", "n1"}, {"cgroup", "/sys/fs/cgroup/pods/1-1"}, {"limit", "max"}}));
}

TEST_F(PodOomTest, TheKubeletsWordIsEnough) {
  const Bite bite = Hurt();
  EXPECT_TRUE(bite.bitten);
  EXPECT_EQ(bite.evidence, "container 1-1 of pod db-1 ended with exit code 137 (OOMKilled)");
}

TEST_F(PodOomTest, WhatTheKubeletMissedIsInTheKernelsLog) {
  fakes_.cluster.reason_of_oom = "Error";
  const Bite bite = Hurt();
  EXPECT_TRUE(bite.bitten);
  EXPECT_THAT(bite.evidence, HasSubstr("(Error); its node's kernel said: oom-kill:"));
}

TEST_F(PodOomTest, AnotherKillIsNone) {
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  fakes_.cluster.EndContainer(137, "Error");
  EXPECT_FALSE(fault_->Biting(fakes_.world)->bitten);
}

}  // namespace
}  // namespace holdfast
