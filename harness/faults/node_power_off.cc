// node-power-off: the node under the database loses power for good, with its memory and its disk. Healed by a fresh
// machine in its place, on which the storage puts its copies again.
#include <fmt/format.h>

#include "harness/registry.h"
#include "harness/target.h"

namespace holdfast {
namespace {

// The Ready condition as the API server shows it: what the cluster believes, not what the provider did.
nlohmann::json ReadyCondition(const nlohmann::json& node) {
  for (const auto& condition : node.value("/status/conditions"_json_pointer, nlohmann::json::array())) {
    if (condition.value("type", "") == "Ready") return condition;
  }
  return nlohmann::json{{"status", "Unknown"}, {"reason", "NoReadyCondition"}};
}

bool IsReady(const nlohmann::json& node) { return ReadyCondition(node).value("status", "") == "True"; }

// Kernels differ in the boot id. Where nodes share a kernel (containers) a fresh machine still has another Node object.
std::string IdentityOf(const nlohmann::json& node) {
  return node.value("/metadata/uid"_json_pointer, std::string()) + "/" +
         node.value("/status/nodeInfo/bootID"_json_pointer, std::string());
}

enum class Machine {
  kUntouched,  // it never lost power: the fault was armed and not injected
  kDown,       // off, or a replacement that did not get so far as Ready
  kFresh,      // replaced; the storage may not know yet
};

}  // namespace

class NodePowerOff : public Fault {
 public:
  explicit NodePowerOff(const Context& context) : options_(context.options) {}

  Status Check() const override { return options_.Finish(); }

  std::optional<std::string> Missing(Provider& provider, Backend&) const override {
    if (provider.power() == nullptr) return "the provider has no Power";
    return std::nullopt;
  }

  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(const Placement target, LocateDatabase(world));
    ASSIGN_OR_RETURN(const nlohmann::json node, world.kube.Get("node", target.node));
    node_ = target.node;
    return nlohmann::json{{"node", node_}, {"identity", IdentityOf(node)}};
  }

  Status Inject(World& world) override { return world.provider.power()->Off(node_); }

  Result<Bite> Biting(World& world) override {
    ASSIGN_OR_RETURN(const bool on, world.provider.power()->IsOn(node_));
    const auto node = world.kube.Get("node", node_);
    if (!node && !IsNotFound(node.error())) return tl::unexpected<Error>(node.error());
    const std::string power = fmt::format("power of {} is {}", node_, on ? "on" : "off");
    if (!node) return Bite{.bitten = !on, .evidence = power + ", its Node object is gone"};
    const nlohmann::json ready = ReadyCondition(*node);
    return Bite{.bitten = !on && !IsReady(*node),
                .evidence = fmt::format("{}, Ready is {} ({})", power, ready.value("status", "absent"),
                                        ready.value("reason", ""))};
  }

  Status Heal(World& world, const nlohmann::json& undo) override {
    ASSIGN_OR_RETURN(const std::string node, TextOf(undo, "node"));
    ASSIGN_OR_RETURN(const std::string identity, TextOf(undo, "identity"));
    if (world.provider.power() == nullptr) return Unavailable("the provider has no Power to heal node " + node);
    ASSIGN_OR_RETURN(const Machine machine, Look(world, node, identity));
    if (machine == Machine::kUntouched) return {};
    if (machine == Machine::kDown) RETURN_IF_ERROR(world.provider.power()->ReplaceMachine(node));
    if (world.backend.replicas() == nullptr) return {};
    return world.backend.replicas()->Restore(node);
  }

  Duration HealLimit() const override { return std::chrono::minutes(5); }

 private:
  static Result<Machine> Look(World& world, const std::string& name, const std::string& identity) {
    ASSIGN_OR_RETURN(const bool on, world.provider.power()->IsOn(name));
    if (!on) return Machine::kDown;
    const auto node = world.kube.Get("node", name);
    if (!node) {
      if (IsNotFound(node.error())) return Machine::kDown;
      return tl::unexpected<Error>(node.error());
    }
    // A machine that was never cut off is left alone, also while a busy cluster takes it for not Ready.
    if (IdentityOf(*node) == identity) return Machine::kUntouched;
    return IsReady(*node) ? Machine::kFresh : Machine::kDown;
  }

  Options options_;
  std::string node_;
};

HOLDFAST_REGISTER(Fault, NodePowerOff, "node-power-off");

}  // namespace holdfast
