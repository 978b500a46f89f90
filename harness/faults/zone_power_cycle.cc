// zone-power-cycle: every node of the database's zone loses power at once and gets it back `off_for` later, with its
// disk: what was not synced is gone, what was is there. The machines boot by themselves; healed by power for those that
// were left without.
#include "harness/fault_parts/power_cycle.h"
#include "harness/fault_parts/zone_target.h"
#include "harness/registry.h"

namespace holdfast {

class ZonePowerCycle : public Fault {
 public:
  explicit ZonePowerCycle(const Context& context) : options_(context.options), zone_(options_), cycle_(options_) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider& provider, Backend& backend) const override {
    if (const auto missing = PowerCycle::Missing(provider)) return missing;
    return zone_.Missing(backend);
  }
  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(const std::vector<std::string> nodes, zone_.Choose(world));
    return cycle_.Arm(world, nodes);
  }
  Status Inject(World& world) override { return cycle_.Inject(world); }
  Result<Bite> Biting(World& world) override { return cycle_.Biting(world); }
  Status Heal(World& world, const nlohmann::json& undo) override { return PowerCycle::Heal(world, undo); }
  bool EndsByItself() const override { return true; }
  Duration InjectLimit() const override { return cycle_.InjectLimit(); }
  std::string ByHand(const std::string&, const nlohmann::json& undo) const override { return PowerCycle::ByHand(undo); }
  int Toll() const override { return zone_.MostNodes(); }
  MemoryLoss Loses() const override { return MemoryLoss::kPower; }

 private:
  Options options_;
  ZoneTarget zone_;
  PowerCycle cycle_;
};

HOLDFAST_REGISTER(Fault, ZonePowerCycle, "zone-power-cycle");

}  // namespace holdfast
