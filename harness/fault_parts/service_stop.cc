#include "harness/fault_parts/service_stop.h"

#include <fmt/format.h>

#include "harness/fault_parts/passing.h"
#include "harness/fault_parts/target.h"

namespace holdfast {

ServiceStop::ServiceStop(const Fault::Context& context, NodeServices::Service service, Duration stopped_for)
    : service_(service),
      options_(context.options),
      target_(options_),
      stopped_for_(options_.Period("stopped_for", stopped_for)) {}

std::optional<std::string> ServiceStop::Missing(Provider& provider, Backend& backend) const {
  if (provider.services() == nullptr) return "the provider has no NodeServices";
  return target_.Missing(backend);
}

Result<nlohmann::json> ServiceStop::Arm(World& world) {
  ASSIGN_OR_RETURN(node_, target_.Choose(world));
  seen_ = Bite{.bitten = false, .evidence = fmt::format("{} of {} was not stopped", Name(), node_)};
  return nlohmann::json{{"node", node_}};
}

Status ServiceStop::Inject(World& world) {
  RETURN_IF_ERROR(world.provider.services()->Stop(node_, service_));
  ASSIGN_OR_RETURN(seen_, WatchFor(world.host, stopped_for_, [&] { return Look(world); }));
  return world.provider.services()->Start(node_, service_);
}

Result<Bite> ServiceStop::Look(World& world) const {
  ASSIGN_OR_RETURN(const bool running, world.provider.services()->IsRunning(node_, service_));
  ASSIGN_OR_RETURN(const nlohmann::json node, world.kube.Get("node", node_));
  return Bite{.bitten = !running && !IsReady(node),
              .evidence = fmt::format("{} of {} {}, {}", Name(), node_, running ? "ran" : "did not run",
                                      DescribeReadiness(node))};
}

Status ServiceStop::Heal(World& world, const nlohmann::json& undo) const {
  ASSIGN_OR_RETURN(const std::string node, TextOf(undo, "node"));
  if (world.provider.services() == nullptr) return Unavailable("the provider has no NodeServices to heal node " + node);
  ASSIGN_OR_RETURN(const bool running, world.provider.services()->IsRunning(node, service_));
  return running ? Status() : world.provider.services()->Start(node, service_);
}

std::string ServiceStop::ByHand(const nlohmann::json& undo) const {
  return fmt::format("start {} of {} (holdfast cluster shell NODE), or let the machine boot", Name(),
                     NamesIn(undo, "node"));
}

std::string ServiceStop::Name() const {
  return service_ == NodeServices::Service::kKubelet ? "the kubelet" : "the container runtime";
}

}  // namespace holdfast
