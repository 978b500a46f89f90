#include "harness/fault_parts/control_plane_outage.h"

#include <utility>

#include "harness/fault_parts/passing.h"
#include "harness/fault_parts/target.h"

namespace holdfast {

ControlPlaneOutage::ControlPlaneOutage(const Context& context, std::string untouched)
    : options_(context.options), lasts_(options_.Period("lasts", Duration::zero())), untouched_(std::move(untouched)) {}

std::optional<std::string> ControlPlaneOutage::Missing(Provider& provider, Backend&) const {
  if (provider.control_plane() == nullptr) return "the provider has no ControlPlane";
  return std::nullopt;
}

Result<nlohmann::json> ControlPlaneOutage::Arm(World& world) {
  RETURN_IF_ERROR(LocateDatabase(world));
  seen_ = Bite{.bitten = false, .evidence = untouched_};
  return nlohmann::json::object();
}

Status ControlPlaneOutage::Inject(World& world) {
  ControlPlane& control_plane = *world.provider.control_plane();
  RETURN_IF_ERROR(TakeAway(world, control_plane));
  if (lasts_ == Duration::zero()) return {};
  ASSIGN_OR_RETURN(seen_, WatchFor(world.host, lasts_, [&] { return Look(world); }));
  return BringBack(world, control_plane);
}

Result<Bite> ControlPlaneOutage::Biting(World& world) {
  if (lasts_ == Duration::zero()) return Look(world);
  return seen_;
}

Status ControlPlaneOutage::Heal(World& world, const nlohmann::json&) {
  if (world.provider.control_plane() == nullptr) return Unavailable("the provider has no ControlPlane to heal with");
  return BringBack(world, *world.provider.control_plane());
}

}  // namespace holdfast
