// zone-power-off: every node of the database's zone loses power at once and for good, with memory and disk. Healed by
// fresh machines in their places, on which the storage puts its copies again.
#include "harness/fault_parts/machine_loss.h"
#include "harness/fault_parts/zone_target.h"
#include "harness/registry.h"

namespace holdfast {

class ZonePowerOff : public Fault {
 public:
  explicit ZonePowerOff(const Context& context) : options_(context.options), zone_(options_) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider& provider, Backend& backend) const override {
    if (const auto missing = MachineLoss::Missing(provider)) return missing;
    return zone_.Missing(backend);
  }
  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(const std::vector<std::string> nodes, zone_.Choose(world));
    if (nodes.size() == world.provider.Nodes().size()) {
      return Unavailable("the zone has all nodes of the cluster, and nothing would be left of any data");
    }
    return loss_.Arm(world, nodes);
  }
  Status Inject(World& world) override { return loss_.Inject(world); }
  Result<Bite> Biting(World& world) override { return loss_.Biting(world); }
  Status Heal(World& world, const nlohmann::json& undo) override { return MachineLoss::Heal(world, undo); }
  std::string ByHand(const std::string&, const nlohmann::json& undo) const override {
    return MachineLoss::ByHand(undo);
  }
  int Toll() const override { return zone_.MostNodes(); }
  MemoryLoss Loses() const override { return MemoryLoss::kPower; }
  Duration HealLimit() const override { return std::chrono::minutes(5) * zone_.MostNodes(); }

 private:
  Options options_;
  ZoneTarget zone_;
  MachineLoss loss_;
};

HOLDFAST_REGISTER(Fault, ZonePowerOff, "zone-power-off");

}  // namespace holdfast
