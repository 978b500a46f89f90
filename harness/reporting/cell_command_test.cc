// Promise: the command that a report names plays that experiment, and is one that Holdfast takes.
#include "harness/reporting/cell_command.h"

#include <gtest/gtest.h>

#include "harness/runs/run_builder.h"

namespace holdfast {
namespace {

TEST(CellCommand, IsTheRunsForThisCellAlone) {
  const holdfast::Run run = SampleRun();
  EXPECT_EQ(CommandOf(run, run.results[1]), "holdfast run suites/ha_matrix.yaml --seed 42 --cell 2");
}

// Trap: --scenario beside --cell 3 leaves a plan of one cell, of which there is no third.
TEST(CellCommand, OfACellThatWasChosenIsTheRunsAsItIs) {
  holdfast::Run run = SampleRun();
  run.command = "holdfast run ha-matrix --cell 3 --seed 7";
  for (const std::size_t played : {4U, 1U}) {
    run.results.resize(played);
    EXPECT_EQ(CommandOf(run, run.results[0]), run.command);
  }
}

TEST(CellCommand, OfTheOnlyCellOrOfAStrikeIsTheRuns) {
  holdfast::Run run = SampleRun();
  run.results[0].cell.role = Role::kStrike;
  EXPECT_EQ(CommandOf(run, run.results[0]), run.command);
  run.results.resize(1);
  run.results[0].cell.role = Role::kScenario;
  EXPECT_EQ(CommandOf(run, run.results[0]), run.command);
  run.command.clear();
  EXPECT_EQ(CommandOf(run, run.results[0]), "");
}

}  // namespace
}  // namespace holdfast
