// FinishedRuns: what run.json says of runs on disk, for those who look at several.
#pragma once

#include <string>
#include <vector>

#include "harness/result.h"
#include "harness/run.h"

namespace holdfast {

struct FinishedRuns {
  std::vector<Run> runs;              // by the time of their start
  std::vector<std::string> left_out;  // those that are damaged, of another version or were cut off; one line each
};

// `name` is a run as FindRun takes it, or a folder of runs. Of a single run it is an Error that it cannot be had; of a
// folder, that there is none in it.
Result<FinishedRuns> ReadFinishedRuns(const std::string& name);

}  // namespace holdfast
