// Promise: what is measured is in the history as it was printed, whatever fails beside it, and nothing is left behind.
#include "harness/playing/bench_player.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/history.h"
#include "harness/host/temporary_state.h"
#include "harness/latency/latency_plan.h"
#include "harness/playing/scripted_stage.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class LatencyPlayTest : public testing::Test {
 protected:
  LatencyPlayTest() {
    std::filesystem::create_directory(folder_.path() / "logs");
    rig_.cluster = "test";
    rig_.provider.name = rig_.backend.name = rig_.workload.name = "fake";
    suite_.name = "test";
    suite_.scenarios.push_back({.name = "latency", .fault = {}});
    suite_.scenarios[0].fio = FioSettings{.jobs = {"journal"}, .repetitions = 2};
  }

  Played Run() {
    Stage stage = MakeStage(fakes_.host, provider_, backend_, workload_, progress_);
    stage.make_fault = [this](const Part&) { return std::make_unique<ScriptedFault>(script_); };
    stage.start_load = [this](const LoadSetup& setup) {
      setups_.push_back(setup.pacing);
      return std::make_unique<ScriptedLoad>(setup.host, script_);
    };
    stage.make_bench = [this] { return std::make_unique<ScriptedBench>(fakes_.host, script_); };
    return Play(stage, rig_, MakePlan(rig_, suite_, 42), folder_.path(), Afterwards::kTearDown);
  }

  // "fio journal volume 1", with what was printed, if it is short.
  std::vector<std::string> Marks() {
    auto histories = ReadHistory(folder_.path() / "history.jsonl");
    EXPECT_TRUE(histories.has_value()) << histories.error().message;
    std::vector<std::string> marks;
    for (const Mark& mark : (*histories)[1].marks) {
      std::string text = mark.name;
      for (const char* key : {"job", "on", "repetition"}) {
        if (mark.fields.count(key) != 0) text += " " + mark.fields.at(key);
      }
      marks.push_back(mark.text.empty() ? text : text + ": " + mark.text);
    }
    return marks;
  }

  TemporaryState folder_;
  FakeWorld fakes_;
  Script script_;
  ScriptedProvider provider_{fakes_.cluster, script_};
  ScriptedBackend backend_{fakes_.cluster, script_};
  ScriptedWorkload workload_{fakes_.cluster, script_};
  QuietProgress progress_;
  Rig rig_;
  Suite suite_;
  std::vector<Pacing> setups_;
};

TEST_F(LatencyPlayTest, EveryReadingIsInTheHistory) {
  const Played played = Run();
  EXPECT_FALSE(played.stopped) << played.stopped->message;
  EXPECT_THAT(Marks(),
              ElementsAre("cell-begun", HasSubstr("fio layout volume 0: {\"jobs\":[\"layout-volume.fio\"]}"),
                          HasSubstr("fio layout local 0"), HasSubstr("fio journal "), HasSubstr("fio journal "),
                          HasSubstr("fio journal "), HasSubstr("fio journal "), "cell-ended"));
  EXPECT_THAT(script_.databases, IsEmpty());
  EXPECT_THAT(script_.acts, IsEmpty()) << "nothing is hurt";
}

TEST_F(LatencyPlayTest, OneReadingThatFailsIsToldAndTheOthersGoOn) {
  script_.measure_fails = "journal-local.fio";
  EXPECT_FALSE(Run().stopped);
  const std::vector<std::string> marks = Marks();
  EXPECT_THAT(marks, testing::Contains("fio-failed journal local 1: no space left on device"));
  EXPECT_THAT(marks, testing::Contains(HasSubstr("fio journal local 2")));
  EXPECT_THAT(script_.databases, IsEmpty());
}

// Trap: a file for each repetition, which are more than an annotation of kubectl's (256 KiB) and an object of the
// cluster (1 MiB) hold.
TEST_F(LatencyPlayTest, AHundredRepetitionsOfAllJobsFitIntoTheCluster) {
  const FioSettings most = {.jobs = FioJobNames(), .repetitions = 100};
  suite_.scenarios[0].fio = most;
  EXPECT_FALSE(Run().stopped);
  std::size_t size = 0;
  for (const auto& [name, text] : script_.jobs) size += name.size() + text.size();
  EXPECT_LT(size, 64U * 1024);
  const std::uint64_t seed = MakePlan(rig_, suite_, 42).cells[0].seed;
  for (const FioReading& reading : DrawReadings(most, seed)) {
    EXPECT_EQ(script_.jobs.at(FioJobFile(reading)), PrintFioJob(reading, most, seed)) << "the same in each repetition";
  }
}

TEST_F(LatencyPlayTest, ABenchThatCannotBeDeployedIsTroubleOfTheHarnessAndRemoved) {
  script_.deploy_fails = "no such image";
  EXPECT_FALSE(Run().stopped);
  EXPECT_THAT(Marks(), ElementsAre("cell-begun", HasSubstr("harness-trouble: 3/"), "cell-ended"));
  EXPECT_THAT(script_.databases, IsEmpty());
}

TEST_F(LatencyPlayTest, AMachineWithoutFioSkipsIt) {
  script_.applies = false;
  EXPECT_FALSE(Run().stopped);
  EXPECT_THAT(Marks(), ElementsAre("cell-begun", "skipped: there is no fio", "cell-ended"));
}

TEST_F(LatencyPlayTest, AnInterruptionEndsTheMeasuringAndLeavesNothing) {
  fakes_.host.After(std::chrono::milliseconds(2500), [this] { fakes_.host.Interrupt(); });
  const Played played = Run();
  ASSERT_TRUE(played.stopped.has_value());
  EXPECT_EQ(played.stopped->code, ErrorCode::kInterrupted);
  EXPECT_THAT(script_.databases, IsEmpty());
}

TEST_F(LatencyPlayTest, CommitsAreDueAtTheRateOfTheSuite) {
  suite_.scenarios[0] = {.name = "sting", .fault = {.name = "sting", .options = {}}};
  suite_.scenarios[0].commits = CommitSettings{.hold = std::chrono::seconds(20), .rate = 40};
  EXPECT_FALSE(Run().stopped);
  ASSERT_FALSE(setups_.empty());
  EXPECT_EQ(setups_[0].clients, 16) << "so that one that waits does not hold up the next";
  EXPECT_EQ(setups_[0].due_every, std::chrono::milliseconds(400));
  ASSERT_EQ(setups_.size(), 2U);
  EXPECT_EQ(setups_[1].clients, 1) << "the one that stays with the old instance probes as ever";
  EXPECT_FALSE(setups_[1].due_every.has_value());
  auto histories = ReadHistory(folder_.path() / "history.jsonl");
  Nanoseconds injecting = 0;
  for (const Mark& mark : (*histories)[1].marks) {
    if (mark.name == kMarkArrivals) {
      EXPECT_EQ(mark.fields.at("interval_ns"), "400000000");
      EXPECT_EQ(mark.fields.at("clients"), "16");
      EXPECT_EQ(mark.fields.at("deadline_ns"), "1000000000");
      EXPECT_EQ(mark.fields.at("fault"), "sting");
    }
    if (mark.name == kMarkInjecting) injecting = mark.time;
  }
  EXPECT_GE(Duration(injecting), std::chrono::seconds(20)) << "time to measure while all is well";
  std::vector<std::string> order;
  for (const Mark& mark : (*histories)[1].marks) {
    if (mark.name != kMarkHolding && mark.name != kMarkHeld) continue;
    order.push_back(mark.name + (mark.time <= injecting ? " while healthy" : " while hurt"));
  }
  EXPECT_EQ(order, (std::vector<std::string>{"holding while healthy", "held while healthy", "holding while hurt",
                                             "held while hurt"}));
}

}  // namespace
}  // namespace holdfast
