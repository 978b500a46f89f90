// node-cut: the node under the database is cut off from the network, both ways, and keeps running: the old instance may
// go on, and its storage still believes that it may write. Healed by mending the network; the zombie returns.
#include <fmt/format.h>

#include "harness/fault_parts/network_trouble.h"
#include "harness/fault_parts/node_target.h"
#include "harness/fault_parts/target.h"
#include "harness/registry.h"

namespace holdfast {

class NodeCut : public Fault {
 public:
  explicit NodeCut(const Context& context) : options_(context.options), target_(options_) {}

  Status Check() const override { return options_.Finish(); }

  std::optional<std::string> Missing(Provider& provider, Backend& backend) const override {
    if (provider.network() == nullptr) return "the provider has no Network";
    return target_.Missing(backend);
  }

  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(node_, target_.Choose(world));
    return nlohmann::json{{"node", node_}};
  }

  Status Inject(World& world) override { return world.provider.network()->Cut(node_); }

  Result<Bite> Biting(World& world) override {
    ASSIGN_OR_RETURN(const bool cut, world.provider.network()->IsCut(node_));
    ASSIGN_OR_RETURN(const nlohmann::json node, world.kube.Get("node", node_));
    return Bite{.bitten = cut && !IsReady(node),
                .evidence = fmt::format("{} is {}, {}", node_, cut ? "cut off" : "connected", DescribeReadiness(node))};
  }

  Status Heal(World& world, const nlohmann::json& undo) override { return MendNetwork(world, undo); }
  std::string ByHand(const std::string&, const nlohmann::json& undo) const override { return MendNetworkByHand(undo); }

 private:
  Options options_;
  NodeTarget target_;
  std::string node_;
};

HOLDFAST_REGISTER(Fault, NodeCut, "node-cut");

}  // namespace holdfast
