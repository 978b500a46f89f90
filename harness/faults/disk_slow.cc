// disk-slow: every request to the disk of the node under the database takes `delay` longer. The disk is not broken, so
// nothing takes it out of service, and all who wait for it wait. Healed by a disk as before.
#include <fmt/format.h>

#include "harness/fault_parts/disk_trouble.h"
#include "harness/fault_parts/node_target.h"
#include "harness/options.h"
#include "harness/registry.h"

namespace holdfast {

class DiskSlow : public Fault {
 public:
  explicit DiskSlow(const Context& context)
      : options_(context.options),
        target_(options_),
        delay_(options_.Period("delay", std::chrono::milliseconds(100))) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider& provider, Backend& backend) const override {
    if (provider.disks() == nullptr) return "the provider has no Disks";
    return target_.Missing(backend);
  }

  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(node_, target_.Choose(world));
    return nlohmann::json{{"node", node_}};
  }

  Status Inject(World& world) override { return world.provider.disks()->Conduct(node_, DiskConduct::kSlow, delay_); }

  Result<Bite> Biting(World& world) override {
    ASSIGN_OR_RETURN(const DiskConduct conduct, world.provider.disks()->GetConduct(node_));
    ASSIGN_OR_RETURN(const Duration took, world.provider.disks()->TimeRead(node_));
    return Bite{.bitten = conduct == DiskConduct::kSlow && took >= delay_,
                .evidence = fmt::format("the disk of {} is {}, a read took {}", node_, ToString(conduct),
                                        FormatDuration(took))};
  }

  Status Heal(World& world, const nlohmann::json& undo) override { return HealDisk(world, undo); }
  std::string ByHand(const std::string&, const nlohmann::json& undo) const override { return MendDiskByHand(undo); }
  int Toll() const override { return 0; }

 private:
  Options options_;
  NodeTarget target_;
  Duration delay_;
  std::string node_;
};

HOLDFAST_REGISTER(Fault, DiskSlow, "disk-slow");

}  // namespace holdfast
