// ProofLimits: what the passes of a run do not prove, one sentence each, as every report says it.
#pragma once

#include <string>
#include <vector>

#include "harness/run.h"

namespace holdfast {

// Why this cell, if it passed, says nothing about power loss; empty if it does.
std::string PowerLossLimit(const Run& run, const CellResult& result);

// "No evidence about power loss: db-kill, pod-delete (no machine lost power: …)." Faults for the same reason together.
std::vector<std::string> ProofLimits(const Run& run);

}  // namespace holdfast
