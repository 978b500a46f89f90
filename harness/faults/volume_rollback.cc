// volume-rollback: the database's volume becomes what it was some seconds ago, behind the database's back, as after a
// failover to an asynchronous replica. For calibration: it must be found out.
//
//     snapshot ── lag ──▶ what the database shows is noted ─▶ database away ─▶ volume rolled back ─▶ database there
//     again
//
// Option `lag`: how long writes go on after the snapshot.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "harness/fault_parts/target.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr char kSnapshot[] = "holdfast-rollback";
constexpr Duration kReadLimit = seconds(30);
constexpr Duration kGoneLimit = seconds(90);
constexpr Duration kReadyLimit = minutes(2);

using Writes = std::set<std::pair<int, std::uint64_t>>;  // client, sequence

Result<Writes> ReadWrites(World& world) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows, world.workload.ReadAll(world.kube, world.space, kReadLimit));
  Writes writes;
  for (const Row& row : rows) writes.emplace(row.client, row.sequence);
  return writes;
}

// What keeps the database running: the controller of its pod, or of that if it is a ReplicaSet. "deployment/db"
Result<std::string> FindController(const World& world, const nlohmann::json& pod) {
  nlohmann::json object = pod;
  for (;;) {
    const auto owners = object.value("/metadata/ownerReferences"_json_pointer, nlohmann::json::array());
    const auto owner = std::find_if(owners.begin(), owners.end(),
                                    [](const nlohmann::json& one) { return one.value("controller", false); });
    if (owner == owners.end()) return Unavailable("nothing starts the database again once it is away");
    const std::string kind = owner->value("kind", ""), name = owner->value("name", "");
    if (kind == "Deployment") return "deployment/" + name;
    if (kind == "StatefulSet") return "statefulset/" + name;
    if (kind != "ReplicaSet") return Unavailable(fmt::format("{} {} cannot be scaled", kind, name));
    ASSIGN_OR_RETURN(object, world.kube.Get("replicaset", name, world.space));
  }
}

Result<nlohmann::json> GetController(const World& world, const std::string& controller) {
  const std::size_t slash = controller.find('/');
  return world.kube.Get(controller.substr(0, slash), controller.substr(slash + 1), world.space);
}

Status Scale(const World& world, const std::string& controller, int replicas) {
  RETURN_IF_ERROR(
      world.kube.Kubectl({"scale", controller, "--namespace=" + world.space, fmt::format("--replicas={}", replicas)}));
  return {};
}

}  // namespace

class VolumeRollback : public Fault {
 public:
  explicit VolumeRollback(const Context& context)
      : options_(context.options), lag_(options_.Period("lag", seconds(3))) {}

  Status Check() const override { return options_.Finish(); }

  std::optional<std::string> Missing(Provider&, Backend& backend) const override {
    if (backend.snapshots() == nullptr) return "the backend has no Snapshots";
    return std::nullopt;
  }

  int Toll() const override { return 0; }
  // The database is taken away and comes back meanwhile.
  Duration InjectLimit() const override { return lag_ + kGoneLimit + kReadyLimit + kInjectLimit; }
  Result<nlohmann::json> Arm(World& world) override {
    noted_.clear();
    ASSIGN_OR_RETURN(const Placement database, LocateDatabase(world));
    ASSIGN_OR_RETURN(const nlohmann::json pod, world.kube.Get("pod", database.pod, world.space));
    ASSIGN_OR_RETURN(volume_, FindVolume(world, pod));
    ASSIGN_OR_RETURN(controller_, FindController(world, pod));
    ASSIGN_OR_RETURN(const nlohmann::json controller, GetController(world, controller_));
    pod_ = database.pod;
    replicas_ = controller.value("/spec/replicas"_json_pointer, 1);
    return nlohmann::json{
        {"volume", volume_}, {"snapshot", kSnapshot}, {"controller", controller_}, {"replicas", replicas_}};
  }

  Status Inject(World& world) override {
    Snapshots& snapshots = *world.backend.snapshots();
    RETURN_IF_ERROR(snapshots.Take(volume_, kSnapshot));
    if (!world.host.SleepFor(lag_)) return Fail(ErrorCode::kInterrupted, "interrupted");
    ASSIGN_OR_RETURN(noted_, ReadWrites(world));
    RETURN_IF_ERROR(Scale(world, controller_, 0));
    RETURN_IF_ERROR(AwaitGone(world));
    RETURN_IF_ERROR(snapshots.RollBack(volume_, kSnapshot));
    RETURN_IF_ERROR(Scale(world, controller_, replicas_));
    return AwaitReady(world);
  }

  // The storage says that it rolled back; what the database shows tells whether it did.
  Result<Bite> Biting(World& world) override {
    if (noted_.empty()) return Bite{.bitten = false, .evidence = "nothing was rolled back"};
    ASSIGN_OR_RETURN(const Writes now, ReadWrites(world));
    Writes gone;
    std::set_difference(noted_.begin(), noted_.end(), now.begin(), now.end(), std::inserter(gone, gone.end()));
    std::string evidence =
        fmt::format("of {} writes that the database showed before, {} are gone", noted_.size(), gone.size());
    if (!gone.empty()) evidence += fmt::format(", among them client {} #{}", gone.begin()->first, gone.begin()->second);
    return Bite{.bitten = !gone.empty(), .evidence = std::move(evidence)};
  }

  Status Heal(World& world, const nlohmann::json& undo) override {
    ASSIGN_OR_RETURN(const std::string controller, TextOf(undo, "controller"));
    ASSIGN_OR_RETURN(const std::string volume, TextOf(undo, "volume"));
    ASSIGN_OR_RETURN(const std::string snapshot, TextOf(undo, "snapshot"));
    ASSIGN_OR_RETURN(const double number, NumberOf(undo, "replicas"));
    const int replicas = static_cast<int>(number);
    const Result<nlohmann::json> object = GetController(world, controller);
    if (!object && !IsNotFound(object.error())) return tl::unexpected<Error>(object.error());
    if (object && object->value("/spec/replicas"_json_pointer, 1) != replicas) {
      RETURN_IF_ERROR(Scale(world, controller, replicas));
    }
    if (const auto missing = Missing(world.provider, world.backend)) {
      return Unavailable(fmt::format("{} to remove the snapshot of {}", *missing, volume));
    }
    return world.backend.snapshots()->Remove(volume, snapshot);
  }
  std::string ByHand(const std::string& space, const nlohmann::json& undo) const override {
    return fmt::format("kubectl scale {} --namespace={} --replicas={}; then remove snapshot {} of volume {}",
                       NamesIn(undo, "controller"), space, undo.is_object() ? undo.value("replicas", 1) : 1,
                       NamesIn(undo, "snapshot"), NamesIn(undo, "volume"));
  }

 private:
  Status AwaitGone(World& world) const {
    return Await(world.host, {.awaited = fmt::format("pod {} gone", pod_), .limit = kGoneLimit},
                 [&](std::string& last_seen) -> Result<bool> {
                   const auto pod = world.kube.Get("pod", pod_, world.space);
                   if (!pod && IsNotFound(pod.error())) return true;
                   last_seen = pod ? "it is there" : pod.error().message;
                   return false;
                 });
  }

  // How long it takes is the clients' affair, and whether it comes back at all; but nobody can look before.
  static Status AwaitReady(World& world) {
    const Status ready = Await(world.host, {.awaited = "the database ready", .limit = kReadyLimit},
                               [&](std::string& last_seen) -> Result<bool> {
                                 const auto placement = world.workload.Locate(world.kube, world.space);
                                 last_seen = placement ? placement->trouble : placement.error().message;
                                 return placement && placement->ready;
                               });
    if (!ready && ready.error().code == ErrorCode::kInterrupted) return ready;
    return {};
  }

  Options options_;
  Duration lag_;
  std::string volume_;
  std::string controller_;
  std::string pod_;
  int replicas_ = 1;
  Writes noted_;  // what the database showed before it was taken away; empty: not injected
};

HOLDFAST_REGISTER(Fault, VolumeRollback, "volume-rollback");

}  // namespace holdfast
