#include "harness/fault_parts/traffic_block.h"

#include <fmt/format.h>

#include "harness/fault_parts/target.h"

namespace holdfast {

std::optional<std::string> TrafficBlock::Missing(Provider& provider, Backend& backend) const {
  if (provider.network() == nullptr) return "the provider has no Network";
  return target_.Missing(backend);
}

Result<nlohmann::json> TrafficBlock::Arm(World& world) {
  ASSIGN_OR_RETURN(node_, target_.Choose(world));
  return nlohmann::json{{"node", node_}};
}

Status TrafficBlock::Inject(World& world, Network::Traffic traffic) {
  return world.provider.network()->Block(node_, traffic);
}

Result<Bite> TrafficBlock::Biting(World& world) const {
  ASSIGN_OR_RETURN(const bool blocked, world.provider.network()->IsBlocked(node_));
  ASSIGN_OR_RETURN(const nlohmann::json node, world.kube.Get("node", node_));
  return Bite{.bitten = blocked && !IsReady(node),
              .evidence = fmt::format("traffic of {} is {}, {}", node_, blocked ? "blocked" : "not blocked",
                                      DescribeReadiness(node))};
}

Status TrafficBlock::Heal(World& world, const nlohmann::json& undo) {
  ASSIGN_OR_RETURN(const std::string node, TextOf(undo, "node"));
  if (world.provider.network() == nullptr) return Unavailable("the provider has no Network to heal node " + node);
  ASSIGN_OR_RETURN(const bool blocked, world.provider.network()->IsBlocked(node));
  return blocked ? world.provider.network()->Unblock(node) : Status();
}

std::string TrafficBlock::ByHand(const nlohmann::json& undo) {
  return fmt::format("let through again what {} sends and is sent: part of it is dropped", NamesIn(undo, "node"));
}

}  // namespace holdfast
