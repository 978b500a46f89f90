#include "harness/fault_parts/machine_boot.h"

#include <fmt/format.h>

#include "harness/fault_parts/target.h"

namespace holdfast {

Result<bool> MachineAnswers(World& world, const std::string& node) {
  ASSIGN_OR_RETURN(const bool on, world.provider.power()->IsOn(node));
  if (!on) return false;
  const auto output = world.provider.shell()->Run(node, "true", std::chrono::seconds(15));
  if (!output && output.error().code == ErrorCode::kInterrupted) return tl::unexpected<Error>(output.error());
  return output.has_value();
}

Result<Bite> LookForEndOfMachine(World& world, const std::string& node, const std::string& boot) {
  ASSIGN_OR_RETURN(const nlohmann::json object, world.kube.Get("node", node));
  if (BootOf(object) != boot) return Bite{.bitten = true, .evidence = fmt::format("{} booted again", node)};
  // The shell is slow to say no; it is asked once there is something to explain.
  if (IsReady(object)) {
    return Bite{.bitten = false, .evidence = fmt::format("{}: {}", node, DescribeReadiness(object))};
  }
  ASSIGN_OR_RETURN(const bool answers, MachineAnswers(world, node));
  return Bite{
      .bitten = !answers,
      .evidence = fmt::format("{} {}, {}", node, answers ? "answers" : "does not answer", DescribeReadiness(object))};
}

namespace {

// One that nobody has missed may have ended just now, unless it is another boot.
bool IsBackAs(World& world, const std::string& node, const std::string& boot) {
  const auto object = world.kube.Get("node", node);
  return object && BootOf(*object) != boot && IsReady(*object);
}

// What the machine was seen to be, after a minute at most.
enum class State { kWithoutPower, kSilent, kWell };
Result<State> AwaitAnswer(World& world, const std::string& node, const std::string& boot) {
  State state = State::kSilent;
  const Wait wait{.awaited = node + " answers", .limit = std::chrono::minutes(1), .interval = std::chrono::seconds(2)};
  const Status answered = Await(world.host, wait, [&](std::string&) -> Result<bool> {
    ASSIGN_OR_RETURN(const bool on, world.provider.power()->IsOn(node));
    if (!on) state = State::kWithoutPower;
    if (!on) return true;
    ASSIGN_OR_RETURN(const bool answers, MachineAnswers(world, node));
    if (answers || IsBackAs(world, node, boot)) state = State::kWell;
    return state == State::kWell;
  });
  if (!answered && answered.error().code != ErrorCode::kTimeout) return tl::unexpected<Error>(answered.error());
  return state;
}

}  // namespace

Status BootIfGone(World& world, const std::string& node, const std::string& boot) {
  if (world.provider.power() == nullptr || world.provider.shell() == nullptr) {
    return Unavailable(fmt::format("the provider has no Power and NodeShell to heal node {}", node));
  }
  ASSIGN_OR_RETURN(const State state, AwaitAnswer(world, node, boot));
  if (state == State::kWell) return {};
  if (state == State::kSilent) RETURN_IF_ERROR(world.provider.power()->Off(node));
  return world.provider.power()->On(node);
}

Status BootIfGone(World& world, const nlohmann::json& undo) {
  ASSIGN_OR_RETURN(const std::string node, TextOf(undo, "node"));
  ASSIGN_OR_RETURN(const std::string boot, TextOf(undo, "boot"));
  return BootIfGone(world, node, boot);
}

std::string BootByHand(const nlohmann::json& undo) {
  return fmt::format("switch {} off, should it have power, and on again", NamesIn(undo, "node"));
}

}  // namespace holdfast
