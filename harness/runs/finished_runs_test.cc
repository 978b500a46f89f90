// Promise: a folder of runs is read whatever is in it, and what is left out is named.
#include "harness/runs/finished_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "harness/host/temporary_folder.h"
#include "harness/runs/run_builder.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;
using testing::SizeIs;

class FinishedRunsTest : public testing::Test {
 protected:
  fs::path Write(const std::string& name, const holdfast::Run& run) {
    const fs::path folder = folder_.path() / name;
    fs::create_directory(folder);
    CHECK(WriteRunJson(run, folder / "run.json").has_value());
    return folder;
  }
  holdfast::Run StartedAt(const std::string& started) {
    holdfast::Run run = SampleRun();
    run.started = started;
    return run;
  }
  TemporaryFolder folder_;
};

TEST_F(FinishedRunsTest, AreThoseOfAFolderByTheTimeOfTheirStart) {
  Write("b", StartedAt("2026-11-22T10:00:00Z"));
  Write("a", StartedAt("2026-11-23T10:00:00Z"));
  const auto finished = ReadFinishedRuns(folder_.path().string());
  ASSERT_TRUE(finished.has_value()) << finished.error().message;
  ASSERT_THAT(finished->runs, SizeIs(2));
  EXPECT_EQ(finished->runs[0].folder.filename(), "b");
  EXPECT_THAT(finished->left_out, SizeIs(0));
}

TEST_F(FinishedRunsTest, ArePerhapsASingleOne) {
  EXPECT_THAT(ReadFinishedRuns(Write("a", SampleRun()).string())->runs, SizeIs(1));
}

TEST_F(FinishedRunsTest, AreWithoutTheDamagedAndTheUnfinishedWhichAreNamed) {
  Write("good", SampleRun());
  holdfast::Run unfinished = SampleRun();
  unfinished.took = {};
  const fs::path going_on = Write("going-on", unfinished);
  std::ofstream(Write("cut", SampleRun()) / "run.json") << R"({"version": 4, "suite")";
  std::ofstream(Write("older", SampleRun()) / "run.json") << R"({"version": 3})";
  std::ofstream(Write("empty", SampleRun()) / "run.json") << "";
  fs::create_directory(folder_.path() / "no-run");
  const auto finished = ReadFinishedRuns(folder_.path().string());
  ASSERT_TRUE(finished.has_value()) << finished.error().message;
  EXPECT_THAT(finished->runs, SizeIs(1));
  EXPECT_THAT(finished->left_out, SizeIs(4));
  EXPECT_THAT(finished->left_out, Contains(HasSubstr("run: holdfast judge " + going_on.string())));
  EXPECT_THAT(finished->left_out, Contains(HasSubstr("older/run.json: is of version 3")));
}

TEST_F(FinishedRunsTest, OfAFolderWithoutAnyThereAreNone) {
  const auto finished = ReadFinishedRuns(folder_.path().string());
  ASSERT_FALSE(finished.has_value());
  EXPECT_EQ(finished.error().code, ErrorCode::kUsage);
  std::ofstream(Write("cut", SampleRun()) / "run.json") << "{";
  EXPECT_EQ(ReadFinishedRuns(folder_.path().string()).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(ReadFinishedRuns((folder_.path() / "cut").string()).error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace holdfast
