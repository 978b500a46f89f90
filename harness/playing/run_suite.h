// RunSuite: a whole run, from the names of suite and rig to the reports in the run's folder.
#pragma once

#include <optional>
#include <string>

#include "harness/host/progress.h"
#include "harness/parts.h"
#include "harness/play.h"
#include "harness/run.h"
#include "harness/runs/arguments.h"
#include "harness/runs/expected_cell.h"
#include "harness/runs/run_folder.h"

namespace holdfast {

struct RunOptions {
  std::string suite;  // path or name
  std::string rig;    // path
  Arguments arguments;
  std::string out = kRunsFolder;
  Afterwards afterwards = Afterwards::kTearDown;
  // With kOthers another run may hurt its own database on this cluster meanwhile.
  ExpectedCell::Company company = ExpectedCell::Company::kNone;
  // On so many clusters side by side at most, as many as there are cells and memory for (lanes.h).
  int parallel = 1;
};

// Of a soak, what this rig lacks something for is left out of its schedule (Arguments::left_out) and the plan drawn
// anew; any other order is as it was. An Error if nothing is left.
Result<Order> FitToRig(Order order, const Parts& parts);

// The command line that repeats the run.
std::string CommandOf(const RunOptions& options);

struct FinishedRun {
  Run run;                       // judged, and its reports written
  std::optional<Error> stopped;  // why it ended before its last step
};

// An Error means that there is nothing to judge: bad names, no room for the folder, a cluster that is still hurt.
Result<FinishedRun> RunSuite(Host& host, Progress& progress, const RunOptions& options);

Result<Order> ReadOrder(const std::string& suite, const std::string& rig, const Arguments& arguments);

}  // namespace holdfast
