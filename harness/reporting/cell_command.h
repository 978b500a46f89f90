// The command that plays one cell of a run again.
#pragma once

#include <string>

#include "harness/run.h"

namespace holdfast {

// The run's command, for this cell alone, if it is of several and stands alone; a soak's strikes cannot be had without
// each other. Empty if the run's is not known.
std::string CommandOf(const Run& run, const CellResult& result);

}  // namespace holdfast
