#include "harness/fault_parts/network_trouble.h"

#include <fmt/format.h>

#include <string>

#include "harness/fault_parts/target.h"

namespace holdfast {

Status MendNetwork(World& world, const nlohmann::json& undo) {
  ASSIGN_OR_RETURN(const std::string node, TextOf(undo, "node"));
  if (world.provider.network() == nullptr) return Unavailable("the provider has no Network to heal node " + node);
  ASSIGN_OR_RETURN(const bool cut, world.provider.network()->IsCut(node));
  return cut ? world.provider.network()->Mend(node) : Status();
}

Status RestoreQuality(World& world, const nlohmann::json& undo) {
  ASSIGN_OR_RETURN(const std::string node, TextOf(undo, "node"));
  if (world.provider.network() == nullptr) return Unavailable("the provider has no Network to heal node " + node);
  return world.provider.network()->SetQuality(node, {});
}

std::string MendNetworkByHand(const nlohmann::json& undo) {
  return fmt::format("connect {} to the network again", NamesIn(undo, "node"));
}

std::string RestoreQualityByHand(const nlohmann::json& undo) {
  return fmt::format(
      "delay and drop no packets of {0} any more; a delay: holdfast cluster shell {0} tc qdisc del dev "
      "DEVICE root",
      NamesIn(undo, "node"));
}

}  // namespace holdfast
