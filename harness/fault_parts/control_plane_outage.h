// ControlPlaneOutage: a part of the control plane is away until it is healed, or with the option `lasts` comes back by
// itself after so long, as beside faults from which nobody could recover before. What faults of that kind share; they
// differ in what is away and in how that is seen.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "harness/fault.h"

namespace holdfast {

class ControlPlaneOutage : public Fault {
 public:
  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider& provider, Backend& backend) const override;
  Result<nlohmann::json> Arm(World& world) override;
  Status Inject(World& world) override;
  Result<Bite> Biting(World& world) override;
  Status Heal(World& world, const nlohmann::json& undo) override;
  bool EndsByItself() const override { return lasts_ > Duration::zero(); }
  Duration InjectLimit() const override { return lasts_ + kInjectLimit; }
  int Toll() const override { return 0; }
  bool StopsControlPlane() const override { return true; }

 protected:
  // `untouched`: what is seen before it is injected.
  ControlPlaneOutage(const Context& context, std::string untouched);

 private:
  virtual Status TakeAway(World& world, ControlPlane& control_plane) = 0;
  virtual Status BringBack(World& world, ControlPlane& control_plane) = 0;
  virtual Result<Bite> Look(World& world) = 0;

  Options options_;
  Duration lasts_;
  const std::string untouched_;
  Bite seen_;  // while it lasted
};

}  // namespace holdfast
