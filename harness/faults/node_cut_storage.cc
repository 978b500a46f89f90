// node-cut-storage: the node under the database is cut off from the storage and from nothing else, for `lasts`: its
// kubelet is heard, its clients are served, and no daemon of the storage on it reaches one elsewhere, nor does the
// volume. The cluster sees nothing that it could mend. Ends by itself, as the database would wait for ever; healed by
// lifting the block that was left.
#include <fmt/format.h>

#include "harness/fault_parts/node_target.h"
#include "harness/fault_parts/passing.h"
#include "harness/fault_parts/target.h"
#include "harness/fault_parts/traffic_block.h"
#include "harness/registry.h"

namespace holdfast {

class NodeCutStorage : public Fault {
 public:
  explicit NodeCutStorage(const Context& context)
      : options_(context.options), target_(options_), lasts_(options_.Period("lasts", std::chrono::seconds(30))) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider& provider, Backend& backend) const override {
    if (provider.network() == nullptr) return "the provider has no Network";
    if (backend.Ports().empty()) return "the backend has no Ports";
    return target_.Missing(backend);
  }

  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(node_, target_.Choose(world));
    seen_ = Bite{.bitten = false, .evidence = fmt::format("{} was not cut off from the storage", node_)};
    return nlohmann::json{{"node", node_}};
  }

  Status Inject(World& world) override {
    RETURN_IF_ERROR(world.provider.network()->BlockPorts(node_, world.backend.Ports()));
    ASSIGN_OR_RETURN(seen_, WatchFor(world.host, lasts_, [&] { return Look(world); }));
    return world.provider.network()->Unblock(node_);
  }

  Result<Bite> Biting(World&) override { return seen_; }
  Status Heal(World& world, const nlohmann::json& undo) override { return TrafficBlock::Heal(world, undo); }
  bool EndsByItself() const override { return true; }
  Duration InjectLimit() const override { return lasts_ + kInjectLimit; }
  std::string ByHand(const std::string&, const nlohmann::json& undo) const override {
    return TrafficBlock::ByHand(undo);
  }

 private:
  // The storage misses the node, and the cluster does not.
  Result<Bite> Look(World& world) const {
    ASSIGN_OR_RETURN(const bool blocked, world.provider.network()->IsBlocked(node_));
    ASSIGN_OR_RETURN(const Health health, world.backend.GetHealth());
    ASSIGN_OR_RETURN(const nlohmann::json node, world.kube.Get("node", node_));
    return Bite{.bitten = blocked && !health.whole && IsReady(node),
                .evidence = fmt::format("{} was {} from the storage, {}; storage: {}", node_,
                                        blocked ? "cut off" : "not cut off", DescribeReadiness(node), health.detail)};
  }

  Options options_;
  NodeTarget target_;
  Duration lasts_;
  std::string node_;
  Bite seen_;
};

HOLDFAST_REGISTER(Fault, NodeCutStorage, "node-cut-storage");

}  // namespace holdfast
