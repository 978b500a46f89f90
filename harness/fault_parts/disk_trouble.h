// What faults that trouble a disk without losing what is on it have in common.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "harness/fault.h"

namespace holdfast {

std::string ToString(DiskConduct conduct);  // "slow", for "the disk of n1 is slow"

// Puts the disk of `undo`'s node in order, if it is not.
Status HealDisk(World& world, const nlohmann::json& undo);
std::string MendDiskByHand(const nlohmann::json& undo);

}  // namespace holdfast
