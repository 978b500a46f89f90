// The database's volume as its node has it mounted, for faults that do something to the files on it.
#pragma once

#include <string>

#include "harness/fault.h"

namespace holdfast {

// Runs in the shell of the database's node, with $folder where the volume is mounted there, $pod and $volume. Demands
// that it is mounted, and that the script ends with exit status 0.
Result<std::string> RunAtVolume(World& world, const Placement& database, const std::string& volume,
                                const std::string& script, Duration limit = std::chrono::seconds(60));

}  // namespace holdfast
