// A plan is drawn from rig, suite and seed alone, and says everything that will be done.
#include "harness/plan.h"

#include <gtest/gtest.h>

#include <set>

#include "harness/fault.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

Rig SomeRig() {
  Rig rig;
  rig.file = "rig.yaml";
  rig.provider = {.name = "cloud", .options = Options({{"nodes", {"3", "rig.yaml:1"}}, {"zone", {"b", "rig.yaml:1"}}})};
  rig.backend = {.name = "storage", .options = {}};
  rig.workload = {.name = "database", .options = {}};
  return rig;
}

Suite SomeSuite(const std::vector<std::string>& scenarios, int trials) {
  Suite suite{.name = "some", .file = "suite.yaml", .trials = trials, .scenarios = {}};
  for (const std::string& name : scenarios) {
    suite.scenarios.push_back({.name = name, .fault = {.name = "test-" + name, .options = {}}});
  }
  return suite;
}

TEST(Plan, IsPrintedAsNumberedStepsWithLimitAndDelay) {
  Suite suite = SomeSuite({"strike"}, 1);
  suite.scenarios[0].fault.options = Options({{"grace", {"60s", "suite.yaml:3"}}});
  const Rig rig = SomeRig();
  EXPECT_EQ(PrintPlan(rig, MakePlan(rig, suite, 42)),
            R"(suite some: 1 cell, 13 steps, seed 42, at most 55 min 1 s in all
rig rig.yaml
  cluster   holdfast on cloud {nodes: 3, zone: b}
  backend   storage
  workload  database, 4 clients, each with a write every 50 ms, deadline 1 s
  bounds    rto 1 min 30 s, durability sync, stable for 5 s

  1  -       create cluster holdfast          within 20 min
  2  -       install backend storage          within 10 min
  3  strike  deploy database                  within 3 min
  4  strike  start 4 clients                  within 30 s
  5  strike  await 100 acknowledged writes    within 2 min, then 83 ms more
  6  strike  inject test-strike {grace: 60s}  at once, within 2 min
  7  strike  await bite of test-strike        within 1 min
  8  strike  await recovery from test-strike  within 3 min
  9  strike  heal test-strike                 within 3 min
 10  strike  await all replicas of storage    within 5 min
 11  strike  stop 4 clients                   within 31 s
 12  strike  read back database               within 2 min
 13  strike  remove database                  within 3 min
)");
}

TEST(Plan, NamesTheTrialsAndAlignsTheirSteps) {
  Rig rig = SomeRig();
  rig.clients = 1;
  rig.bounds.async = seconds(2);
  rig.bounds.least_writes = 1;
  EXPECT_EQ(PrintPlan(rig, MakePlan(rig, SomeSuite({"strike"}, 2), 7)),
            R"(suite some: 2 cells, 24 steps, seed 7, at most 1 h 20 min in all
rig rig.yaml
  cluster   holdfast on cloud {nodes: 3, zone: b}
  backend   storage
  workload  database, 1 client, each with a write every 50 ms, deadline 1 s
  bounds    rto 1 min 30 s, durability async within 2 s, stable for 5 s

  1  -         create cluster holdfast          within 20 min
  2  -         install backend storage          within 10 min
  3  strike    deploy database                  within 3 min
  4  strike    start 1 client                   within 30 s
  5  strike    await 1 acknowledged write       within 2 min, then 4307 ms more
  6  strike    inject test-strike               at once, within 2 min
  7  strike    await bite of test-strike        within 1 min
  8  strike    await recovery from test-strike  within 3 min
  9  strike    heal test-strike                 within 3 min
 10  strike    await all replicas of storage    within 5 min
 11  strike    stop 1 client                    within 31 s
 12  strike    read back database               within 2 min
 13  strike    remove database                  within 3 min
 14  strike/2  deploy database                  within 3 min
 15  strike/2  start 1 client                   within 30 s
 16  strike/2  await 1 acknowledged write       within 2 min, then 946 ms more
 17  strike/2  inject test-strike               at once, within 2 min
 18  strike/2  await bite of test-strike        within 1 min
 19  strike/2  await recovery from test-strike  within 3 min
 20  strike/2  heal test-strike                 within 3 min
 21  strike/2  await all replicas of storage    within 5 min
 22  strike/2  stop 1 client                    within 31 s
 23  strike/2  read back database               within 2 min
 24  strike/2  remove database                  within 3 min
)");
}

TEST(Plan, HasItsCellsScenarioByScenario) {
  const Plan plan = MakePlan(SomeRig(), SomeSuite({"b", "a"}, 2), 1);
  std::vector<std::string> names;
  for (const Cell& cell : plan.cells) {
    names.push_back(cell.Name());
    EXPECT_EQ(cell.number, static_cast<int>(names.size()));
  }
  EXPECT_EQ(names, (std::vector<std::string>{"b", "b/2", "a", "a/2"}));
}

TEST(Plan, DoesEveryActOfACellOnceInTheOrderOfTheHeader) {
  const Plan plan = MakePlan(SomeRig(), SomeSuite({"a", "b"}, 3), 1);
  ASSERT_EQ(plan.steps.size(), 2U + 6 * 11);
  EXPECT_EQ(plan.steps[0].act, Act::kCreateCluster);
  EXPECT_EQ(plan.steps[1].act, Act::kInstallBackend);
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    EXPECT_EQ(plan.steps[i].number, static_cast<int>(i) + 1);
    EXPECT_GT(plan.steps[i].limit, Duration::zero());
    if (i < 2) continue;
    EXPECT_EQ(plan.steps[i].cell, static_cast<int>((i - 2) / 11) + 1);
    EXPECT_EQ(static_cast<int>(plan.steps[i].act), static_cast<int>(Act::kDeploy) + static_cast<int>((i - 2) % 11));
  }
}

const Step& StepOf(const Plan& plan, int cell, Act act) {
  for (const Step& step : plan.steps) {
    if (step.cell == cell && step.act == act) return step;
  }
  CHECK_UNREACHABLE();
  return plan.steps.front();
}

TEST(Plan, TakesItsLimitsFromTheBounds) {
  Rig rig = SomeRig();
  rig.bounds.give_up = seconds(77);
  rig.bounds.whole_within = seconds(88);
  rig.bounds.read_within = seconds(99);
  rig.deadline = seconds(9);
  const Plan plan = MakePlan(rig, SomeSuite({"a"}, 1), 1);
  EXPECT_EQ(StepOf(plan, 1, Act::kAwaitRecovery).limit, seconds(77));
  EXPECT_EQ(StepOf(plan, 1, Act::kAwaitWhole).limit, seconds(88));
  EXPECT_EQ(StepOf(plan, 1, Act::kReadBack).limit, seconds(99));
  EXPECT_GT(StepOf(plan, 1, Act::kStopClients).limit, seconds(9));
}

TEST(Plan, GivesMoreWritesMoreTime) {
  Rig rig = SomeRig();
  EXPECT_EQ(StepOf(MakePlan(rig, SomeSuite({"a"}, 1), 1), 1, Act::kAwaitTraffic).limit, minutes(2));
  rig.bounds.least_writes = 100'000;  // 1250 s at 80 a second
  EXPECT_EQ(StepOf(MakePlan(rig, SomeSuite({"a"}, 1), 1), 1, Act::kAwaitTraffic).limit, seconds(12'500));
}

class SlowToHeal : public Fault {
 public:
  explicit SlowToHeal(const Context&) {}
  Status Check() const override { return {}; }
  std::optional<std::string> Missing(Provider&, Backend&) const override { return std::nullopt; }
  Result<nlohmann::json> Arm(World&) override { return nlohmann::json::object(); }
  Status Inject(World&) override { return {}; }
  Result<Bite> Biting(World&) override { return Bite{}; }
  Status Heal(World&, const nlohmann::json&) override { return {}; }
  Duration HealLimit() const override { return minutes(17); }
};

TEST(Plan, GivesAFaultTheTimeThatItSaysItsHealTakes) {
  Registry<Fault>::Add("test-slow-to-heal",
                       [](const Fault::Context& context) { return std::make_unique<SlowToHeal>(context); });
  const Plan plan = MakePlan(SomeRig(), SomeSuite({"slow-to-heal", "unknown"}, 1), 1);
  EXPECT_EQ(StepOf(plan, 1, Act::kHeal).limit, minutes(17));
  EXPECT_EQ(StepOf(plan, 2, Act::kHeal).limit, minutes(3));
}

TEST(Plan, OfOneSelectedScenarioRepeatsTheSameCells) {
  const Plan all = MakePlan(SomeRig(), SomeSuite({"a", "b", "c"}, 2), 5);
  const Plan one = MakePlan(SomeRig(), SomeSuite({"b"}, 2), 5);
  for (int trial = 1; trial <= 2; ++trial) {
    const Cell& among = all.cells[static_cast<std::size_t>(1 + trial)];
    const Cell& alone = one.cells[static_cast<std::size_t>(trial - 1)];
    EXPECT_EQ(among.Name(), alone.Name());
    EXPECT_EQ(among.seed, alone.seed);
    EXPECT_EQ(StepOf(all, among.number, Act::kAwaitTraffic).delay, StepOf(one, alone.number, Act::kAwaitTraffic).delay);
  }
}

TEST(Plan, DelaysTheInjectionByUpToFiveSecondsAndDifferentlyInEachTrial) {
  const Plan plan = MakePlan(SomeRig(), SomeSuite({"a"}, 1000), 1);
  std::set<Duration> delays;
  Duration total{};
  for (const Step& step : plan.steps) {
    EXPECT_LE(step.delay, seconds(5));
    if (step.act != Act::kAwaitTraffic) continue;
    delays.insert(step.delay);
    total += step.delay;
  }
  EXPECT_GT(delays.size(), 850U);  // of 5001; 907 are expected
  EXPECT_LT(*delays.begin(), milliseconds(50));
  EXPECT_GT(*delays.rbegin(), milliseconds(4950));
  EXPECT_NEAR(std::chrono::duration<double>(total).count() / 1000, 2.5, 0.2);
}

TEST(Plan, DependsOnItsSeed) {
  const Rig rig = SomeRig();
  const Suite suite = SomeSuite({"a"}, 3);
  EXPECT_EQ(PrintPlan(rig, MakePlan(rig, suite, 1)), PrintPlan(rig, MakePlan(rig, suite, 1)));
  EXPECT_NE(MakePlan(rig, suite, 1).cells[0].seed, MakePlan(rig, suite, 2).cells[0].seed);
}

}  // namespace
}  // namespace holdfast
