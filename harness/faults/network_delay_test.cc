// A delay shows in every connection, and in comparison with what they took before.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;

class NetworkDelayTest : public ::testing::Test {
 protected:
  FakeWorld fakes_;
  FakeCluster::Node& node_ = fakes_.cluster.nodes["n1"];
  std::unique_ptr<Fault> fault_ = Registry<Fault>::Make(
      "network-delay", {.options = Options({{"delay", {.text = "20ms", .where = "suite.yaml:7"}}})});
};

TEST_F(NetworkDelayTest, BitesByTheFastestOfTheConnections) {
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  EXPECT_FALSE(fault_->Biting(fakes_.world)->bitten);
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  const auto bite = fault_->Biting(fakes_.world);
  EXPECT_TRUE(bite->bitten);
  EXPECT_EQ(bite->evidence, "the fastest of 20 connections to n1 took 21 ms, 1 ms before");
}

TEST_F(NetworkDelayTest, AMachineThatTakesItsTimeAnywayIsNoDelay) {
  node_.latency = milliseconds(35);
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  EXPECT_FALSE(fault_->Biting(fakes_.world)->bitten);
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  EXPECT_TRUE(fault_->Biting(fakes_.world)->bitten);
}

TEST_F(NetworkDelayTest, ANodeThatDoesNotAnswerBeforeTheFaultIsNoTarget) {
  fakes_.cluster.Cut("n1");
  EXPECT_FALSE(fault_->Arm(fakes_.world));
}

}  // namespace
}  // namespace holdfast
