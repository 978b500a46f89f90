// Without controllers a new object stays unnoticed; one that is merely new proves nothing yet.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

using std::chrono::seconds;

TEST(ControllerManagerDown, BitesWhenNobodyHasTakenNoteForLong) {
  FakeWorld fakes;
  const auto fault = Registry<Fault>::Make("controller-manager-down", {});
  ASSERT_TRUE(fault->Arm(fakes.world));
  ASSERT_TRUE(fault->Inject(fakes.world));
  EXPECT_FALSE(fault->Biting(fakes.world)->bitten);
  fakes.host.SleepFor(seconds(10));
  const auto bite = fault->Biting(fakes.world);
  EXPECT_TRUE(bite->bitten);
  EXPECT_EQ(bite->evidence, "nobody has taken note of a new Deployment for 10 s");
}

TEST(ControllerManagerDown, BitesNoMoreOnceSomebodyHas) {
  FakeWorld fakes;
  const auto fault = Registry<Fault>::Make("controller-manager-down", {});
  ASSERT_TRUE(fault->Arm(fakes.world));
  ASSERT_TRUE(fault->Inject(fakes.world));
  fakes.host.SleepFor(seconds(10));
  fakes.cluster.probe_observed = true;
  EXPECT_FALSE(fault->Biting(fakes.world)->bitten);
}

TEST(ControllerManagerDown, ComesBackByItselfWhenItIsToLastForSoLong) {
  FakeWorld fakes;
  const Options lasts({{"lasts", Options::Value{.text = "20s", .where = "suite.yaml:7"}}});
  const auto fault = Registry<Fault>::Make("controller-manager-down", {.options = lasts});
  ASSERT_TRUE(fault->Arm(fakes.world));
  const Time begin = fakes.host.Now();
  ASSERT_TRUE(fault->Inject(fakes.world));
  EXPECT_EQ(fakes.host.Now() - begin, seconds(20));
  EXPECT_TRUE(fakes.cluster.control_plane_away.empty());
  EXPECT_TRUE(fault->Biting(fakes.world)->bitten);
}

// And so do the others of the control plane.
TEST(ControllerManagerDown, WhatTookTheApiServerAwayGivesItBackToo) {
  for (const char* name : {"api-server-down", "etcd-pause"}) {
    FakeWorld fakes;
    const Options lasts({{"lasts", Options::Value{.text = "15s", .where = "suite.yaml:7"}}});
    const auto fault = Registry<Fault>::Make(name, {.options = lasts});
    ASSERT_TRUE(fault->Arm(fakes.world));
    EXPECT_FALSE(fault->Biting(fakes.world)->bitten);
    ASSERT_TRUE(fault->Inject(fakes.world)) << name;
    EXPECT_TRUE(fakes.cluster.control_plane_away.empty()) << name;
    EXPECT_TRUE(fault->Biting(fakes.world)->bitten) << name;
  }
}

}  // namespace
}  // namespace holdfast
