// disk-read-only: the disk of the node under the database refuses every write, as one does that has used up its spare
// blocks; what is on it can be read. Healed by a disk as before.
#include <fmt/format.h>

#include "harness/fault_parts/disk_trouble.h"
#include "harness/fault_parts/node_target.h"
#include "harness/registry.h"

namespace holdfast {

class DiskReadOnly : public Fault {
 public:
  explicit DiskReadOnly(const Context& context) : options_(context.options), target_(options_) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider& provider, Backend& backend) const override {
    if (provider.disks() == nullptr) return "the provider has no Disks";
    return target_.Missing(backend);
  }

  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(node_, target_.Choose(world));
    return nlohmann::json{{"node", node_}};
  }

  Status Inject(World& world) override { return world.provider.disks()->Conduct(node_, DiskConduct::kWriteErrors); }

  // Nobody but the storage may write to it, so that it is the storage who says what becomes of its writes.
  Result<Bite> Biting(World& world) override {
    ASSIGN_OR_RETURN(const DiskConduct conduct, world.provider.disks()->GetConduct(node_));
    ASSIGN_OR_RETURN(const Health health, world.backend.GetHealth());
    return Bite{.bitten = conduct == DiskConduct::kWriteErrors && !health.whole,
                .evidence = fmt::format("the disk of {} is {}; storage: {}", node_, ToString(conduct), health.detail)};
  }

  Status Heal(World& world, const nlohmann::json& undo) override { return HealDisk(world, undo); }
  std::string ByHand(const std::string&, const nlohmann::json& undo) const override { return MendDiskByHand(undo); }

 private:
  Options options_;
  NodeTarget target_;
  std::string node_;
};

HOLDFAST_REGISTER(Fault, DiskReadOnly, "disk-read-only");

}  // namespace holdfast
