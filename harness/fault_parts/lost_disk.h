// LostDisk: the disk of a replica is lost for good: the one on the node under the database if there is one, else any;
// or that of the node which the option `target` names. What faults of that kind share; they differ in what becomes of
// it. Healed by an empty disk in its place, on which the storage puts its copies again.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "harness/fault.h"
#include "harness/fault_parts/node_target.h"

namespace holdfast {

class LostDisk {
 public:
  explicit LostDisk(Options& options) : target_(options) {}

  static std::optional<std::string> Missing(Provider& provider, Backend& backend);

  Result<nlohmann::json> Arm(World& world);
  const std::string& node() const { return node_; }
  static Status Heal(World& world, const nlohmann::json& undo);
  static std::string ByHand(const nlohmann::json& undo);

 private:
  NodeTarget target_;
  std::string node_;
};

}  // namespace holdfast
