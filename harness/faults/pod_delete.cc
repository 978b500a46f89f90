// pod-delete: the database's pod is deleted through the API, with its own grace period. Kubernetes starts another one;
// there is nothing to heal.
#include "harness/fault_parts/target.h"
#include "harness/registry.h"

namespace holdfast {

class PodDelete : public Fault {
 public:
  explicit PodDelete(const Context& context) : options_(context.options) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider&, Backend&) const override { return std::nullopt; }

  int Toll() const override { return 0; }
  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(target_, LocateDatabase(world));
    return nlohmann::json{{"pod", target_.pod}, {"uid", target_.pod_uid}};
  }

  Status Inject(World& world) override {
    return world.kube.Delete("pod", target_.pod, world.space, Kube::Grace::kDefault, Kube::Waiting::kNot);
  }

  Result<Bite> Biting(World& world) override { return LookForEndOf(world, target_.pod, target_.pod_uid); }

  Status Heal(World&, const nlohmann::json&) override { return {}; }
  bool EndsByItself() const override { return true; }

 private:
  Options options_;
  Placement target_;
};

HOLDFAST_REGISTER(Fault, PodDelete, "pod-delete");

}  // namespace holdfast
