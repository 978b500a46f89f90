// pod-evict: the database's pod is evicted through the Eviction API, as a drain, an autoscaler or a descheduler does
// it: with its own grace period, and only if its disruption budget allows it. Its node stays schedulable. Kubernetes
// starts another pod; there is nothing to heal.
#include <fmt/format.h>

#include "harness/fault_parts/target.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

// "policy/v1", or what an older API server offers, as it says itself.
Result<std::string> VersionOfEvictions(const World& world) {
  ASSIGN_OR_RETURN(const std::string text, world.kube.Kubectl({"get", "--raw", "/api/v1"}));
  const auto offered = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  for (const auto& resource :
       offered.is_object() ? offered.value("resources", nlohmann::json::array()) : nlohmann::json::array()) {
    if (resource.value("name", "") != "pods/eviction") continue;
    return fmt::format("{}/{}", resource.value("group", "policy"), resource.value("version", "v1"));
  }
  return Unavailable("the API server offers no evictions of pods");
}

}  // namespace

class PodEvict : public Fault {
 public:
  explicit PodEvict(const Context& context) : options_(context.options) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider&, Backend&) const override { return std::nullopt; }

  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(target_, LocateDatabase(world));
    ASSIGN_OR_RETURN(version_, VersionOfEvictions(world));
    remark_.clear();
    return nlohmann::json{{"pod", target_.pod}, {"uid", target_.pod_uid}};
  }

  Status Inject(World& world) override {
    const nlohmann::json eviction = {{"apiVersion", version_},
                                     {"kind", "Eviction"},
                                     {"metadata", {{"name", target_.pod}, {"namespace", world.space}}}};
    const std::string path = fmt::format("/api/v1/namespaces/{}/pods/{}/eviction", world.space, target_.pod);
    const auto answer = world.kube.Kubectl({"create", "--raw", path, "--filename=-"}, eviction.dump());
    if (answer) return {};
    // That a disruption budget protects the pod is what the cluster does (HTTP 429), as under a drain.
    if (answer.error().message.find("(TooManyRequests)") == std::string::npos &&
        answer.error().output.find("disruption budget") == std::string::npos) {
      return tl::unexpected<Error>(answer.error());
    }
    remark_ = fmt::format("; the eviction was refused: {}", answer.error().message);
    return {};
  }

  Result<Bite> Biting(World& world) override {
    ASSIGN_OR_RETURN(Bite bite, LookForEndOf(world, target_.pod, target_.pod_uid));
    bite.evidence += remark_;
    return bite;
  }

  Status Heal(World&, const nlohmann::json&) override { return {}; }
  bool EndsByItself() const override { return true; }
  int Toll() const override { return 0; }

 private:
  Options options_;
  Placement target_;
  std::string version_;
  std::string remark_;  // what the API server said when it refused
};

HOLDFAST_REGISTER(Fault, PodEvict, "pod-evict");

}  // namespace holdfast
