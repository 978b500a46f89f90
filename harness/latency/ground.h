// Ground: what of a rig bears on how fast a database and its storage seem, beside its parts and bounds: who writes, how
// long they wait, on how many nodes, and what storage is compared with. It stands in the run's fingerprint under names
// of its own, so that runs of different ground are not taken for a pair. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/rig.h"
#include "harness/run.h"

namespace holdfast {

std::vector<std::pair<std::string, std::string>> GroundOf(const Rig& rig, std::size_t nodes);

// Whether this name of a fingerprint is of the ground, and not of a program.
bool IsGround(const std::string& name);

// "clients: 4 and 8", a line each. Runs of before it was kept do not differ.
std::vector<std::string> OtherGround(const Run& base, const Run& run);

}  // namespace holdfast
