// How faults that trouble a node's network, and leave the node alone, are healed.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "harness/fault.h"

namespace holdfast {

// Connects `undo`'s node again, if it is cut off.
Status MendNetwork(World& world, const nlohmann::json& undo);
std::string MendNetworkByHand(const nlohmann::json& undo);

// The network of `undo`'s node as it was made, neither slow nor lossy.
Status RestoreQuality(World& world, const nlohmann::json& undo);
std::string RestoreQualityByHand(const nlohmann::json& undo);

}  // namespace holdfast
