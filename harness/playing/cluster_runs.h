// ClusterRuns: the runs that a cluster may still bear faults of, wherever their folders are. Kept in the user's state
// folder, one file a run, from before its first fault until nothing of it is outstanding.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/result.h"

namespace holdfast {

Status RememberRun(const std::string& cluster, const std::filesystem::path& folder);
void ForgetRun(const std::string& cluster, const std::filesystem::path& folder);

// Absolute paths, in no order; without those whose folder is gone.
std::vector<std::filesystem::path> RememberedRuns(const std::string& cluster);

}  // namespace holdfast
