#include "harness/fault_parts/lost_disk.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/fault_parts/target.h"

namespace holdfast {
namespace {

// One that is not there cannot be read from, and does not fail.
Result<bool> IsLost(Disks& disks, const std::string& node) {
  const Result<DiskConduct> conduct = disks.GetConduct(node);
  if (conduct && *conduct == DiskConduct::kGone) return true;
  return disks.IsFailing(node);
}

}  // namespace

std::optional<std::string> LostDisk::Missing(Provider& provider, Backend& backend) {
  if (provider.disks() == nullptr) return "the provider has no Disks";
  if (backend.replicas() == nullptr) return "the backend has no Replicas";
  return std::nullopt;
}

Result<nlohmann::json> LostDisk::Arm(World& world) {
  ASSIGN_OR_RETURN(const Placement database, LocateDatabase(world));
  ASSIGN_OR_RETURN(const std::vector<std::string> holders, world.backend.replicas()->Holders());
  if (holders.empty()) return Unavailable("the backend knows no node that holds a replica");
  const bool under_it = std::find(holders.begin(), holders.end(), database.node) != holders.end();
  if (target_.IsDatabaseNode() && !under_it) {
    node_ = holders.front();
  } else {
    ASSIGN_OR_RETURN(node_, target_.Choose(world));
  }
  return nlohmann::json{{"node", node_}};
}

// Restore is asked for also when the disk is well and the storage is not: a heal may have been cut off between the two.
Status LostDisk::Heal(World& world, const nlohmann::json& undo) {
  ASSIGN_OR_RETURN(const std::string node, TextOf(undo, "node"));
  if (const auto missing = Missing(world.provider, world.backend)) {
    return Unavailable(fmt::format("{} to heal the disk of {}", *missing, node));
  }
  ASSIGN_OR_RETURN(const bool lost, IsLost(*world.provider.disks(), node));
  if (lost) {
    RETURN_IF_ERROR(world.provider.disks()->ReplaceDisk(node));
  } else {
    ASSIGN_OR_RETURN(const Health health, world.backend.GetHealth());
    if (health.whole) return {};
  }
  return world.backend.replicas()->Restore(node);
}

std::string LostDisk::ByHand(const nlohmann::json& undo) {
  return fmt::format("give {} an empty disk, and have the storage put its copies there again", NamesIn(undo, "node"));
}

}  // namespace holdfast
