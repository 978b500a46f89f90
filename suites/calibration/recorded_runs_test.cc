// Promise: what this version says of the runs in runs/, each of a planted defect or of the healthy system beside it, is
// what cells.yaml expects of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "harness/host/temporary_folder.h"
#include "harness/runs/cell_recording.h"
#include "harness/runs/expected_cell.h"

namespace holdfast {
namespace {

std::vector<ExpectedCell> RecordedCells() {
  const auto cells = ReadCells(HOLDFAST_SOURCE_DIR "/suites/calibration/cells.yaml");
  EXPECT_TRUE(cells.has_value()) << cells.error().message;
  std::vector<ExpectedCell> recorded;
  for (const ExpectedCell& cell : cells.value_or(std::vector<ExpectedCell>())) {
    if (!cell.recording.empty()) recorded.push_back(cell);
  }
  return recorded;
}

TEST(RecordedRuns, ComeToWhatIsExpectedOfThem) {
  const auto host = MakePosixHost();
  for (const ExpectedCell& cell : RecordedCells()) {
    SCOPED_TRACE(cell.recording);
    const TemporaryFolder folder;
    const Result<holdfast::Run> run = JudgeRecording(*host, cell.recording, folder.path() / "runs");
    ASSERT_TRUE(run.has_value()) << run.error().message;
    ASSERT_EQ(run->results.size(), 1U);
    EXPECT_EQ(run->results.front().cell.scenario, cell.scenario);
    EXPECT_THAT(Surprises(cell, run->results.front()), testing::IsEmpty());
  }
}

// Trap: a recording that no line of cells.yaml asks for, and that nobody judges.
TEST(RecordedRuns, AreEachExpectedToComeToSomething) {
  std::set<std::filesystem::path> expected;
  for (const ExpectedCell& cell : RecordedCells()) expected.insert(cell.recording.filename());
  std::set<std::filesystem::path> kept;
  for (const auto& entry : std::filesystem::directory_iterator(HOLDFAST_SOURCE_DIR "/suites/calibration/runs")) {
    kept.insert(entry.path().filename());
  }
  EXPECT_EQ(kept, expected);
}

}  // namespace
}  // namespace holdfast
