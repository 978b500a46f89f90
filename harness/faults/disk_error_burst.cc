// disk-error-burst: every request to the disk of the node under the database ends in an I/O error, for `lasts`, and
// then the disk is as good as before: a loose cable, a controller that was reset. Nothing on it is lost. Healed by a
// disk as before if the burst was not ended.
#include <fmt/format.h>

#include "harness/fault_parts/disk_trouble.h"
#include "harness/fault_parts/node_target.h"
#include "harness/fault_parts/passing.h"
#include "harness/registry.h"

namespace holdfast {

class DiskErrorBurst : public Fault {
 public:
  explicit DiskErrorBurst(const Context& context)
      : options_(context.options), target_(options_), lasts_(options_.Period("lasts", std::chrono::seconds(10))) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider& provider, Backend& backend) const override {
    if (provider.disks() == nullptr) return "the provider has no Disks";
    return target_.Missing(backend);
  }

  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(node_, target_.Choose(world));
    failed_ = false;
    seen_ = Bite{.bitten = false, .evidence = fmt::format("no error of the disk of {} was seen", node_)};
    return nlohmann::json{{"node", node_}};
  }

  Status Inject(World& world) override {
    RETURN_IF_ERROR(world.provider.disks()->Conduct(node_, DiskConduct::kErrors));
    ASSIGN_OR_RETURN(seen_, WatchFor(world.host, lasts_, [&]() -> Result<Bite> {
                       ASSIGN_OR_RETURN(const bool failing, world.provider.disks()->IsFailing(node_));
                       failed_ = failed_ || failing;
                       return Look(world);
                     }));
    return world.provider.disks()->Conduct(node_, DiskConduct::kGood);
  }

  // The storage may notice at the end of the burst only, and is seen to mend itself a little later.
  Result<Bite> Biting(World& world) override {
    if (seen_.bitten || !failed_) return seen_;
    return Look(world);
  }

  Status Heal(World& world, const nlohmann::json& undo) override { return HealDisk(world, undo); }
  bool EndsByItself() const override { return true; }
  Duration InjectLimit() const override { return lasts_ + kInjectLimit; }
  std::string ByHand(const std::string&, const nlohmann::json& undo) const override { return MendDiskByHand(undo); }

 private:
  Result<Bite> Look(World& world) const {
    ASSIGN_OR_RETURN(const Health health, world.backend.GetHealth());
    return Bite{.bitten = failed_ && !health.whole,
                .evidence = fmt::format("the disk of {} {}; storage: {}", node_,
                                        failed_ ? "returned I/O errors" : "was readable", health.detail)};
  }

  Options options_;
  NodeTarget target_;
  Duration lasts_;
  std::string node_;
  bool failed_ = false;  // a read from the disk did
  Bite seen_;            // during the burst
};

HOLDFAST_REGISTER(Fault, DiskErrorBurst, "disk-error-burst");

}  // namespace holdfast
