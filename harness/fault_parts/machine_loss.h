// MachineLoss: machines lose their power together and for good, with their memories and their disks. What faults of
// that kind share; they differ in whose machines. Healed by fresh machines in their places, on which the storage puts
// its copies again.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/fault.h"

namespace holdfast {

class MachineLoss {
 public:
  static std::optional<std::string> Missing(Provider& provider);

  Result<nlohmann::json> Arm(World& world, const std::vector<std::string>& nodes);
  Status Inject(World& world);
  // Bitten when the cluster misses each of them.
  Result<Bite> Biting(World& world) const;
  // Takes a heal that was cut off up where it stopped; a machine that never lost its power is left alone.
  static Status Heal(World& world, const nlohmann::json& undo);
  static std::string ByHand(const nlohmann::json& undo);

 private:
  std::vector<std::string> nodes_;
  std::optional<Duration> skew_;  // from the first to the last that lost its power
};

}  // namespace holdfast
