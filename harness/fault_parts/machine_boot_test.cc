// A machine has ended when the cluster misses it and it does not answer, or when it is another boot; power mends all of
// it.
#include "harness/fault_parts/machine_boot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"
#include "harness/fault_parts/target.h"

namespace holdfast {
namespace {

class MachineBootTest : public ::testing::Test {
 protected:
  Bite Look() { return LookForEndOfMachine(fakes_.world, "n1", boot_).value(); }

  FakeWorld fakes_;
  FakeCluster::Node& node_ = fakes_.cluster.nodes["n1"];
  const std::string boot_ = BootOf(fakes_.kube.Get("node", "n1").value());
};

TEST_F(MachineBootTest, APanickedOneBitesWithItsPowerOn) {
  fakes_.cluster.Panic("n1");
  EXPECT_FALSE(Look().bitten) << "nobody has missed it yet";
  fakes_.host.SleepFor(kFakeDetection);
  EXPECT_TRUE(Look().bitten);
  EXPECT_EQ(Look().evidence, "n1 does not answer, Ready is Unknown (Gone)");
}

TEST_F(MachineBootTest, OneThatIsMerelyCutOffHasNotEnded) {
  fakes_.cluster.Cut("n1");
  fakes_.host.SleepFor(kFakeDetection);
  EXPECT_FALSE(Look().bitten);
  EXPECT_EQ(Look().evidence, "n1 answers, Ready is Unknown (Gone)");
}

TEST_F(MachineBootTest, OneThatBootedByItselfHadEnded) {
  fakes_.cluster.PowerOff("n1");
  fakes_.cluster.PowerOn("n1");
  EXPECT_EQ(Look().evidence, "n1 booted again");
}

TEST_F(MachineBootTest, BootsWhatDoesNotAnswerAndNothingElse) {
  ASSERT_TRUE(BootIfGone(fakes_.world, "n1", boot_));
  EXPECT_EQ(node_.boots, 1);
  fakes_.cluster.Panic("n1");
  ASSERT_TRUE(BootIfGone(fakes_.world, "n1", boot_));
  EXPECT_EQ(node_.boots, 2);
  EXPECT_TRUE(FakeCluster::IsThere(node_));
}

TEST_F(MachineBootTest, OneThatIsTooBusyToAnswerAtOnceKeepsItsPower) {
  node_.answers_from = fakes_.host.Now() + std::chrono::seconds(45);
  ASSERT_TRUE(BootIfGone(fakes_.world, "n1", boot_));
  EXPECT_EQ(node_.boots, 1);
}

TEST_F(MachineBootTest, OneThatBootedAnewKeepsItsPowerThoughItDoesNotAnswer) {
  fakes_.cluster.PowerOff("n1");
  fakes_.cluster.PowerOn("n1");
  node_.answers_from = fakes_.host.Now() + std::chrono::hours(1);
  ASSERT_TRUE(BootIfGone(fakes_.world, "n1", boot_));
  EXPECT_EQ(node_.boots, 2);
}

TEST_F(MachineBootTest, OneWithoutPowerGetsItAtOnce) {
  fakes_.cluster.PowerOff("n1");
  const Time begin = fakes_.host.Now();
  ASSERT_TRUE(BootIfGone(fakes_.world, "n1", boot_));
  EXPECT_EQ(node_.boots, 2);
  EXPECT_EQ(fakes_.host.Now(), begin);
}

}  // namespace
}  // namespace holdfast
