// pod-force-delete: the database's pod is deleted with a grace period of zero: its object is gone at once, and the next
// pod may start while the kubelet still ends the old one. Kubernetes starts another one; there is nothing to heal.
#include "harness/fault_parts/target.h"
#include "harness/registry.h"

namespace holdfast {

class PodForceDelete : public Fault {
 public:
  explicit PodForceDelete(const Context& context) : options_(context.options) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider&, Backend&) const override { return std::nullopt; }

  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(target_, LocateDatabase(world));
    return nlohmann::json{{"pod", target_.pod}, {"uid", target_.pod_uid}};
  }

  Status Inject(World& world) override {
    return world.kube.Delete("pod", target_.pod, world.space, Kube::Grace::kNone, Kube::Waiting::kNot);
  }

  Result<Bite> Biting(World& world) override { return LookForEndOf(world, target_.pod, target_.pod_uid); }

  Status Heal(World&, const nlohmann::json&) override { return {}; }
  bool EndsByItself() const override { return true; }
  int Toll() const override { return 0; }

 private:
  Options options_;
  Placement target_;
};

HOLDFAST_REGISTER(Fault, PodForceDelete, "pod-force-delete");

}  // namespace holdfast
