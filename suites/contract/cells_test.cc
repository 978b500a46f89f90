// Promise: what comes with Holdfast is accepted by Holdfast, which a misspelt option of a rig would otherwise show only
// after minutes on a cluster; and what is planted in a calibration is named.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "harness/host/temporary_folder.h"
#include "harness/parts.h"
#include "harness/runs/expected_cell.h"
#include "harness/suite.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const fs::path kSuites = fs::path(HOLDFAST_SOURCE_DIR) / "suites";

std::vector<ExpectedCell> Cells() {
  const auto cells = ReadCells(kSuites / "calibration/cells.yaml");
  EXPECT_TRUE(cells.has_value()) << cells.error().message;
  return cells.value_or(std::vector<ExpectedCell>());
}

TEST(Cells, NameRigsWhosePartsAcceptTheirOptions) {
  const auto host = MakePosixHost();
  std::set<fs::path> rigs;
  for (const ExpectedCell& cell : Cells()) rigs.insert(cell.rig);
  EXPECT_GT(rigs.size(), 10u);
  for (const fs::path& file : rigs) {
    const auto rig = ReadRig(file);
    ASSERT_TRUE(rig.has_value()) << rig.error().message;
    const auto parts = MakeParts(*host, *rig);
    EXPECT_TRUE(parts.has_value()) << parts.error().message;
  }
}

TEST(Cells, NameSuitesWhoseFaultsAcceptTheirOptions) {
  for (const ExpectedCell& cell : Cells()) {
    const auto suite = ReadSuite(cell.suite);
    ASSERT_TRUE(suite.has_value()) << suite.error().message;
    const Status checked = CheckFaults(*suite);
    EXPECT_TRUE(checked.has_value()) << checked.error().message;
  }
}

// Also of those that no cell plays.
TEST(Suites, HaveFaultsThatAcceptTheirOptions) {
  int suites = 0;
  for (const auto& entry : fs::directory_iterator(kSuites)) {
    if (entry.path().extension() != ".yaml") continue;
    const auto suite = ReadSuite(entry.path());
    ASSERT_TRUE(suite.has_value()) << suite.error().message;
    const Status checked = CheckFaults(*suite);
    EXPECT_TRUE(checked.has_value()) << checked.error().message;
    ++suites;
  }
  EXPECT_GT(suites, 5);
}

// A rig of a calibration that no cell plays calibrates nothing.
TEST(Cells, PlayEveryRigOfTheCalibration) {
  std::set<std::string> unplayed;
  for (const auto& entry : fs::directory_iterator(kSuites / "calibration")) {
    if (entry.path().extension() == ".yaml" && entry.path().stem() != "cells") unplayed.insert(entry.path().filename());
  }
  EXPECT_GT(unplayed.size(), 10u);
  for (const ExpectedCell& cell : Cells()) {
    unplayed.erase(cell.rig.filename());
    unplayed.erase(cell.suite.filename());
  }
  EXPECT_THAT(unplayed, IsEmpty());
}

TEST(Cells, OfACalibrationSayWhatWasPlanted) {
  const TemporaryFolder folder;
  fs::create_directories(folder.path() / "cells");
  const auto complaint = [&](const std::string& planted) {
    std::ofstream(folder.path() / "cells/cells.yaml")
        << "cells:\n  - {ring: calibration, promise: P, suite: " << (kSuites / "smoke.yaml").string()
        << ", rig: " << (kSuites / "rigs/embedded_ceph.yaml").string() << ", scenario: pod-delete, expect: fail"
        << planted << "}\n";
    const auto cells = ReadCells(folder.path() / "cells/cells.yaml");
    return cells ? "" : cells.error().message;
  };
  EXPECT_THAT(complaint(""), HasSubstr("cells.yaml:2: 'fail' is expected of a line without `planted`"));
  EXPECT_EQ(complaint(", planted: a liar"), "");
}

}  // namespace
}  // namespace holdfast
