// replica-corruption: bits are flipped in one copy of what the database stores, on the disk and behind the storage's
// back, as a disk does that rots: in the copy that is read, in the first block of the database's largest file. The
// storage must serve the good copy or say that there is none; never the flipped bits. Nothing is read from the disk
// before somebody mounts the volume anew, so that this is worth most with `then: pod-delete`. Healed by the storage's
// own repair.
//
// The bits are flipped below the storage's checksums, and not through its tools, which would make the checksums right
// again: a copy that lies consistently is what no disk makes, and storage that reads one copy cannot know it.
#include <fmt/format.h>

#include <sstream>

#include "harness/fault_parts/mounted_volume.h"
#include "harness/fault_parts/target.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

// "OFFSET FILE": where on the volume the file begins, in bytes; filefrag(8) counts in blocks of the size that it is
// given. The file system is the volume's only content.
constexpr char kFindFile[] =
    R"(file=$(find "$folder" -xdev -type f -size +0 -printf '%s %P\n' | sort -rn | head -n 1 | cut -d' ' -f2-)
[ -n "$file" ] || { echo "there is no file on volume $volume" >&2; exit 1; }
block=$(filefrag -v -b4096 "$folder/$file" | sed -n 's/^ *0: *0\.\. *[0-9]*: *\([0-9]*\)\.\..*/\1/p')
[ "${block:-0}" -gt 0 ] || { echo "$file has no place on volume $volume yet" >&2; exit 1; }
echo "$((block * 4096)) $file"
)";

}  // namespace

class ReplicaCorruption : public Fault {
 public:
  explicit ReplicaCorruption(const Context& context) : options_(context.options) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider& provider, Backend& backend) const override {
    if (provider.shell() == nullptr) return "the provider has no NodeShell";
    if (backend.bit_rot() == nullptr) return "the backend has no BitRot";
    return std::nullopt;
  }

  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(const Placement database, LocateDatabase(world));
    ASSIGN_OR_RETURN(const nlohmann::json pod, world.kube.Get("pod", database.pod, world.space));
    ASSIGN_OR_RETURN(place_.volume, FindVolume(world, pod));
    ASSIGN_OR_RETURN(const std::string printed, RunAtVolume(world, database, place_.volume, kFindFile));
    std::istringstream words(printed);
    if (!std::getline(words >> place_.offset >> std::ws, file_)) {
      return Unavailable(
          fmt::format("node {} tells no place of a file on volume {}: '{}'", database.node, place_.volume, printed));
    }
    ASSIGN_OR_RETURN(node_, world.backend.bit_rot()->ReadFrom(place_));
    return nlohmann::json{{"volume", place_.volume}, {"offset", place_.offset}, {"node", node_}};
  }

  Status Inject(World& world) override { return world.backend.bit_rot()->Flip(node_, place_); }

  Result<Bite> Biting(World& world) override {
    ASSIGN_OR_RETURN(const std::string found, world.backend.bit_rot()->Find(node_, place_));
    return Bite{.bitten = !found.empty(),
                .evidence = fmt::format("the copy of {} on {}: {}", file_, node_,
                                        found.empty() ? "nothing shows that it is damaged" : found)};
  }

  Status Heal(World& world, const nlohmann::json& undo) override {
    ASSIGN_OR_RETURN(const std::string volume, TextOf(undo, "volume"));
    ASSIGN_OR_RETURN(const double offset, NumberOf(undo, "offset"));
    if (world.backend.bit_rot() == nullptr) return Unavailable("the backend has no BitRot to heal volume " + volume);
    return world.backend.bit_rot()->Repair({.volume = volume, .offset = static_cast<std::int64_t>(offset)});
  }
  std::string ByHand(const std::string&, const nlohmann::json& undo) const override {
    return fmt::format(
        "have the storage compare the copies of volume {}, of which that on {} is damaged, and repair it",
        NamesIn(undo, "volume"), NamesIn(undo, "node"));
  }

  Duration HealLimit() const override { return std::chrono::minutes(6); }

 private:
  Options options_;
  BitRot::Place place_;
  std::string file_;  // that begins there
  std::string node_;
};

HOLDFAST_REGISTER(Fault, ReplicaCorruption, "replica-corruption");

}  // namespace holdfast
