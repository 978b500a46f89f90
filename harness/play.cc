#include "harness/play.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <utility>

#include "harness/cell_player.h"
#include "harness/history.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

class Player {
 public:
  Player(const Stage& stage, const Rig& rig, const Plan& plan, std::filesystem::path folder, Afterwards afterwards)
      : stage_(stage),
        rig_(rig),
        plan_(plan),
        folder_(std::move(folder)),
        afterwards_(afterwards),
        undo_log_(folder_ / "undo.jsonl") {}

  Played Play();

 private:
  void EnterCellOf(const Step& step);
  void LeaveCell();
  bool Wanted(const Step& step) const;
  Status Perform(const Step& step);
  void GiveUp(const Step& step, const Error& error);
  std::string TitleOf(const Step& step) const;

  Status CreateCluster();
  Status InstallBackend();
  void KeepLogs();
  void TearDown();
  std::vector<Undo> Outstanding();

  const Stage& stage_;
  const Rig& rig_;
  const Plan& plan_;
  const std::filesystem::path folder_;
  const Afterwards afterwards_;
  UndoLog undo_log_;
  std::unique_ptr<HistoryRecorder> recorder_;
  std::optional<Kube> kube_;
  bool made_cluster_ = false;

  int cell_number_ = 0;
  std::unique_ptr<CellPlayer> cell_;  // none between cells, and for a cell that is not played
  bool cell_given_up_ = false;
  std::optional<Error> stopped_;
};

// The control flow of a run.
Played Player::Play() {
  auto recorder = HistoryRecorder::Open(stage_.host, folder_ / "history.jsonl");
  if (!recorder.has_value()) return {.stopped = recorder.error(), .outstanding = {}};
  recorder_ = std::move(recorder).value();

  for (const Step& step : plan_.steps) {
    if (!stopped_ && stage_.host.Interrupted()) stopped_ = Error{ErrorCode::kInterrupted, "interrupted", "", ""};
    EnterCellOf(step);
    if (!Wanted(step)) continue;
    const Status done = stage_.progress.Step(TitleOf(step), std::chrono::seconds(0), [&] { return Perform(step); });
    if (!done.has_value()) GiveUp(step, done.error());
  }
  LeaveCell();
  TearDown();
  if (const Status closed = recorder_->Close(); !closed.has_value() && !stopped_) stopped_ = closed.error();
  return {.stopped = stopped_, .outstanding = Outstanding()};
}

void Player::EnterCellOf(const Step& step) {
  if (step.cell == cell_number_) return;
  LeaveCell();
  cell_number_ = step.cell;
  cell_given_up_ = false;
  if (step.cell == 0) return;
  if (stopped_ || !kube_) {
    recorder_->AddMark(step.cell, kMarkHarnessTrouble,
                       "not played: " + (stopped_ ? stopped_->message : "there is no cluster"));
    return;
  }
  const Cell& cell = plan_.cells.at(static_cast<std::size_t>(step.cell) - 1);
  cell_ = std::make_unique<CellPlayer>(CellPlayer::Setting{.stage = stage_,
                                                           .rig = rig_,
                                                           .kube = *kube_,
                                                           .recorder = *recorder_,
                                                           .undo_log = undo_log_,
                                                           .logs = folder_ / "logs"},
                                       cell);
  if (const std::optional<std::string> missing = cell_->Missing()) {
    cell_->AddMark(kMarkSkipped, *missing);
    stage_.progress.Say(fmt::format("{}: skipped: {}", cell.Name(), *missing));
    LeaveCell();
  }
}

void Player::LeaveCell() {
  if (cell_ != nullptr) cell_->AddMark(kMarkCellEnded, "");
  cell_.reset();
}

// Once a cell is given up or the run has stopped, only what cleans up is left to do, and only where there is something
// to clean up.
bool Player::Wanted(const Step& step) const {
  if (step.cell == 0) return !stopped_;
  if (cell_ == nullptr) return false;
  switch (step.act) {
    case Act::kHeal:
      return cell_->Armed();
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
      return cell_->AwaitTraffic(step.delay, step.limit);
    case Act::kInject:
      return cell_->Inject();
    case Act::kAwaitBite:
      return cell_->AwaitBite(step.limit);
    case Act::kAwaitRecovery:
      return cell_->AwaitRecovery(step.limit);
    case Act::kHeal:
      return cell_->Heal();
    case Act::kAwaitWhole:
      return cell_->AwaitWhole(step.limit);
    case Act::kStopClients:
      return cell_->StopClients();
    case Act::kReadBack:
      return cell_->ReadBack(step.limit);
    case Act::kRemove:
      return cell_->Remove(step.limit);
  }
  return {};
}

void Player::GiveUp(const Step& step, const Error& error) {
  const std::string trouble = fmt::format("{}: {}", TitleOf(step), error.message);
  spdlog::warn("{}{}{}", trouble, error.command.empty() ? "" : "\n$ " + error.command,
               error.output.empty() ? "" : "\n" + error.output);
  if (cell_ != nullptr) {
    cell_->AddMark(kMarkHarnessTrouble, trouble);
    if (error.code != ErrorCode::kInterrupted) cell_->Diagnose(fmt::format("step-{}", step.number));
    cell_given_up_ = true;
  }
  const bool stops = step.cell == 0 || step.act == Act::kHeal || error.code == ErrorCode::kInterrupted;
  if (stops && !stopped_) {
    stopped_ = error;
    stopped_->message = trouble;
  }
}

std::string Player::TitleOf(const Step& step) const {
  const std::string cell = step.cell == 0 ? "" : plan_.cells.at(static_cast<std::size_t>(step.cell) - 1).Name() + ": ";
  return fmt::format("{}/{} {}{} {}", step.number, plan_.steps.size(), cell, ToString(step.act), step.subject);
}

Status Player::CreateCluster() {
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
  return stage_.when_ready();
}

void Player::TearDown() {
  const Shielded shielded;
  if (kube_) KeepLogs();
  if (!made_cluster_ || afterwards_ == Afterwards::kLeaveUp) return;
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
  const Result<bool> up = stage_.provider.IsUp();
  if (!up.has_value() || *up) return *outstanding;
  for (const Undo& undo : *outstanding) {
    if (const Status struck = undo_log_.Healed(undo.id); !struck.has_value() && !stopped_) stopped_ = struck.error();
  }
  return {};
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
          .when_ready = [] { return Status(); }};
}

Played Play(const Stage& stage, const Rig& rig, const Plan& plan, const std::filesystem::path& folder,
            Afterwards afterwards) {
  return Player(stage, rig, plan, folder, afterwards).Play();
}

}  // namespace holdfast
