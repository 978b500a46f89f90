// node-drain: the node under the database is cordoned and its pods are evicted, as before maintenance. Healed by
// uncordoning it, unless it was cordoned before. Option `limit`: how long the drain may wait for pods to go.
#include <fmt/format.h>

#include "harness/registry.h"
#include "harness/target.h"

namespace holdfast {
namespace {

bool IsCordoned(const nlohmann::json& node) { return node.value("/spec/unschedulable"_json_pointer, false); }

}  // namespace

class NodeDrain : public Fault {
 public:
  explicit NodeDrain(const Context& context)
      : options_(context.options), limit_(options_.Period("limit", std::chrono::seconds(60))) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider&, Backend&) const override { return std::nullopt; }

  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(target_, LocateDatabase(world));
    ASSIGN_OR_RETURN(const nlohmann::json node, world.kube.Get("node", target_.node));
    remark_.clear();
    return nlohmann::json{{"node", target_.node}, {"was_unschedulable", IsCordoned(node)}};
  }

  Status Inject(World& world) override {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(limit_).count();
    const auto output = world.kube.Kubectl({"drain", target_.node, "--ignore-daemonsets", "--delete-emptydir-data",
                                            "--force", fmt::format("--timeout={}s", seconds)},
                                           "", limit_ + std::chrono::seconds(5));
    if (output) return {};
    if (output.error().code == ErrorCode::kInterrupted) return tl::unexpected<Error>(output.error());
    // Pods that do not go in time, or that a disruption budget protects, are what the cluster does under a drain. Only
    // one that has not even begun is the harness's trouble.
    const auto node = world.kube.Get("node", target_.node);
    if (!node || !IsCordoned(*node)) return tl::unexpected<Error>(output.error());
    remark_ = fmt::format("; the drain said: {}", output.error().message);
    return {};
  }

  Result<Bite> Biting(World& world) override {
    ASSIGN_OR_RETURN(const nlohmann::json node, world.kube.Get("node", target_.node));
    ASSIGN_OR_RETURN(const Bite end, LookForEndOf(world, target_.pod, target_.pod_uid));
    const bool cordoned = IsCordoned(node);
    return Bite{.bitten = cordoned && end.bitten,
                .evidence = fmt::format("node {} is {}; {}{}", target_.node, cordoned ? "unschedulable" : "schedulable",
                                        end.evidence, remark_)};
  }

  Status Heal(World& world, const nlohmann::json& undo) override {
    ASSIGN_OR_RETURN(const std::string name, TextOf(undo, "node"));
    if (undo.value("was_unschedulable", false)) return {};
    const auto node = world.kube.Get("node", name);
    if (!node) return IsNotFound(node.error()) ? Status{} : tl::unexpected<Error>(node.error());
    if (!IsCordoned(*node)) return {};
    RETURN_IF_ERROR(world.kube.Kubectl({"uncordon", name}));
    return {};
  }

 private:
  Options options_;
  Duration limit_;
  Placement target_;
  std::string remark_;  // what kubectl said when the drain did not come to its end
};

HOLDFAST_REGISTER(Fault, NodeDrain, "node-drain");

}  // namespace holdfast
