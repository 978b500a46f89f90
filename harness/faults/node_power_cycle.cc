// node-power-cycle: the node under the database loses power and gets it back `off_for` later, with its disk: what was
// not synced is gone, what was is there. The machine boots by itself; healed by power if it was left without.
#include "harness/fault_parts/node_target.h"
#include "harness/fault_parts/power_cycle.h"
#include "harness/registry.h"

namespace holdfast {

class NodePowerCycle : public Fault {
 public:
  explicit NodePowerCycle(const Context& context) : options_(context.options), target_(options_), cycle_(options_) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider& provider, Backend& backend) const override {
    if (const auto missing = PowerCycle::Missing(provider)) return missing;
    return target_.Missing(backend);
  }
  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(const std::string node, target_.Choose(world));
    return cycle_.Arm(world, {node});
  }
  Status Inject(World& world) override { return cycle_.Inject(world); }
  Result<Bite> Biting(World& world) override { return cycle_.Biting(world); }
  Status Heal(World& world, const nlohmann::json& undo) override { return PowerCycle::Heal(world, undo); }
  bool EndsByItself() const override { return true; }
  Duration InjectLimit() const override { return cycle_.InjectLimit(); }
  std::string ByHand(const std::string&, const nlohmann::json& undo) const override { return PowerCycle::ByHand(undo); }
  MemoryLoss Loses() const override { return MemoryLoss::kPower; }

 private:
  Options options_;
  NodeTarget target_;
  PowerCycle cycle_;
};

HOLDFAST_REGISTER(Fault, NodePowerCycle, "node-power-cycle");

}  // namespace holdfast
