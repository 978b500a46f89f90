#include "harness/playing/cell_player.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "harness/history.h"
#include "harness/latency/latency_plan.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A backend may twitch for a moment after the cell before; anything longer is not whole.
constexpr Duration kWholeBeforeCell = seconds(30);
constexpr Duration kHealthInterval = seconds(2);
constexpr Duration kBiteInterval = milliseconds(500);
constexpr Duration kLocateLimit = seconds(20);
// Without the API server nobody can bring a database back: it is asked so often while one is away.
constexpr Duration kSilenceInterval = seconds(15);
constexpr Duration kReadInterval = seconds(1);

// Unique in the cluster for this cell of this run, so that neither a leftover nor another run's database, perhaps of
// the same seed, can be taken for the one under test.
std::string SpaceOf(const Cell& cell, const std::filesystem::path& run) {
  const std::size_t hash = std::hash<std::string>{}(std::filesystem::absolute(run).string()) ^ cell.seed;
  return fmt::format("holdfast-{}-{:08x}", cell.number, hash & 0xffffffffU);
}

bool IsInterruption(const Status& status) {
  return !status.has_value() && status.error().code == ErrorCode::kInterrupted;
}

}  // namespace

CellPlayer::CellPlayer(const Setting& setting, const Cell& cell)
    : setting_(setting),
      database_(cell),
      cell_(nullptr),
      world_{.host = setting.stage.host,
             .kube = setting.kube,
             .provider = setting.stage.provider,
             .backend = setting.stage.backend,
             .workload = setting.stage.workload,
             .space = SpaceOf(cell, setting.logs)},
      lookout_(world_, setting.stage.progress),
      traces_(world_, setting.stage.progress, setting.logs) {
  if (cell.fio) bench_ = std::make_unique<BenchPlayer>(setting.stage.make_bench(), world_, setting.rig.latency, cell);
  TurnTo(cell);
}

CellPlayer::~CellPlayer() = default;

void CellPlayer::TurnTo(const Cell& cell) {
  Unpin();
  const bool returns = cell_ != nullptr && &cell == &database_;
  cell_ = &cell;
  hurts_.clear();
  health_watch_.reset();
  injecting_ = recovered_ = placed_ = false;
  injected_at_.reset();
  for (const Injection& injection : cell.injections) {
    hurts_.push_back({.name = injection.fault.name, .fault = setting_.stage.make_fault(injection.fault)});
  }
  if (returns) return;  // its mark stands
  AddMark(kMarkCellBegun, "",
          {{"scenario", cell.scenario},
           {"trial", std::to_string(cell.trial)},
           {"fault", cell.fault.name},
           {"seed", std::to_string(cell.seed)},
           {"demands", ToString(cell.demands)}});
}

std::optional<std::string> CellPlayer::Missing() const {
  if (bench_ != nullptr) return bench_->Missing();
  for (const Hurt& hurt : hurts_) {
    if (hurt.fault == nullptr) return fmt::format("there is no fault '{}'", hurt.name);
    if (auto missing = hurt.fault->Missing(world_.provider, world_.backend)) return missing;
  }
  return std::nullopt;
}

Status CellPlayer::Deploy(Duration limit) {
  std::string health;
  HealthSeen seen;
  ASSIGN_OR_RETURN(const bool whole, AwaitHealth(kWholeBeforeCell, health, seen));
  if (!whole) return Unavailable("no database is deployed on storage that is not whole: " + health);
  touched_ = true;
  Observe();
  if (bench_ != nullptr) return bench_->Deploy(limit);
  RETURN_IF_ERROR(
      world_.workload.Deploy(world_.kube, world_.provider, world_.space, world_.backend.StorageClass(), limit));
  deployed_ = true;
  return {};
}

void CellPlayer::Observe() {
  if (setting_.timeline == nullptr) return;
  observer_ = setting_.stage.observe({.host = world_.host,
                                      .access = world_.kube.access(),
                                      .space = world_.space,
                                      .cell = database_.number,
                                      .clock = [&recorder = setting_.recorder] { return recorder.Elapsed(); },
                                      .timeline = *setting_.timeline});
}

LoadSetup CellPlayer::SetupOfLoad() const {
  const Rig& rig = setting_.rig;
  LoadSetup setup{.host = world_.host,
                  .kube = world_.kube,
                  .workload = world_.workload,
                  .recorder = setting_.recorder,
                  .space = world_.space,
                  .cell = database_.number,
                  .seed = database_.seed,
                  .pacing = {.clients = rig.clients,
                             .deadline = rig.deadline,
                             .probe_interval = rig.probe_interval,
                             .longest_pause = rig.bounds.longest_pause}};
  if (database_.commits) {
    setup.pacing.clients = ClientsOf(rig, database_);
    setup.pacing.due_every = Duration(seconds(1)) * setup.pacing.clients / database_.commits->rate;
  }
  return setup;
}

Status CellPlayer::StartClients() {
  const Pacing pacing = SetupOfLoad().pacing;
  if (pacing.due_every) {
    AddMark(kMarkArrivals, "",
            {{"interval_ns", std::to_string(pacing.due_every->count())},
             {"clients", std::to_string(pacing.clients)},
             {"deadline_ns", std::to_string(pacing.deadline.count())},
             {"fault", database_.fault.name}});
  }
  load_ = setting_.stage.start_load(SetupOfLoad());
  return {};
}

void CellPlayer::Pin(const Placement& instance) {
  if (instance.address.empty()) return AddMark(kMarkPinned, "the database has no address: " + instance.trouble);
  LoadSetup setup = SetupOfLoad();
  setup.first_client = setup.pacing.clients + 1;
  setup.first_sequence = pinned_writes_ + 1;
  setup.pacing.clients = 1;
  setup.pacing.due_every.reset();
  setup.instance = instance;
  AddMark(kMarkPinned, "",
          {{"client", std::to_string(setup.first_client)},
           {"address", instance.address},
           {"pod", instance.pod},
           {"node", instance.node}});
  pinned_ = setting_.stage.start_load(setup);
}

// The next one to be pinned is the same client and goes on counting where this one ended.
void CellPlayer::Unpin() {
  if (pinned_ == nullptr) return;
  pinned_->Stop();
  pinned_writes_ += pinned_->Look().ended;
  pinned_.reset();
}

Status CellPlayer::AwaitTraffic(Duration delay, Duration limit) {
  const auto enough = static_cast<std::uint64_t>(setting_.rig.bounds.least_writes);
  // As the judge will ask: enough of them, and healthy for stable_for before the fault.
  const Duration stable_for = setting_.rig.bounds.stable_for;
  const Time end = world_.host.Now() + limit + delay;
  const auto await_health = [&](Time until) {
    const Wait wait{.awaited = fmt::format("{} acknowledged writes, the last {} without trouble", enough,
                                           FormatDuration(stable_for)),
                    .limit = until - world_.host.Now()};
    return Await(world_.host, wait, [&](std::string& last_seen) -> Result<bool> {
      const Traffic traffic = load_->Look();
      last_seen = fmt::format("{} of {} acknowledged", traffic.acknowledged, traffic.ended);
      if (!traffic.last_error.empty()) last_seen += ", " + traffic.last_error;
      return traffic.acknowledged >= enough && traffic.steady_since &&
             world_.host.Now() - *traffic.steady_since >= stable_for;
    });
  };
  RETURN_IF_ERROR(await_health(end - delay));
  if (!world_.host.SleepFor(delay)) return Fail(ErrorCode::kInterrupted, "interrupted");
  // A busy machine may have held up a write meanwhile.
  return await_health(std::max(end, world_.host.Now() + stable_for + seconds(1)));
}

Status CellPlayer::ChooseAll() {
  ASSIGN_OR_RETURN(const Placement before, Locate());
  for (Hurt& hurt : hurts_) {
    ASSIGN_OR_RETURN(hurt.chosen, hurt.fault->Arm(world_));
  }
  MarkPlacement(before, "before");
  Pin(before);
  return {};
}

Result<nlohmann::json> CellPlayer::ChooseAnew(Hurt& hurt) {
  nlohmann::json record;
  const auto choose = [&](std::string& last_seen) -> Result<bool> {
    const Result<nlohmann::json> armed = hurt.fault->Arm(world_);
    record = armed.value_or(hurt.chosen);
    if (!armed.has_value())
      return lookout_.CouldNotLook(armed, last_seen).map([&](bool looked) { return looked || lookout_.silent(); });
    lookout_.Looked();
    return true;
  };
  RETURN_IF_ERROR(Await(world_.host, {.awaited = "a target of " + hurt.name, .limit = kLocateLimit}, choose));
  return record;
}

// Where none is under way any more, or not yet, nothing can be interrupted.
Status CellPlayer::DemandRebuild() {
  ASSIGN_OR_RETURN(const Health health, world_.backend.GetHealth());
  const std::uint64_t missing = health.missing_bytes.value_or(0);
  if (health.whole && missing == 0) {
    return Unavailable("the rebuild was over before it could be interrupted: " + health.detail);
  }
  std::map<std::string, std::string> fields;
  if (health.missing_bytes) fields[kFieldMissingBytes] = std::to_string(missing);
  AddMark(kMarkRebuilding, health.detail, fields);
  return {};
}

Status CellPlayer::Inject(int injection, Duration delay, Duration limit) {
  if (!injecting_) RETURN_IF_ERROR(ChooseAll());
  if (delay > Duration::zero()) RETURN_IF_ERROR(SleepFor(delay));
  Hurt& hurt = HurtOf(injection);
  if (injecting_) {
    ASSIGN_OR_RETURN(hurt.chosen, ChooseAnew(hurt));
  }
  const Injection& planned = cell_->injections.at(static_cast<std::size_t>(injection));
  if (planned.amid_rebuild) RETURN_IF_ERROR(DemandRebuild());
  ASSIGN_OR_RETURN(const int id, setting_.undo_log.Arm(hurt.name, world_.space, hurt.chosen));
  hurt.undo = Undo{.id = id, .fault = hurt.name, .space = world_.space, .record = hurt.chosen};
  MarkInjection(hurt, planned.own);
  RETURN_IF_ERROR(hurt.fault->Inject(world_));
  if (const Duration took = world_.host.Now() - hurt_until_; took > limit) {
    return Fail(ErrorCode::kTimeout, fmt::format("it took {}, at most {} are allowed: what hurt when is not known",
                                                 FormatDuration(took), FormatDuration(limit)));
  }
  AddMark(kMarkInjected, hurt.name);
  const bool over =
      std::all_of(hurts_.begin(), hurts_.end(), [](const Hurt& one) { return one.fault->EndsByItself(); });
  if (&hurt != &hurts_.back() || !over || !IsRebuildWatched()) return {};
  AddMark(kMarkOver, "");
  WatchRebuild();
  return {};
}

void CellPlayer::MarkInjection(const Hurt& hurt, bool own) {
  std::map<std::string, std::string> fields;
  if (injecting_ && own) fields[kFieldOwn] = "true";
  AddMark(injecting_ ? kMarkAlsoInjecting : kMarkInjecting, hurt.undo->record.dump(), fields);
  injecting_ = true;
  hurt_until_ = world_.host.Now();
  if (own || !injected_at_) injected_at_ = hurt_until_;
}

// Where no copy was taken away, none is made anew.
bool CellPlayer::IsRebuildWatched() const {
  const bool takes = std::any_of(hurts_.begin(), hurts_.end(), [](const Hurt& one) { return one.fault->Toll() > 0; });
  return takes && setting_.stage.watch_health;
}

void CellPlayer::WatchRebuild() {
  health_watch_ = setting_.stage.watch_health(
      {.backend = world_.backend, .clock = [&recorder = setting_.recorder] { return recorder.Elapsed(); }});
}

void CellPlayer::MarkBite(const Hurt& hurt) {
  std::string all;
  for (const Hurt& one : hurts_) {
    if (one.evidence.empty()) return AddMark(kMarkPartlyBitten, hurt.evidence);
    all += (all.empty() ? "" : "; ") + one.evidence;
  }
  AddMark(kMarkBitten, all);
}

Status CellPlayer::AwaitBite(int injection, Duration limit) {
  Hurt& hurt = HurtOf(injection);
  std::string seen;
  const Status bitten = Await(world_.host, {.awaited = "the bite", .limit = limit, .interval = kBiteInterval},
                              [&](std::string& last_seen) -> Result<bool> {
                                const Result<Bite> bite = hurt.fault->Biting(world_);
                                if (!bite.has_value()) return lookout_.CouldNotLook(bite, last_seen);
                                lookout_.Looked();
                                last_seen = seen = bite->evidence;
                                return bite->bitten;
                              });
  if (IsInterruption(bitten)) return bitten;
  if (bitten.has_value()) {
    hurt_until_ = world_.host.Now();
    hurt.evidence = seen;
    MarkBite(hurt);
  } else {
    AddMark(kMarkNotBitten, bitten.error().message);
    setting_.stage.progress.Say("did not bite: " + bitten.error().message);
    Diagnose("not-bitten");
  }
  return {};
}

Status CellPlayer::Hold(Duration delay) {
  if (!cell_->commits) return SleepFor(delay);
  AddMark(kMarkHolding, "");
  RETURN_IF_ERROR(SleepFor(delay));
  AddMark(kMarkHeld, "");
  return {};
}

Status CellPlayer::SleepFor(Duration delay) {
  if (!world_.host.SleepFor(delay)) return Fail(ErrorCode::kInterrupted, "interrupted");
  return {};
}

Status CellPlayer::AwaitSteady(Time since, Duration limit) {
  const Duration stable_for = setting_.rig.bounds.stable_for;
  up_since_.reset();
  Time asked = world_.host.Now();
  return Await(
      world_.host,
      {.awaited = fmt::format("writes acknowledged for {} without a gap", FormatDuration(stable_for)), .limit = limit},
      [&](std::string& last_seen) -> Result<bool> {
        const Traffic traffic = load_->Look();
        last_seen = fmt::format("{} acknowledged", traffic.acknowledged);
        if (!traffic.last_error.empty()) last_seen += ", " + traffic.last_error;
        up_since_ = traffic.steady_since;
        if (!traffic.steady_since && world_.host.Now() - asked >= kSilenceInterval) {
          lookout_.SayIfSilent();
          asked = world_.host.Now();
        }
        return traffic.steady_since &&
               world_.host.Now() - *traffic.last_acknowledged <= setting_.rig.bounds.longest_pause &&
               *traffic.last_acknowledged - std::max(*traffic.steady_since, since) >= stable_for;
      });
}

Status CellPlayer::AwaitRecovery(Duration limit) {
  const Status recovered = AwaitSteady(hurt_until_, limit);
  if (IsInterruption(recovered)) return recovered;
  recovered_ = recovered.has_value();
  if (!recovered_) {
    MarkNotRecovered(recovered.error().message);
    return {};
  }
  AddMark(kMarkRecovered, "");
  if (const Result<Placement> after = Locate(); after.has_value()) MarkAfter(*after);
  // While the clients go on: this read may miss nothing that was acknowledged before it began.
  RETURN_IF_ERROR(ReadUntilAnswered("the first read after the recovery", setting_.rig.bounds.read_within));
  const bool late = injected_at_ && up_since_ && *up_since_ - *injected_at_ > setting_.rig.bounds.rto;
  if (late && cell_->demands == Demands::kRecovery) Diagnose("recovered-late");
  return {};
}

// Where the cluster's own programs have died, nothing can be held against the storage; unless it is we who ended them.
// The mark stands before the end of the outage that it excuses.
void CellPlayer::MarkDeadCluster() {
  const bool ours = std::any_of(hurts_.begin(), hurts_.end(), [](const Hurt& one) {
    return one.undo.has_value() && one.fault->StopsControlPlane() && !one.fault->EndsByItself();
  });
  if (ours) return;
  const Result<bool> up = world_.provider.IsUp();
  if (up && *up) return;
  AddMark(kMarkHarnessTrouble, up ? "the cluster is not up any more" : up.error().message);
}

void CellPlayer::MarkNotRecovered(const std::string& seen) {
  const Result<Placement> placement = Locate();
  std::string trouble = placement.has_value() ? placement->trouble : placement.error().message;
  if (trouble.empty()) trouble = seen;
  const Result<Health> health = world_.backend.GetHealth();
  if (health.has_value() && !health->whole) trouble += "; the storage is not whole: " + health->detail;
  MarkDeadCluster();
  AddMark(kMarkNotRecovered, trouble);
  if (placement.has_value()) MarkAfter(*placement);
  setting_.stage.progress.Say("did not recover: " + trouble);
  Diagnose("not-recovered");
}

Status CellPlayer::Heal(int injection) {
  const Shielded shielded;
  Hurt& hurt = HurtOf(injection);
  if (const Status healed = hurt.fault->Heal(world_, hurt.undo->record); !healed.has_value()) {
    AddMark(kMarkNotHealed, healed.error().message);
    return healed;
  }
  RETURN_IF_ERROR(setting_.undo_log.Healed(hurt.undo->id));
  hurt.undo.reset();
  hurt_until_ = world_.host.Now();
  const bool hurting = std::any_of(hurts_.begin(), hurts_.end(), [](const Hurt& one) { return one.undo.has_value(); });
  AddMark(hurting ? kMarkPartlyHealed : kMarkHealed, hurt.name);
  // Beyond the budget the recovery comes next, and nobody awaits the backend meanwhile.
  const bool recovery_follows = cell_->demands == Demands::kSafety && !hurting;
  if (recovery_follows && health_watch_ == nullptr && IsRebuildWatched()) WatchRebuild();
  return {};
}

Result<bool> CellPlayer::AwaitHealth(Duration limit, std::string& detail, HealthSeen& seen) {
  std::optional<Error> blind;  // why the last look was none
  const Status whole = Await(world_.host, {.awaited = "the backend whole", .limit = limit, .interval = kHealthInterval},
                             [&](std::string& last_seen) -> Result<bool> {
                               const Nanoseconds begin = setting_.recorder.Elapsed();
                               const Result<Health> health = world_.backend.GetHealth();
                               if (!health.has_value()) {
                                 blind = health.error();
                                 return lookout_.CouldNotLook(health, last_seen);
                               }
                               lookout_.Looked();
                               blind.reset();
                               seen.Add(begin, setting_.recorder.Elapsed(), *health);
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
  // Who brought it back may be told late, where the API server was among what was taken away.
  if (recovered_ && !placed_) {
    if (const Result<Placement> after = Locate(); after.has_value()) MarkAfter(*after);
  }
  std::string detail;
  HealthSeen seen = health_watch_ == nullptr ? HealthSeen() : health_watch_->Stop();
  health_watch_.reset();
  ASSIGN_OR_RETURN(const bool whole, AwaitHealth(limit, detail, seen));
  whole_ = whole;
  AddMark(whole ? kMarkWhole : kMarkNotWhole, detail, seen.Fields());
  if (whole) return recovered_ ? SettleDown() : Status();
  setting_.stage.progress.Say(detail);
  Diagnose("not-whole");
  return {};
}

// Heal and rebuild may hold up a database that was back already. Without an end of that pause nobody could say how long
// it would have been; one that is longer than a recovery may be is judged as it stands.
Status CellPlayer::SettleDown() {
  const Bounds& bounds = setting_.rig.bounds;
  const Status steady = AwaitSteady(Time(), bounds.rto + bounds.stable_for);
  return IsInterruption(steady) ? steady : Status();
}

Status CellPlayer::StopClients() {
  Unpin();
  load_->Stop();
  acknowledged_ = load_->Look().acknowledged;
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
    damaged_ = rows.error().code == ErrorCode::kDamaged;
    if (damaged_) AddMark(kMarkDamaged, read.error);
  }
  read.end = setting_.recorder.Elapsed();
  return read;
}

// Repeated only while the database cannot be read at all. What it returned is never read again until it pleases. While
// clients go on it is not the final one.
Status CellPlayer::ReadUntilAnswered(const std::string& awaited, Duration limit) {
  damaged_ = false;
  const Time end = world_.host.Now() + limit;
  const Status done = Await(world_.host, {.awaited = awaited, .limit = limit, .interval = kReadInterval},
                            [&](std::string& last_seen) -> Result<bool> {
                              Read read = ReadOnce(std::max(end - world_.host.Now(), kReadInterval));
                              read.final = load_ == nullptr;
                              setting_.recorder.AddRead(database_.number, read);
                              // The judge compares them one by one; here it is enough that some must be missing.
                              if (read.error.empty() && read.rows.size() < acknowledged_) traces_.MarkTrouble();
                              last_seen = read.error;
                              return read.error.empty() || damaged_;
                            });
  if (IsInterruption(done)) return done;
  read_ = done.has_value() && !damaged_;
  if (!read_) traces_.MarkTrouble();
  if (!done.has_value()) setting_.stage.progress.Say(done.error().message);
  return {};
}

Status CellPlayer::ReadBack(Duration limit) { return ReadUntilAnswered("the final read", limit); }

// One that fails is missing from the verdict, and says so there; the others go on.
Status CellPlayer::Measure(const FioReading& reading, Duration limit) {
  const Result<std::string> printed = bench_->Measure(reading, limit);
  if (!printed && printed.error().code == ErrorCode::kInterrupted) return tl::unexpected(printed.error());
  AddMark(printed ? kMarkFio : kMarkFioFailed, printed ? *printed : printed.error().message,
          {{"job", reading.job}, {"on", ToString(reading.medium)}, {"repetition", std::to_string(reading.repetition)}});
  if (!printed) traces_.MarkTrouble();
  return {};
}

void CellPlayer::TakeLeave() {
  traces_.KeepBeforeRemoval(cell_->number);
  health_watch_.reset();
  observer_.reset();
  deployed_ = touched_ = false;
}

Status CellPlayer::Remove(Duration limit) const {
  const Shielded shielded;
  if (bench_ != nullptr) return bench_->Remove(limit);
  return world_.workload.Remove(world_.kube, world_.space, limit);
}

Result<Placement> CellPlayer::Locate() {
  std::optional<Placement> placement;
  RETURN_IF_ERROR(Await(world_.host, {.awaited = "the database's place", .limit = kLocateLimit},
                        [&](std::string& last_seen) -> Result<bool> {
                          Result<Placement> found = world_.workload.Locate(world_.kube, world_.space);
                          if (!found.has_value()) return lookout_.CouldNotLook(found, last_seen);
                          lookout_.Looked();
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

void CellPlayer::MarkAfter(const Placement& placement) {
  placed_ = true;
  MarkPlacement(placement, "after");
}

void CellPlayer::AddMark(const std::string& name, const std::string& text,
                         const std::map<std::string, std::string>& fields) {
  setting_.recorder.AddMark(cell_->number, name, text, fields);
}

void CellPlayer::Diagnose(const std::string& occasion) { traces_.Keep(cell_->number, occasion); }

}  // namespace holdfast
