// volume-snapshot: a snapshot of the database's volume is taken while the database writes, and is there until the heal.
// It takes nothing away; what it costs is time: the storage holds writes back while it takes it, and copies what is
// overwritten as long as it exists.
#include <fmt/format.h>

#include "harness/fault_parts/target.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

constexpr char kSnapshot[] = "holdfast-latency";

}  // namespace

class VolumeSnapshot : public Fault {
 public:
  explicit VolumeSnapshot(const Context& context) : options_(context.options) {}

  Status Check() const override { return options_.Finish(); }

  std::optional<std::string> Missing(Provider&, Backend& backend) const override {
    if (backend.snapshots() == nullptr) return "the backend has no Snapshots";
    return std::nullopt;
  }

  int Toll() const override { return 0; }

  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(const Placement database, LocateDatabase(world));
    ASSIGN_OR_RETURN(const nlohmann::json pod, world.kube.Get("pod", database.pod, world.space));
    ASSIGN_OR_RETURN(volume_, FindVolume(world, pod));
    return nlohmann::json{{"volume", volume_}, {"snapshot", kSnapshot}};
  }

  Status Inject(World& world) override { return world.backend.snapshots()->Take(volume_, kSnapshot); }

  // By the storage's list, not by the word of what took it.
  Result<Bite> Biting(World& world) override {
    ASSIGN_OR_RETURN(const bool there, world.backend.snapshots()->Has(volume_, kSnapshot));
    return Bite{
        .bitten = there,
        .evidence = fmt::format("the storage lists {} snapshot {} of {}", there ? "the" : "no", kSnapshot, volume_)};
  }

  Status Heal(World& world, const nlohmann::json& undo) override {
    ASSIGN_OR_RETURN(const std::string volume, TextOf(undo, "volume"));
    ASSIGN_OR_RETURN(const std::string snapshot, TextOf(undo, "snapshot"));
    if (const auto missing = Missing(world.provider, world.backend)) {
      return Unavailable(fmt::format("{} to remove the snapshot of {}", *missing, volume));
    }
    return world.backend.snapshots()->Remove(volume, snapshot);
  }
  std::string ByHand(const std::string&, const nlohmann::json& undo) const override {
    return fmt::format("have the storage remove snapshot {} of volume {}", NamesIn(undo, "snapshot"),
                       NamesIn(undo, "volume"));
  }

 private:
  Options options_;
  std::string volume_;
};

HOLDFAST_REGISTER(Fault, VolumeSnapshot, "volume-snapshot");

}  // namespace holdfast
