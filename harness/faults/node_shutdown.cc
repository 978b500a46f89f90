// node-shutdown: the node under the database is shut down as with its power button: its programs are told to end, what
// is in memory reaches the disks, and then the power goes. Nobody drains it before. Healed by power.
#include <fmt/format.h>

#include "harness/fault_parts/machine_boot.h"
#include "harness/fault_parts/node_target.h"
#include "harness/fault_parts/target.h"
#include "harness/registry.h"

namespace holdfast {
class NodeShutdown : public Fault {
 public:
  explicit NodeShutdown(const Context& context) : options_(context.options), target_(options_) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider& provider, Backend& backend) const override {
    if (provider.power() == nullptr) return "the provider has no Power";
    if (provider.shell() == nullptr) return "the provider has no NodeShell";
    return target_.Missing(backend);
  }

  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(node_, target_.Choose(world));
    ASSIGN_OR_RETURN(const nlohmann::json node, world.kube.Get("node", node_));
    boot_ = BootOf(node);
    return nlohmann::json{{"node", node_}, {"boot", boot_}};
  }

  Status Inject(World& world) override { return world.provider.power()->ShutDown(node_); }

  Result<Bite> Biting(World& world) override { return LookForEndOfMachine(world, node_, boot_); }

  Status Heal(World& world, const nlohmann::json& undo) override { return BootIfGone(world, undo); }
  std::string ByHand(const std::string&, const nlohmann::json& undo) const override { return BootByHand(undo); }

 private:
  Options options_;
  NodeTarget target_;
  std::string node_;
  std::string boot_;
};

HOLDFAST_REGISTER(Fault, NodeShutdown, "node-shutdown");

}  // namespace holdfast
