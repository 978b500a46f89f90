// blackout: every node loses power at once and gets it back `off_for` later. No copy is left in any memory: what was
// acknowledged must come from the disks. Healed by power for those that were left without.
#include "harness/fault_parts/power_cycle.h"
#include "harness/fault_parts/target.h"
#include "harness/registry.h"

namespace holdfast {

class Blackout : public Fault {
 public:
  explicit Blackout(const Context& context) : options_(context.options), cycle_(options_) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider& provider, Backend&) const override {
    return PowerCycle::Missing(provider);
  }
  Result<nlohmann::json> Arm(World& world) override {
    RETURN_IF_ERROR(LocateDatabase(world));
    return cycle_.Arm(world, world.provider.Nodes());
  }
  Status Inject(World& world) override { return cycle_.Inject(world); }
  Result<Bite> Biting(World& world) override { return cycle_.Biting(world); }
  Status Heal(World& world, const nlohmann::json& undo) override { return PowerCycle::Heal(world, undo); }
  bool EndsByItself() const override { return true; }
  Duration InjectLimit() const override { return cycle_.InjectLimit(); }
  std::string ByHand(const std::string&, const nlohmann::json& undo) const override { return PowerCycle::ByHand(undo); }
  int Toll() const override { return kAllNodes; }
  MemoryLoss Loses() const override { return MemoryLoss::kPower; }

 private:
  Options options_;
  PowerCycle cycle_;
};

HOLDFAST_REGISTER(Fault, Blackout, "blackout");

}  // namespace holdfast
