// What several faults ask about their target: where the database is, whether a pod has come to its end, and what an
// undo record says.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "harness/fault.h"

namespace holdfast {

// Demands that the database is on a node: there is nothing to hurt otherwise.
Result<Placement> LocateDatabase(World& world);

// Bitten when the pod of that name and uid is gone, is being deleted, or was evicted.
Result<Bite> LookForEndOf(const World& world, const std::string& pod, const std::string& uid);

bool IsNotFound(const Error& error);

// A text of an undo record, which comes from a file that may have been written by another version.
Result<std::string> TextOf(const nlohmann::json& undo, const std::string& key);

}  // namespace holdfast
