// RecordedRun: a run's folder read back. Everything that comes after Play is redone from it, also where the harness was
// killed in the middle.
#pragma once

#include <filesystem>

#include "harness/arguments.h"
#include "harness/run.h"

namespace holdfast {

// From rig.yaml, suite.yaml and arguments.json.
Result<Order> ReadOrder(const std::filesystem::path& folder);

// From the order, history.jsonl and, for what the run found out of its surroundings (versions, fidelity), run.json.
// A cell of which the history knows nothing is inconclusive.
Result<Run> JudgeRun(const std::filesystem::path& folder);

// run.json, and every report that has a file name.
Status WriteReports(const Run& run);

}  // namespace holdfast
