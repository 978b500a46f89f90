// Packets that are lost show in connections that take a second longer, and in about as many of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

class NetworkLossTest : public ::testing::Test {
 protected:
  FakeWorld fakes_;
  static std::unique_ptr<Fault> Lose(const std::string& percent) {
    return Registry<Fault>::Make("network-loss", {.options = Options({{"loss", {.text = percent, .where = "s:7"}}})});
  }

  FakeCluster::Node& node_ = fakes_.cluster.nodes["n1"];
  std::unique_ptr<Fault> fault_ = Lose("20");
};

TEST_F(NetworkLossTest, BitesByTheConnectionsThatNeededASecondPacket) {
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  EXPECT_EQ(fault_->Biting(fakes_.world)->evidence,
            "0 of 40 connections to n1 needed a packet to be sent again, 0 of 40 before");
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  const auto bite = fault_->Biting(fakes_.world);
  EXPECT_TRUE(bite->bitten);
  EXPECT_EQ(bite->evidence, "8 of 40 connections to n1 needed a packet to be sent again, 0 of 40 before");
}

TEST_F(NetworkLossTest, ALittleOfItIsSomethingElse) {
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  node_.quality.loss_percent = 5;
  EXPECT_FALSE(fault_->Biting(fakes_.world)->bitten);
}

// One of 40 is more than 2 %, and luck.
TEST_F(NetworkLossTest, AFewPercentAreSaidOfEnoughConnectionsOnly) {
  fault_ = Lose("2");
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  for (int looks = 1; looks <= 6; ++looks) EXPECT_FALSE(fault_->Biting(fakes_.world)->bitten) << looks;
  const auto bite = fault_->Biting(fakes_.world);
  EXPECT_TRUE(bite->bitten);
  EXPECT_EQ(bite->evidence, "6 of 280 connections to n1 needed a packet to be sent again, 0 of 280 before");
}

TEST_F(NetworkLossTest, OneThatABusyMachineHoldsUpNowAndThenIsNotLost) {
  fault_ = Lose("2");
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  node_.quality = {};
  for (int looks = 0; looks < 60; ++looks) {
    node_.held_up = looks % 6 == 0 ? 1 : 0;
    EXPECT_FALSE(fault_->Biting(fakes_.world)->bitten) << looks;
  }
}

TEST_F(NetworkLossTest, AMachineThatIsAlwaysBusyLosesNothing) {
  fault_ = Lose("2");
  node_.held_up = 1;
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  for (int looks = 0; looks < 60; ++looks) EXPECT_FALSE(fault_->Biting(fakes_.world)->bitten) << looks;
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  for (int looks = 0; looks < 7; ++looks) ASSERT_TRUE(fault_->Biting(fakes_.world));
  EXPECT_TRUE(fault_->Biting(fakes_.world)->bitten);
}

TEST_F(NetworkLossTest, AMachineThatStoodStillForAMomentLosesNothing) {
  fault_ = Lose("2");
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  node_.held_up = 40;
  EXPECT_EQ(fault_->Biting(fakes_.world)->evidence,
            "0 of 0 connections to n1 needed a packet to be sent again, 0 of 280 before");
  node_.held_up = 0;
  for (int looks = 0; looks < 10; ++looks) EXPECT_FALSE(fault_->Biting(fakes_.world)->bitten) << looks;
}

TEST_F(NetworkLossTest, WhereNobodyAnswersInTimeBeforeTheFaultNothingCouldBeSeen) {
  node_.held_up = 40;
  EXPECT_FALSE(fault_->Arm(fakes_.world));
}

}  // namespace
}  // namespace holdfast
