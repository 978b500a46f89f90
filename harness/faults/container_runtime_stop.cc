// container-runtime-stop: the container runtime of the node under the database is away for `stopped_for`. Containers
// run on, but the kubelet can neither start nor end one, nor tell how they are. The runtime comes back by itself;
// healed by starting it if it was left away.
#include "harness/fault_parts/service_stop.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

// The kubelet puts up with its silence for half a minute before it says that the node is not Ready.
constexpr Duration kStoppedFor = std::chrono::seconds(45);

}  // namespace

class ContainerRuntimeStop : public Fault {
 public:
  explicit ContainerRuntimeStop(const Context& context)
      : stop_(context, NodeServices::Service::kContainerRuntime, kStoppedFor) {}

  Status Check() const override { return stop_.Check(); }
  std::optional<std::string> Missing(Provider& provider, Backend& backend) const override {
    return stop_.Missing(provider, backend);
  }
  Result<nlohmann::json> Arm(World& world) override { return stop_.Arm(world); }
  Status Inject(World& world) override { return stop_.Inject(world); }
  Result<Bite> Biting(World&) override { return stop_.Biting(); }
  Status Heal(World& world, const nlohmann::json& undo) override { return stop_.Heal(world, undo); }
  bool EndsByItself() const override { return true; }
  Duration InjectLimit() const override { return stop_.InjectLimit(); }
  std::string ByHand(const std::string&, const nlohmann::json& undo) const override { return stop_.ByHand(undo); }

 private:
  ServiceStop stop_;
};

HOLDFAST_REGISTER(Fault, ContainerRuntimeStop, "container-runtime-stop");

}  // namespace holdfast
