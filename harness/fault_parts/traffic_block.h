// TrafficBlock: a part of a node's traffic is dropped. What faults of that kind share; they differ in the part.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "harness/fault.h"
#include "harness/fault_parts/node_target.h"

namespace holdfast {

class TrafficBlock {
 public:
  explicit TrafficBlock(Options& options) : target_(options) {}

  std::optional<std::string> Missing(Provider& provider, Backend& backend) const;
  Result<nlohmann::json> Arm(World& world);
  Status Inject(World& world, Network::Traffic traffic);
  // Bitten when the cluster misses a node whose traffic is blocked.
  Result<Bite> Biting(World& world) const;
  static Status Heal(World& world, const nlohmann::json& undo);
  static std::string ByHand(const nlohmann::json& undo);

 private:
  NodeTarget target_;
  std::string node_;
};

}  // namespace holdfast
