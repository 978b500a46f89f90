// disk-gone: the disk of a replica disappears, as one that is pulled out: whoever has it open gets I/O errors, and
// nobody can open it again. A storage daemon that is started anew does not even find what it kept its copy on. The one
// on the node under the database if there is one, else any (option `target`: node_target.h). Healed by an empty disk in
// its place, on which the storage puts its copies again.
#include <fmt/format.h>

#include "harness/fault_parts/lost_disk.h"
#include "harness/registry.h"

namespace holdfast {

class DiskGone : public Fault {
 public:
  explicit DiskGone(const Context& context) : options_(context.options), disk_(options_) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider& provider, Backend& backend) const override {
    return LostDisk::Missing(provider, backend);
  }
  Result<nlohmann::json> Arm(World& world) override { return disk_.Arm(world); }
  Status Inject(World& world) override { return world.provider.disks()->Conduct(disk_.node(), DiskConduct::kGone); }

  // By the node's kernel, and by the storage.
  Result<Bite> Biting(World& world) override {
    ASSIGN_OR_RETURN(const DiskConduct conduct, world.provider.disks()->GetConduct(disk_.node()));
    ASSIGN_OR_RETURN(const Health health, world.backend.GetHealth());
    const bool gone = conduct == DiskConduct::kGone;
    return Bite{.bitten = gone && !health.whole,
                .evidence = fmt::format("the disk of {} {}; storage: {}", disk_.node(), gone ? "is gone" : "is there",
                                        health.detail)};
  }

  Status Heal(World& world, const nlohmann::json& undo) override { return LostDisk::Heal(world, undo); }
  std::string ByHand(const std::string&, const nlohmann::json& undo) const override { return LostDisk::ByHand(undo); }
  Duration HealLimit() const override { return std::chrono::minutes(5); }

 private:
  Options options_;
  LostDisk disk_;
};

HOLDFAST_REGISTER(Fault, DiskGone, "disk-gone");

}  // namespace holdfast
