// disk-loss: the disk of a replica returns I/O errors for good: the one on the node under the database if there is one,
// else any. Healed by an empty disk in its place, on which the storage puts its copies again.
#include <fmt/format.h>

#include <algorithm>

#include "harness/registry.h"
#include "harness/target.h"

namespace holdfast {

class DiskLoss : public Fault {
 public:
  explicit DiskLoss(const Context& context) : options_(context.options) {}

  Status Check() const override { return options_.Finish(); }

  std::optional<std::string> Missing(Provider& provider, Backend& backend) const override {
    if (provider.disks() == nullptr) return "the provider has no Disks";
    if (backend.replicas() == nullptr) return "the backend has no Replicas";
    return std::nullopt;
  }

  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(const Placement database, LocateDatabase(world));
    ASSIGN_OR_RETURN(const std::vector<std::string> holders, world.backend.replicas()->Holders());
    if (holders.empty()) return Unavailable("the backend knows no node that holds a replica");
    const bool under_it = std::find(holders.begin(), holders.end(), database.node) != holders.end();
    node_ = under_it ? database.node : holders.front();
    return nlohmann::json{{"node", node_}};
  }

  Status Inject(World& world) override { return world.provider.disks()->Fail(node_); }

  Result<Bite> Biting(World& world) override {
    ASSIGN_OR_RETURN(const bool failing, world.provider.disks()->IsFailing(node_));
    ASSIGN_OR_RETURN(const Health health, world.backend.GetHealth());
    return Bite{.bitten = failing && !health.whole,
                .evidence = fmt::format("the disk of {} {}; storage: {}", node_,
                                        failing ? "returns I/O errors" : "is readable", health.detail)};
  }

  // Restore is asked for also when the disk is well and the storage is not: a heal may have been cut off between the
  // two.
  Status Heal(World& world, const nlohmann::json& undo) override {
    ASSIGN_OR_RETURN(const std::string node, TextOf(undo, "node"));
    if (const auto missing = Missing(world.provider, world.backend)) {
      return Unavailable(fmt::format("{} to heal the disk of {}", *missing, node));
    }
    ASSIGN_OR_RETURN(const bool failing, world.provider.disks()->IsFailing(node));
    if (failing) {
      RETURN_IF_ERROR(world.provider.disks()->ReplaceDisk(node));
    } else {
      ASSIGN_OR_RETURN(const Health health, world.backend.GetHealth());
      if (health.whole) return {};
    }
    return world.backend.replicas()->Restore(node);
  }

  Duration HealLimit() const override { return std::chrono::minutes(5); }

 private:
  Options options_;
  std::string node_;
};

HOLDFAST_REGISTER(Fault, DiskLoss, "disk-loss");

}  // namespace holdfast
