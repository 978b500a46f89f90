// CellRecording: a run of an expected cell that was kept whole (suites/calibration/runs/PROMISE.tar.xz), for defects
// that live in the database or in the experiment and not in the cluster: what the instrument says of them can be asked
// again at any time, by judging the run anew.
#pragma once

#include <filesystem>

#include "harness/host.h"
#include "harness/run.h"

namespace holdfast {

// Unpacks the archive, whose only entry is the run's folder, into `folder`, and judges it by this version.
Result<Run> JudgeRecording(Host& host, const std::filesystem::path& archive, const std::filesystem::path& folder);

}  // namespace holdfast
