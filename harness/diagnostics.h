// Diagnostics: what a cluster says of itself, for whoever has to find out why something went wrong.
#pragma once

#include <filesystem>
#include <string>

#include "harness/kube.h"

namespace holdfast {

// Nodes, Pods, volumes and events of the cluster, and the description of what is in `space`. A part that
// cannot be had is replaced by the reason. Goes on when the harness is interrupted, each part within a few seconds.
void WriteDiagnostics(const Kube& kube, const std::string& space, const std::filesystem::path& file);

}  // namespace holdfast
