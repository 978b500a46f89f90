#include "harness/fault_parts/disk_trouble.h"

#include <fmt/format.h>

#include "harness/check.h"
#include "harness/fault_parts/target.h"

namespace holdfast {

std::string ToString(DiskConduct conduct) {
  switch (conduct) {
    case DiskConduct::kGood:
      return "good";
    case DiskConduct::kErrors:
      return "failing";
    case DiskConduct::kWriteErrors:
      return "refusing writes";
    case DiskConduct::kSlow:
      return "slow";
    case DiskConduct::kGone:
      return "gone";
  }
  CHECK_UNREACHABLE();
  return "";
}

Status HealDisk(World& world, const nlohmann::json& undo) {
  ASSIGN_OR_RETURN(const std::string node, TextOf(undo, "node"));
  if (world.provider.disks() == nullptr) return Unavailable("the provider has no Disks to heal node " + node);
  const Result<DiskConduct> conduct = world.provider.disks()->GetConduct(node);
  if (conduct && *conduct == DiskConduct::kGood) return {};
  return world.provider.disks()->Conduct(node, DiskConduct::kGood);
}

std::string MendDiskByHand(const nlohmann::json& undo) {
  return fmt::format("make the disk of {} serve as before: what is on it is good", NamesIn(undo, "node"));
}

}  // namespace holdfast
