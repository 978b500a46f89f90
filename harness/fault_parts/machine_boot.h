// What faults that end a machine and leave it its disks have in common: it is gone when the cluster misses it and it
// has no power or does not answer, and it is healed by power.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "harness/fault.h"

namespace holdfast {

// Whether anything runs on it: it has power and its shell answers. A kernel that panicked may keep the power.
Result<bool> MachineAnswers(World& world, const std::string& node);

// Bitten when the machine does not answer and the API server has missed it, or when it has already booted anew.
Result<Bite> LookForEndOfMachine(World& world, const std::string& node, const std::string& boot);

// Power for a machine without, and for one that does not answer from off. One that answers, or that has booted anew
// since it was `boot`, is left alone, and on a busy machine either takes its time: it is given a minute.
Status BootIfGone(World& world, const std::string& node, const std::string& boot);

// The same by the record of a fault that ends one machine: {"node": …, "boot": …}.
Status BootIfGone(World& world, const nlohmann::json& undo);

std::string BootByHand(const nlohmann::json& undo);

}  // namespace holdfast
