// RunFolder: where a run leaves everything. Made here, found again here.
//
//     runs/2026-11-22T10-22-07_ha-matrix_uml_ceph-rbd_s42/
//       rig.yaml suite.yaml   as written            history.jsonl undo.jsonl   see play.h
//       arguments.json        see arguments.h       run.json junit.xml …       see run.h, reporter.h
//       plan.txt              see plan.h            timeline.jsonl         see timeline.h
//       logs/
//       lanes/NAME-2/         of each further cluster of a run that was played on several: its own undo.jsonl and
//                             logs, and what `holdfast heal` reads of a run; see play.h
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/result.h"
#include "harness/runs/arguments.h"

namespace holdfast {

inline constexpr char kRunsFolder[] = "runs";  // in the working directory, unless --out says otherwise

// Makes the folder with its inputs in it and returns its path. A folder of that name is never written into: a number
// is added to the new one's name. An Error is one line that says what to do.
Result<std::filesystem::path> MakeRunFolder(const std::filesystem::path& parent, const Order& order,
                                            std::chrono::system_clock::time_point started);

// Under exactly this path, where there is nothing yet.
Status MakeRunFolderAt(const std::filesystem::path& folder, const Order& order);

// In `run`, for what `order` says, which differs from the run's in the cluster alone.
Result<std::filesystem::path> MakeLaneFolder(const std::filesystem::path& run, const Order& order);
// Those folders, by name; none in most runs.
std::vector<std::filesystem::path> LanesOf(const std::filesystem::path& run);

// Whether a run was begun here, or was copied here, perhaps with nothing but its run.json.
bool IsRunFolder(const std::filesystem::path& folder);

// The runs in `parent`, by name, which is oldest first; none if there is no such folder.
std::vector<std::filesystem::path> ListRuns(const std::filesystem::path& parent);

// `run` as a user names it: a path, or the name of a folder in kRunsFolder.
Result<std::filesystem::path> FindRun(const std::string& run);

// "2026-11-22T10:22:07Z"
std::string PrintUtc(std::chrono::system_clock::time_point time);

}  // namespace holdfast
