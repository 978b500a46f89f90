// LatencyPlan: the steps of a cell that measures storage, reading by reading in the order that its seed draws.
#pragma once

#include <vector>

#include "harness/plan.h"

namespace holdfast {

// Of whatever is put on the cluster with a volume of its own.
inline constexpr Duration kDeployLimit = std::chrono::minutes(3);  // provisioning, attaching, mounting, the first start
inline constexpr Duration kRemoveLimit = std::chrono::minutes(3);  // a volume is detached and deleted

// Marks (history.h) around a time in which the player changes nothing and asks for nothing, where commits are measured.
inline constexpr char kMarkHolding[] = "holding";
inline constexpr char kMarkHeld[] = "held";

// Who writes to the cell's database: the rig's clients; where commits are measured as many as it takes that each has a
// write due no oftener than every kLeastDueEvery. One that waits for a slow commit would else hold up the next, and
// what is measured would be the client's queue.
int ClientsOf(const Rig& rig, const Cell& cell);
inline constexpr Duration kLeastDueEvery = std::chrono::milliseconds(400);

// `cell` has `fio`.
std::vector<Step> LatencySteps(const Cell& cell);

}  // namespace holdfast
