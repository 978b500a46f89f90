// api-server-down: the API server is gone. What runs, runs on: nothing of a database's writes may depend on it. Nobody
// is told of anything, and nothing is repaired, until it is back. Healed by starting it; with the option `lasts` it
// comes back by itself after so long, as beside faults from which nobody could recover before.
#include "harness/fault_parts/api_server.h"
#include "harness/fault_parts/control_plane_outage.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

constexpr auto kApiServer = ControlPlane::Component::kApiServer;

}  // namespace

class ApiServerDown : public ControlPlaneOutage {
 public:
  explicit ApiServerDown(const Context& context) : ControlPlaneOutage(context, "the API server was not stopped") {}

  std::string ByHand(const std::string&, const nlohmann::json&) const override { return "start the API server"; }

 private:
  Status TakeAway(World&, ControlPlane& control_plane) override { return control_plane.Stop(kApiServer); }
  Status BringBack(World& world, ControlPlane& control_plane) override {
    RETURN_IF_ERROR(control_plane.Start(kApiServer));
    return AwaitApiServer(world);
  }
  Result<Bite> Look(World& world) override { return LookForSilence(world); }
};

HOLDFAST_REGISTER(Fault, ApiServerDown, "api-server-down");

}  // namespace holdfast
