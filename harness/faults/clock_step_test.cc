// A clock that jumped bites by what its node writes into the API, and goes back by what it is ahead of another one's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class ClockStepTest : public ::testing::Test {
 protected:
  static std::unique_ptr<Fault> Make(const std::map<std::string, std::string>& given = {}) {
    std::map<std::string, Options::Value> values;
    for (const auto& [key, text] : given) values[key] = {.text = text, .where = "suite.yaml:7"};
    return Registry<Fault>::Make("clock-step", Fault::Context{.options = Options(values)});
  }

  FakeWorld fakes_;
  Duration& offset_ = fakes_.cluster.nodes["n1"].clock_offset;
};

TEST_F(ClockStepTest, BitesByTheLeases) {
  const auto fault = Make();
  ASSERT_TRUE(fault->Arm(fakes_.world));
  EXPECT_FALSE(fault->Biting(fakes_.world)->bitten);
  ASSERT_TRUE(fault->Inject(fakes_.world));
  EXPECT_EQ(offset_, seconds(60));
  const auto bite = fault->Biting(fakes_.world);
  EXPECT_TRUE(bite->bitten);
  EXPECT_EQ(bite->evidence, "n1 renewed its lease 60 s after n2, by their own clocks");
}

TEST_F(ClockStepTest, GoesBackIntoThePast) {
  const auto fault = Make({{"step", "90s"}, {"towards", "past"}});
  const auto undo = fault->Arm(fakes_.world);
  ASSERT_TRUE(fault->Inject(fakes_.world));
  EXPECT_EQ(offset_, seconds(-90));
  EXPECT_TRUE(fault->Biting(fakes_.world)->bitten);
  ASSERT_TRUE(Make()->Heal(fakes_.world, *undo));
  EXPECT_EQ(offset_, seconds(0));
}

// Kubelets that write every 10 s would show such a step untouched, and shells would hide it from the heal.
TEST_F(ClockStepTest, AStepThatCouldNotBeToldFromNoneIsRefused) {
  const Status status = Make({{"step", "29s"}, {"towards", "past"}})->Check();
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, ::testing::StartsWith("suite.yaml:7: step is '29s'; allowed: 30 s or more"));
  EXPECT_TRUE(Make({{"step", "30s"}})->Check());
}

TEST_F(ClockStepTest, WhatTheClockWasAheadBeforeItIsAgain) {
  offset_ = milliseconds(7300);
  const auto fault = Make();
  const auto undo = fault->Arm(fakes_.world);
  ASSERT_TRUE(fault->Inject(fakes_.world));
  ASSERT_TRUE(Make()->Heal(fakes_.world, *undo));
  EXPECT_EQ(offset_, milliseconds(7300));
}

TEST_F(ClockStepTest, AClockThatSomebodyElseSetRightIsLeftAlone) {
  const auto fault = Make();
  const auto undo = fault->Arm(fakes_.world);
  ASSERT_TRUE(fault->Inject(fakes_.world));
  offset_ = milliseconds(400);
  ASSERT_TRUE(Make()->Heal(fakes_.world, *undo));
  EXPECT_EQ(offset_, milliseconds(400));
}

}  // namespace
}  // namespace holdfast
