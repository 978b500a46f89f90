// controller-manager-down: nobody makes what is into what is wanted: no pod is replaced, no node taken for dead, no
// volume attached. What runs, runs on. Healed by starting it; with the option `lasts` it comes back by itself after so
// long, as beside faults from which nobody could recover before.
//
// What is not done is seen by a Deployment of no pods, in the database's namespace, of which nobody takes note.
#include <fmt/format.h>

#include "harness/fault_parts/control_plane_outage.h"
#include "harness/fault_parts/target.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

constexpr auto kControllerManager = ControlPlane::Component::kControllerManager;
constexpr char kProbe[] = "holdfast-probe";
constexpr char kUntouched[] = "the controller manager was not stopped";
// A controller that is there takes note within a fraction of this.
constexpr Duration kUnnoticed = std::chrono::seconds(10);

nlohmann::json ProbeIn(const std::string& space) {
  const nlohmann::json labels = {{"app", kProbe}};
  return {{"apiVersion", "apps/v1"},
          {"kind", "Deployment"},
          {"metadata", {{"name", kProbe}, {"namespace", space}}},
          {"spec",
           {{"replicas", 0},
            {"selector", {{"matchLabels", labels}}},
            {"template",
             {{"metadata", {{"labels", labels}}},
              {"spec", {{"containers", {{{"name", kProbe}, {"image", "holdfast/none"}}}}}}}}}}};
}

}  // namespace

class ControllerManagerDown : public ControlPlaneOutage {
 public:
  explicit ControllerManagerDown(const Context& context) : ControlPlaneOutage(context, kUntouched) {}

  Result<nlohmann::json> Arm(World& world) override {
    RETURN_IF_ERROR(ControlPlaneOutage::Arm(world));
    asked_since_.reset();
    return nlohmann::json{{"probe", kProbe}};
  }

  Status Heal(World& world, const nlohmann::json& undo) override {
    ASSIGN_OR_RETURN(const std::string probe, TextOf(undo, "probe"));
    RETURN_IF_ERROR(ControlPlaneOutage::Heal(world, undo));
    return world.kube.Delete("deployment", probe, world.space, Kube::Grace::kDefault, Kube::Waiting::kNot);
  }
  std::string ByHand(const std::string& space, const nlohmann::json& undo) const override {
    return fmt::format("start the controller manager; then kubectl delete deployment {} --namespace={}",
                       NamesIn(undo, "probe"), space);
  }

 private:
  Status TakeAway(World& world, ControlPlane& control_plane) override {
    RETURN_IF_ERROR(control_plane.Stop(kControllerManager));
    RETURN_IF_ERROR(world.kube.Apply(ProbeIn(world.space).dump()));
    asked_since_ = world.host.Now();
    return {};
  }
  Status BringBack(World&, ControlPlane& control_plane) override { return control_plane.Start(kControllerManager); }

  Result<Bite> Look(World& world) override {
    if (!asked_since_) return Bite{.bitten = false, .evidence = kUntouched};
    ASSIGN_OR_RETURN(const nlohmann::json probe, world.kube.Get("deployment", kProbe, world.space));
    const bool noticed = probe.value("/status/observedGeneration"_json_pointer, 0) > 0;
    const Duration waited = world.host.Now() - *asked_since_;
    return Bite{
        .bitten = !noticed && waited >= kUnnoticed,
        .evidence = noticed ? "a new Deployment was taken note of"
                            : fmt::format("nobody has taken note of a new Deployment for {}", FormatDuration(waited))};
  }

  std::optional<Time> asked_since_;
};

HOLDFAST_REGISTER(Fault, ControllerManagerDown, "controller-manager-down");

}  // namespace holdfast
