// Promise: the cells of one plan are played on several clusters side by side, each once, into one history that does not
// tell in which order; what goes wrong on one cluster stays there, and the others play the rest.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <latch>

#include "harness/history.h"
#include "harness/host/temporary_state.h"
#include "harness/play.h"
#include "harness/playing/lanes.h"
#include "harness/playing/scripted_stage.h"

namespace holdfast {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int kCells = 6;

// One cluster with all that is on it.
struct Theatre {
  explicit Theatre(const std::string& cluster, const std::filesystem::path& where) : folder(where) {
    rig.cluster = cluster;
    rig.provider.name = rig.backend.name = rig.workload.name = "fake";
    script.rows = 3'000;  // more than are acknowledged in a cell
    stage.make_fault = [this](const Part&) { return std::make_unique<ScriptedFault>(script); };
    stage.start_load = [this](const LoadSetup& setup) { return std::make_unique<ScriptedLoad>(setup.host, script); };
    std::filesystem::create_directories(folder);
  }

  FakeWorld fakes;
  Script script;
  ScriptedProvider provider{fakes.cluster, script};
  ScriptedBackend backend{fakes.cluster, script};
  ScriptedWorkload workload{fakes.cluster, script};
  QuietProgress progress;
  Stage stage = MakeStage(fakes.host, provider, backend, workload, progress);
  Rig rig;
  Plan plan;
  std::filesystem::path folder;
};

class PlayLanesTest : public testing::Test {
 protected:
  PlayLanesTest() {
    spdlog::default_logger();  // made before its threads, in a library that the thread sanitizer does not see into
    std::filesystem::create_directory(folder_.path() / "logs");
    suite_.name = "test";
    for (int cell = 1; cell <= kCells; ++cell) {
      Scenario scenario;
      scenario.name = "sting-" + std::to_string(cell);
      scenario.fault.name = "sting";
      suite_.scenarios.push_back(scenario);
    }
  }

  Played Run(Afterwards afterwards = Afterwards::kTearDown) {
    std::vector<Lane> lanes;
    for (Theatre* theatre : {&one_, &two_}) {
      theatre->plan = MakePlan(theatre->rig, suite_, 42);
      lanes.push_back({.stage = theatre->stage, .rig = theatre->rig, .plan = theatre->plan, .folder = theatre->folder});
    }
    return PlayLanes(lanes, folder_.path(), afterwards);
  }

  // Each lane begins a cell before any of them ends its first.
  void MakeThemMeet() {
    for (Theatre* theatre : {&one_, &two_}) {
      theatre->script.on_inject = [this, theatre] {
        if (theatre->script.acts.empty()) both_.arrive_and_wait();
      };
    }
  }

  std::map<int, CellHistory> Histories() { return ReadHistory(folder_.path() / "history.jsonl").value(); }
  static std::vector<std::string> MarksOf(const CellHistory& history) {
    std::vector<std::string> names;
    for (const Mark& mark : history.marks) names.push_back(mark.name);
    return names;
  }
  static std::vector<std::string> TroublesOf(const CellHistory& history) {
    std::vector<std::string> texts;
    for (const Mark& mark : history.marks) {
      if (mark.name == kMarkHarnessTrouble) texts.push_back(mark.text);
    }
    return texts;
  }
  std::size_t Injections() const {
    std::size_t count = 0;
    for (const Theatre* theatre : {&one_, &two_}) {
      const auto& acts = theatre->script.acts;
      count += static_cast<std::size_t>(std::count(acts.begin(), acts.end(), "inject"));
    }
    return count;
  }
  void ExpectNothingLeft() const {
    for (const Theatre* theatre : {&one_, &two_}) {
      EXPECT_FALSE(theatre->script.up);
      EXPECT_FALSE(theatre->script.hurt);
      EXPECT_THAT(theatre->script.databases, IsEmpty());
      EXPECT_EQ(theatre->script.loads, 0);
    }
  }
  void ExpectPlayed(const CellHistory& history) {
    EXPECT_THAT(MarksOf(history),
                ElementsAre(kMarkCellBegun, kMarkPlacement, kMarkPinned, kMarkInjecting, kMarkInjected, kMarkBitten,
                            kMarkRecovered, kMarkPlacement, kMarkHealed, kMarkWhole, kMarkCellEnded))
        << "cell " << history.cell;
  }

  TemporaryState folder_;  // for the locks, too
  Suite suite_;
  Theatre one_{"test", folder_.path()};
  Theatre two_{"test-2", folder_.path() / "lanes" / "test-2"};
  std::latch both_{2};
};

TEST_F(PlayLanesTest, EachCellIsPlayedOnceAndTheHistoryTellsThemInTheOrderOfThePlan) {
  MakeThemMeet();
  const Played played = Run();
  EXPECT_FALSE(played.stopped) << played.stopped->message;
  EXPECT_EQ(Injections(), static_cast<std::size_t>(kCells));
  for (const Theatre* theatre : {&one_, &two_}) EXPECT_THAT(theatre->script.acts, Contains("inject"));
  const auto histories = Histories();
  ASSERT_EQ(histories.size(), static_cast<std::size_t>(kCells));
  for (const auto& [cell, history] : histories) {
    ExpectPlayed(history);
    EXPECT_EQ(history.marks.front().fields.at("scenario"), "sting-" + std::to_string(cell));
    EXPECT_THAT(history.unreadable, IsEmpty());
  }
  ExpectNothingLeft();
}

TEST_F(PlayLanesTest, EachHasAnUndoLogOfItsOwn) {
  MakeThemMeet();
  Run();
  for (const Theatre* theatre : {&one_, &two_}) {
    EXPECT_TRUE(std::filesystem::exists(theatre->folder / "undo.jsonl")) << theatre->folder;
  }
}

TEST_F(PlayLanesTest, AllAreLeftUpWhereTheUserKeepsThem) {
  EXPECT_FALSE(Run(Afterwards::kLeaveUp).stopped);
  for (const Theatre* theatre : {&one_, &two_}) EXPECT_TRUE(theatre->script.up);
}

TEST_F(PlayLanesTest, OneWithoutAClusterLeavesItsCellsToTheOther) {
  for (Theatre* failing : {&one_, &two_}) {
    std::filesystem::remove(folder_.path() / "history.jsonl");
    for (Theatre* theatre : {&one_, &two_}) {
      theatre->script.create_fails.reset();
      theatre->script.acts.clear();
    }
    failing->script.create_fails = "no /dev/net/tun";
    const Played played = Run();
    EXPECT_FALSE(played.stopped) << played.stopped->message;
    EXPECT_THAT(failing->script.acts, IsEmpty());
    EXPECT_THAT(failing->progress.lines, Contains(AllOf(HasSubstr("plays nothing"), HasSubstr("no /dev/net/tun"))));
    EXPECT_EQ(Injections(), static_cast<std::size_t>(kCells));
    for (const auto& [cell, history] : Histories()) ExpectPlayed(history);
    ExpectNothingLeft();
  }
}

TEST_F(PlayLanesTest, WithoutAnyClusterEachCellSaysWhy) {
  one_.script.create_fails = two_.script.create_fails = "no /dev/net/tun";
  const Played played = Run();
  ASSERT_TRUE(played.stopped);
  const auto histories = Histories();
  ASSERT_EQ(histories.size(), static_cast<std::size_t>(kCells));
  for (const auto& [cell, history] : histories) {
    EXPECT_THAT(TroublesOf(history), ElementsAre(HasSubstr("no /dev/net/tun")));
  }
}

TEST_F(PlayLanesTest, ASoakIsPlayedByOneWithAllOfItsStrikes) {
  suite_.soak = Soak{.lasts = std::chrono::minutes(2),
                     .least_pause = std::chrono::seconds(10),
                     .most_pause = std::chrono::seconds(20),
                     .strikes = 3};
  const Played played = Run();
  EXPECT_FALSE(played.stopped) << played.stopped->message;
  EXPECT_EQ(Injections(), 3U);
  EXPECT_NE(one_.script.acts.empty(), two_.script.acts.empty());
  const auto histories = Histories();
  EXPECT_THAT(MarksOf(histories.at(1)), ElementsAre(kMarkCellBegun, kMarkCellEnded));
  for (const int strike : {2, 3, 4}) ExpectPlayed(histories.at(strike));
  ExpectNothingLeft();
}

// Its cell is what it is: begun, and not healed. The run has stopped, and still the other plays the rest.
TEST_F(PlayLanesTest, OneThatCannotHealStopsAndSaysWhatIsLeft) {
  MakeThemMeet();
  two_.script.up = true;  // before the run, so that it stays
  two_.script.heal_fails = "n1 does not come back";
  const Played played = Run();
  ASSERT_TRUE(played.stopped);
  EXPECT_THAT(played.stopped->message, HasSubstr("n1 does not come back"));
  EXPECT_EQ(played.outstanding.size(), 1U);
  EXPECT_THAT(*UndoLog(one_.folder / "undo.jsonl").Outstanding(), IsEmpty());
  EXPECT_EQ(UndoLog(two_.folder / "undo.jsonl").Outstanding()->size(), 1U);
  EXPECT_EQ(Injections(), static_cast<std::size_t>(kCells));
  int unhealed = 0;
  for (const auto& [cell, history] : Histories()) unhealed += static_cast<int>(TroublesOf(history).size() > 0);
  EXPECT_EQ(unhealed, 1);
  EXPECT_FALSE(one_.script.up);
}

TEST_F(PlayLanesTest, AnInterruptionHealsAndTearsDownAll) {
  MakeThemMeet();
  const auto meet = one_.script.on_inject;
  one_.script.on_inject = [this, meet] {
    meet();
    for (Theatre* theatre : {&one_, &two_}) theatre->fakes.host.Interrupt();
  };
  const Played played = Run();
  ASSERT_TRUE(played.stopped);
  EXPECT_EQ(played.stopped->code, ErrorCode::kInterrupted);
  EXPECT_THAT(played.outstanding, IsEmpty());
  EXPECT_EQ(Histories().size(), static_cast<std::size_t>(kCells)) << "also those that were not played";
  ExpectNothingLeft();
}

}  // namespace
}  // namespace holdfast
