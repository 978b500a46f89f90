// Promise: no fault is in the library that nobody plays: each stands in a cell on the embedded cluster.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "harness/fault.h"
#include "harness/registry.h"
#include "harness/runs/expected_cell.h"
#include "harness/suite.h"

namespace holdfast {
namespace {

TEST(Faults, AreAllPlayedOnTheEmbeddedCluster) {
  const auto cells = ReadCells(HOLDFAST_SOURCE_DIR "/suites/calibration/cells.yaml");
  ASSERT_TRUE(cells.has_value()) << cells.error().message;
  std::set<std::string> played;
  for (const ExpectedCell& cell : *cells) {
    const Suite suite = Select(ReadSuite(cell.suite).value(), {cell.scenario}).value();
    for (const Injection& injection : InOrder(suite.scenarios[0].fault, suite.scenarios[0].companions)) {
      played.insert(injection.fault.name);
    }
  }
  for (const std::string& fault : Registry<Fault>::Names()) EXPECT_EQ(played.count(fault), 1U) << fault;
}

}  // namespace
}  // namespace holdfast
