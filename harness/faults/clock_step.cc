// clock-step: the clock of the node under the database jumps by `step` (default 60 s, at least 30 s) into the future,
// or with `towards: past` back: leases, certificates, tokens and time stamps are no longer what they seem. Healed by
// stepping it back by as much, whatever has become of the clocks since: against that of another node.
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <ctime>

#include "harness/fault_parts/container_processes.h"
#include "harness/fault_parts/node_target.h"
#include "harness/fault_parts/target.h"
#include "harness/options.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

using Seconds = std::chrono::duration<double>;

// Two kubelets renew their leases up to 10 s after each other, and a busy one somewhat later: that is no step.
constexpr std::int64_t kLeastStep = 30;

// How far the node's clock is before the peer's. Both are read through a shell that takes its time, so that this is not
// precise; steps are whole seconds.
Result<Seconds> LeadOf(World& world, const std::string& node, const std::string& peer) {
  const auto read = [&world](const std::string& name) -> Result<Seconds> {
    const Time begin = world.host.Now();
    ASSIGN_OR_RETURN(const std::string printed, RunOnNode(world, name, "date +%s.%N"));
    const Seconds midway = (begin + (world.host.Now() - begin) / 2).time_since_epoch();
    return Seconds(std::strtod(printed.c_str(), nullptr)) - midway;
  };
  ASSIGN_OR_RETURN(const Seconds here, read(node));
  ASSIGN_OR_RETURN(const Seconds there, read(peer));
  return here - there;
}

// By one program, so that nothing passes between reading and setting.
Status Step(World& world, const std::string& node, std::int64_t seconds) {
  return RunOnNode(world, node, fmt::format("date --set='{} seconds' >/dev/null", seconds)).map([](const std::string&) {
  });
}

// When the kubelet last renewed the node's lease, by its own clock.
Result<std::time_t> LastRenewal(World& world, const std::string& node) {
  ASSIGN_OR_RETURN(const nlohmann::json lease, world.kube.Get("lease", node, "kube-node-lease"));
  const std::string text = lease.value("/spec/renewTime"_json_pointer, std::string());
  std::tm utc{};
  if (strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &utc) == nullptr) {
    return Unavailable(fmt::format("the lease of {} has no renewTime: '{}'", node, text));
  }
  return timegm(&utc);
}

}  // namespace

class ClockStep : public Fault {
 public:
  explicit ClockStep(const Context& context) : options_(context.options), target_(options_) {
    const Duration step = options_.Period("step", std::chrono::seconds(60));
    const bool back = options_.Text("towards", "future", {"future", "past"}) == "past";
    step_ = std::chrono::ceil<std::chrono::seconds>(step).count() * (back ? -1 : 1);
  }

  Status Check() const override {
    RETURN_IF_ERROR(options_.Finish());
    if (std::abs(step_) >= kLeastStep) return {};
    const Options::Value& step = options_.values().at("step");
    return UsageError(
        fmt::format("{}: step is '{}'; allowed: {} s or more, since clocks are compared by what kubelets "
                    "write every 10 s",
                    step.where, step.text, kLeastStep));
  }
  std::optional<std::string> Missing(Provider& provider, Backend& backend) const override {
    if (provider.shell() == nullptr) return "the provider has no NodeShell";
    return target_.Missing(backend);
  }

  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(node_, target_.Choose(world));
    peer_.clear();
    for (const std::string& node : world.provider.Nodes()) {
      if (node != node_ && peer_.empty()) peer_ = node;
    }
    if (peer_.empty()) return Unavailable("there is no other node whose clock could be compared");
    ASSIGN_OR_RETURN(const Seconds lead, LeadOf(world, node_, peer_));
    return nlohmann::json{{"node", node_}, {"peer", peer_}, {"lead_s", lead.count()}};
  }

  Status Inject(World& world) override { return Step(world, node_, step_); }

  // By what the kubelets write into the API, each with its own clock, some seconds apart from each other.
  Result<Bite> Biting(World& world) override {
    ASSIGN_OR_RETURN(const std::time_t here, LastRenewal(world, node_));
    ASSIGN_OR_RETURN(const std::time_t there, LastRenewal(world, peer_));
    const auto lead = static_cast<std::int64_t>(here - there);
    const bool stepped = step_ > 0 ? lead >= step_ / 2 : lead <= step_ / 2;
    return Bite{.bitten = stepped,
                .evidence = fmt::format("{} renewed its lease {} s {} {}, by their own clocks", node_, std::abs(lead),
                                        lead < 0 ? "before" : "after", peer_)};
  }

  Status Heal(World& world, const nlohmann::json& undo) override {
    ASSIGN_OR_RETURN(const std::string node, TextOf(undo, "node"));
    ASSIGN_OR_RETURN(const std::string peer, TextOf(undo, "peer"));
    ASSIGN_OR_RETURN(const double lead_before, NumberOf(undo, "lead_s"));
    ASSIGN_OR_RETURN(const Seconds lead, LeadOf(world, node, peer));
    const auto back = static_cast<std::int64_t>(std::lround(lead_before - lead.count()));
    // What is less may be the shell's.
    constexpr std::int64_t kLeastBack = 3;
    return std::abs(back) < kLeastBack ? Status() : Step(world, node, back);
  }
  std::string ByHand(const std::string&, const nlohmann::json& undo) const override {
    return fmt::format("holdfast cluster shell {} date --set=@$(date +%s)", NamesIn(undo, "node"));
  }
  int Toll() const override { return 0; }

 private:
  Options options_;
  NodeTarget target_;
  std::int64_t step_ = 0;  // in seconds
  std::string node_;
  std::string peer_;
};

HOLDFAST_REGISTER(Fault, ClockStep, "clock-step");

}  // namespace holdfast
