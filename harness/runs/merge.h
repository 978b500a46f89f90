// Merge: runs of one plan, each with some of its cells, as the one run that they would have been side by side. So a
// matrix is played on many machines, a cell on each, and judged as a whole.
//
//     cell-1/ (--cell 1) ─┐                rig.yaml, suite.yaml, arguments.json without --cell
//     cell-2/ (--cell 2) ─┼─▶ merged/      history.jsonl, timeline.jsonl   one after the other
//     …                  ─┘                logs/cell-N-…, logs/RUN/        beside each other
//                                          run.json and the reports        judged anew
//
// A cell that none of them played is inconclusive, as its history holds nothing; so is one of a run without a run.json
// that can be read, as nobody knows on what it was played. Each cell keeps the clock of its own
// run. The runs themselves stay as they are, with what is to be healed in them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/result.h"
#include "harness/run.h"

namespace holdfast {

struct Merged {
  Run run;
  std::vector<std::string> left_out;  // runs of which only the names of their cells are known; one line each
};

// Judged, and its reports written. An Error names the run that is not of the same rig, suite, seed and version of
// Holdfast as the first, or the cell that two of them played.
Result<Merged> MergeRuns(const std::vector<std::filesystem::path>& runs, const std::filesystem::path& out);

}  // namespace holdfast
