// RecordedRun: a run's folder read back. Everything that comes after Play is redone from it, also where the harness was
// killed in the middle.
#pragma once

#include <filesystem>

#include "harness/run.h"
#include "harness/runs/arguments.h"

namespace holdfast {

// From rig.yaml, suite.yaml and arguments.json.
Result<Order> ReadOrder(const std::filesystem::path& folder);

// From the order, history.jsonl, timeline.jsonl if there is one and, for what the run found out of its surroundings
// (versions, fidelity), run.json. A cell of which the history knows nothing is inconclusive. With its pictures.
Result<Run> JudgeRun(const std::filesystem::path& folder);

// Whether the cells of this database, a soak's strikes among them, pass by what is in `history` so far, while others
// may be writing it.
bool PassesSoFar(const std::filesystem::path& history, const Plan& plan, const Cell& database, const Bounds& bounds);

// What every report of `run` shows beside the verdicts, from the same files: CellResult::pictures.
Status AddPictures(Run& run);

// run.json, and every report that has a file name.
Status WriteReports(const Run& run);

}  // namespace holdfast
