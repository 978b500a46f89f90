// Heal: undoing what an earlier run left behind, from its folder alone and in a new process.
//
// A cluster is the one that was hurt only if its identity is the recorded one: under the same name there may be a fresh
// cluster now, which a heal would hurt (a node that is "replaced" loses its disk). What was hurt in a cluster that is
// gone is gone with it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/host/progress.h"
#include "harness/kube/kube.h"
#include "harness/parts.h"
#include "harness/playing/undo.h"

namespace holdfast {

// Unlike its name, the same for as long as the cluster lives: the uid of its namespace kube-system.
Result<std::string> IdentityOf(const Kube& kube);
// Under this name it stands in Run::fingerprint.
inline constexpr char kIdentity[] = "cluster identity";

// What is still in the cluster where a heal did not succeed, and how it is mended by hand.
void SayHowToMend(Progress& progress, const Undo& undo);
// By what means, and the last resort; once after all of them.
void SayByWhatMeans(Progress& progress, const Provider& provider, const std::string& cluster);

// Every outstanding fault of the run in `folder`, latest first; `parts` are those that its rig names. Does not stop at
// one that cannot be healed; the Error says what is left. Says so if there is nothing to do.
Status HealRun(Host& host, Progress& progress, const Parts& parts, const std::filesystem::path& folder);

// The runs in `parent`, and those of this user elsewhere, on the cluster of this name that have outstanding faults;
// latest first, absolute paths.
Result<std::vector<std::filesystem::path>> FindHurt(const std::filesystem::path& parent, const std::string& cluster);

}  // namespace holdfast
