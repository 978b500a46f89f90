// etcd-pause: the store of the control plane stops answering and keeps its connections, as on a disk that hangs. The
// API server can tell nothing and note nothing, leases among it; what runs, runs on. Healed by letting it go on; with
// the option `lasts` it goes on by itself after so long.
#include "harness/fault_parts/api_server.h"
#include "harness/fault_parts/control_plane_outage.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

constexpr auto kEtcd = ControlPlane::Component::kEtcd;

}  // namespace

class EtcdPause : public ControlPlaneOutage {
 public:
  explicit EtcdPause(const Context& context) : ControlPlaneOutage(context, "etcd was not paused") {}

  std::string ByHand(const std::string&, const nlohmann::json&) const override {
    return "let etcd go on: its process is stopped (kill -CONT)";
  }

 private:
  Status TakeAway(World&, ControlPlane& control_plane) override { return control_plane.Pause(kEtcd); }
  Status BringBack(World& world, ControlPlane& control_plane) override {
    RETURN_IF_ERROR(control_plane.Resume(kEtcd));
    return AwaitApiServer(world);
  }
  Result<Bite> Look(World& world) override { return LookForSilence(world); }
};

HOLDFAST_REGISTER(Fault, EtcdPause, "etcd-pause");

}  // namespace holdfast
