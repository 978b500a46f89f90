#include "harness/runs/arguments.h"

#include <gtest/gtest.h>

#include "harness/host/temporary_folder.h"

namespace holdfast {
namespace {

Rig RigNamed(const std::string& cluster) {
  Rig rig;
  rig.cluster = cluster;
  return rig;
}

// The name becomes a folder that `cluster down` removes, and a network namespace whose processes it kills.
TEST(Arguments, AClusterNameThatCouldBeAPathIsRefused) {
  for (const std::string name : {"a/b", "..", "/etc", "", ".", "-a", "a-", "A", "123456789012345678901"}) {
    Arguments arguments;
    arguments.cluster = name;
    const Result<Rig> rig = ApplyTo(RigNamed("holdfast"), arguments);
    ASSERT_FALSE(rig.has_value()) << name;
    EXPECT_EQ(rig.error().code, ErrorCode::kUsage);
    EXPECT_NE(rig.error().message.find("allowed: a-z"), std::string::npos) << rig.error().message;
  }
}

TEST(Arguments, AClusterNameTakesTheRigsPlace) {
  Arguments arguments;
  arguments.cluster = "nightly-2";
  EXPECT_EQ(ApplyTo(RigNamed("holdfast"), arguments)->cluster, "nightly-2");
  EXPECT_EQ(ApplyTo(RigNamed("holdfast"), Arguments{})->cluster, "holdfast");
}

Suite SomeSoak() {
  Suite suite{.name = "soak", .file = "suite.yaml", .scenarios = {}};
  suite.soak = Soak{.lasts = std::chrono::minutes(30)};
  suite.scenarios = {{.name = "a", .fault = {.name = "a", .options = {}}},
                     {.name = "b", .fault = {.name = "b", .options = {}}}};
  return suite;
}

TEST(Arguments, SelectCellsOfThePlanAndAreKept) {
  Suite suite = SomeSoak();
  suite.soak.reset();
  const TemporaryFolder folder;
  ASSERT_TRUE(WriteArguments({.cells = {2}, .seed = 7}, folder.path() / "arguments.json").has_value());
  const Result<Arguments> read = ReadArguments(folder.path() / "arguments.json");
  ASSERT_TRUE(read.has_value()) << read.error().message;
  const Result<Order> order = MakeOrder(RigNamed("holdfast"), suite, *read);
  ASSERT_TRUE(order.has_value()) << order.error().message;
  ASSERT_EQ(order->plan.cells.size(), 1U);
  EXPECT_EQ(order->plan.cells[0].Name(), "b");
  const Result<Order> soak = MakeOrder(RigNamed("holdfast"), SomeSoak(), *read);
  ASSERT_FALSE(soak.has_value());
  EXPECT_EQ(soak.error().message, "suite.yaml: a soak is one database; allowed: --strikes and --without, not --cell");
}

TEST(Arguments, OfASoakAreKeptSinceItsScheduleDependsOnThem) {
  Arguments arguments;
  arguments.seed = 7;
  arguments.duration = std::chrono::hours(2);
  arguments.strikes = 9;
  arguments.without = {2, 5};
  arguments.left_out = {{"b", "provider k3d has no Disks"}};
  const TemporaryFolder folder;
  ASSERT_TRUE(WriteArguments(arguments, folder.path() / "arguments.json").has_value());
  const Result<Arguments> read = ReadArguments(folder.path() / "arguments.json");
  ASSERT_TRUE(read.has_value()) << read.error().message;
  const Result<Order> order = MakeOrder(RigNamed("holdfast"), SomeSoak(), *read);
  ASSERT_TRUE(order.has_value()) << order.error().message;
  EXPECT_EQ(order->suite.soak->lasts, std::chrono::hours(2));
  std::vector<int> strikes;
  for (const Cell& cell : order->plan.cells) {
    if (cell.role != Role::kStrike) continue;
    strikes.push_back(cell.strike);
    EXPECT_EQ(cell.scenario, "a");
  }
  EXPECT_EQ(strikes, (std::vector<int>{1, 3, 4, 6, 7, 8, 9}));
  EXPECT_EQ(order->plan.cells.back().role, Role::kLeftOut);
  EXPECT_EQ(order->plan.cells.back().missing, "provider k3d has no Disks");
}

TEST(Arguments, OfASoakAreRefusedWithoutOneAndTrialsWithOne) {
  Arguments arguments;
  arguments.strikes = 3;
  Suite suite = SomeSoak();
  suite.soak.reset();
  EXPECT_EQ(MakeOrder(RigNamed("holdfast"), suite, arguments).error().message,
            "suite.yaml: no soak; allowed: --duration, --strikes and --without with a suite that has one");
  arguments.trials = 2;
  EXPECT_EQ(MakeOrder(RigNamed("holdfast"), SomeSoak(), arguments).error().message,
            "suite.yaml: a soak has no trials; allowed: --duration, --strikes and --without");
}

}  // namespace
}  // namespace holdfast
