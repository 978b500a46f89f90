#include "harness/cell_player.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "harness/diagnostics.h"
#include "harness/history.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A backend may twitch for a moment after the cell before; anything longer is not whole.
constexpr Duration kWholeBeforeCell = seconds(30);
constexpr Duration kHealthInterval = seconds(2);
constexpr Duration kBiteInterval = milliseconds(500);
constexpr Duration kLocateLimit = seconds(20);
constexpr Duration kReadInterval = seconds(1);
constexpr Duration kOneRead = seconds(60);

// Unique in the cluster for this cell of this run, so that neither a leftover nor another run's database, perhaps of
// the same seed, can be taken for the one under test.
std::string SpaceOf(const Cell& cell, const std::filesystem::path& run) {
  const std::size_t hash = std::hash<std::string>{}(std::filesystem::absolute(run).string()) ^ cell.seed;
  return fmt::format("holdfast-{}-{:08x}", cell.number, hash & 0xffffffffU);
}

// While the cluster is hurt a probe that cannot look has seen just that, and looks again; only the user's interruption
// ends the wait.
template <typename T>
Result<bool> CouldNotLook(const Result<T>& looked, std::string& last_seen) {
  if (looked.error().code == ErrorCode::kInterrupted) return tl::unexpected(looked.error());
  last_seen = "could not look: " + looked.error().message;
  return false;
}

bool IsInterruption(const Status& status) {
  return !status.has_value() && status.error().code == ErrorCode::kInterrupted;
}

}  // namespace

CellPlayer::CellPlayer(const Setting& setting, const Cell& cell)
    : setting_(setting),
      cell_(cell),
      world_{.host = setting.stage.host,
             .kube = setting.kube,
             .provider = setting.stage.provider,
             .backend = setting.stage.backend,
             .workload = setting.stage.workload,
             .space = SpaceOf(cell, setting.logs)},
      fault_(setting.stage.make_fault(cell.fault)) {
  AddMark(kMarkCellBegun, "",
          {{"scenario", cell.scenario},
           {"trial", std::to_string(cell.trial)},
           {"fault", cell.fault.name},
           {"seed", std::to_string(cell.seed)}});
}

CellPlayer::~CellPlayer() = default;

std::optional<std::string> CellPlayer::Missing() const {
  if (fault_ == nullptr) return fmt::format("there is no fault '{}'", cell_.fault.name);
  return fault_->Missing(world_.provider, world_.backend);
}

Status CellPlayer::Deploy(Duration limit) {
  std::string health;
  ASSIGN_OR_RETURN(const bool whole, AwaitHealth(kWholeBeforeCell, health));
  if (!whole) return Unavailable("no database is deployed on storage that is not whole: " + health);
  touched_ = true;
  RETURN_IF_ERROR(world_.workload.Remove(world_.kube, world_.space, limit));
  RETURN_IF_ERROR(
      world_.workload.Deploy(world_.kube, world_.provider, world_.space, world_.backend.StorageClass(), limit));
  deployed_ = true;
  return {};
}

LoadSetup CellPlayer::SetupOfLoad() const {
  const Rig& rig = setting_.rig;
  return {.host = world_.host,
          .kube = world_.kube,
          .workload = world_.workload,
          .recorder = setting_.recorder,
          .space = world_.space,
          .cell = cell_.number,
          .seed = cell_.seed,
          .pacing = {.clients = rig.clients, .deadline = rig.deadline, .probe_interval = rig.probe_interval}};
}

Status CellPlayer::StartClients() {
  load_ = setting_.stage.start_load(SetupOfLoad());
  return {};
}

void CellPlayer::Pin(const Placement& instance) {
  if (instance.address.empty()) return AddMark(kMarkPinned, "the database has no address: " + instance.trouble);
  LoadSetup setup = SetupOfLoad();
  setup.first_client = setting_.rig.clients + 1;
  setup.pacing.clients = 1;
  setup.instance = instance;
  AddMark(kMarkPinned, "",
          {{"client", std::to_string(setup.first_client)},
           {"address", instance.address},
           {"pod", instance.pod},
           {"node", instance.node}});
  pinned_ = setting_.stage.start_load(setup);
}

Status CellPlayer::AwaitTraffic(Duration delay, Duration limit) {
  const auto enough = static_cast<std::uint64_t>(setting_.rig.bounds.least_writes);
  // As the judge will ask: enough of them, and healthy for stable_for before the fault.
  const Duration stable_for = setting_.rig.bounds.stable_for;
  RETURN_IF_ERROR(Await(world_.host, {.awaited = fmt::format("{} acknowledged writes", enough), .limit = limit},
                        [&](std::string& last_seen) -> Result<bool> {
                          const Traffic traffic = load_->Look();
                          last_seen = fmt::format("{} of {} acknowledged", traffic.acknowledged, traffic.ended);
                          if (!traffic.last_error.empty()) last_seen += ", " + traffic.last_error;
                          return traffic.acknowledged >= enough && traffic.steady_since &&
                                 world_.host.Now() - *traffic.steady_since >= stable_for;
                        }));
  if (!world_.host.SleepFor(delay)) return Fail(ErrorCode::kInterrupted, "interrupted");
  return {};
}

Status CellPlayer::Inject() {
  ASSIGN_OR_RETURN(const Placement before, Locate());
  ASSIGN_OR_RETURN(const nlohmann::json record, fault_->Arm(world_));
  ASSIGN_OR_RETURN(const int id, setting_.undo_log.Arm(cell_.fault.name, world_.space, record));
  undo_ = Undo{.id = id, .fault = cell_.fault.name, .space = world_.space, .record = record};
  MarkPlacement(before, "before");
  Pin(before);
  AddMark(kMarkInjecting, record.dump());
  injecting_ = true;
  bitten_at_ = world_.host.Now();
  RETURN_IF_ERROR(fault_->Inject(world_));
  AddMark(kMarkInjected, "");
  return {};
}

Status CellPlayer::AwaitBite(Duration limit) {
  std::string seen;
  const Status bitten = Await(world_.host, {.awaited = "the bite", .limit = limit, .interval = kBiteInterval},
                              [&](std::string& last_seen) -> Result<bool> {
                                const Result<Bite> bite = fault_->Biting(world_);
                                if (!bite.has_value()) return CouldNotLook(bite, last_seen);
                                last_seen = seen = bite->evidence;
                                return bite->bitten;
                              });
  if (IsInterruption(bitten)) return bitten;
  if (bitten.has_value()) {
    bitten_at_ = world_.host.Now();
    AddMark(kMarkBitten, seen);
  } else {
    AddMark(kMarkNotBitten, bitten.error().message);
    setting_.stage.progress.Say("did not bite: " + bitten.error().message);
  }
  return {};
}

Status CellPlayer::AwaitRecovery(Duration limit) {
  const Duration stable_for = setting_.rig.bounds.stable_for;
  const Status recovered = Await(
      world_.host,
      {.awaited = fmt::format("writes acknowledged for {} without a gap", FormatDuration(stable_for)), .limit = limit},
      [&](std::string& last_seen) -> Result<bool> {
        const Traffic traffic = load_->Look();
        last_seen = fmt::format("{} acknowledged", traffic.acknowledged);
        if (!traffic.last_error.empty()) last_seen += ", " + traffic.last_error;
        return traffic.steady_since &&
               *traffic.last_acknowledged - std::max(*traffic.steady_since, bitten_at_) >= stable_for;
      });
  if (IsInterruption(recovered)) return recovered;
  if (!recovered.has_value()) {
    MarkNotRecovered(recovered.error().message);
    return {};
  }
  AddMark(kMarkRecovered, "");
  if (const Result<Placement> after = Locate(); after.has_value()) MarkPlacement(*after, "after");
  // While the clients go on: this read may miss nothing that was acknowledged before it began.
  setting_.recorder.AddRead(cell_.number, ReadOnce(kOneRead));
  return {};
}

void CellPlayer::MarkNotRecovered(const std::string& seen) {
  const Result<Placement> placement = Locate();
  std::string trouble = placement.has_value() ? placement->trouble : placement.error().message;
  if (trouble.empty()) trouble = seen;
  AddMark(kMarkNotRecovered, trouble);
  // Where the cluster's own programs have died, nothing can be held against the storage.
  if (const Result<bool> up = world_.provider.IsUp(); !up || !*up) {
    AddMark(kMarkHarnessTrouble, up ? "the cluster is not up any more" : up.error().message);
  }
  if (placement.has_value()) MarkPlacement(*placement, "after");
  setting_.stage.progress.Say("did not recover: " + trouble);
  Diagnose("not-recovered");
}

Status CellPlayer::Heal() {
  const Shielded shielded;
  if (const Status healed = fault_->Heal(world_, undo_->record); !healed.has_value()) {
    AddMark(kMarkNotHealed, healed.error().message);
    return healed;
  }
  RETURN_IF_ERROR(setting_.undo_log.Healed(undo_->id));
  undo_.reset();
  AddMark(kMarkHealed, "");
  return {};
}

Result<bool> CellPlayer::AwaitHealth(Duration limit, std::string& detail) {
  std::optional<Error> blind;  // why the last look was none
  const Status whole = Await(world_.host, {.awaited = "the backend whole", .limit = limit, .interval = kHealthInterval},
                             [&](std::string& last_seen) -> Result<bool> {
                               const Result<Health> health = world_.backend.GetHealth();
                               if (!health.has_value()) {
                                 blind = health.error();
                                 return CouldNotLook(health, last_seen);
                               }
                               blind.reset();
                               last_seen = detail = health->detail;
                               return health->whole;
                             });
  if (whole.has_value()) return true;
  if (IsInterruption(whole)) return tl::unexpected(whole.error());
  if (blind) return tl::unexpected(Within("whether the backend is whole", *blind));
  detail = whole.error().message;
  return false;
}

Status CellPlayer::AwaitWhole(Duration limit) {
  std::string detail;
  ASSIGN_OR_RETURN(const bool whole, AwaitHealth(limit, detail));
  AddMark(whole ? kMarkWhole : kMarkNotWhole, detail);
  if (whole) return {};
  setting_.stage.progress.Say(detail);
  Diagnose("not-whole");
  return {};
}

Status CellPlayer::StopClients() {
  if (pinned_ != nullptr) pinned_->Stop();
  load_->Stop();
  pinned_.reset();
  load_.reset();
  return {};
}

Read CellPlayer::ReadOnce(Duration limit) {
  Read read;
  read.begin = setting_.recorder.Elapsed();
  Result<std::vector<Row>> rows = world_.workload.ReadAll(world_.kube, world_.space, limit);
  if (rows.has_value()) {
    read.rows = std::move(rows).value();
  } else {
    read.error = rows.error().message;
  }
  read.end = setting_.recorder.Elapsed();
  return read;
}

// Repeated only while the database cannot be read at all. What it returned is never read again until it pleases.
Status CellPlayer::ReadBack(Duration limit) {
  const Status done = Await(world_.host, {.awaited = "the final read", .limit = limit, .interval = kReadInterval},
                            [&](std::string& last_seen) -> Result<bool> {
                              Read read = ReadOnce(std::min(limit, kOneRead));
                              read.final = true;
                              setting_.recorder.AddRead(cell_.number, read);
                              last_seen = read.error;
                              return read.error.empty();
                            });
  if (IsInterruption(done)) return done;
  if (!done.has_value()) setting_.stage.progress.Say(done.error().message);
  return {};
}

Status CellPlayer::Remove(Duration limit) {
  const Shielded shielded;
  deployed_ = touched_ = false;
  return world_.workload.Remove(world_.kube, world_.space, limit);
}

Result<Placement> CellPlayer::Locate() {
  std::optional<Placement> placement;
  RETURN_IF_ERROR(Await(world_.host, {.awaited = "the database's place", .limit = kLocateLimit},
                        [&](std::string& last_seen) -> Result<bool> {
                          Result<Placement> found = world_.workload.Locate(world_.kube, world_.space);
                          if (!found.has_value()) return CouldNotLook(found, last_seen);
                          placement = std::move(found).value();
                          return true;
                        }));
  return *placement;
}

void CellPlayer::MarkPlacement(const Placement& placement, const std::string& moment) {
  AddMark(kMarkPlacement, moment,
          {{"pod", placement.pod},
           {"pod_uid", placement.pod_uid},
           {"node", placement.node},
           {"container_id", placement.container_id},
           {"restarts", std::to_string(placement.restarts)},
           {"ready", placement.ready ? "true" : "false"},
           {"address", placement.address},
           {"trouble", placement.trouble}});
}

void CellPlayer::AddMark(const std::string& name, const std::string& text,
                         const std::map<std::string, std::string>& fields) {
  setting_.recorder.AddMark(cell_.number, name, text, fields);
}

void CellPlayer::Diagnose(const std::string& occasion) {
  const std::filesystem::path file = setting_.logs / fmt::format("cell-{}-{}.txt", cell_.number, occasion);
  WriteDiagnostics(world_.kube, world_.space, file);
  setting_.stage.progress.Say("what the cluster says of itself: " + file.string());
}

}  // namespace holdfast
