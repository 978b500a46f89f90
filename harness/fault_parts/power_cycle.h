// PowerCycle: machines lose power together and get it back after a while, with their disks: what a power failure of a
// rack or of all is like. What faults of that kind share; they differ in whose machines.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/fault.h"

namespace holdfast {

class PowerCycle {
 public:
  // Option `off_for`: how long they are without power (default 10 s).
  explicit PowerCycle(Options& options) : off_for_(options.Period("off_for", std::chrono::seconds(10))) {}

  static std::optional<std::string> Missing(Provider& provider);

  Result<nlohmann::json> Arm(World& world, const std::vector<std::string>& nodes);
  // Returns when the machines boot again.
  Status Inject(World& world);
  Duration InjectLimit() const { return off_for_ + kInjectLimit; }
  // Bitten when the API server shows another boot of each of them.
  Result<Bite> Biting(World& world) const;
  // Power for those that are still without.
  static Status Heal(World& world, const nlohmann::json& undo);
  static std::string ByHand(const nlohmann::json& undo);

 private:
  Duration off_for_;
  std::optional<Duration> skew_;                     // from the first to the last that lost its power
  nlohmann::json boots_ = nlohmann::json::object();  // node → its boot when the fault was armed
};

}  // namespace holdfast
