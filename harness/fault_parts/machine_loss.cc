#include "harness/fault_parts/machine_loss.h"

#include <fmt/format.h>

#include "harness/fault_parts/power_cut.h"
#include "harness/fault_parts/target.h"

namespace holdfast {
namespace {

enum class Machine {
  kUntouched,  // it never lost power: the fault was armed and not injected
  kDown,       // off, or a replacement that did not get so far as Ready
  kFresh,      // replaced; the storage may not know yet
};

Result<Machine> Look(World& world, const std::string& name, const std::string& identity) {
  ASSIGN_OR_RETURN(const bool on, world.provider.power()->IsOn(name));
  if (!on) return Machine::kDown;
  const auto node = world.kube.Get("node", name);
  if (!node) {
    if (IsNotFound(node.error())) return Machine::kDown;
    return tl::unexpected<Error>(node.error());
  }
  // A machine that was never cut off is left alone, also while a busy cluster takes it for not Ready.
  if (BootOf(*node) == identity) return Machine::kUntouched;
  return IsReady(*node) ? Machine::kFresh : Machine::kDown;
}

Result<Bite> LookForLossOf(World& world, const std::string& name) {
  ASSIGN_OR_RETURN(const bool on, world.provider.power()->IsOn(name));
  const auto node = world.kube.Get("node", name);
  if (!node && !IsNotFound(node.error())) return tl::unexpected<Error>(node.error());
  const std::string power = fmt::format("power of {} is {}", name, on ? "on" : "off");
  if (!node) return Bite{.bitten = !on, .evidence = power + ", its Node object is gone"};
  return Bite{.bitten = !on && !IsReady(*node), .evidence = fmt::format("{}, {}", power, DescribeReadiness(*node))};
}

}  // namespace

std::optional<std::string> MachineLoss::Missing(Provider& provider) {
  if (provider.power() == nullptr) return "the provider has no Power";
  return std::nullopt;
}

Result<nlohmann::json> MachineLoss::Arm(World& world, const std::vector<std::string>& nodes) {
  nodes_ = nodes;
  skew_.reset();
  nlohmann::json machines = nlohmann::json::object();
  for (const std::string& name : nodes) {
    ASSIGN_OR_RETURN(const nlohmann::json node, world.kube.Get("node", name));
    machines[name] = BootOf(node);
  }
  return nlohmann::json{{"machines", machines}};
}

Status MachineLoss::Inject(World& world) {
  return CutPower(world, nodes_).map([this](Duration skew) { skew_ = skew; });
}

Result<Bite> MachineLoss::Biting(World& world) const {
  Bite all{.bitten = true, .evidence = ""};
  for (const std::string& node : nodes_) {
    ASSIGN_OR_RETURN(const Bite one, LookForLossOf(world, node));
    all.bitten = all.bitten && one.bitten;
    all.evidence += (all.evidence.empty() ? "" : "; ") + one.evidence;
  }
  all.evidence += DescribeSkew(nodes_.size(), skew_);
  return all;
}

// The storage is told once all machines are there: it may need several of them to decide anything.
Status MachineLoss::Heal(World& world, const nlohmann::json& undo) {
  if (!undo.is_object() || !undo.contains("machines") || !undo["machines"].is_object()) {
    return Unavailable(fmt::format("the undo record {} has no \"machines\"", undo.dump()));
  }
  if (world.provider.power() == nullptr) return Unavailable("the provider has no Power to heal with");
  std::vector<std::string> fresh;
  for (const auto& [node, entry] : undo["machines"].items()) {
    ASSIGN_OR_RETURN(const std::string identity, TextOf(undo["machines"], node));
    ASSIGN_OR_RETURN(const Machine machine, Look(world, node, identity));
    if (machine == Machine::kUntouched) continue;
    if (machine == Machine::kDown) RETURN_IF_ERROR(world.provider.power()->ReplaceMachine(node));
    fresh.push_back(node);
  }
  if (world.backend.replicas() == nullptr) return {};
  for (const std::string& node : fresh) RETURN_IF_ERROR(world.backend.replicas()->Restore(node));
  return {};
}

std::string MachineLoss::ByHand(const nlohmann::json& undo) {
  return fmt::format(
      "put fresh machines in the places of {} (kubectl delete node of each before), and have the storage put "
      "its copies there again",
      NamesIn(undo, "machines"));
}

}  // namespace holdfast
