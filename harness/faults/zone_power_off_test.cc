// A zone loses all its machines or, with power-cycle, their power: at the same time, and what is left of the cluster is
// untouched.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;

std::unique_ptr<Fault> Make(const std::string& name, const std::string& nodes) {
  return Registry<Fault>::Make(name, {.options = Options({{"nodes", {.text = nodes, .where = "suite.yaml:7"}}})});
}

class ZonePowerOffTest : public ::testing::Test {
 protected:
  ZonePowerOffTest() {
    for (const char* node : {"n1", "n2"}) fakes_.cluster.nodes[node].zone = "a";
  }

  FakeWorld fakes_;
  std::unique_ptr<Fault> fault_ = Make("zone-power-off", "2");
};

TEST_F(ZonePowerOffTest, TakesEveryMachineOfTheZoneAndNoOther) {
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  EXPECT_FALSE(fakes_.cluster.nodes["n1"].on);
  EXPECT_FALSE(fakes_.cluster.nodes["n2"].on);
  EXPECT_TRUE(fakes_.cluster.nodes["n3"].on);
  fakes_.host.SleepFor(kFakeDetection);
  const auto bite = fault_->Biting(fakes_.world);
  EXPECT_TRUE(bite->bitten);
  EXPECT_EQ(bite->evidence,
            "power of n1 is off, Ready is Unknown (Gone); power of n2 is off, Ready is Unknown (Gone); "
            "their power went within 0 s");
}

TEST_F(ZonePowerOffTest, DoesNotBiteWhileOneOfTheMachinesRunsOn) {
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  fakes_.cluster.PowerOff("n1");
  fakes_.host.SleepFor(kFakeDetection);
  EXPECT_FALSE(fault_->Biting(fakes_.world)->bitten);
}

TEST_F(ZonePowerOffTest, HealsWithFreshMachinesInTheSameZone) {
  const auto undo = fault_->Arm(fakes_.world);
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  ASSERT_TRUE(Make("zone-power-off", "1")->Heal(fakes_.world, *undo));
  EXPECT_TRUE(fakes_.cluster.IsUnhurt()) << fakes_.cluster.State();
  EXPECT_EQ(fakes_.cluster.nodes["n1"].machine, 2);
  EXPECT_EQ(fakes_.cluster.nodes["n2"].machine, 2);
  EXPECT_EQ(fakes_.cluster.nodes["n3"].machine, 1);
  EXPECT_EQ(fakes_.cluster.nodes["n2"].zone, "a");
}

TEST_F(ZonePowerOffTest, AHealThatWasCutOffGoesOnWithTheRest) {
  const auto undo = fault_->Arm(fakes_.world);
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  ASSERT_TRUE(fakes_.provider.power()->ReplaceMachine("n1"));
  ASSERT_TRUE(fault_->Heal(fakes_.world, *undo));
  EXPECT_TRUE(fakes_.cluster.IsUnhurt()) << fakes_.cluster.State();
  EXPECT_EQ(fakes_.cluster.nodes["n1"].machine, 2) << "the fresh machine was replaced again";
}

TEST_F(ZonePowerOffTest, AZoneThatIsTheWholeClusterIsNotGivenUp) {
  fakes_.cluster.nodes["n3"].zone = "a";
  const auto undo = Make("zone-power-off", "3")->Arm(fakes_.world);
  ASSERT_FALSE(undo);
  EXPECT_THAT(undo.error().message, HasSubstr("nothing would be left"));
}

TEST_F(ZonePowerOffTest, TakesAsManyOfTheBudgetAsTheScenarioSays) {
  EXPECT_EQ(fault_->Toll(), 2);
  EXPECT_EQ(Registry<Fault>::Make("zone-power-cycle", {})->Toll(), 1);
}

TEST_F(ZonePowerOffTest, AZoneThatGetsItsPowerBackBootsAsOne) {
  const auto cycle = Make("zone-power-cycle", "2");
  ASSERT_TRUE(cycle->Arm(fakes_.world));
  const Time begin = fakes_.host.Now();
  ASSERT_TRUE(cycle->Inject(fakes_.world));
  EXPECT_EQ(cycle->Biting(fakes_.world)->evidence, "n1, n2 booted again; their power went within 0 s");
  for (const char* node : {"n1", "n2"}) EXPECT_EQ(fakes_.cluster.nodes[node].gone_since, begin) << node;
  EXPECT_EQ(fakes_.cluster.nodes["n3"].boots, 1);
  EXPECT_EQ(fakes_.cluster.nodes["n1"].machine, 1);
}

}  // namespace
}  // namespace holdfast
