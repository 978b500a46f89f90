// Promise: whatever goes wrong in a run, what was hurt is healed, what was made is unmade, and the history says what
// happened.
#include "harness/play.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "harness/fakes.h"
#include "harness/history.h"
#include "harness/temporary_state.h"

namespace holdfast {
namespace {

using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// What the scripted parts of a theatre share: what they are told to do, and what was done to them.
struct Script {
  bool applies = true;
  std::optional<std::string> inject_fails;
  bool bites = true;
  std::optional<std::string> heal_fails;
  bool recovers = true;  // by itself; the heal always helps
  bool whole = true;
  bool traffic = true;
  int reads_that_fail = 0;
  std::optional<std::string> create_fails;
  std::function<void()> on_inject = [] {};

  bool hurt = false;
  bool up = false;
  std::set<std::string> databases;  // by namespace
  int loads = 0;                    // running
  std::vector<std::string> acts;
};

class ScriptedProvider : public FakeProvider {
 public:
  ScriptedProvider(FakeCluster& cluster, Script& script) : FakeProvider(cluster, Facets::kAll), script_(script) {}
  Status Create(Progress&) override {
    if (script_.create_fails) return Unavailable(*script_.create_fails);
    script_.up = true;
    return {};
  }
  Status Destroy(Progress&) override {
    script_.up = script_.hurt = false;
    script_.databases.clear();
    return {};
  }
  Result<bool> IsUp() override { return script_.up; }

 private:
  Script& script_;
};

class ScriptedBackend : public FakeBackend {
 public:
  ScriptedBackend(FakeCluster& cluster, Script& script) : FakeBackend(cluster, Facets::kAll), script_(script) {}
  Result<Health> GetHealth() override {
    return Health{.whole = script_.whole, .detail = script_.whole ? "3/3 replicas" : "2/3 replicas"};
  }

 private:
  Script& script_;
};

class ScriptedWorkload : public FakeWorkload {
 public:
  ScriptedWorkload(FakeCluster& cluster, Script& script) : FakeWorkload(cluster), script_(script) {}
  Status Deploy(const Kube&, Provider&, const std::string& space, const std::string&, Duration) override {
    script_.databases.insert(space);
    return {};
  }
  Status Remove(const Kube&, const std::string& space, Duration) override {
    script_.databases.erase(space);
    return {};
  }
  Result<std::vector<Row>> ReadAll(const Kube&, const std::string&, Duration) override {
    if (script_.reads_that_fail-- > 0) return Unavailable("connection refused");
    return std::vector<Row>{};
  }

 private:
  Script& script_;
};

class ScriptedFault : public Fault {
 public:
  explicit ScriptedFault(Script& script) : script_(script) {}
  Status Check() const override { return {}; }
  std::optional<std::string> Missing(Provider&, Backend&) const override {
    if (script_.applies) return std::nullopt;
    return "provider fake has no Sting";
  }
  Result<nlohmann::json> Arm(World&) override { return nlohmann::json{{"node", "n1"}}; }
  Status Inject(World&) override {
    script_.on_inject();
    script_.acts.emplace_back("inject");
    script_.hurt = true;
    if (script_.inject_fails) return Unavailable(*script_.inject_fails);
    return {};
  }
  Result<Bite> Biting(World&) override { return Bite{.bitten = script_.bites, .evidence = "n1 says ouch"}; }
  Status Heal(World&, const nlohmann::json& undo) override {
    EXPECT_EQ(undo, (nlohmann::json{{"node", "n1"}}));
    script_.acts.emplace_back("heal");
    if (script_.heal_fails) return Unavailable(*script_.heal_fails);
    script_.hurt = false;
    return {};
  }

 private:
  Script& script_;
};

// 100 acknowledged writes a second, except while the database is away.
class ScriptedLoad : public Load {
 public:
  ScriptedLoad(Host& host, Script& script) : host_(host), script_(script), started_(host.Now()) { ++script_.loads; }
  ~ScriptedLoad() override { Stop(); }
  Traffic Look() const override {
    Traffic traffic;
    if (!script_.traffic) {
      traffic.last_error = "connection refused";
      return traffic;
    }
    const bool away = script_.hurt && !script_.recovers;
    if (!away) last_ = host_.Now();
    traffic.acknowledged = static_cast<std::uint64_t>((last_ - started_) / std::chrono::milliseconds(10));
    traffic.ended = traffic.acknowledged;
    traffic.last_acknowledged = last_;
    traffic.steady_since = started_;
    return traffic;
  }
  void Stop() override {
    if (!stopped_) --script_.loads;
    stopped_ = true;
  }

 private:
  Host& host_;
  Script& script_;
  Time started_;
  mutable Time last_{};
  bool stopped_ = false;
};

class QuietProgress : public Progress {
 public:
  Status Step(const std::string& title, std::chrono::seconds, const std::function<Status()>& work) override {
    steps.push_back(title);
    on_step(steps.size());
    return work();
  }
  void Say(const std::string& line) override { lines.push_back(line); }

  std::vector<std::string> steps;
  std::vector<std::string> lines;
  std::function<void(std::size_t)> on_step = [](std::size_t) {};
};

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
  script_.reads_that_fail = 3;  // the one after the recovery, and two final ones
  Run();
  std::vector<std::string> final_reads;
  for (const ReadFindings& read : HistoryOf(1).reads) {
    if (read.final) final_reads.push_back(read.error);
  }
  EXPECT_THAT(final_reads, ElementsAre("connection refused", "connection refused", ""));
}

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
