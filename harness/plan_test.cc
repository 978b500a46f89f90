// A plan is drawn from rig, suite and seed alone, and says everything that will be done.
#include "harness/plan.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
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

// A machine that plays one cell of a matrix, and those that play the others, mean the same by its number.
TEST(Plan, OfSelectedCellsIsThatPartOfTheWholeOne) {
  const Plan whole = MakePlan(SomeRig(), SomeSuite({"strike", "storm"}, 2), 42);
  const Result<Plan> part = SelectCells(whole, {4, 1});
  ASSERT_TRUE(part.has_value()) << part.error().message;
  ASSERT_EQ(part->cells.size(), 2U);
  EXPECT_EQ(part->cells[1].number, 4);
  EXPECT_EQ(part->cells[1].Name(), "storm/2");
  EXPECT_EQ(part->cells[1].seed, whole.cells[3].seed);
  EXPECT_EQ(part->CellNumbered(4).Name(), "storm/2");
  EXPECT_EQ(part->steps.back().cell, 4);
  EXPECT_EQ(part->steps.back().number, static_cast<int>(part->steps.size()));
  EXPECT_EQ(part->Databases(), (std::vector<int>{1, 4}));
  EXPECT_EQ(SelectCells(whole, {})->cells.size(), 4U);
  EXPECT_EQ(SelectCells(whole, {5}).error().message, "suite some: no cell 5; allowed: 1 to 4");
  EXPECT_FALSE(SelectCells(whole, {0}).has_value());
}

TEST(Plan, TellsTheStepsOfOneCell) {
  const Plan plan = MakePlan(SomeRig(), SomeSuite({"strike", "storm"}, 1), 42);
  const std::vector<std::string> steps = PrintStepsOf(plan, plan.cells[0]);
  ASSERT_EQ(steps.size(), 11U);
  EXPECT_EQ(steps.front(), "3 deploy database, within 3 min");
  EXPECT_EQ(steps[3], "6 inject test-strike, at once, within 2 min");
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

TEST(Plan, MeasuresLatencyReadingByReadingInTheDrawnOrder) {
  Suite suite = SomeSuite({"latency"}, 1);
  suite.scenarios[0].fault = {};
  suite.scenarios[0].fio = FioSettings{.jobs = {"journal", "read"}, .repetitions = 2};
  const Rig rig = SomeRig();
  const std::string text = PrintPlan(rig, MakePlan(rig, suite, 42));
  EXPECT_EQ(text.substr(text.find("\n\n") + 2),
            R"(  1  -        create cluster holdfast                  within 20 min
  2  -        install backend storage                  within 10 min
  3  latency  deploy fio                               within 3 min
  4  latency  measure layout on volume                 within 5 min
  5  latency  measure layout on local                  within 5 min
  6  latency  measure read on volume, repetition 1     within 1 min 6 s
  7  latency  measure read on local, repetition 1      within 1 min 6 s
  8  latency  measure journal on volume, repetition 1  within 1 min 6 s
  9  latency  measure journal on local, repetition 1   within 1 min 6 s
 10  latency  measure journal on local, repetition 2   within 1 min 6 s
 11  latency  measure journal on volume, repetition 2  within 1 min 6 s
 12  latency  measure read on volume, repetition 2     within 1 min 6 s
 13  latency  measure read on local, repetition 2      within 1 min 6 s
 14  latency  remove fio                               within 3 min
)");
}

TEST(Plan, HoldsStillForTheCommitsThatAreMeasured) {
  Suite suite = SomeSuite({"strike"}, 1);
  suite.scenarios[0].commits = CommitSettings{.hold = seconds(15)};
  std::vector<std::string> acts;
  for (const Step& step : MakePlan(SomeRig(), suite, 42).steps) {
    if (step.cell != 0) acts.push_back(ToString(step.act) + " " + step.subject);
    if (step.act == Act::kHold) {
      EXPECT_EQ(step.delay, seconds(15));
    }
  }
  EXPECT_THAT(acts, testing::ElementsAre("deploy database", "start 16 clients", "await 100 acknowledged writes",
                                         "hold while healthy", "inject test-strike", "await bite of test-strike",
                                         "await recovery from test-strike", "hold while hurt", "heal test-strike",
                                         "await all replicas of storage", "stop 16 clients", "read back database",
                                         "remove database"));
}

Suite SomeSoak() {
  Suite suite = SomeSuite({"strike", "blow", "burn"}, 1);
  suite.soak = Soak{.lasts = minutes(2), .least_pause = seconds(20), .most_pause = seconds(60)};
  suite.scenarios[0].weight = 3;
  suite.scenarios[1].companions.then = Part{.name = "kick", .options = {}};
  suite.scenarios[2].missing = "provider cloud has no Fire";
  return suite;
}

TEST(Plan, OfASoakIsPrintedAsItsScheduleALineAStrike) {
  const Rig rig = SomeRig();
  const Plan plan = MakePlan(rig, SomeSoak(), 42);
  const std::string text = PrintPlan(rig, plan);
  EXPECT_THAT(text, testing::HasSubstr("soak: no strike begins later than 2 min after the first one, so perhaps not "
                                       "all of the 5\nleft out: burn: provider cloud has no Fire\n"));
  std::size_t lines = 0;
  for (const Cell& cell : plan.cells) {
    if (cell.role == Role::kStrike) {
      ++lines;
      EXPECT_THAT(text, testing::ContainsRegex(fmt::format("{} +strike {}: test-", cell.Name(), cell.strike)));
    }
  }
  EXPECT_EQ(lines, 5U);
  EXPECT_EQ(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')), 9 + lines + 7) << text;
  EXPECT_EQ(text, PrintPlan(rig, MakePlan(rig, SomeSoak(), 42)));
  EXPECT_NE(text, PrintPlan(rig, MakePlan(rig, SomeSoak(), 43)));
}

TEST(Plan, OfASoakHasOneDatabaseAndItsStrikesWithAPauseAndAReadEach) {
  const Rig rig = SomeRig();
  const Plan plan = MakePlan(rig, SomeSoak(), 42);
  EXPECT_EQ(plan.cells.front().role, Role::kSoak);
  EXPECT_EQ(plan.cells.back().role, Role::kLeftOut);
  EXPECT_EQ(plan.lasts, Duration(minutes(2)));
  const auto count = [&](Act act) {
    return std::count_if(plan.steps.begin(), plan.steps.end(), [&](const Step& step) { return step.act == act; });
  };
  EXPECT_EQ(count(Act::kDeploy), 1);
  EXPECT_EQ(count(Act::kStopClients), 1);
  EXPECT_EQ(count(Act::kRemove), 1);
  EXPECT_EQ(count(Act::kReadBack), 6);
  EXPECT_EQ(count(Act::kAwaitWhole), 5);
  for (const Step& step : plan.steps) {
    if (step.act != Act::kHold) continue;
    EXPECT_GE(step.delay, seconds(20));
    EXPECT_LE(step.delay, seconds(60));
  }
  for (const Cell& cell : plan.cells) EXPECT_EQ(plan.Database(cell).number, cell.role == Role::kLeftOut ? 7 : 1);
  EXPECT_THAT(plan.Databases(), testing::ElementsAre(1)) << "what was left out is played by nobody";
}

TEST(Plan, OfSomeStrikesOfASoakIsTheirsHoweverLongItLasts) {
  Suite suite = SomeSoak();
  const Rig rig = SomeRig();
  const Plan all = MakePlan(rig, suite, 42);
  suite.soak->strikes = 4;
  suite.soak->without = {2};
  const Plan some = MakePlan(rig, suite, 42);
  EXPECT_FALSE(some.lasts.has_value());
  ASSERT_EQ(some.cells.size(), 5U);
  for (const std::size_t i : {1U, 2U, 3U}) {
    const Cell& cell = some.cells[i];
    const Cell& same = all.cells[static_cast<std::size_t>(cell.strike)];
    EXPECT_EQ(cell.Name(), same.Name());
    EXPECT_EQ(cell.seed, same.seed);
    EXPECT_EQ(cell.strike, same.strike);
  }
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
  std::vector<Act>
      acts;  // of a cell within the budget: all but the hold, and the measuring, which has cells of its own
  for (int act = static_cast<int>(Act::kDeploy); act <= static_cast<int>(Act::kRemove); ++act) {
    const auto one = static_cast<Act>(act);
    if (one != Act::kHold && one != Act::kMeasure) acts.push_back(one);
  }
  ASSERT_EQ(acts.size(), 11U);
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    EXPECT_EQ(plan.steps[i].number, static_cast<int>(i) + 1);
    EXPECT_GT(plan.steps[i].limit, Duration::zero());
    if (i < 2) continue;
    EXPECT_EQ(plan.steps[i].cell, static_cast<int>((i - 2) / 11) + 1);
    EXPECT_EQ(plan.steps[i].act, acts[(i - 2) % 11]);
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
  rig.bounds.redundancy_within = seconds(88);
  rig.bounds.read_within = seconds(99);
  rig.bounds.traffic_within = seconds(66);
  rig.bounds.bite_within = seconds(55);
  rig.deadline = seconds(9);
  const Plan plan = MakePlan(rig, SomeSuite({"a"}, 1), 1);
  EXPECT_EQ(StepOf(plan, 1, Act::kAwaitTraffic).limit, seconds(66));
  EXPECT_EQ(StepOf(plan, 1, Act::kAwaitBite).limit, seconds(55));
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
  rig = SomeRig();
  rig.bounds.stable_for = minutes(3);
  EXPECT_EQ(StepOf(MakePlan(rig, SomeSuite({"a"}, 1), 1), 1, Act::kAwaitTraffic).limit, minutes(6));
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
  Duration InjectLimit() const override { return minutes(13); }
  Duration HealLimit() const override { return minutes(17); }
};

TEST(Plan, GivesAFaultTheTimeThatItSaysItTakes) {
  Registry<Fault>::Add("test-slow-to-heal",
                       [](const Fault::Context& context) { return std::make_unique<SlowToHeal>(context); });
  const Plan plan = MakePlan(SomeRig(), SomeSuite({"slow-to-heal", "unknown"}, 1), 1);
  EXPECT_EQ(StepOf(plan, 1, Act::kInject).limit, minutes(13));
  EXPECT_EQ(StepOf(plan, 2, Act::kInject).limit, kInjectLimit);
  EXPECT_EQ(StepOf(plan, 1, Act::kHeal).limit, minutes(17));
  EXPECT_EQ(StepOf(plan, 2, Act::kHeal).limit, minutes(3));
}

TEST(Plan, GivesAnInjectionThatLastsTheTimeThatTheSuiteHasItLast) {
  const auto limit = [](const std::string& fault, const std::string& option, const std::string& period) {
    Suite suite = SomeSuite({"a"}, 1);
    suite.scenarios[0].fault = {.name = fault, .options = Options({{option, {.text = period, .where = "s.yaml:1"}}})};
    return StepOf(MakePlan(SomeRig(), suite, 1), 1, Act::kInject).limit;
  };
  EXPECT_EQ(limit("node-power-cycle", "off_for", "5m"), minutes(5) + kInjectLimit);
  EXPECT_EQ(limit("kubelet-stop", "stopped_for", "5m"), minutes(5) + kInjectLimit);
  EXPECT_EQ(limit("etcd-pause", "lasts", "5m"), minutes(5) + kInjectLimit);
  EXPECT_EQ(limit("node-drain", "limit", "5m"), minutes(5) + kInjectLimit);
  EXPECT_GT(limit("network-flap", "cut_for", "1m"), minutes(5));
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

// The steps of the first cell between the traffic and the end of the clients, without numbers and limits.
std::string HurtingSteps(const Plan& plan) {
  std::string text;
  for (const Step& step : plan.steps) {
    if (step.act < Act::kInject || step.act > Act::kAwaitWhole) continue;
    text += fmt::format("{} {}, ", ToString(step.act), step.subject);
  }
  return text;
}

TEST(Plan, InjectsCompanionsInOrderAndHealsTheLastOneFirst) {
  Suite suite = SomeSuite({"strike"}, 1);
  suite.scenarios[0].companions.meanwhile = Part{.name = "db-kill", .options = {}};
  suite.scenarios[0].companions.then = Part{.name = "pod-delete", .options = {}};
  const Plan plan = MakePlan(SomeRig(), suite, 1);
  EXPECT_EQ(
      HurtingSteps(plan),
      "inject db-kill, await bite of db-kill, inject test-strike, await bite of test-strike, inject pod-delete, "
      "await bite of pod-delete, await recovery from test-strike, heal pod-delete, heal test-strike, heal db-kill, "
      "await all replicas of storage, ");
  EXPECT_THAT(PrintPlan(SomeRig(), plan),
              testing::HasSubstr("inject pod-delete                after 5 s, within 2 min"));
}

TEST(Plan, SaysThatASecondFaultComesAfterTheEndOfOneThatEndsByItself) {
  Suite suite = SomeSuite({"strike"}, 1);
  suite.scenarios[0].fault.name = "kubelet-stop";
  suite.scenarios[0].companions.then = Part{.name = "node-drain", .options = {}};
  const auto text = [&suite] { return PrintPlan(SomeRig(), MakePlan(SomeRig(), suite, 1)); };
  EXPECT_THAT(text(), testing::HasSubstr("5 s after the end of kubelet-stop, within 3 min"));
  suite.scenarios[0].companions.after = {};
  suite.scenarios[0].companions.amid_rebuild = true;
  EXPECT_THAT(text(), testing::HasSubstr("at once after the end of kubelet-stop, amid a rebuild, within 3 min"));
  suite.scenarios[0].fault.name = "node-cut";
  EXPECT_THAT(text(), testing::HasSubstr("at once, amid a rebuild, within 3 min"));
}

TEST(Plan, DemandsNoRecoveryBeyondTheFaultBudget) {
  Suite suite = SomeSuite({"two-blows"}, 1);
  suite.scenarios[0].fault.name = "disk-loss";
  suite.scenarios[0].companions.then = Part{.name = "node-power-off", .options = {}};
  const Plan beyond = MakePlan(SomeRig(), suite, 1);
  EXPECT_EQ(beyond.cells[0].demands, Demands::kSafety);
  EXPECT_EQ(beyond.cells[0].memory_loss, MemoryLoss::kPower);
  EXPECT_EQ(HurtingSteps(beyond),
            "inject disk-loss, await bite of disk-loss, inject node-power-off, await bite of node-power-off, "
            "hold disk-loss, heal node-power-off, heal disk-loss, await recovery from disk-loss, "
            "await all replicas of storage, ");
  suite.budget = 2;
  EXPECT_EQ(MakePlan(SomeRig(), suite, 1).cells[0].demands, Demands::kRecovery);
}

TEST(Plan, DependsOnItsSeed) {
  const Rig rig = SomeRig();
  const Suite suite = SomeSuite({"a"}, 3);
  EXPECT_EQ(PrintPlan(rig, MakePlan(rig, suite, 1)), PrintPlan(rig, MakePlan(rig, suite, 1)));
  EXPECT_NE(MakePlan(rig, suite, 1).cells[0].seed, MakePlan(rig, suite, 2).cells[0].seed);
}

}  // namespace
}  // namespace holdfast
