// Promise: everything after Play is redone from a run's folder, also where the harness was killed in the middle.
#include "harness/runs/recorded_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "harness/fakes/host_fake.h"
#include "harness/history/history_builder.h"
#include "harness/history/history_recorder.h"
#include "harness/host/temporary_folder.h"
#include "harness/runs/run_folder.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr char kRig[] = R"(cluster: {name: sea, provider: p, nodes: 3}
backend: {name: b, size: 3}
workload: {name: w}
)";
constexpr char kSuite[] = R"(suite: storm
scenarios:
  - {fault: squall}
  - {fault: gale}
)";

class RecordedRunTest : public testing::Test {
 protected:
  Order MakeTestOrder(const Arguments& arguments) {
    auto order = MakeOrder(*ReadRig(inputs_.Write("rig.yaml", kRig)), *ReadSuite(inputs_.Write("suite.yaml", kSuite)),
                           arguments);
    EXPECT_TRUE(order.has_value()) << order.error().message;
    return *order;
  }
  Result<fs::path> MakeFolder(const Arguments& arguments) {
    return MakeRunFolder(inputs_.path() / "runs", MakeTestOrder(arguments), std::chrono::system_clock::time_point());
  }
  // As of a harness that was killed: run.json was written when the run began.
  fs::path MakeRunThatWasCutOff() {
    const fs::path folder = MakeFolder({.scenarios = {"gale"}, .seed = 42}).value();
    holdfast::Run run;
    run.suite = "storm";
    run.seed = 42;
    run.fidelity = "kernel";
    EXPECT_TRUE(WriteRunJson(run, folder / "run.json").has_value());
    FakeHost host;
    const auto recorder = HistoryRecorder::Open(host, folder / "history.jsonl").value();
    const WriteRequest request{.client = 1, .sequence = 1, .payload = ""};
    recorder->Begin(1, request);
    host.SleepFor(std::chrono::seconds(7));
    recorder->AddMark(1, kMarkInjecting, "");
    std::ofstream(folder / "history.jsonl", std::ios::app) << R"({"cell":1,"t":70)";
    return folder;
  }

  TemporaryFolder inputs_;
};

TEST_F(RecordedRunTest, TheFolderHoldsTheInputsAsWritten) {
  const fs::path folder = MakeFolder({.backend = "other", .seed = 42}).value();
  EXPECT_EQ(folder.filename(), "1970-01-01T00-00-00_storm_p_other_s42");
  EXPECT_EQ(inputs_.Read(fs::relative(folder / "rig.yaml", inputs_.path()).string()), kRig);
  EXPECT_EQ(inputs_.Read(fs::relative(folder / "suite.yaml", inputs_.path()).string()), kSuite);
  EXPECT_TRUE(fs::is_directory(folder / "logs"));
}

TEST_F(RecordedRunTest, ASecondRunOfTheSameSecondGetsAFolderOfItsOwn) {
  const fs::path first = MakeFolder({.seed = 42}).value();
  const fs::path second = MakeFolder({.seed = 42}).value();
  EXPECT_THAT(second.string(), EndsWith("_s42-2"));
  EXPECT_THAT(ListRuns(inputs_.path() / "runs"), ElementsAre(first, second));
}

TEST_F(RecordedRunTest, APlaceThatCannotBeWrittenIsOneLineThatSaysWhatToDo) {
  inputs_.Write("runs", "a file, not a folder");
  const auto folder = MakeFolder({.seed = 42});
  ASSERT_FALSE(folder.has_value());
  EXPECT_THAT(folder.error().message, HasSubstr("choose another place with --out DIR"));
  EXPECT_EQ(folder.error().message.find('\n'), std::string::npos);
}

TEST_F(RecordedRunTest, TheOrderReadBackIsTheOneThatWasGiven) {
  const Arguments arguments = {.cluster = "lake", .backend = "other", .scenarios = {"gale"}, .trials = 2, .seed = 42};
  const fs::path folder = MakeFolder(arguments).value();
  const auto order = ReadOrder(folder);
  ASSERT_TRUE(order.has_value()) << order.error().message;
  EXPECT_EQ(order->rig.cluster, "lake");
  EXPECT_EQ(order->rig.backend.name, "other");
  EXPECT_TRUE(order->rig.backend.options.values().empty()) << "options of the part that was replaced";
  EXPECT_FALSE(order->rig.provider.options.values().empty());
  ASSERT_EQ(order->plan.cells.size(), 2U);
  EXPECT_EQ(order->plan.cells[1].Name(), "gale/2");
  Order given = MakeTestOrder(arguments);
  given.rig.file = order->rig.file;
  EXPECT_EQ(PrintPlan(order->rig, order->plan), PrintPlan(given.rig, given.plan));
}

TEST_F(RecordedRunTest, ARunThatWasCutOffIsJudgedAsInconclusive) {
  const fs::path folder = MakeRunThatWasCutOff();
  const auto run = JudgeRun(folder);
  ASSERT_TRUE(run.has_value()) << run.error().message;
  ASSERT_EQ(run->results.size(), 1U);
  EXPECT_EQ(run->results[0].cell.scenario, "gale");
  EXPECT_EQ(run->results[0].judgement, Judgement::kInconclusive);
  EXPECT_EQ(run->fidelity, "kernel");
  EXPECT_EQ(run->took, Duration(std::chrono::seconds(7)));
}

TEST_F(RecordedRunTest, ACellPassesSoFarIfItsHistorySaysSo) {
  const Order order = MakeTestOrder({.scenarios = {"gale"}, .seed = Story::kSeed});
  Plan plan = order.plan;
  plan.cells[0].seed = Story::kSeed;
  const auto passes = [&](const Story& story) {
    inputs_.Write("history.jsonl", story.Text());
    return PassesSoFar(inputs_.path() / "history.jsonl", plan, plan.cells[0], order.rig.bounds);
  };
  Story story = HealthyStory();
  std::erase_if(story.marks, [](const Mark& mark) { return mark.name == kMarkCellEnded; });
  EXPECT_TRUE(passes(story)) << "its end is still to come";
  story.Drop(1, 10);
  EXPECT_FALSE(passes(story)) << "a write is lost";
  EXPECT_FALSE(passes(Story())) << "nothing was done";
  EXPECT_FALSE(PassesSoFar(inputs_.path() / "no-such-file", plan, plan.cells[0], order.rig.bounds));
}

TEST_F(RecordedRunTest, LinesOfACellThatThePlanDoesNotHaveMakeEveryCellDoubtful) {
  const fs::path folder = MakeRunThatWasCutOff();
  const auto doubts = [&] { return JudgeRun(folder).value().results.at(0).verdicts.at(0).because; };
  const std::string stray = "unreadable: history.jsonl: lines of a cell 7, which the plan does not have";
  EXPECT_THAT(doubts(), Not(Contains(stray)));
  std::ofstream(folder / "history.jsonl", std::ios::app) << "\n"
                                                         << R"({"cell":7,"t":70,"e":"begin","c":1,"s":2})";
  EXPECT_THAT(doubts(), Contains(stray));
}

TEST_F(RecordedRunTest, JudgingAgainReadsTheTimelineAndDoesWithoutOne) {
  const fs::path folder = MakeRunThatWasCutOff();
  const auto because = [&] {
    const holdfast::Run run = JudgeRun(folder).value();
    std::string text;
    for (const Verdict& verdict : run.results.at(0).verdicts) {
      for (const std::string& line : verdict.because) text += line + "\n";
    }
    return text;
  };
  EXPECT_THAT(because(), Not(HasSubstr("timeline.jsonl")));
  std::ofstream(folder / "timeline.jsonl") << "{\"cell\":1,\"t\":3,\"ki";
  EXPECT_THAT(because(), HasSubstr("timeline.jsonl:1: no JSON object"));
}

TEST_F(RecordedRunTest, JudgingAgainWritesEveryReport) {
  const fs::path folder = MakeRunThatWasCutOff();
  ASSERT_TRUE(WriteReports(JudgeRun(folder).value()).has_value());
  EXPECT_TRUE(fs::exists(folder / "junit.xml"));
  EXPECT_EQ(ReadRunJson(folder / "run.json")->results.size(), 1U);
}

TEST_F(RecordedRunTest, AFolderThatIsNoRunIsAUsageError) {
  const auto found = FindRun(inputs_.path().string());
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().code, ErrorCode::kUsage);
}

TEST_F(RecordedRunTest, DamagedArgumentsAreNamed) {
  const fs::path folder = MakeFolder({.seed = 42}).value();
  std::ofstream(folder / "arguments.json") << "{";
  const auto order = ReadOrder(folder);
  ASSERT_FALSE(order.has_value());
  EXPECT_THAT(order.error().message, StartsWith((folder / "arguments.json").string() + ": damaged"));
}

}  // namespace
}  // namespace holdfast
