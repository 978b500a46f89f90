// Promise: what this version says of the runs in runs/, each of a planted defect, is what cells.yaml expects of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "harness/host/temporary_folder.h"
#include "harness/runs/cell_recording.h"
#include "harness/runs/expected_cell.h"

namespace holdfast {
namespace {

using testing::HasSubstr;

std::vector<ExpectedCell> RecordedCells() {
  const auto cells = ReadCells(HOLDFAST_SOURCE_DIR "/suites/calibration/cells.yaml");
  EXPECT_TRUE(cells.has_value()) << cells.error().message;
  std::vector<ExpectedCell> recorded;
  for (const ExpectedCell& cell : cells.value_or(std::vector<ExpectedCell>())) {
    if (!cell.recording.empty()) recorded.push_back(cell);
  }
  return recorded;
}

class RecordedRuns : public testing::Test {
 protected:
  Result<holdfast::Run> Judge(const ExpectedCell& cell) const {
    return JudgeRecording(*host_, cell, folder_.path() / "run");
  }

  const std::unique_ptr<Host> host_ = MakePosixHost();
  const TemporaryFolder folder_;
};

TEST_F(RecordedRuns, ComeToWhatIsExpectedOfThem) {
  const std::vector<ExpectedCell> cells = RecordedCells();
  EXPECT_GE(cells.size(), 9U);
  for (const ExpectedCell& cell : cells) {
    SCOPED_TRACE(cell.recording);
    const Result<holdfast::Run> run = Judge(cell);
    ASSERT_TRUE(run.has_value()) << run.error().message;
    EXPECT_THAT(Surprises(cell, run->results.front()), testing::IsEmpty());
  }
}

// Trap: the rig was changed, and the run of another one goes on to prove that this one is caught.
TEST_F(RecordedRuns, AreOfTheCellAsItStandsThere) {
  ExpectedCell cell = RecordedCells().front();
  ExpectedCell other = cell;
  other.rig = HOLDFAST_SOURCE_DIR "/suites/calibration/honest.yaml";
  EXPECT_THAT(Judge(other).error().message, HasSubstr("was recorded with another rig than"));
  other = cell;
  other.suite =
      folder_.Write("suite.yaml", "suite: other\nscenarios:\n  - {name: " + cell.scenario + ", fault: pod-delete}\n");
  EXPECT_THAT(Judge(other).error().message, HasSubstr("was recorded with another scenario than"));
  other = cell;
  other.scenario = "disk-gone";
  EXPECT_THAT(Judge(other).error().message, HasSubstr("has no scenario 'disk-gone'"));
  other = cell;
  other.seed = 2;
  EXPECT_THAT(Judge(other).error().message, HasSubstr("was recorded with another seed than"));
}

TEST_F(RecordedRuns, ThatAreDamagedProveNothing) {
  ExpectedCell cell = RecordedCells().front();
  cell.recording = folder_.Write("damaged.tar.xz", "not what it seems");
  EXPECT_THAT(Judge(cell).error().message, HasSubstr("tar ended with status 2"));
}

// Trap: a recording that no line of cells.yaml asks for, and that nobody judges.
TEST_F(RecordedRuns, AreEachExpectedToComeToSomething) {
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
