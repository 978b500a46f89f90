// Promise: cells that were played by themselves are judged as if they had been played together.
#include "harness/runs/merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "harness/history/history_builder.h"
#include "harness/host/temporary_folder.h"
#include "harness/runs/recorded_run.h"
#include "harness/runs/run_folder.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kRig[] = "cluster: {provider: p}\nbackend: {name: b}\nworkload: {name: w}\n";
constexpr char kSuite[] = "suite: storm\ntrials: 1\nscenarios:\n  - {fault: squall}\n  - {fault: gale}\n";

class MergeTest : public testing::Test {
 protected:
  // The run of one cell, in a folder of this name.
  fs::path Play(const std::string& name, Arguments arguments, Story story = HealthyStory()) {
    arguments.seed = arguments.seed == 0 ? 42 : arguments.seed;
    const auto order = MakeOrder(*ReadRig(folder_.Write("rig.yaml", kRig)),
                                 *ReadSuite(folder_.Write("suite.yaml", suite_)), arguments);
    CHECK(order.has_value());
    const fs::path folder = folder_.path() / name;
    CHECK(MakeRunFolderAt(folder, *order).has_value());
    const Cell& cell = order->plan.cells.front();
    holdfast::Run run;
    run.suite = "storm";
    run.version = version_;
    run.started = "2026-11-22T10:22:0" + std::to_string(cell.number) + "Z";
    run.took = std::chrono::minutes(1);
    run.fingerprint = {{"Kubernetes", "1.20.5"}, {"kernel of " + name, "7.2"}, {"cluster identity", name}};
    CHECK(WriteRunJson(run, folder / "run.json").has_value());
    for (holdfast::Mark& mark : story.marks) {
      if (mark.name == kMarkCellBegun) mark.fields["seed"] = std::to_string(cell.seed);
    }
    for (Read& read : story.reads) {
      for (Row& row : read.rows) row.payload = PayloadFor(cell.seed, row.client, row.sequence);
    }
    std::ofstream(folder / "history.jsonl") << OfCell(story.Text(), cell.number);
    std::ofstream(folder / "timeline.jsonl")
        << OfCell(R"({"at":"x","cell":1,"kind":"Pod","name":"db","t":5,"text":"","what":"ready"})"
                  "\n",
                  cell.number);
    const fs::path logs = folder / "logs" / ("cell-" + std::to_string(cell.number) + "-not-recovered");
    fs::create_directory(logs);
    std::ofstream(logs / "pods.txt") << name;
    std::ofstream(folder / "logs/holdfast.log") << name;
    return folder;
  }

  fs::path out() const { return folder_.path() / "merged"; }

  static std::string OfCell(std::string text, int number) {
    const std::string from = "\"cell\":1,";
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + 1)) {
      text.replace(at, from.size(), "\"cell\":" + std::to_string(number) + ",");
    }
    return text;
  }

  TemporaryFolder folder_;
  std::string suite_ = kSuite;
  std::string version_ = "0.1.0+same";
};

std::vector<Judgement> JudgementsOf(const holdfast::Run& run) {
  std::vector<Judgement> judgements;
  for (const CellResult& result : run.results) judgements.push_back(result.judgement);
  return judgements;
}

TEST_F(MergeTest, IsTheRunThatTheCellsWouldHaveBeenTogether) {
  const fs::path first = Play("index-0", {.cells = {1}});
  const fs::path second = Play("index-1", {.cells = {2}});
  const Result<Merged> merged = MergeRuns({second, first}, out());
  ASSERT_TRUE(merged.has_value()) << merged.error().message;
  EXPECT_THAT(JudgementsOf(merged->run), ElementsAre(Judgement::kPass, Judgement::kPass));
  EXPECT_EQ(merged->run.results[1].cell.scenario, "gale");
  EXPECT_THAT(merged->run.results[1].files, ElementsAre("logs/cell-2-not-recovered/pods.txt"));
  EXPECT_EQ(merged->run.took, std::chrono::minutes(2));
  EXPECT_EQ(merged->run.started, "2026-11-22T10:22:01Z");
  EXPECT_EQ(merged->run.fingerprint.size(), 3U) << "one Kubernetes, two kernels, no cluster's identity";
  EXPECT_EQ(folder_.Read("merged/logs/index-0/holdfast.log"), "index-0");
  EXPECT_TRUE(fs::exists(out() / "junit.xml"));
  const Result<holdfast::Run> again = JudgeRun(out());
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(JudgementsOf(*again), JudgementsOf(merged->run));
}

// Selected by name, both are cell 1 of their own plans.
TEST_F(MergeTest, NumbersCellsAnewWhereTheyWereSelectedByName) {
  const fs::path squall = Play("squall", {.scenarios = {"squall"}});
  const fs::path gale = Play("gale", {.scenarios = {"gale"}});
  const Result<Merged> merged = MergeRuns({squall, gale}, out());
  ASSERT_TRUE(merged.has_value()) << merged.error().message;
  EXPECT_THAT(JudgementsOf(merged->run), ElementsAre(Judgement::kPass, Judgement::kPass));
  EXPECT_THAT(folder_.Read("merged/timeline.jsonl"), HasSubstr("\"cell\":2,"));
  EXPECT_EQ(folder_.Read("merged/logs/cell-2-not-recovered/pods.txt"), "gale");
}

// Trap: a matrix of which a machine never reported, shown green.
TEST_F(MergeTest, ACellThatNobodyPlayedIsInconclusive) {
  const Result<Merged> merged = MergeRuns({Play("index-0", {.cells = {1}})}, out());
  ASSERT_TRUE(merged.has_value()) << merged.error().message;
  EXPECT_THAT(JudgementsOf(merged->run), ElementsAre(Judgement::kPass, Judgement::kInconclusive));
  EXPECT_EQ(merged->run.Overall(), Judgement::kInconclusive);
}

// Trap: one machine that broke down keeps what the others proved from being told.
TEST_F(MergeTest, ACellOfADamagedRunIsInconclusive) {
  const fs::path damaged = Play("squall", {.scenarios = {"squall"}});
  const fs::path whole = Play("gale", {.scenarios = {"gale"}});
  for (const char* text : {"{\"version\": 4", ""}) {
    std::ofstream(damaged / "run.json") << text;
    const Result<Merged> merged = MergeRuns({damaged, whole}, out());
    ASSERT_TRUE(merged.has_value()) << merged.error().message;
    EXPECT_THAT(JudgementsOf(merged->run), ElementsAre(Judgement::kInconclusive, Judgement::kPass));
    EXPECT_THAT(merged->left_out, ElementsAre(HasSubstr("squall/run.json: is not a run")));
    fs::remove_all(out());
  }
  fs::remove(damaged / "run.json");
  const Result<Merged> none = MergeRuns({damaged}, out());
  ASSERT_FALSE(none.has_value()) << "nothing is left to be merged";
  EXPECT_EQ(none.error().code, ErrorCode::kUnavailable);
}

TEST_F(MergeTest, RefusesACellThatWasPlayedTwice) {
  const auto merged = MergeRuns({Play("a", {.cells = {1}}), Play("b", {.cells = {1}})}, out());
  ASSERT_FALSE(merged.has_value());
  EXPECT_EQ(merged.error().code, ErrorCode::kUsage);
  EXPECT_THAT(merged.error().message, HasSubstr("squall was played by both"));
  EXPECT_FALSE(fs::exists(out()));
}

TEST_F(MergeTest, RefusesRunsThatAreNotOfOnePlan) {
  const fs::path first = Play("first", {.cells = {1}});
  const auto refused = [&](const fs::path& other, const std::string& why) {
    const auto merged = MergeRuns({first, other}, out());
    ASSERT_FALSE(merged.has_value()) << why;
    EXPECT_EQ(merged.error().code, ErrorCode::kUsage);
    EXPECT_THAT(merged.error().message, HasSubstr(why));
    EXPECT_FALSE(fs::exists(out()));
  };
  refused(Play("seed", {.cells = {2}, .seed = 7}), "another seed");
  refused(Play("trials", {.trials = 2, .cells = {2}}), "another command line");
  refused(Play("backend", {.backend = "other", .cells = {2}}), "another command line");
  suite_ += "  - {fault: storm-surge}\n";
  refused(Play("suite", {.cells = {2}}), "another suite.yaml");
  suite_ = kSuite;
  version_ = "0.2.0+other";
  refused(Play("version", {.cells = {2}}), "another version");
}

TEST_F(MergeTest, DoesNotWriteIntoAFolderThatIsThere) {
  const fs::path first = Play("first", {.cells = {1}});
  fs::create_directory(out());
  const auto merged = MergeRuns({first}, out());
  ASSERT_FALSE(merged.has_value());
  EXPECT_EQ(merged.error().code, ErrorCode::kUsage);
  EXPECT_TRUE(fs::is_empty(out()));
}

// Trap: what cannot be read left out, and with it perhaps what would have proved a loss.
TEST_F(MergeTest, KeepsWhatCannotBeReadForTheJudge) {
  const fs::path first = Play("first", {.cells = {1}});
  std::ofstream(first / "history.jsonl", std::ios::app) << R"({"cell":1,"t":70)";
  const Result<Merged> merged = MergeRuns({first, Play("second", {.cells = {2}})}, out());
  ASSERT_TRUE(merged.has_value()) << merged.error().message;
  EXPECT_EQ(merged->run.results[0].judgement, Judgement::kInconclusive);
}

}  // namespace
}  // namespace holdfast
