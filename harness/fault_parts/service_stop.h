// ServiceStop: a program that makes a machine a node of the cluster is away for a while; the containers on the node go
// on. What faults of that kind share; they differ in the program.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "harness/fault.h"
#include "harness/fault_parts/node_target.h"

namespace holdfast {

class ServiceStop {
 public:
  // Options `stopped_for`: how long it is away, by default longer than the cluster needs to miss the node; and those of
  // NodeTarget.
  ServiceStop(const Fault::Context& context, NodeServices::Service service, Duration stopped_for);

  Status Check() const { return options_.Finish(); }
  std::optional<std::string> Missing(Provider& provider, Backend& backend) const;
  Result<nlohmann::json> Arm(World& world);
  // Returns when it runs again.
  Status Inject(World& world);
  Duration InjectLimit() const { return stopped_for_ + kInjectLimit; }
  // Bitten when the API server showed a node that is not Ready while the program was away.
  Result<Bite> Biting() const { return seen_; }
  Status Heal(World& world, const nlohmann::json& undo) const;
  std::string ByHand(const nlohmann::json& undo) const;

 private:
  Result<Bite> Look(World& world) const;
  std::string Name() const;

  NodeServices::Service service_;
  Options options_;
  NodeTarget target_;
  Duration stopped_for_;
  std::string node_;
  Bite seen_;
};

}  // namespace holdfast
