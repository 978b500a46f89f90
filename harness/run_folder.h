// RunFolder: where a run leaves everything. Made here, found again here.
//
//     runs/2026-11-22T10-22-07_ha-matrix_uml_ceph-rbd_s42/
//       rig.yaml suite.yaml   as written            history.jsonl undo.jsonl   see play.h
//       arguments.json        see arguments.h       run.json junit.xml …       see run.h, reporter.h
//       plan.txt              see plan.h            logs/
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/arguments.h"
#include "harness/result.h"

namespace holdfast {

inline constexpr char kRunsFolder[] = "runs";  // in the working directory, unless --out says otherwise

// Makes the folder with its inputs in it and returns its path. A folder of that name is never written into: a number
// is added to the new one's name. An Error is one line that says what to do.
Result<std::filesystem::path> MakeRunFolder(const std::filesystem::path& parent, const Order& order,
                                            std::chrono::system_clock::time_point started);

// The runs in `parent`, oldest first; none if there is no such folder.
std::vector<std::filesystem::path> ListRuns(const std::filesystem::path& parent);

// `run` as a user names it: a path, or the name of a folder in kRunsFolder.
Result<std::filesystem::path> FindRun(const std::string& run);

// "2026-11-22T10:22:07Z"
std::string PrintUtc(std::chrono::system_clock::time_point time);

}  // namespace holdfast
