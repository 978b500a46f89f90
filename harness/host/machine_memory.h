// MachineMemory: what this machine has left for further clusters.
#pragma once

#include <cstdint>
#include <string>

#include "harness/host.h"

namespace holdfast {

// Bytes that programs can have without others being swapped out, by the kernel's own estimate (MemAvailable).
Result<std::uint64_t> AvailableMemory(Host& host);

// The same from the text of /proc/meminfo; an Error if it does not say. Pure.
Result<std::uint64_t> ReadAvailableMemory(const std::string& meminfo);

}  // namespace holdfast
