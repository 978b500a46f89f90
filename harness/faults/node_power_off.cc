// node-power-off: the node under the database loses power for good, with its memory and its disk. Healed by a fresh
// machine in its place, on which the storage puts its copies again.
#include "harness/fault_parts/machine_loss.h"
#include "harness/fault_parts/node_target.h"
#include "harness/registry.h"

namespace holdfast {

class NodePowerOff : public Fault {
 public:
  explicit NodePowerOff(const Context& context) : options_(context.options), target_(options_) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider& provider, Backend& backend) const override {
    if (const auto missing = MachineLoss::Missing(provider)) return missing;
    return target_.Missing(backend);
  }
  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(const std::string node, target_.Choose(world));
    return loss_.Arm(world, {node});
  }
  Status Inject(World& world) override { return loss_.Inject(world); }
  Result<Bite> Biting(World& world) override { return loss_.Biting(world); }
  Status Heal(World& world, const nlohmann::json& undo) override { return MachineLoss::Heal(world, undo); }
  std::string ByHand(const std::string&, const nlohmann::json& undo) const override {
    return MachineLoss::ByHand(undo);
  }
  MemoryLoss Loses() const override { return MemoryLoss::kPower; }
  Duration HealLimit() const override { return std::chrono::minutes(5); }

 private:
  Options options_;
  NodeTarget target_;
  MachineLoss loss_;
};

HOLDFAST_REGISTER(Fault, NodePowerOff, "node-power-off");

}  // namespace holdfast
