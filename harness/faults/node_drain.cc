// node-drain: the node under the database is cordoned and its pods are evicted, as before maintenance. Healed by
// uncordoning it, unless it was cordoned before. Option `limit`: how long the drain may wait for pods to go.
#include <fmt/format.h>

#include "harness/fault_parts/node_target.h"
#include "harness/fault_parts/target.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

bool IsCordoned(const nlohmann::json& node) { return node.value("/spec/unschedulable"_json_pointer, false); }

}  // namespace

class NodeDrain : public Fault {
 public:
  explicit NodeDrain(const Context& context)
      : options_(context.options), target_(options_), limit_(options_.Period("limit", std::chrono::seconds(60))) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider&, Backend& backend) const override { return target_.Missing(backend); }

  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(node_, target_.Choose(world));
    ASSIGN_OR_RETURN(database_, LocateDatabase(world));
    ASSIGN_OR_RETURN(const nlohmann::json node, world.kube.Get("node", node_));
    remark_.clear();
    return nlohmann::json{{"node", node_}, {"was_unschedulable", IsCordoned(node)}};
  }

  Status Inject(World& world) override {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(limit_).count();
    const auto output = world.kube.Kubectl({"drain", node_, "--ignore-daemonsets", "--delete-emptydir-data", "--force",
                                            fmt::format("--timeout={}s", seconds)},
                                           "", limit_ + std::chrono::seconds(5));
    if (output) return {};
    if (output.error().code == ErrorCode::kInterrupted) return tl::unexpected<Error>(output.error());
    // Pods that do not go in time, or that a disruption budget protects, are what the cluster does under a drain. Only
    // one that has not even begun is the harness's trouble.
    const auto node = world.kube.Get("node", node_);
    if (!node || !IsCordoned(*node)) return tl::unexpected<Error>(output.error());
    remark_ = fmt::format("; the drain said: {}", output.error().message);
    return {};
  }

  Result<Bite> Biting(World& world) override {
    ASSIGN_OR_RETURN(const nlohmann::json node, world.kube.Get("node", node_));
    const bool cordoned = IsCordoned(node);
    const std::string evidence = fmt::format("node {} is {}", node_, cordoned ? "unschedulable" : "schedulable");
    // Elsewhere than under the database there may be nothing to evict.
    if (node_ != database_.node) return Bite{.bitten = cordoned && remark_.empty(), .evidence = evidence + remark_};
    ASSIGN_OR_RETURN(const Bite end, LookForEndOf(world, database_.pod, database_.pod_uid));
    return Bite{.bitten = cordoned && end.bitten, .evidence = fmt::format("{}; {}{}", evidence, end.evidence, remark_)};
  }

  Status Heal(World& world, const nlohmann::json& undo) override {
    ASSIGN_OR_RETURN(const std::string name, TextOf(undo, "node"));
    const auto was_unschedulable = undo.find("was_unschedulable");
    if (was_unschedulable == undo.end() || !was_unschedulable->is_boolean()) {
      return Unavailable(fmt::format("the undo record {} does not say \"was_unschedulable\"", undo.dump()));
    }
    if (was_unschedulable->get<bool>()) return {};
    const auto node = world.kube.Get("node", name);
    if (!node) return IsNotFound(node.error()) ? Status{} : tl::unexpected<Error>(node.error());
    if (!IsCordoned(*node)) return {};
    RETURN_IF_ERROR(world.kube.Kubectl({"uncordon", name}));
    return {};
  }
  Duration InjectLimit() const override { return limit_ + kInjectLimit; }
  std::string ByHand(const std::string&, const nlohmann::json& undo) const override {
    return fmt::format("kubectl uncordon {}", NamesIn(undo, "node"));
  }

 private:
  Options options_;
  NodeTarget target_;
  Duration limit_;
  Placement database_;
  std::string node_;
  std::string remark_;  // what kubectl said when the drain did not come to its end
};

HOLDFAST_REGISTER(Fault, NodeDrain, "node-drain");

}  // namespace holdfast
