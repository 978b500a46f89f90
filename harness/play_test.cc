// Promise: whatever goes wrong in a run, what was hurt is healed, what was made is unmade, and the history says what
// happened.
#include "harness/play.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>

#include "harness/history.h"
#include "harness/host/temporary_state.h"
#include "harness/judging/testimony.h"
#include "harness/playing/scripted_stage.h"

namespace holdfast {
namespace {

using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class PlayTest : public testing::Test {
 protected:
  PlayTest() {
    std::filesystem::create_directory(folder_.path() / "logs");
    rig_.cluster = "test";
    rig_.provider.name = rig_.backend.name = rig_.workload.name = "fake";
    suite_.name = "test";
    AddScenario("first");
  }

  void AddScenario(const std::string& name) {
    Scenario scenario;
    scenario.name = name;
    scenario.fault.name = "sting";
    suite_.scenarios.push_back(scenario);
  }

  Played Run(Afterwards afterwards = Afterwards::kTearDown) {
    Stage stage = MakeStage(fakes_.host, provider_, backend_, workload_, progress_);
    stage.make_fault = [this](const Part&) { return std::make_unique<ScriptedFault>(script_); };
    stage.start_load = [this](const LoadSetup& setup) { return std::make_unique<ScriptedLoad>(setup.host, script_); };
    stage.observe = observe_;
    stage.watch_health = watch_health_;
    stage.passes = passes_;
    return Play(stage, rig_, MakePlan(rig_, suite_, 42), folder_.path(), afterwards);
  }

  CellHistory HistoryOf(int cell) {
    auto histories = ReadHistory(folder_.path() / "history.jsonl");
    EXPECT_TRUE(histories.has_value()) << histories.error().message;
    return (*histories)[cell];
  }
  std::vector<std::string> MarksOf(int cell) {
    std::vector<std::string> names;
    for (const Mark& mark : HistoryOf(cell).marks) names.push_back(mark.name);
    return names;
  }
  std::string TextOf(int cell, const std::string& name) {
    for (const Mark& mark : HistoryOf(cell).marks) {
      if (mark.name == name) return mark.text;
    }
    return "";
  }
  void ExpectNothingLeft() const {
    EXPECT_FALSE(script_.up);
    EXPECT_FALSE(script_.hurt);
    EXPECT_THAT(script_.databases, IsEmpty());
    EXPECT_EQ(script_.loads, 0);
  }

  TemporaryState folder_;  // for the locks, too
  FakeWorld fakes_;
  Script script_;
  ScriptedProvider provider_{fakes_.cluster, script_};
  ScriptedBackend backend_{fakes_.cluster, script_};
  ScriptedWorkload workload_{fakes_.cluster, script_};
  QuietProgress progress_;
  Rig rig_;
  Suite suite_;
  std::function<std::unique_ptr<Observer>(const ObserverSetup&)> observe_;
  std::function<std::unique_ptr<HealthWatch>(const HealthWatchSetup&)> watch_health_;
  std::function<bool(const Cell&)> passes_;
};

TEST_F(PlayTest, ACellLeavesItsMarksInTheOrderOfThePlan) {
  const Played played = Run();
  EXPECT_FALSE(played.stopped) << played.stopped->message;
  EXPECT_THAT(MarksOf(1),
              ElementsAre(kMarkCellBegun, kMarkPlacement, kMarkPinned, kMarkInjecting, kMarkInjected, kMarkBitten,
                          kMarkRecovered, kMarkPlacement, kMarkHealed, kMarkWhole, kMarkCellEnded));
  EXPECT_EQ(TextOf(1, kMarkBitten), "n1 says ouch");
  ExpectNothingLeft();
}

TEST_F(PlayTest, CompanionsAreArmedOneByOneAndHealedTheLastOneFirst) {
  suite_.scenarios[0].companions.meanwhile = Part{.name = "gloom", .options = {}};
  suite_.scenarios[0].companions.then = Part{.name = "blow", .options = {}};
  suite_.budget = 3;
  std::vector<std::size_t> outstanding;
  script_.on_inject = [&] { outstanding.push_back(UndoLog(folder_.path() / "undo.jsonl").Outstanding()->size()); };
  const Played played = Run();
  EXPECT_FALSE(played.stopped) << played.stopped->message;
  EXPECT_THAT(outstanding, ElementsAre(1, 2, 3)) << "the undo of each is on disk before it is injected";
  EXPECT_THAT(MarksOf(1), ElementsAre(kMarkCellBegun, kMarkPlacement, kMarkPinned, kMarkInjecting, kMarkInjected,
                                      kMarkPartlyBitten, kMarkAlsoInjecting, kMarkInjected, kMarkPartlyBitten,
                                      kMarkAlsoInjecting, kMarkInjected, kMarkBitten, kMarkRecovered, kMarkPlacement,
                                      kMarkPartlyHealed, kMarkPartlyHealed, kMarkHealed, kMarkWhole, kMarkCellEnded));
  EXPECT_EQ(TextOf(1, kMarkPartlyHealed), "blow");
  EXPECT_EQ(TextOf(1, kMarkHealed), "gloom");
  EXPECT_EQ(TextOf(1, kMarkBitten), "n1 says ouch; n1 says ouch; n1 says ouch");
  ExpectNothingLeft();
}

// The texts of the marks of this name.
std::vector<std::string> TextsOf(const CellHistory& history, const std::string& name) {
  std::vector<std::string> texts;
  for (const Mark& mark : history.marks) {
    if (mark.name == name) texts.push_back(mark.text);
  }
  return texts;
}

TEST_F(PlayTest, ADatabaseGoesWhileTheNextOneIsDeployedAndBeforeThatOneIsHurt) {
  AddScenario("second");
  std::promise<void> second_deployed;
  std::atomic<int> deployed = 0, removed = 0;
  workload_.on_deploy = [&] {
    if (++deployed == 2) second_deployed.set_value();
  };
  workload_.on_remove = [&] {
    if (removed == 0) EXPECT_EQ(second_deployed.get_future().wait_for(seconds(10)), std::future_status::ready);
    ++removed;
    return Status();
  };
  int injected = 0;
  script_.on_inject = [&] { EXPECT_EQ(removed, injected++); };
  EXPECT_FALSE(Run().stopped);
  EXPECT_EQ(injected, 2);
  ExpectNothingLeft();
}

TEST_F(PlayTest, ADatabaseThatCannotBeRemovedIsSaidOfItsOwnCell) {
  AddScenario("second");
  std::atomic<int> removals = 0;
  workload_.on_remove = [&]() -> Status {
    if (removals++ > 0) return {};
    return Unavailable("the volume is still there");
  };
  EXPECT_FALSE(Run().stopped);
  EXPECT_THAT(TextOf(1, kMarkHarnessTrouble), HasSubstr("the volume is still there"));
  EXPECT_THAT(MarksOf(2), Not(Contains(kMarkHarnessTrouble)));
}

TEST_F(PlayTest, AFaultThatComesSecondStrikesWhereTheFirstOneHasLeftTheDatabase) {
  suite_.scenarios[0].companions.then = Part{.name = "blow", .options = {}};
  script_.on_inject = [this] { script_.node = "n2"; };
  EXPECT_FALSE(Run().stopped);
  EXPECT_EQ(TextOf(1, kMarkInjecting), R"({"node":"n1"})");
  EXPECT_EQ(TextOf(1, kMarkAlsoInjecting), R"({"node":"n2"})");
}

TEST_F(PlayTest, WhereTheFirstOneTookTheApiAwayTheSecondStrikesWhatWasChosenBefore) {
  suite_.scenarios[0].companions.then = Part{.name = "blow", .options = {}};
  fakes_.host.On("*--raw /readyz*", Output{.exit_status = 1, .out = "", .err = "connection refused"});
  script_.on_inject = [this] { script_.armable = false; };
  const Played played = Run();
  EXPECT_FALSE(played.stopped);
  EXPECT_EQ(TextOf(1, kMarkAlsoInjecting), R"({"node":"n1"})");
  EXPECT_EQ(std::count_if(
                progress_.lines.begin(), progress_.lines.end(),
                [](const std::string& line) { return line.find("the API server does not answer, waiting (") == 0; }),
            1);
}

TEST_F(PlayTest, WithoutATargetTheSecondOneIsNotInjected) {
  suite_.scenarios[0].companions.then = Part{.name = "blow", .options = {}};
  fakes_.host.On("*--raw /readyz*", Output{.exit_status = 0, .out = "ok", .err = ""});
  script_.on_inject = [this] { script_.armable = false; };
  EXPECT_FALSE(Run().stopped);
  EXPECT_THAT(script_.acts, ElementsAre("inject", "heal"));
  EXPECT_THAT(TextOf(1, kMarkHarnessTrouble), HasSubstr("a target of blow"));
  ExpectNothingLeft();
}

TEST_F(PlayTest, ARebuildThatIsOverCannotBeInterrupted) {
  suite_.scenarios[0].companions.then = Part{.name = "blow", .options = {}};
  suite_.scenarios[0].companions.amid_rebuild = true;
  EXPECT_FALSE(Run().stopped);
  EXPECT_THAT(script_.acts, ElementsAre("inject", "heal"));
  EXPECT_THAT(TextOf(1, kMarkHarnessTrouble),
              HasSubstr("the rebuild was over before it could be interrupted: 3/3 replicas"));
  ExpectNothingLeft();
}

TEST_F(PlayTest, ThatARebuildIsInterruptedIsMarked) {
  suite_.scenarios[0].companions.then = Part{.name = "blow", .options = {}};
  suite_.scenarios[0].companions.amid_rebuild = true;
  script_.on_inject = [this] {
    script_.whole = false;
    script_.missing_bytes = 4096;
  };
  script_.on_heal = [this] { script_.whole = true; };
  EXPECT_FALSE(Run().stopped);
  EXPECT_EQ(TextOf(1, kMarkRebuilding), "2/3 replicas");
  EXPECT_EQ(FieldOf(*FirstMark(HistoryOf(1), kMarkRebuilding), kFieldMissingBytes), "4096");
  EXPECT_THAT(TextsOf(HistoryOf(1), kMarkInjected), ElementsAre("sting", "blow"));
}

// Has seen what it is told to, and tells when it is stopped.
class ScriptedHealthWatch : public HealthWatch {
 public:
  explicit ScriptedHealthWatch(const HealthWatchSetup& setup) : began_(setup.clock()) {}
  HealthSeen Stop() override {
    HealthSeen seen;
    seen.Add(began_, began_, {.whole = false, .detail = "", .missing_bytes = 700});
    seen.Add(began_ + 1, began_ + 2, {.whole = true, .detail = "", .missing_bytes = 0});
    return seen;
  }

 private:
  const Nanoseconds began_;
};

TEST_F(PlayTest, WhatAFaultThatEndedByItselfCostsIsWatchedFromItsEndOn) {
  script_.ends_by_itself = true;
  watch_health_ = [](const HealthWatchSetup& setup) { return std::make_unique<ScriptedHealthWatch>(setup); };
  EXPECT_FALSE(Run().stopped);
  const CellHistory history = HistoryOf(1);
  const Mark& over = *FirstMark(history, kMarkOver);
  const Mark& whole = *FirstMark(history, kMarkWhole);
  EXPECT_GE(over.time, FirstMark(history, kMarkInjected)->time);
  EXPECT_LT(over.time, FirstMark(history, kMarkBitten)->time + 1);
  EXPECT_GT(whole.time, over.time + 2) << "it was waited for the recovery meanwhile";
  EXPECT_EQ(FieldOf(whole, kFieldWholeSince), std::to_string(over.time + 2));
  EXPECT_EQ(FieldOf(whole, kFieldNotWholeUntil), std::to_string(over.time));
  EXPECT_EQ(FieldOf(whole, kFieldRebuiltBytes), "700");
}

TEST_F(PlayTest, BeyondTheBudgetTheStorageIsWatchedFromTheHealOn) {
  suite_.budget = 0;
  suite_.scenarios[0].fault.name = "node-drain";
  watch_health_ = [](const HealthWatchSetup& setup) { return std::make_unique<ScriptedHealthWatch>(setup); };
  EXPECT_FALSE(Run().stopped);
  const CellHistory history = HistoryOf(1);
  EXPECT_EQ(FirstMark(history, kMarkOver), nullptr);
  EXPECT_EQ(FieldOf(*FirstMark(history, kMarkWhole), kFieldWholeSince),
            std::to_string(FirstMark(history, kMarkHealed)->time + 2));
}

TEST_F(PlayTest, OneOfSeveralThatStaysUntilItIsHealedIsNotOver) {
  suite_.scenarios[0].companions.then = Part{.name = "blow", .options = {}};
  EXPECT_FALSE(Run().stopped);
  EXPECT_THAT(MarksOf(1), Not(Contains(kMarkOver)));
}

TEST_F(PlayTest, WhoBroughtItBackIsToldOnceTheApiServerAnswersAgain) {
  bool away = false;
  workload_.on_locate = [&away]() -> Status { return away ? Status(Unavailable("connection refused")) : Status(); };
  script_.on_inject = [&away] { away = true; };
  script_.on_heal = [&away] { away = false; };
  EXPECT_FALSE(Run().stopped);
  EXPECT_THAT(TextsOf(HistoryOf(1), kMarkPlacement), ElementsAre("before", "after"));
  EXPECT_EQ(MarksOf(1).back(), kMarkCellEnded);
}

TEST_F(PlayTest, BeyondTheBudgetRecoveryIsAwaitedAfterTheHeal) {
  suite_.budget = 0;
  suite_.scenarios[0].fault.name = "node-drain";  // for its toll; what is played is the sting
  script_.recovers = false;                       // before the heal
  const Played played = Run();
  EXPECT_FALSE(played.stopped) << played.stopped->message;
  EXPECT_THAT(MarksOf(1),
              ElementsAre(kMarkCellBegun, kMarkPlacement, kMarkPinned, kMarkInjecting, kMarkInjected, kMarkBitten,
                          kMarkHealed, kMarkRecovered, kMarkPlacement, kMarkWhole, kMarkCellEnded));
  ExpectNothingLeft();
}

// Tells when it begins and when it ends, and whether there is a database then.
class ScriptedObserver : public Observer {
 public:
  ScriptedObserver(const ObserverSetup& setup, const Script& script) : setup_(setup), script_(script) {
    Tell("begins");
  }
  ~ScriptedObserver() override { Tell("ends"); }

 private:
  void Tell(const char* what) {
    setup_.timeline.Add({.cell = setup_.cell,
                         .time = setup_.clock(),
                         .kind = kOfWatch,
                         .name = script_.Has(setup_.space) ? "database" : "nothing",
                         .what = what});
  }
  const ObserverSetup setup_;
  const Script& script_;
};

TEST_F(PlayTest, EachCellIsObservedFromBeforeItsDatabaseIsDeployedUntilItIsToBeRemoved) {
  AddScenario("second");
  observe_ = [this](const ObserverSetup& setup) { return std::make_unique<ScriptedObserver>(setup, script_); };
  EXPECT_FALSE(Run().stopped);
  const auto timelines = ReadTimeline(folder_.path() / "timeline.jsonl").value();
  ASSERT_EQ(timelines.size(), 2U);
  for (const auto& [cell, timeline] : timelines) {
    ASSERT_EQ(timeline.entries.size(), 2U);
    EXPECT_EQ(timeline.entries[0].name + timeline.entries[0].what, "nothingbegins");
    EXPECT_EQ(timeline.entries[1].name + timeline.entries[1].what, "databaseends");
    const CellHistory history = HistoryOf(cell);
    EXPECT_GE(timeline.entries[0].time, history.marks.front().time) << "on the clock of the history";
    EXPECT_LE(timeline.entries[1].time, history.marks.back().time);
  }
  ExpectNothingLeft();
}

TEST_F(PlayTest, WithoutAnObserverThereIsNoTimeline) {
  Run();
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "timeline.jsonl"));
}

TEST_F(PlayTest, ADatabaseThatSaysItsDataAreDamagedIsNotAskedAgain) {
  script_.damaged = true;
  EXPECT_FALSE(Run().stopped);
  EXPECT_EQ(TextOf(1, kMarkDamaged), "page 7 has a wrong checksum");
  const CellHistory history = HistoryOf(1);
  EXPECT_EQ(history.reads.size(), 2U) << "the one after the recovery, and the final one";
  EXPECT_TRUE(history.reads.back().final);
  ExpectNothingLeft();
}

TEST_F(PlayTest, ClientsGoOnUntilAPauseThatTheHealMadeIsOver) {
  script_.on_heal = [this] { script_.paused_until = fakes_.host.Now() + std::chrono::seconds(20); };
  EXPECT_FALSE(Run().stopped);
  const CellHistory history = HistoryOf(1);
  const Mark& whole = *FirstMark(history, kMarkWhole);
  EXPECT_GE(Duration(FirstMark(history, kMarkCellEnded)->time - whole.time), std::chrono::seconds(25));
  ExpectNothingLeft();
}

TEST_F(PlayTest, TheUndoIsOnDiskBeforeTheFaultIsInTheCluster) {
  std::size_t outstanding = 0;
  script_.on_inject = [&] { outstanding = UndoLog(folder_.path() / "undo.jsonl").Outstanding()->size(); };
  const Played played = Run();
  EXPECT_EQ(outstanding, 1U);
  EXPECT_THAT(played.outstanding, IsEmpty());
}

TEST_F(PlayTest, TrafficIsAwaitedBeforeTheFault) {
  script_.traffic = false;
  const Played played = Run();
  EXPECT_FALSE(played.stopped);
  EXPECT_THAT(script_.acts, IsEmpty());
  EXPECT_THAT(TextOf(1, kMarkHarnessTrouble), HasSubstr("0 of 0 acknowledged, connection refused"));
  ExpectNothingLeft();
}

TEST_F(PlayTest, WhoIsHeldUpBetweenThatAndTheFaultIsWaitedForAgain) {
  const Plan plan = MakePlan(rig_, suite_, 42);
  const auto traffic = std::find_if(plan.steps.begin(), plan.steps.end(),
                                    [](const Step& step) { return step.act == Act::kAwaitTraffic; });
  const Duration stable_for = rig_.bounds.stable_for;
  progress_.on_step = [&](std::size_t) {
    if (progress_.steps.back().find("acknowledged writes") == std::string::npos) return;
    script_.paused_from = fakes_.host.Now() + stable_for + traffic->delay / 2;
    script_.paused_until = script_.paused_from + seconds(30);
  };
  Time injected{};
  script_.on_inject = [&] { injected = fakes_.host.Now(); };
  EXPECT_FALSE(Run().stopped);
  EXPECT_GE(injected, script_.paused_until + stable_for);
}

TEST_F(PlayTest, AFaultThatDoesNotBiteIsSaidSoAndHealedAllTheSame) {
  script_.bites = false;
  const Played played = Run();
  EXPECT_FALSE(played.stopped);
  EXPECT_THAT(MarksOf(1), Contains(kMarkNotBitten));
  EXPECT_THAT(MarksOf(1), Not(Contains(kMarkBitten)));
  EXPECT_THAT(TextOf(1, kMarkNotBitten), HasSubstr("n1 says ouch"));
  EXPECT_THAT(script_.acts, ElementsAre("inject", "heal"));
}

TEST_F(PlayTest, ADatabaseThatStaysAwayIsGivenUpInTheClustersWords) {
  script_.recovers = false;
  fakes_.cluster.pod_is_placed = false;
  const Played played = Run();
  EXPECT_FALSE(played.stopped);
  EXPECT_EQ(TextOf(1, kMarkNotRecovered), "0/3 nodes are available");
  EXPECT_THAT(MarksOf(1), Not(Contains(kMarkHarnessTrouble))) << "it is the system's failure, not the harness's";
  EXPECT_THAT(MarksOf(1), Contains(kMarkHealed));
  ExpectNothingLeft();
}

TEST_F(PlayTest, AClusterThatDiedIsTheHarnesssTroubleAndSaidBeforeTheEndOfTheOutage) {
  script_.recovers = false;
  script_.on_inject = [this] { script_.up = false; };
  Run();
  EXPECT_EQ(TextOf(1, kMarkHarnessTrouble), "the cluster is not up any more");
  const std::vector<std::string> marks = MarksOf(1);
  EXPECT_LT(std::find(marks.begin(), marks.end(), kMarkHarnessTrouble),
            std::find(marks.begin(), marks.end(), kMarkNotRecovered));
}

TEST_F(PlayTest, AControlPlaneThatTheFaultStoppedIsNoTrouble) {
  script_.recovers = false;
  script_.stops_control_plane = true;
  script_.on_inject = [this] { script_.up = false; };
  script_.on_heal = [this] { script_.up = true; };
  Run();
  EXPECT_THAT(MarksOf(1), Contains(kMarkNotRecovered));
  EXPECT_THAT(MarksOf(1), Not(Contains(kMarkHarnessTrouble)));
}

TEST_F(PlayTest, AControlPlaneThatTheFaultStoppedForAWhileIsUpAgainOrInTrouble) {
  script_.recovers = false;
  script_.stops_control_plane = script_.ends_by_itself = true;
  script_.on_inject = [this] { script_.up = false; };
  Run();
  EXPECT_THAT(MarksOf(1), Contains(kMarkHarnessTrouble));
}

TEST_F(PlayTest, ADatabaseThatStaysAwayOnStorageThatIsNotWholeIsGivenUpInTheWordsOfBoth) {
  script_.recovers = false;
  fakes_.cluster.pod_is_placed = false;
  script_.on_inject = [this] { script_.whole = false; };
  Run();
  EXPECT_EQ(TextOf(1, kMarkNotRecovered), "0/3 nodes are available; the storage is not whole: 2/3 replicas");
}

TEST_F(PlayTest, AnInjectionThatFailedHalfWayIsHealedAndTheNextCellIsPlayed) {
  AddScenario("second");
  script_.inject_fails = "the API server said no";
  script_.on_inject = [this] {
    if (!script_.acts.empty()) script_.inject_fails.reset();
  };
  const Played played = Run();
  EXPECT_FALSE(played.stopped);
  EXPECT_THAT(script_.acts, ElementsAre("inject", "heal", "inject", "heal"));
  EXPECT_THAT(TextOf(1, kMarkHarnessTrouble), HasSubstr("the API server said no"));
  EXPECT_THAT(MarksOf(1), Not(Contains(kMarkBitten)));
  EXPECT_THAT(MarksOf(2), Contains(kMarkBitten));
  ExpectNothingLeft();
}

TEST_F(PlayTest, AnInjectionThatTakesLongerThanThePlanAllowsIsNoExperiment) {
  script_.on_inject = [this] { fakes_.host.SleepFor(std::chrono::minutes(3)); };
  const Played played = Run();
  EXPECT_FALSE(played.stopped);
  EXPECT_THAT(TextOf(1, kMarkHarnessTrouble), HasSubstr("it took 3 min, at most 2 min are allowed"));
  EXPECT_THAT(MarksOf(1), Not(Contains(kMarkInjected)));
  EXPECT_THAT(script_.acts, ElementsAre("inject", "heal"));
  ExpectNothingLeft();
}

TEST_F(PlayTest, AHealThatFailsStopsTheRunAndSaysWhatIsLeft) {
  AddScenario("second");
  script_.heal_fails = "n1 does not answer";
  const Played played = Run(Afterwards::kLeaveUp);
  ASSERT_TRUE(played.stopped);
  EXPECT_THAT(played.stopped->message, HasSubstr("n1 does not answer"));
  ASSERT_EQ(played.outstanding.size(), 1U);
  EXPECT_EQ(played.outstanding[0].fault, "sting");
  EXPECT_EQ(TextOf(1, kMarkNotHealed), "n1 does not answer");
  EXPECT_THAT(MarksOf(2), ElementsAre(kMarkHarnessTrouble));
  EXPECT_THAT(TextOf(2, kMarkHarnessTrouble), HasSubstr("not played"));
  EXPECT_THAT(script_.databases, IsEmpty());
  EXPECT_EQ(script_.loads, 0);
}

TEST_F(PlayTest, AHealThatIsRefusedIsNoMistakeOfTheUser) {
  script_.heal_fails = "cluster sea has no node 'n9'; known: n1, n2, n3";
  script_.heal_fails_as = ErrorCode::kUsage;
  const Played played = Run(Afterwards::kLeaveUp);
  ASSERT_TRUE(played.stopped);
  EXPECT_EQ(played.stopped->code, ErrorCode::kUnavailable);
}

TEST_F(PlayTest, WhatCouldNotBeHealedIsGoneWithTheClusterOfTheRun) {
  script_.heal_fails = "n1 does not answer";
  const Played played = Run();
  EXPECT_TRUE(played.stopped);
  EXPECT_THAT(played.outstanding, IsEmpty());
  EXPECT_THAT(*UndoLog(folder_.path() / "undo.jsonl").Outstanding(), IsEmpty());
  ExpectNothingLeft();
}

// Interrupted while the step of that number runs.
class InterruptedAt : public PlayTest, public testing::WithParamInterface<std::size_t> {};

TEST_P(InterruptedAt, TheRunHealsAndTearsDown) {
  progress_.on_step = [this](std::size_t step) {
    if (step == GetParam()) fakes_.host.Interrupt();
  };
  const Played played = Run();
  ASSERT_TRUE(played.stopped);
  EXPECT_EQ(played.stopped->code, ErrorCode::kInterrupted) << played.stopped->message;
  EXPECT_THAT(played.outstanding, IsEmpty());
  EXPECT_THAT(*UndoLog(folder_.path() / "undo.jsonl").Outstanding(), IsEmpty());
  const auto count = [this](const char* act) { return std::count(script_.acts.begin(), script_.acts.end(), act); };
  EXPECT_EQ(count("inject"), count("heal"));
  ExpectNothingLeft();
}

// All but the last step, the removal of the only cell's database, after which there is nothing to interrupt.
INSTANTIATE_TEST_SUITE_P(EveryStep, InterruptedAt, testing::Range<std::size_t>(1, 13));

TEST_F(PlayTest, TheStepsToBeInterruptedAreAll) { EXPECT_EQ(MakePlan(rig_, suite_, 42).steps.size(), 13U); }

TEST_F(PlayTest, ACellThatDoesNotApplyIsSkippedNamingTheFacet) {
  script_.applies = false;
  const Played played = Run();
  EXPECT_FALSE(played.stopped);
  EXPECT_THAT(MarksOf(1), ElementsAre(kMarkCellBegun, kMarkSkipped, kMarkCellEnded));
  EXPECT_EQ(TextOf(1, kMarkSkipped), "provider fake has no Sting");
  EXPECT_THAT(script_.acts, IsEmpty());
}

TEST_F(PlayTest, NoDatabaseIsDeployedOnStorageThatIsNotWhole) {
  script_.whole = false;
  const Played played = Run();
  EXPECT_FALSE(played.stopped);
  EXPECT_THAT(TextOf(1, kMarkHarnessTrouble), HasSubstr("2/3 replicas"));
  EXPECT_THAT(script_.acts, IsEmpty());
}

TEST_F(PlayTest, StorageThatDoesNotBecomeWholeAgainIsMarkedAfterItsTime) {
  script_.on_inject = [this] { script_.whole = false; };
  const Played played = Run();
  EXPECT_FALSE(played.stopped);
  EXPECT_THAT(TextOf(1, kMarkNotWhole), HasSubstr("2/3 replicas"));
  EXPECT_THAT(MarksOf(1), Not(Contains(kMarkWhole)));
}

TEST_F(PlayTest, TheFinalReadIsRetriedOnlyWhileTheDatabaseCannotBeRead) {
  script_.on_heal = [this] { script_.reads_that_fail = 2; };
  Run();
  std::vector<std::string> final_reads;
  for (const ReadFindings& read : HistoryOf(1).reads) {
    if (read.final) final_reads.push_back(read.error);
  }
  EXPECT_THAT(final_reads, ElementsAre("connection refused", "connection refused", ""));
}

TEST_F(PlayTest, TheFirstReadAfterTheRecoveryIsRetriedOnlyWhileTheDatabaseCannotBeRead) {
  script_.reads_that_fail = 3;
  Run();
  std::vector<std::string> reads;
  for (const ReadFindings& read : HistoryOf(1).reads) {
    if (!read.final) reads.push_back(read.error);
  }
  EXPECT_THAT(reads, ElementsAre("connection refused", "connection refused", "connection refused", ""));
}

TEST_F(PlayTest, ADatabaseThatCannotBeReadAfterTheRecoveryIsHealedAllTheSame) {
  script_.reads_that_fail = 1'000'000;
  script_.on_heal = [this] { script_.reads_that_fail = 0; };
  EXPECT_FALSE(Run().stopped);
  const CellHistory history = HistoryOf(1);
  const Duration tried(history.reads[history.reads.size() - 2].begin - history.reads.front().begin);
  EXPECT_GT(tried, rig_.bounds.read_within - seconds(2));
  EXPECT_LE(tried, rig_.bounds.read_within);
  EXPECT_TRUE(history.reads.back().final && history.reads.back().IsComplete());
  ExpectNothingLeft();
}

TEST_F(PlayTest, EachReadMayTakeAllTheTimeThatTheRigAllows) {
  rig_.bounds.read_within = std::chrono::minutes(7);
  Run();
  EXPECT_THAT(script_.read_limits, ElementsAre(rig_.bounds.read_within, rig_.bounds.read_within));
}

// Folders of diagnostics, in the order of their names.
std::vector<std::string> TracesIn(const std::filesystem::path& logs) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(logs)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("cell-")) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

TEST_F(PlayTest, APassKeepsNoTraces) {
  script_.rows = 10'000;
  EXPECT_FALSE(Run().stopped);
  EXPECT_THAT(TracesIn(folder_.path() / "logs"), IsEmpty());
}

TEST_F(PlayTest, WhatGoesWrongIsLookedAtWhenItDoesAndBeforeTheDatabaseGoes) {
  script_.recovers = false;
  script_.on_heal = [this] { EXPECT_THAT(TracesIn(folder_.path() / "logs"), ElementsAre("cell-1-not-recovered")); };
  provider_.on_logs = [this] { EXPECT_EQ(script_.databases.size(), 1U) << "while it is still to be seen"; };
  Run();
  EXPECT_THAT(TracesIn(folder_.path() / "logs"), Contains("cell-1-not-recovered"));
}

TEST_F(PlayTest, AFaultThatDoesNotBiteLeavesTracesToo) {
  script_.bites = false;
  Run();
  EXPECT_THAT(TracesIn(folder_.path() / "logs"), Contains("cell-1-not-bitten"));
}

TEST_F(PlayTest, WritesThatMustBeMissingLeaveTracesBeforeTheRemoval) {
  script_.rows = 10;
  provider_.on_logs = [this] { EXPECT_EQ(script_.databases.size(), 1U); };
  Run();
  EXPECT_THAT(TracesIn(folder_.path() / "logs"), ElementsAre("cell-1-before-removal"));
}

TEST_F(PlayTest, ACellThatDoesNotPassLeavesTracesWhateverItsVerdict) {
  AddScenario("second");
  script_.rows = 10'000;
  passes_ = [this](const Cell& cell) {
    EXPECT_EQ(script_.databases.size(), 1U);
    return cell.number != 2;
  };
  EXPECT_FALSE(Run().stopped);
  EXPECT_THAT(TracesIn(folder_.path() / "logs"), ElementsAre("cell-2-before-removal"));
}

class SoakTest : public PlayTest {
 protected:
  SoakTest() {
    suite_.soak = Soak{.lasts = std::chrono::minutes(5), .least_pause = seconds(20), .most_pause = seconds(60)};
  }

  // Of those that were begun.
  std::vector<int> Strikes() {
    std::vector<int> strikes;
    for (const Cell& cell : MakePlan(rig_, suite_, 42).cells) {
      if (cell.role == Role::kStrike && !HistoryOf(cell.number).marks.empty()) strikes.push_back(cell.number);
    }
    return strikes;
  }
  std::ptrdiff_t Count(const char* act) const { return std::count(script_.acts.begin(), script_.acts.end(), act); }
};

TEST_F(SoakTest, OneDatabaseLivesThroughStrikeAfterStrikeUntilItsTimeIsOver) {
  std::set<std::string> databases;
  script_.on_inject = [&] {
    databases.insert(script_.databases.begin(), script_.databases.end());
    EXPECT_EQ(script_.loads, 2) << "that of the clients and the pinned one of this strike";
    EXPECT_FALSE(script_.hurt) << "the one before is healed";
  };
  const Played played = Run();
  EXPECT_FALSE(played.stopped) << played.stopped->message;
  EXPECT_EQ(databases.size(), 1U);
  const std::vector<int> strikes = Strikes();
  EXPECT_GE(strikes.size(), 3U);
  EXPECT_LT(strikes.size(), 5 * 60 / 25U) << "the time is over before the schedule is";
  for (const int strike : strikes) {
    EXPECT_THAT(MarksOf(strike),
                ElementsAre(kMarkCellBegun, kMarkPlacement, kMarkPinned, kMarkInjecting, kMarkInjected, kMarkBitten,
                            kMarkRecovered, kMarkPlacement, kMarkHealed, kMarkWhole, kMarkCellEnded));
    EXPECT_TRUE(HistoryOf(strike).reads.empty());
  }
  EXPECT_THAT(MarksOf(1), ElementsAre(kMarkCellBegun, kMarkCellEnded));
  const std::vector<ReadFindings> reads = HistoryOf(1).reads;
  EXPECT_EQ(reads.size(), 2 * strikes.size() + 1) << "after each recovery, after each pause and at the end";
  for (std::size_t i = 0; i < reads.size(); ++i) EXPECT_EQ(reads[i].final, i + 1 == reads.size());
  ExpectNothingLeft();
}

TEST_F(SoakTest, AStrikeBeginsOnlyWithinItsTimeAndIsFinished) {
  suite_.soak->lasts = seconds(1);
  EXPECT_FALSE(Run().stopped);
  EXPECT_THAT(Strikes(), ElementsAre(2));
  EXPECT_THAT(script_.acts, ElementsAre("inject", "heal"));
  ExpectNothingLeft();
}

TEST_F(SoakTest, AsManyStrikesAsAreWantedArePlayedHoweverLongTheyTake) {
  suite_.soak->lasts = seconds(1);
  suite_.soak->strikes = 4;
  suite_.soak->without = {2};
  EXPECT_FALSE(Run().stopped);
  EXPECT_EQ(Strikes().size(), 3U);
  ExpectNothingLeft();
}

TEST_F(SoakTest, OnStorageThatIsNotWholeNoOtherFaultIsApplied) {
  script_.on_inject = [this] { script_.whole = Count("inject") == 0; };
  EXPECT_FALSE(Run().stopped);
  EXPECT_THAT(Strikes(), ElementsAre(2, 3));
  EXPECT_THAT(MarksOf(3), Contains(kMarkNotWhole));
  EXPECT_TRUE(HistoryOf(1).reads.back().final) << "what there is is read back";
  ExpectNothingLeft();
}

TEST_F(SoakTest, AStrikeThatTheHarnessCouldNotMakeIsHealedAndEndsTheSoak) {
  script_.inject_fails = "the API server said no";
  EXPECT_FALSE(Run().stopped);
  EXPECT_THAT(Strikes(), ElementsAre(2));
  EXPECT_THAT(TextOf(2, kMarkHarnessTrouble), HasSubstr("the API server said no"));
  EXPECT_THAT(script_.acts, ElementsAre("inject", "heal"));
  EXPECT_TRUE(HistoryOf(1).reads.back().final);
  ExpectNothingLeft();
}

TEST_F(SoakTest, AHealThatFailsStopsTheRunAndSaysWhatIsLeft) {
  script_.on_inject = [this] {
    if (Count("inject") == 1) script_.heal_fails = "n1 does not answer";
  };
  const Played played = Run(Afterwards::kLeaveUp);
  ASSERT_TRUE(played.stopped);
  ASSERT_EQ(played.outstanding.size(), 1U);
  EXPECT_THAT(Strikes(), ElementsAre(2, 3));
  EXPECT_EQ(TextOf(3, kMarkNotHealed), "n1 does not answer");
  EXPECT_THAT(script_.databases, IsEmpty());
  EXPECT_EQ(script_.loads, 0);
}

TEST_F(SoakTest, AFaultThatDoesNotApplyIsSkippedAndTheSoakGoesOn) {
  script_.applies = false;
  EXPECT_FALSE(Run().stopped);
  EXPECT_THAT(MarksOf(2), ElementsAre(kMarkCellBegun, kMarkSkipped, kMarkCellEnded));
  EXPECT_THAT(script_.acts, IsEmpty());
  ExpectNothingLeft();
}

TEST_F(SoakTest, WithoutADatabaseThereIsNoStrike) {
  script_.whole = false;
  EXPECT_FALSE(Run().stopped);
  EXPECT_THAT(Strikes(), IsEmpty());
  EXPECT_THAT(TextOf(1, kMarkHarnessTrouble), HasSubstr("2/3 replicas"));
  ExpectNothingLeft();
}

// Interrupted while the step of that number runs: in the opening, in a strike, and in the one after it.
class SoakInterruptedAt : public SoakTest, public testing::WithParamInterface<std::size_t> {};

TEST_P(SoakInterruptedAt, TheRunHealsAndTearsDown) {
  progress_.on_step = [this](std::size_t step) {
    if (step == GetParam()) fakes_.host.Interrupt();
  };
  const Played played = Run();
  ASSERT_TRUE(played.stopped);
  EXPECT_EQ(played.stopped->code, ErrorCode::kInterrupted) << played.stopped->message;
  EXPECT_THAT(*UndoLog(folder_.path() / "undo.jsonl").Outstanding(), IsEmpty());
  EXPECT_EQ(Count("inject"), Count("heal"));
  ExpectNothingLeft();
}

INSTANTIATE_TEST_SUITE_P(EveryStep, SoakInterruptedAt, testing::Range<std::size_t>(1, 21));

TEST_F(PlayTest, AClusterThatWasUpBeforeIsLeftUp) {
  script_.up = true;
  const Played played = Run();
  EXPECT_FALSE(played.stopped);
  EXPECT_TRUE(script_.up);
  EXPECT_THAT(script_.databases, IsEmpty());
}

TEST_F(PlayTest, WithoutAClusterNoCellIsPlayedAndEachSaysWhy) {
  AddScenario("second");
  script_.create_fails = "no /dev/net/tun";
  const Played played = Run();
  ASSERT_TRUE(played.stopped);
  for (const int cell : {1, 2}) EXPECT_THAT(TextOf(cell, kMarkHarnessTrouble), HasSubstr("no /dev/net/tun"));
  EXPECT_THAT(script_.acts, IsEmpty());
}

}  // namespace
}  // namespace holdfast
