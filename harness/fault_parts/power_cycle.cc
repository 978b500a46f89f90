#include "harness/fault_parts/power_cycle.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "harness/fault_parts/power_cut.h"
#include "harness/fault_parts/target.h"

namespace holdfast {

std::optional<std::string> PowerCycle::Missing(Provider& provider) {
  if (provider.power() == nullptr) return "the provider has no Power";
  return std::nullopt;
}

Result<nlohmann::json> PowerCycle::Arm(World& world, const std::vector<std::string>& nodes) {
  nlohmann::json boots = nlohmann::json::object();
  for (const std::string& name : nodes) {
    ASSIGN_OR_RETURN(const nlohmann::json node, world.kube.Get("node", name));
    boots[name] = BootOf(node);
  }
  boots_ = std::move(boots);
  skew_.reset();
  return nlohmann::json{{"nodes", nodes}};
}

Status PowerCycle::Inject(World& world) {
  Power& power = *world.provider.power();
  std::vector<std::string> nodes;
  for (const auto& [node, boot] : boots_.items()) nodes.push_back(node);
  ASSIGN_OR_RETURN(skew_, CutPower(world, nodes));
  if (!world.host.SleepFor(off_for_)) return Fail(ErrorCode::kInterrupted, "interrupted while the power was off");
  for (const auto& [node, boot] : boots_.items()) RETURN_IF_ERROR(power.On(node));
  return {};
}

Result<Bite> PowerCycle::Biting(World& world) const {
  std::vector<std::string> booted, not_yet;
  for (const auto& [name, boot] : boots_.items()) {
    ASSIGN_OR_RETURN(const nlohmann::json node, world.kube.Get("node", name));
    (BootOf(node) == boot.get<std::string>() ? not_yet : booted).push_back(name);
  }
  if (!not_yet.empty())
    return Bite{.bitten = false, .evidence = fmt::format("no other boot of {} seen", fmt::join(not_yet, ", "))};
  return Bite{.bitten = true,
              .evidence = fmt::format("{} booted again", fmt::join(booted, ", ")) + DescribeSkew(booted.size(), skew_)};
}

Status PowerCycle::Heal(World& world, const nlohmann::json& undo) {
  ASSIGN_OR_RETURN(const std::vector<std::string> nodes, TextsOf(undo, "nodes"));
  if (world.provider.power() == nullptr) return Unavailable("the provider has no Power to heal with");
  for (const std::string& node : nodes) {
    ASSIGN_OR_RETURN(const bool on, world.provider.power()->IsOn(node));
    if (!on) RETURN_IF_ERROR(world.provider.power()->On(node));
  }
  return {};
}

std::string PowerCycle::ByHand(const nlohmann::json& undo) {
  return fmt::format("switch on what is without power of {}", NamesIn(undo, "nodes"));
}

}  // namespace holdfast
