// What the judge says of a story, for tests.
#pragma once

#include "harness/history/history_builder.h"
#include "harness/judge.h"

namespace holdfast {

inline CellResult JudgeOf(const Story& story, const Bounds& bounds = {}) {
  Cell cell;
  cell.number = 1;
  cell.scenario = "pod-delete";
  cell.fault.name = "pod-delete";
  cell.seed = Story::kSeed;
  return JudgeCell(cell, story.History(), bounds);
}

}  // namespace holdfast
