// CellRecording: a run of an expected cell that was kept whole (suites/calibration/runs/PROMISE.tar.xz), for defects
// that live in the database or in the experiment and not in the cluster: what the instrument says of them can be asked
// again at any time, by judging the run anew.
#pragma once

#include <filesystem>

#include "harness/host.h"
#include "harness/run.h"
#include "harness/runs/expected_cell.h"

namespace holdfast {

// Of a cell that is recorded. Unpacks the archive, whose only entry is the run's folder, into `folder`, of which
// nothing else is left, and judges it by this version. An Error if it is damaged, or if it is not the run of this cell
// as it stands in cells.yaml: its rig, scenario and seed.
Result<Run> JudgeRecording(Host& host, const ExpectedCell& cell, const std::filesystem::path& folder);

}  // namespace holdfast
