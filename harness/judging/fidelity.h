// Fidelity of one cell: what its pass does not prove. See Fidelity in provider.h for the levels.
#pragma once

#include <optional>
#include <string>

#include "harness/provider.h"

namespace holdfast {

// What a fault takes of what was written and never synced, from the least to the most: nothing, a kernel's page cache,
// with the power also what the disks keep in theirs.
enum class MemoryLoss { kNone, kKernel, kPower };
std::string ToString(MemoryLoss loss);
std::optional<MemoryLoss> ParseMemoryLoss(const std::string& text);

// Why a pass on a provider of this level (as ToString says it) is no evidence about power loss; empty if it is.
std::string PowerLossNote(MemoryLoss loss, const std::string& fidelity);

}  // namespace holdfast
