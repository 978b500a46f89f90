// node-freeze: every processor of the node under the database stops, and goes on when it is thawed: the zombie that
// wakes up, believes that no time has passed, and still has the volume. Nothing of its memory is lost.
#include <fmt/format.h>

#include "harness/fault_parts/machine_boot.h"
#include "harness/fault_parts/node_target.h"
#include "harness/fault_parts/target.h"
#include "harness/registry.h"

namespace holdfast {

class NodeFreeze : public Fault {
 public:
  explicit NodeFreeze(const Context& context) : options_(context.options), target_(options_) {}

  Status Check() const override { return options_.Finish(); }

  std::optional<std::string> Missing(Provider& provider, Backend& backend) const override {
    if (provider.power() == nullptr) return "the provider has no Power";
    if (provider.shell() == nullptr) return "the provider has no NodeShell";
    return target_.Missing(backend);
  }

  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(node_, target_.Choose(world));
    return nlohmann::json{{"node", node_}};
  }

  Status Inject(World& world) override { return world.provider.power()->Freeze(node_); }

  // The cluster sees a node that went away. One that lost its power, or its kubelet, would look the same: so whether it
  // has the one is asked, and whether it answers, which it is slow not to do, once it is missed.
  Result<Bite> Biting(World& world) override {
    ASSIGN_OR_RETURN(const bool on, world.provider.power()->IsOn(node_));
    ASSIGN_OR_RETURN(const nlohmann::json node, world.kube.Get("node", node_));
    const std::string evidence =
        fmt::format("power of {} is {}, {}", node_, on ? "on" : "off", DescribeReadiness(node));
    if (!on || IsReady(node)) return Bite{.bitten = false, .evidence = evidence};
    ASSIGN_OR_RETURN(const bool answers, MachineAnswers(world, node_));
    return Bite{.bitten = !answers, .evidence = evidence + (answers ? ", it answers" : ", it does not answer")};
  }

  Status Heal(World& world, const nlohmann::json& undo) override {
    ASSIGN_OR_RETURN(const std::string node, TextOf(undo, "node"));
    if (world.provider.power() == nullptr) return Unavailable("the provider has no Power to heal node " + node);
    return world.provider.power()->Thaw(node);
  }
  std::string ByHand(const std::string&, const nlohmann::json& undo) const override {
    return fmt::format("let {} go on: its processors stand still", NamesIn(undo, "node"));
  }

 private:
  Options options_;
  NodeTarget target_;
  std::string node_;
};

HOLDFAST_REGISTER(Fault, NodeFreeze, "node-freeze");

}  // namespace holdfast
