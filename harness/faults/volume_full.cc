// volume-full: the database's volume has no room left, for `lasts`, and then has it again, as when somebody clears up.
// What was acknowledged must be there, whatever the database made of a write that did not fit. Healed by removing what
// fills it.
#include <fmt/format.h>

#include "harness/fault_parts/mounted_volume.h"
#include "harness/fault_parts/passing.h"
#include "harness/fault_parts/target.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

// A file of no blocks of its own takes the room, so that filling writes nothing: first in large pieces, last those that
// are kept for root.
constexpr char kFill[] = R"(count=0
for size in 1024M 256M 64M 16M 4M 1M 256K 64K 4K; do
  while fallocate -l "$size" "$folder/holdfast-filler.$count" 2>/dev/null; do count=$((count + 1)); done
  command rm -f "$folder/holdfast-filler.$count"
done
)";
constexpr char kTry[] =
    R"(if said=$(dd if=/dev/zero of="$folder/holdfast-probe" bs=65536 count=1 conv=fsync 2>&1); then said=written; fi
command rm -f "$folder/holdfast-probe"
echo "$said"
)";
constexpr char kClear[] = R"(rm -f "$folder"/holdfast-filler.* "$folder/holdfast-probe")";
constexpr char kNoRoom[] = "No space left on device";
constexpr Duration kFillLimit = std::chrono::minutes(2);

// A volume that is deleted, or whose claim is, has taken along what filled it.
Result<bool> IsGivenUp(World& world, const std::string& volume) {
  const auto object = world.kube.Get("persistentvolume", volume);
  if (object) return object->value("/status/phase"_json_pointer, "Bound") != "Bound";
  if (IsNotFound(object.error())) return true;
  return tl::unexpected<Error>(object.error());
}

// Where the database is now, once.
Status ClearNow(World& world, const std::string& volume) {
  ASSIGN_OR_RETURN(const Placement now, LocateDatabase(world));
  return RunAtVolume(world, now, volume, kClear, std::chrono::seconds(30)).map([](const std::string&) {});
}

}  // namespace

class VolumeFull : public Fault {
 public:
  explicit VolumeFull(const Context& context)
      : options_(context.options), lasts_(options_.Period("lasts", std::chrono::seconds(15))) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider& provider, Backend&) const override {
    if (provider.shell() == nullptr) return "the provider has no NodeShell";
    return std::nullopt;
  }

  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(database_, LocateDatabase(world));
    ASSIGN_OR_RETURN(const nlohmann::json pod, world.kube.Get("pod", database_.pod, world.space));
    ASSIGN_OR_RETURN(volume_, FindVolume(world, pod));
    seen_ = Bite{.bitten = false, .evidence = fmt::format("volume {} was not filled", volume_)};
    return nlohmann::json{{"volume", volume_}};
  }

  Status Inject(World& world) override {
    RETURN_IF_ERROR(RunAtVolume(world, database_, volume_, kFill, kFillLimit));
    ASSIGN_OR_RETURN(seen_, WatchFor(world.host, lasts_, [&] { return Look(world); }));
    return Clear(world, volume_);
  }

  Result<Bite> Biting(World&) override { return seen_; }

  Status Heal(World& world, const nlohmann::json& undo) override {
    ASSIGN_OR_RETURN(const std::string volume, TextOf(undo, "volume"));
    return Clear(world, volume);
  }
  bool EndsByItself() const override { return true; }
  // It is filled and emptied, which is as slow as the storage.
  Duration InjectLimit() const override { return lasts_ + 2 * kInjectLimit; }
  std::string ByHand(const std::string&, const nlohmann::json& undo) const override {
    return fmt::format("remove holdfast-filler.* and holdfast-probe from where volume {} is mounted",
                       NamesIn(undo, "volume"));
  }
  int Toll() const override { return 0; }

 private:
  // By a write of somebody else's.
  Result<Bite> Look(World& world) const {
    ASSIGN_OR_RETURN(const std::string said, RunAtVolume(world, database_, volume_, kTry));
    const bool full = said.find(kNoRoom) != std::string::npos;
    return Bite{.bitten = full,
                .evidence = fmt::format("a write to volume {}: {}", volume_, full ? kNoRoom : "no such error")};
  }

  // Wherever the database is by now: what fills its volume moves with it. Between two pods there is none, and a new one
  // is on its node before the volume is.
  static Status Clear(World& world, const std::string& volume) {
    const Wait wait{.awaited = fmt::format("volume {} is mounted and cleared", volume),
                    .limit = std::chrono::minutes(2),
                    .interval = std::chrono::seconds(1)};
    return Await(world.host, wait, [&](std::string& last_seen) -> Result<bool> {
      const Status cleared = ClearNow(world, volume);
      if (cleared) return true;
      if (cleared.error().code == ErrorCode::kInterrupted) return tl::unexpected<Error>(cleared.error());
      last_seen = cleared.error().message + " " + cleared.error().output;
      const Result<bool> given_up = IsGivenUp(world, volume);
      return given_up && *given_up;
    });
  }

  Options options_;
  Duration lasts_;
  Placement database_;
  std::string volume_;
  Bite seen_;
};

HOLDFAST_REGISTER(Fault, VolumeFull, "volume-full");

}  // namespace holdfast
