// Machines that lost their power together have it again, each has booted anew, and whoever was left without gets it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;

std::unique_ptr<Fault> Make(const std::string& name, Options options = {}) {
  return Registry<Fault>::Make(name, Fault::Context{.options = std::move(options)});
}

Options OffFor(const std::string& text) {
  return Options({{"off_for", Options::Value{.text = text, .where = "suite.yaml:7"}}});
}

class PowerCycleTest : public ::testing::Test {
 protected:
  FakeWorld fakes_;
};

TEST_F(PowerCycleTest, TheNodeUnderTheDatabaseBootsAgainWithItsDiskAndNoOtherDoes) {
  const auto fault = Make("node-power-cycle");
  ASSERT_TRUE(fault->Arm(fakes_.world).has_value());
  ASSERT_TRUE(fault->Inject(fakes_.world).has_value());
  EXPECT_EQ(fakes_.cluster.nodes["n1"].boots, 2);
  EXPECT_EQ(fakes_.cluster.nodes["n1"].machine, 1);
  EXPECT_EQ(fakes_.cluster.nodes["n2"].boots, 1);
  EXPECT_EQ(fault->Biting(fakes_.world)->evidence, "n1 booted again");
}

TEST_F(PowerCycleTest, InABlackoutEveryNodeIsWithoutPowerAtTheSameTime) {
  const auto fault = Make("blackout", OffFor("7s"));
  ASSERT_TRUE(fault->Arm(fakes_.world).has_value());
  const Time begin = fakes_.host.Now();
  ASSERT_TRUE(fault->Inject(fakes_.world).has_value());
  EXPECT_EQ(fakes_.host.Now() - begin, std::chrono::seconds(7));
  for (const auto& [name, node] : fakes_.cluster.nodes) {
    EXPECT_EQ(node.gone_since, begin) << name;
    EXPECT_EQ(node.boots, 2) << name;
  }
  EXPECT_EQ(fault->Biting(fakes_.world)->evidence, "n1, n2, n3 booted again; their power went within 0 s");
}

TEST_F(PowerCycleTest, DoesNotBiteWhileOneOfTheMachinesRunsOn) {
  const auto fault = Make("blackout");
  ASSERT_TRUE(fault->Arm(fakes_.world).has_value());
  fakes_.cluster.PowerOff("n1");
  fakes_.cluster.PowerOn("n1");
  const auto bite = fault->Biting(fakes_.world);
  EXPECT_FALSE(bite->bitten);
  EXPECT_EQ(bite->evidence, "no other boot of n2, n3 seen");
}

TEST_F(PowerCycleTest, AHarnessThatEndedWhileThePowerWasOffHealsIt) {
  const auto undo = Make("blackout")->Arm(fakes_.world);
  ASSERT_TRUE(undo.has_value());
  for (const char* node : {"n1", "n3"}) fakes_.cluster.PowerOff(node);
  ASSERT_TRUE(Make("blackout")->Heal(fakes_.world, *undo).has_value());
  EXPECT_TRUE(fakes_.cluster.IsUnhurt()) << fakes_.cluster.State();
  EXPECT_EQ(fakes_.cluster.nodes["n2"].boots, 1);
}

TEST_F(PowerCycleTest, AnUndoRecordOfAnotherVersionIsAnError) {
  const Status healed = Make("blackout")->Heal(fakes_.world, {{"node", "n1"}});
  ASSERT_FALSE(healed.has_value());
  EXPECT_THAT(healed.error().message, HasSubstr("has no \"nodes\" that is a list of texts"));
}

TEST_F(PowerCycleTest, ATimeThatIsNoneIsRefused) {
  const Status status = Make("node-power-cycle", OffFor("soon"))->Check();
  ASSERT_FALSE(status.has_value());
  EXPECT_THAT(status.error().message, HasSubstr("suite.yaml:7"));
}

}  // namespace
}  // namespace holdfast
