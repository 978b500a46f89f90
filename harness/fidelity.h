// Fidelity of one cell: what its pass does not prove. See Fidelity in provider.h for the levels.
#pragma once

#include <string>

#include "harness/provider.h"

namespace holdfast {

// Why a pass of `fault` on a provider of this level (as ToString says it) is no evidence about power loss; empty if it
// is. A fault takes the power of a machine if its name says so: it contains "power-off". Whatever else a fault does,
// some kernel survives it with the writes that were never synced in its page cache.
std::string PowerLossNote(const std::string& fault, const std::string& fidelity);

}  // namespace holdfast
