// Promise: the table of the library tells of storage that keeps its promises: a run with a liar, which plays the same
// scenario later and fails as it is to, does not become the row.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "harness/host.h"

namespace holdfast {
namespace {

using testing::HasSubstr;

const std::filesystem::path kSuites = std::filesystem::path(HOLDFAST_SOURCE_DIR) / "suites";

std::string Table(const std::vector<std::filesystem::path>& folders) {
  Command command{.argv = {(kSuites / "library_table.sh").string()}};
  for (const auto& folder : folders) command.argv.push_back(folder.string());
  const auto table = RunForOutput(*MakePosixHost(), command);
  return table ? *table : table.error().message;
}

const std::filesystem::path kHonest = kSuites / "contract/runs/node-power-off";
const std::filesystem::path kLiar = kSuites / "contract/runs/node-power-off-unsynced";

TEST(LibraryTable, HasTheLatestRunOfAScenarioWithItsDay) {
  EXPECT_THAT(Table({kHonest}), HasSubstr("| ha-matrix | node-power-off | pass | 1943 | 0 | 40.6 s |"));
  EXPECT_THAT(Table({kHonest}), HasSubstr("| new pod, n3 → n2 | 2026-11-23 |\n"));
}

TEST(LibraryTable, HasNoneOfAKnownBadSystem) {
  EXPECT_EQ(Table({kHonest, kLiar}), Table({kHonest}));
  EXPECT_THAT(Table({kLiar}), testing::Not(HasSubstr("node-power-off")));
}

}  // namespace
}  // namespace holdfast
