#include "harness/playing/run_suite.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

#include "harness/fault.h"
#include "harness/host/log.h"
#include "harness/installed.h"
#include "harness/latency/ground.h"
#include "harness/parts.h"
#include "harness/playing/cluster_runs.h"
#include "harness/playing/cluster_use.h"
#include "harness/playing/heal.h"
#include "harness/playing/lanes.h"
#include "harness/registry.h"
#include "harness/runs/calibration.h"
#include "harness/runs/recorded_run.h"
#include "harness/version.h"

namespace holdfast {
namespace {

// As --duration reads it.
std::string PrintDuration(Duration duration) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  return ms % 1000 == 0 ? fmt::format("{}s", ms / 1000) : fmt::format("{}ms", ms);
}

// run.json as far as it is known before anything was judged, so that a run that is cut off can be judged all the same.
Run Begun(const RunOptions& options, const Order& order, const Parts& parts, const std::filesystem::path& folder,
          std::chrono::system_clock::time_point started) {
  Run run;
  run.suite = order.suite.name;
  run.command = CommandOf(options);
  run.started = PrintUtc(started);
  run.version = Version();
  run.seed = order.arguments.seed;
  run.provider = order.rig.provider.name;
  run.backend = order.rig.backend.name;
  run.workload = order.rig.workload.name;
  run.profile = parts.provider->Profile();
  run.fidelity = ToString(parts.provider->GetFidelity());
  run.fidelity_note = FidelityNote(parts.provider->GetFidelity());
  run.calibration = DescribeCalibration({.version = run.version, .provider = run.provider, .profile = run.profile});
  run.bounds = order.rig.bounds;
  run.folder = folder;
  for (const Cell& cell : order.plan.cells) {
    CellResult result;
    result.cell = cell;
    result.summary = "not judged yet";
    run.results.push_back(result);
  }
  return run;
}

// Once the backend is installed, and before the first fault.
Status AddFingerprint(Host& host, const Rig& rig, const Parts& parts, Run& run) {
  run.fingerprint = parts.provider->Fingerprint();
  run.fingerprint.emplace_back(run.backend, parts.backend->Version());
  run.fingerprint.emplace_back(run.workload, parts.workload->Description());
  for (const auto& [name, value] : GroundOf(rig, parts.provider->Nodes().size())) {
    run.fingerprint.emplace_back(name, value);
  }
  ASSIGN_OR_RETURN(const Access access, parts.provider->GetAccess());
  ASSIGN_OR_RETURN(const std::string identity, IdentityOf(Kube(host, access)));
  run.fingerprint.emplace_back(kIdentity, identity);
  return WriteRunJson(run, run.folder / "run.json");
}

// A cluster that still bears a fault of an earlier run is no ground for an experiment.
Status RefuseHurtCluster(Progress& progress, Provider& provider, const RunOptions& options,
                         const std::string& cluster) {
  // Also where it is not up: a fault may have taken its control plane away, which a heal brings back.
  ASSIGN_OR_RETURN(const bool there, provider.Exists());
  if (!there) return {};
  ASSIGN_OR_RETURN(const auto hurt, FindHurt(options.out, cluster));
  if (hurt.empty()) return {};
  const bool is_going_on = !ClusterUse::Alone(cluster).has_value();
  if (is_going_on && options.company == ExpectedCell::Company::kOthers) return {};
  if (is_going_on) {
    return Unavailable(fmt::format("cluster '{}' is being hurt by a run that goes on, {}; wait until it has ended",
                                   cluster, hurt.front().string()));
  }
  progress.Say("the cluster still bears a fault of " + hurt.front().string());
  return Unavailable(fmt::format("cluster '{}' is not whole: an earlier run was cut off; run: holdfast heal {}",
                                 cluster, hurt.front().string()));
}

// Judges what is there, however the run ended.
Result<FinishedRun> Conclude(const Played& played, const Run& begun, Duration took) {
  Run timed = begun;
  timed.took = took;
  RETURN_IF_ERROR(WriteRunJson(timed, begun.folder / "run.json"));
  ASSIGN_OR_RETURN(const Run run, JudgeRun(begun.folder));
  RETURN_IF_ERROR(WriteReports(run));
  FinishedRun finished{.run = run, .stopped = played.stopped};
  if (finished.stopped) {
    finished.stopped->message = "the run was cut short, what there is was judged: " + finished.stopped->message;
  }
  return finished;
}

// One of the clusters that the run is played on, and what stands in its folder. It stays where it is made.
struct Track {
  Order order;
  Parts parts;
  std::unique_ptr<LaneProgress> progress = nullptr;  // none of its own if there is but one
  std::filesystem::path folder = {};
  Run run = {};  // as begun; with its cluster's fingerprint once that is known
  std::optional<Stage> stage = std::nullopt;
};

// Up to as many further tracks as were asked for. What stands in the way of one is said, and it is left out: what it
// would have played the others play.
Status AddTracks(Host& host, Progress& progress, const RunOptions& options,
                 std::vector<std::unique_ptr<Track>>& tracks) {
  const Order& order = tracks.front()->order;
  std::vector<std::uint64_t> needs = {MemoryOfLane(*tracks.front()->parts.provider)};
  for (int number = 2; number <= options.parallel; ++number) {
    ASSIGN_OR_RETURN(Order own, OrderOfLane(order, number));
    ASSIGN_OR_RETURN(Parts parts, MakeParts(host, own.rig));
    const Status whole = RefuseHurtCluster(progress, *parts.provider, options, own.rig.cluster);
    if (!whole.has_value()) {
      progress.Say(fmt::format("cluster '{}' is left out: {}", own.rig.cluster, whole.error().message));
      continue;
    }
    needs.push_back(MemoryOfLane(*parts.provider));
    tracks.push_back(std::make_unique<Track>(Track{.order = std::move(own), .parts = std::move(parts)}));
  }
  const std::size_t cells = order.plan.Databases().size();
  ASSIGN_OR_RETURN(const std::size_t fit, FitLanes(host, progress, options.parallel, cells, needs));
  tracks.resize(fit);
  return {};
}

Result<std::vector<std::unique_ptr<Track>>> MakeTracks(Host& host, Progress& progress, const RunOptions& options) {
  ASSIGN_OR_RETURN(Order order, ReadOrder(options.suite, options.rig, options.arguments));
  if (options.parallel > 1 && order.suite.soak) {
    return UsageError(order.suite.file + ": a soak is one database on one cluster; allowed: --parallel 1");
  }
  ASSIGN_OR_RETURN(Parts parts, MakeParts(host, order.rig));
  RETURN_IF_ERROR(CheckFaults(order.suite));
  ASSIGN_OR_RETURN(order, FitToRig(std::move(order), parts));
  RETURN_IF_ERROR(RefuseHurtCluster(progress, *parts.provider, options, order.rig.cluster));
  std::vector<std::unique_ptr<Track>> tracks;
  tracks.push_back(std::make_unique<Track>(Track{.order = std::move(order), .parts = std::move(parts)}));
  if (options.parallel > 1) RETURN_IF_ERROR(AddTracks(host, progress, options, tracks));
  return tracks;
}

// The folder is there: from now on its cluster may be hurt, and healed from it.
// `history` is the one that all tracks write.
Status Begin(Host& host, Progress& progress, const RunOptions& options, Track& track,
             std::chrono::system_clock::time_point started, std::size_t tracks, const std::filesystem::path& history) {
  RETURN_IF_ERROR(RememberRun(track.order.rig.cluster, track.folder));
  track.run = Begun(options, track.order, track.parts, track.folder, started);
  track.run.at_a_time = static_cast<int>(tracks);
  RETURN_IF_ERROR(WriteRunJson(track.run, track.folder / "run.json"));
  if (tracks > 1) track.progress = std::make_unique<LaneProgress>(progress, track.order.rig.cluster);
  Progress& own = tracks > 1 ? *track.progress : progress;
  const Parts& parts = track.parts;
  track.stage.emplace(MakeStage(host, *parts.provider, *parts.backend, *parts.workload, own));
  track.stage->observe = Observe;
  track.stage->watch_health = WatchHealth;
  track.stage->passes = [&track, history](const Cell& database) {
    return PassesSoFar(history, track.order.plan, database, track.order.rig.bounds);
  };
  track.stage->when_ready = [&host, &track] { return AddFingerprint(host, track.order.rig, track.parts, track.run); };
  return {};
}

// What is left in its cluster, and how to mend it. With nothing left it is forgotten.
void ConcludeTrack(Progress& progress, const Track& track) {
  const std::string& cluster = track.order.rig.cluster;
  const Result<std::vector<Undo>> outstanding = UndoLog(track.folder / "undo.jsonl").Outstanding();
  if (!outstanding.has_value()) return;
  if (outstanding->empty()) return ForgetRun(cluster, track.folder);
  for (const Undo& undo : *outstanding) SayHowToMend(progress, undo);
  SayByWhatMeans(progress, *track.parts.provider, cluster);
  progress.Say(fmt::format("when that is done, or to try again: holdfast heal {}", track.folder.string()));
}

// One that never had a cluster disturbed nobody.
int PlayedAtATime(const std::vector<std::unique_ptr<Track>>& tracks) {
  const auto played =
      std::count_if(tracks.begin(), tracks.end(), [](const auto& track) { return !track->run.fingerprint.empty(); });
  return std::max(1, static_cast<int>(played));
}

// If the first one never had a cluster, another says what was played on; whose cluster it was is that one's alone.
void BorrowFingerprint(const std::vector<std::unique_ptr<Track>>& tracks) {
  Run& run = tracks.front()->run;
  for (const auto& track : tracks) {
    if (!run.fingerprint.empty()) return;
    for (const auto& entry : track->run.fingerprint) {
      if (entry.first != kIdentity) run.fingerprint.push_back(entry);
    }
  }
}

}  // namespace

std::string CommandOf(const RunOptions& options) {
  std::vector<std::string> argv = {"holdfast", "run", options.suite};
  // The rig of whoever names none is that of every installation, wherever it stands.
  if (options.rig != DefaultRig().string()) argv.insert(argv.end(), {"--rig", options.rig});
  const auto add = [&](const std::string& option, const std::optional<std::string>& value) {
    if (value) argv.insert(argv.end(), {option, *value});
  };
  const Arguments& arguments = options.arguments;
  add("--cluster", arguments.cluster);
  add("--backend", arguments.backend);
  add("--workload", arguments.workload);
  for (const std::string& scenario : arguments.scenarios) add("--scenario", scenario);
  if (arguments.trials) add("--trials", std::to_string(*arguments.trials));
  for (const int cell : arguments.cells) add("--cell", std::to_string(cell));
  if (arguments.duration) add("--duration", PrintDuration(*arguments.duration));
  if (arguments.strikes) add("--strikes", std::to_string(*arguments.strikes));
  for (const int strike : arguments.without) add("--without", std::to_string(strike));
  add("--seed", std::to_string(arguments.seed));
  if (options.parallel > 1) add("--parallel", std::to_string(options.parallel));
  Command command;
  command.argv = std::move(argv);
  return Pasteable(command);
}

Result<FinishedRun> RunSuite(Host& host, Progress& progress, const RunOptions& options) {
  ASSIGN_OR_RETURN(const auto tracks, MakeTracks(host, progress, options));
  Track& first = *tracks.front();

  const auto started = std::chrono::system_clock::now();
  const Time begin = host.Now();
  ASSIGN_OR_RETURN(first.folder, MakeRunFolder(options.out, first.order, started));
  const LogCopy log(first.folder / "logs/holdfast.log");
  for (const auto& [scenario, missing] : first.order.arguments.left_out) {
    progress.Say(fmt::format("left out: {}: {}", scenario, missing));
  }
  std::vector<Lane> lanes;
  for (const auto& track : tracks) {
    if (track->folder.empty()) {
      ASSIGN_OR_RETURN(track->folder, MakeLaneFolder(first.folder, track->order));
    }
    RETURN_IF_ERROR(Begin(host, progress, options, *track, started, tracks.size(), first.folder / "history.jsonl"));
    lanes.push_back(
        {.stage = *track->stage, .rig = track->order.rig, .plan = track->order.plan, .folder = track->folder});
  }
  progress.Say(fmt::format("{}\nseed {}, to repeat it: {}", first.folder.string(), first.run.seed, first.run.command));

  const Played played = PlayLanes(lanes, first.folder, options.afterwards);
  for (const auto& track : tracks) ConcludeTrack(progress, *track);
  first.run.at_a_time = PlayedAtATime(tracks);
  BorrowFingerprint(tracks);
  return Conclude(played, first.run, host.Now() - begin);
}

Result<Order> FitToRig(Order order, const Parts& parts) {
  if (!order.suite.soak) return order;
  order.arguments.left_out.clear();
  for (const Scenario& scenario : order.suite.scenarios) {
    for (const Injection& injection : InOrder(scenario.fault, scenario.companions)) {
      const auto fault = Registry<Fault>::Make(injection.fault.name, {.options = injection.fault.options});
      if (fault == nullptr) continue;
      const std::optional<std::string> missing = fault->Missing(*parts.provider, *parts.backend);
      if (missing) order.arguments.left_out.emplace(scenario.name, *missing);
    }
  }
  if (order.arguments.left_out.size() == order.suite.scenarios.size()) {
    return Unavailable(fmt::format("{}: this rig can apply none of its faults: {}", order.suite.file,
                                   order.arguments.left_out.begin()->second));
  }
  return MakeOrder(std::move(order.rig), std::move(order.suite), order.arguments);
}

Result<Order> ReadOrder(const std::string& suite, const std::string& rig, const Arguments& arguments) {
  ASSIGN_OR_RETURN(const std::filesystem::path suite_file, FindSuite(suite));
  ASSIGN_OR_RETURN(Suite read_suite, ReadSuite(suite_file));
  ASSIGN_OR_RETURN(Rig read_rig, ReadRig(rig));
  return MakeOrder(std::move(read_rig), std::move(read_suite), arguments);
}

}  // namespace holdfast
