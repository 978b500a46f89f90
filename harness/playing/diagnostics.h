// Diagnostics: what a cluster, its storage and its machines say of themselves, for whoever has to find out why
// something went wrong. Asked while it is still to be seen, and never of a run that goes well.
//
//     logs/cell-3-not-recovered/
//       objects.txt events.txt pods.txt nodes.txt     what Kubernetes says
//       POD.log POD.previous.log                      what the database said; the second, of the container before
//       storage/                                      Backend::CollectLogs: its status, its daemons' logs
//       machines/                                     Provider::CollectLogs: consoles, kubelets, control plane
#pragma once

#include <cstdint>
#include <filesystem>

#include "harness/fault.h"

namespace holdfast {

inline constexpr std::uintmax_t kMostOfLog = std::uintmax_t{4} << 20;  // bytes; of what is longer, the end is kept

// Into `folder`, which is made. Everything is asked side by side, each question within 10 s, so that it is over within
// half a minute, also where the API server is down; a part that cannot be had is replaced by the reason. Goes on when
// the harness is interrupted. Throws nothing and fails nothing: no verdict depends on it.
void CollectDiagnostics(const World& world, const std::filesystem::path& folder) noexcept;

// The last `most` bytes of `text` from the beginning of a line on, after a line that says how much is left out; `text`
// itself if it is no longer.
std::string Tail(std::string text, std::uintmax_t most = kMostOfLog);

}  // namespace holdfast
