#include "harness/play.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <future>
#include <mutex>
#include <utility>

#include "harness/check.h"
#include "harness/history.h"
#include "harness/playing/cell_player.h"
#include "harness/playing/cluster_use.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

// Those of the plan's cells with a database that nobody has taken yet.
class CellQueue {
 public:
  explicit CellQueue(const Plan& plan) : cells_(plan.Databases()) {}
  // Their numbers, one by one; nothing once there are none. From any thread.
  std::optional<int> Take() {
    const std::lock_guard lock(mutex_);
    if (taken_ == cells_.size()) return std::nullopt;
    return cells_[taken_++];
  }

 private:
  const std::vector<int> cells_;
  std::size_t taken_ = 0;
  std::mutex mutex_;
};

// What the lanes of a run share.
struct Shared {
  HistoryRecorder& recorder;
  TimelineWriter* timeline;  // nullptr: nobody watches
  std::filesystem::path logs;
  Afterwards afterwards;
  CellQueue queue;
  std::mutex making{};  // of clusters, which takes all of the machine, and of images, which all of them need
};

// The database of a cell that has ended, which is being removed.
struct Departure {
  const Cell* cell;
  Step step;
  std::unique_ptr<CellPlayer> player;
  std::future<Status> removed;
};

// How a lane ended.
struct Ended {
  std::optional<Error> stopped = {};
  bool fit = true;  // false: it had no cluster to play on, so that it left no cell unfinished
  std::vector<Undo> outstanding = {};
};

void MarkNotPlayed(HistoryRecorder& recorder, int cell, const std::string& why) {
  recorder.AddMark(cell, kMarkHarnessTrouble, "not played: " + why);
}

void Warn(const std::string& trouble, const Error& error) {
  spdlog::warn("{}{}{}", trouble, error.command.empty() ? "" : "\n$ " + error.command,
               error.output.empty() ? "" : "\n" + error.output);
}

class Player {
 public:
  Player(const Lane& lane, Shared& shared)
      : stage_(lane.stage),
        rig_(lane.rig),
        plan_(lane.plan),
        folder_(lane.folder),
        shared_(shared),
        undo_log_(folder_ / "undo.jsonl") {}

  Ended Play();

 private:
  void PlayCell(const Cell& cell);
  void PerformStepsOf(const Cell* cell);
  void TurnTo(const Cell& cell);
  bool StrikeBegins();
  void SkipIfMissing();
  const Cell* CellOf(const Step& step) const;  // nullptr: the step is of the whole run
  bool Wanted(const Step& step) const;
  Status Perform(const Step& step);
  void GiveUp(const Step& step, const Error& error);
  // Its database goes while the next one is deployed, which takes as long, and before that one is hurt.
  void Depart(const Step& step);
  void AwaitDeparture();
  std::string TitleOf(const Step& step) const;
  bool GoesOn();

  Status CreateCluster();
  Status InstallBackend();
  void KeepLogs();
  void TearDown();
  std::vector<Undo> Outstanding();

  const Stage& stage_;
  const Rig& rig_;
  const Plan& plan_;
  const std::filesystem::path folder_;
  Shared& shared_;
  UndoLog undo_log_;
  std::optional<Kube> kube_;
  bool ready_ = false;  // its cluster is up and the storage installed
  bool made_cluster_ = false;
  std::optional<ClusterUse> use_;     // as long as the run goes on
  std::optional<ClusterUse> set_up_;  // until the storage is installed

  const Cell* now_ = nullptr;         // the cell whose steps are taken, nullptr between cells
  std::unique_ptr<CellPlayer> cell_;  // none between cells
  std::optional<Departure> departure_;
  bool absent_ = false;  // the cell is not played: it was skipped, or is a strike that does not begin
  bool cell_given_up_ = false;
  std::optional<Time> first_strike_;  // of a soak
  bool soak_over_ = false;
  std::optional<Error> stopped_;
};

// The control flow of a run, or of one lane of it.
Ended Player::Play() {
  PerformStepsOf(nullptr);
  ready_ = !stopped_ && kube_;
  while (ready_ && !stopped_) {
    const std::optional<int> number = shared_.queue.Take();
    if (!number) break;
    PlayCell(plan_.CellNumbered(*number));
  }
  TearDown();
  return {.stopped = stopped_, .fit = ready_, .outstanding = Outstanding()};
}

// A soak with all of its strikes.
void Player::PlayCell(const Cell& cell) {
  if (!GoesOn()) return MarkNotPlayed(shared_.recorder, cell.number, stopped_->message);
  cell_ = std::make_unique<CellPlayer>(CellPlayer::Setting{.stage = stage_,
                                                           .rig = rig_,
                                                           .kube = *kube_,
                                                           .recorder = shared_.recorder,
                                                           .undo_log = undo_log_,
                                                           .timeline = shared_.timeline,
                                                           .logs = shared_.logs},
                                       cell);
  now_ = &cell;
  absent_ = cell_given_up_ = false;
  SkipIfMissing();
  PerformStepsOf(&cell);
  if (!absent_) cell_->AddMark(kMarkCellEnded, "");
  if (departure_ && departure_->cell == &cell) departure_->player = std::move(cell_);
  cell_.reset();
  now_ = nullptr;
}

// nullptr: those of the whole run.
void Player::PerformStepsOf(const Cell* cell) {
  for (const Step& step : plan_.steps) {
    const Cell* own = CellOf(step);
    if ((own == nullptr ? nullptr : &plan_.Database(*own)) != cell) continue;
    GoesOn();
    if (own != now_) TurnTo(*own);
    if (!Wanted(step)) continue;
    const Status done = stage_.progress.Step(TitleOf(step), std::chrono::seconds(0), [&] { return Perform(step); });
    if (!done.has_value()) GiveUp(step, done.error());
    // On storage or a database that is not well another fault would prove nothing.
    if (cell_ != nullptr && !cell_->Well()) soak_over_ = true;
  }
}

bool Player::GoesOn() {
  if (!stopped_ && stage_.host.Interrupted()) stopped_ = Error{ErrorCode::kInterrupted, "interrupted", "", ""};
  return !stopped_;
}

const Cell* Player::CellOf(const Step& step) const { return step.cell == 0 ? nullptr : &plan_.CellNumbered(step.cell); }

// From a soak to a strike, from strike to strike, and back.
void Player::TurnTo(const Cell& cell) {
  if (now_->role == Role::kStrike && !absent_) cell_->AddMark(kMarkCellEnded, "");
  now_ = &cell;
  absent_ = cell.role == Role::kStrike && !StrikeBegins();
  if (absent_) return;
  cell_->TurnTo(cell);
  if (cell.role != Role::kStrike) return;
  cell_given_up_ = false;
  SkipIfMissing();
}

// The one that is under way when the time is over is brought to its end. One that does not begin leaves no mark.
bool Player::StrikeBegins() {
  if (stopped_ || soak_over_) return false;
  const Time now = stage_.host.Now();
  if (!first_strike_) first_strike_ = now;
  soak_over_ = plan_.lasts && now - *first_strike_ >= *plan_.lasts;
  return !soak_over_;
}

void Player::SkipIfMissing() {
  const std::optional<std::string> missing = cell_->Missing();
  if (!missing) return;
  cell_->AddMark(kMarkSkipped, *missing);
  cell_->AddMark(kMarkCellEnded, "");
  stage_.progress.Say(fmt::format("{}: skipped: {}", now_->Name(), *missing));
  absent_ = true;
}

// Once a cell is given up or the run has stopped, only what cleans up is left to do, and only where there is something
// to clean up.
bool Player::Wanted(const Step& step) const {
  if (step.cell == 0) return !stopped_;
  if (absent_) return false;
  switch (step.act) {
    case Act::kHeal:
      return cell_->Armed(step.injection);
    case Act::kStopClients:
      return cell_->Loaded();
    case Act::kRemove:
      return cell_->Touched();
    case Act::kAwaitWhole:
      return !stopped_ && (!cell_given_up_ || cell_->Injected());
    case Act::kReadBack:
      return !stopped_ && cell_->Deployed();
    default:
      return !stopped_ && !cell_given_up_;
  }
}

Status Player::Perform(const Step& step) {
  switch (step.act) {
    case Act::kCreateCluster:
      return CreateCluster();
    case Act::kInstallBackend:
      return InstallBackend();
    case Act::kDeploy:
      return cell_->Deploy(step.limit);
    case Act::kStartClients:
      return cell_->StartClients();
    case Act::kAwaitTraffic:
      AwaitDeparture();
      return cell_->AwaitTraffic(step.delay, step.limit);
    case Act::kInject:
      return cell_->Inject(step.injection, step.delay, step.limit);
    case Act::kAwaitBite:
      return cell_->AwaitBite(step.injection, step.limit);
    case Act::kHold:
      return cell_->Hold(step.delay);
    case Act::kAwaitRecovery:
      return cell_->AwaitRecovery(step.limit);
    case Act::kHeal:
      return cell_->Heal(step.injection);
    case Act::kAwaitWhole:
      return cell_->AwaitWhole(step.limit);
    case Act::kStopClients:
      return cell_->StopClients();
    case Act::kReadBack:
      return cell_->ReadBack(step.limit);
    case Act::kMeasure:
      AwaitDeparture();
      return cell_->Measure(step.reading, step.limit);
    case Act::kRemove:
      if (stage_.passes && !stage_.host.Interrupted() && !stage_.passes(*now_)) cell_->MarkTrouble();
      Depart(step);
      return {};
  }
  return {};
}

void Player::Depart(const Step& step) {
  AwaitDeparture();
  cell_->TakeLeave();
  const CellPlayer& player = *cell_;
  const Duration limit = step.limit;
  departure_.emplace(
      Departure{.cell = now_,
                .step = step,
                .player = nullptr,  // until the cell has ended
                .removed = std::async(std::launch::async, [&player, limit] { return player.Remove(limit); })});
}

void Player::AwaitDeparture() {
  if (!departure_) return;
  const Status removed = departure_->removed.get();
  if (!removed.has_value()) {
    const std::string trouble = fmt::format("{}: {}", TitleOf(departure_->step), removed.error().message);
    Warn(trouble, removed.error());
    stage_.progress.Say(trouble);
    shared_.recorder.AddMark(departure_->cell->number, kMarkHarnessTrouble, trouble);
    if (departure_->player != nullptr) departure_->player->Diagnose(fmt::format("step-{}", departure_->step.number));
  }
  departure_.reset();
}

void Player::GiveUp(const Step& step, const Error& error) {
  const std::string trouble = fmt::format("{}: {}", TitleOf(step), error.message);
  Warn(trouble, error);
  soak_over_ = true;
  if (cell_ != nullptr) {
    cell_->AddMark(kMarkHarnessTrouble, trouble);
    if (error.code != ErrorCode::kInterrupted) cell_->Diagnose(fmt::format("step-{}", step.number));
    cell_given_up_ = true;
  }
  const bool stops = step.cell == 0 || step.act == Act::kHeal || error.code == ErrorCode::kInterrupted;
  if (stops && !stopped_) {
    stopped_ = error;
    stopped_->message = trouble;
    // Whatever refused it, no argument of the user's is wrong.
    if (step.act == Act::kHeal && error.code == ErrorCode::kUsage) stopped_->code = ErrorCode::kUnavailable;
  }
}

std::string Player::TitleOf(const Step& step) const {
  const std::string cell = step.cell == 0 ? "" : CellOf(step)->Name() + ": ";
  const char* beside = step.act == Act::kRemove ? ", beside what follows" : "";
  return fmt::format("{}/{} {}{} {}{}", step.number, plan_.steps.size(), cell, ToString(step.act), step.subject,
                     beside);
}

Status Player::CreateCluster() {
  ASSIGN_OR_RETURN(use_, ClusterUse::Share(rig_.cluster));
  ASSIGN_OR_RETURN(set_up_, ClusterUse::SetUp(stage_.host, rig_.cluster));
  const std::lock_guard one_at_a_time(shared_.making);
  ASSIGN_OR_RETURN(const bool was_up, stage_.provider.IsUp());
  RETURN_IF_ERROR(stage_.workload.Prepare(stage_.progress));
  RETURN_IF_ERROR(stage_.provider.Create(stage_.progress));
  made_cluster_ = !was_up;
  ASSIGN_OR_RETURN(const Access access, stage_.provider.GetAccess());
  kube_.emplace(stage_.host, access);
  return {};
}

Status Player::InstallBackend() {
  RETURN_IF_ERROR(stage_.backend.Install(stage_.progress));
  set_up_.reset();
  return stage_.when_ready();
}

void Player::TearDown() {
  const Shielded shielded;
  if (departure_) {
    stage_.progress.Step("await that it is removed", std::chrono::seconds(15), [this]() -> Status {
      AwaitDeparture();
      return {};
    });
  }
  if (kube_) KeepLogs();
  set_up_.reset();
  if (!made_cluster_ || shared_.afterwards == Afterwards::kLeaveUp) return;
  if (!use_->BecomeAlone()) {
    stage_.progress.Say(fmt::format("cluster '{}' is left up: another run is at work on it", rig_.cluster));
    return;
  }
  const Status destroyed = stage_.progress.Step("tear the cluster down", std::chrono::seconds(0),
                                                [&] { return stage_.provider.Destroy(stage_.progress); });
  if (!destroyed.has_value() && !stopped_) stopped_ = Within("tear the cluster down", destroyed.error());
}

// That some of them are missing is no reason to doubt what was measured.
void Player::KeepLogs() {
  const Status kept = stage_.provider.CollectLogs(folder_ / "logs" / "cluster");
  if (!kept.has_value()) stage_.progress.Say("the cluster's logs are incomplete: " + kept.error().message);
}

// What was hurt in a cluster that is gone is gone with it.
std::vector<Undo> Player::Outstanding() {
  const Shielded shielded;
  Result<std::vector<Undo>> outstanding = undo_log_.Outstanding();
  if (!outstanding.has_value()) {
    if (!stopped_) stopped_ = outstanding.error();
    return {};
  }
  const Result<bool> there = stage_.provider.Exists();
  if (!there.has_value() || *there) return *outstanding;
  for (const Undo& undo : *outstanding) {
    if (const Status struck = undo_log_.Healed(undo.id); !struck.has_value() && !stopped_) stopped_ = struck.error();
  }
  return {};
}

// Without it nothing is proved less; it is only explained less.
std::unique_ptr<TimelineWriter> OpenTimeline(const Stage& stage, const std::filesystem::path& folder) {
  if (!stage.observe) return nullptr;
  auto timeline = TimelineWriter::Open(folder / "timeline.jsonl");
  if (timeline.has_value()) return std::move(timeline).value();
  stage.progress.Say("nobody watches the cluster: " + timeline.error().message);
  return nullptr;
}

// Without a cluster it says so at once, as the others go on for long.
Ended PlayBesideOthers(const Lane& lane, Shared& shared) {
  Ended ended = Player(lane, shared).Play();
  if (!ended.fit && ended.stopped && ended.stopped->code != ErrorCode::kInterrupted) {
    lane.stage.progress.Say("plays nothing, its cells are left to the others: " + ended.stopped->message);
  }
  return ended;
}

// A single one in this thread, as its progress is the user's.
std::vector<Ended> PlayAll(const std::vector<Lane>& lanes, Shared& shared) {
  if (lanes.size() == 1) return {Player(lanes.front(), shared).Play()};
  std::vector<std::future<Ended>> all;
  for (const Lane& lane : lanes) {
    all.push_back(std::async(std::launch::async, [&lane, &shared] { return PlayBesideOthers(lane, shared); }));
  }
  std::vector<Ended> ended;
  for (std::future<Ended>& one : all) ended.push_back(one.get());
  return ended;
}

// Cells that nobody took say why. What stopped a lane counts unless others did all that it was there for.
Played Merge(std::vector<Ended> lanes, Shared& shared) {
  const auto stopped =
      std::find_if(lanes.begin(), lanes.end(), [](const Ended& lane) { return lane.stopped.has_value(); });
  const std::string why = stopped == lanes.end() ? "there is no cluster" : stopped->stopped->message;
  bool left = false;
  for (std::optional<int> number = shared.queue.Take(); number; number = shared.queue.Take()) {
    MarkNotPlayed(shared.recorder, *number, why);
    left = true;
  }
  Played played;
  for (Ended& lane : lanes) {
    const bool counts = lane.stopped && (left || lane.fit || lane.stopped->code == ErrorCode::kInterrupted);
    if (counts && !played.stopped) played.stopped = lane.stopped;
    played.outstanding.insert(played.outstanding.end(), lane.outstanding.begin(), lane.outstanding.end());
  }
  return played;
}

}  // namespace

Stage MakeStage(Host& host, Provider& provider, Backend& backend, Workload& workload, Progress& progress) {
  return {.host = host,
          .provider = provider,
          .backend = backend,
          .workload = workload,
          .progress = progress,
          .make_fault = [](const Part& part) { return Registry<Fault>::Make(part.name, {.options = part.options}); },
          .start_load = [](const LoadSetup& setup) { return std::make_unique<Clients>(setup); },
          .make_bench = [&host] { return Registry<Bench>::Make(kBenchName, {.host = host}); },
          .observe = {},
          .watch_health = {},
          .passes = {},
          .when_ready = [] { return Status(); }};
}

Played PlayLanes(const std::vector<Lane>& lanes, const std::filesystem::path& folder, Afterwards afterwards) {
  CHECK(!lanes.empty());
  const Stage& stage = lanes.front().stage;
  auto recorder = HistoryRecorder::Open(stage.host, folder / "history.jsonl");
  if (!recorder.has_value()) return {.stopped = recorder.error(), .outstanding = {}};
  const std::unique_ptr<TimelineWriter> timeline = OpenTimeline(stage, folder);
  Shared shared{.recorder = **recorder,
                .timeline = timeline.get(),
                .logs = folder / "logs",
                .afterwards = afterwards,
                .queue = CellQueue(lanes.front().plan)};
  Played played = Merge(PlayAll(lanes, shared), shared);
  if (const Status closed = (*recorder)->Close(); !closed.has_value() && !played.stopped) {
    played.stopped = closed.error();
  }
  return played;
}

Played Play(const Stage& stage, const Rig& rig, const Plan& plan, const std::filesystem::path& folder,
            Afterwards afterwards) {
  return PlayLanes({Lane{.stage = stage, .rig = rig, .plan = plan, .folder = folder}}, folder, afterwards);
}

}  // namespace holdfast
