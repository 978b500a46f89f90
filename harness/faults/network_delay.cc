// network-delay: all that the node under the database sends is late by `delay`. Its storage still answers, and so does
// the database, each write later than before. Healed by a network as it was made.
#include <fmt/format.h>

#include <algorithm>

#include "harness/fault_parts/network_trouble.h"
#include "harness/fault_parts/node_target.h"
#include "harness/options.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

constexpr int kConnections = 20;

// The fastest of several: a busy machine delays some, the fault all of them. Empty: nobody answered.
Result<std::optional<Duration>> FastestConnection(World& world, const std::string& node) {
  ASSIGN_OR_RETURN(const auto times, world.provider.network()->TimeConnections(node, kConnections));
  std::optional<Duration> fastest;
  for (const auto& time : times) {
    if (time) fastest = std::min(*time, fastest.value_or(*time));
  }
  return fastest;
}

}  // namespace

class NetworkDelay : public Fault {
 public:
  explicit NetworkDelay(const Context& context)
      : options_(context.options),
        target_(options_),
        delay_(options_.Period("delay", std::chrono::milliseconds(200))) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider& provider, Backend& backend) const override {
    if (provider.network() == nullptr) return "the provider has no Network";
    return target_.Missing(backend);
  }

  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(node_, target_.Choose(world));
    ASSIGN_OR_RETURN(const auto fastest, FastestConnection(world, node_));
    if (!fastest) return Unavailable(fmt::format("{} does not answer, so that a delay could not be seen", node_));
    before_ = *fastest;
    return nlohmann::json{{"node", node_}};
  }

  Status Inject(World& world) override { return world.provider.network()->SetQuality(node_, {.delay = delay_}); }

  // By as much as it was to be late beyond what it took before, less a fifth: what it took before may have been a
  // little more than it had to.
  Result<Bite> Biting(World& world) override {
    ASSIGN_OR_RETURN(const auto fastest, FastestConnection(world, node_));
    if (!fastest) return Bite{.bitten = false, .evidence = fmt::format("{} does not answer at all", node_)};
    return Bite{.bitten = *fastest >= delay_ && *fastest - before_ >= delay_ * 4 / 5,
                .evidence = fmt::format("the fastest of {} connections to {} took {}, {} before", kConnections, node_,
                                        FormatDuration(*fastest), FormatDuration(before_))};
  }

  Status Heal(World& world, const nlohmann::json& undo) override { return RestoreQuality(world, undo); }
  std::string ByHand(const std::string&, const nlohmann::json& undo) const override {
    return RestoreQualityByHand(undo);
  }
  int Toll() const override { return 0; }

 private:
  Options options_;
  NodeTarget target_;
  Duration delay_;
  std::string node_;
  Duration before_{};  // the fault, the fastest connection
};

HOLDFAST_REGISTER(Fault, NetworkDelay, "network-delay");

}  // namespace holdfast
