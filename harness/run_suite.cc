#include "harness/run_suite.h"

#include <fmt/format.h>

#include <chrono>

#include "harness/calibration.h"
#include "harness/cluster_runs.h"
#include "harness/cluster_use.h"
#include "harness/heal.h"
#include "harness/installed.h"
#include "harness/log.h"
#include "harness/parts.h"
#include "harness/recorded_run.h"
#include "harness/version.h"

namespace holdfast {
namespace {

// The command line that repeats the run.
std::string CommandOf(const RunOptions& options) {
  std::vector<std::string> argv = {"holdfast", "run", options.suite, "--rig", options.rig};
  const auto add = [&](const std::string& option, const std::optional<std::string>& value) {
    if (value) argv.insert(argv.end(), {option, *value});
  };
  const Arguments& arguments = options.arguments;
  add("--cluster", arguments.cluster);
  add("--backend", arguments.backend);
  add("--workload", arguments.workload);
  for (const std::string& scenario : arguments.scenarios) add("--scenario", scenario);
  if (arguments.trials) add("--trials", std::to_string(*arguments.trials));
  add("--seed", std::to_string(arguments.seed));
  Command command;
  command.argv = std::move(argv);
  return Pasteable(command);
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
Status AddFingerprint(Host& host, const Parts& parts, Run& run) {
  run.fingerprint = parts.provider->Fingerprint();
  run.fingerprint.emplace_back(run.backend, parts.backend->Version());
  run.fingerprint.emplace_back(run.workload, parts.workload->Description());
  ASSIGN_OR_RETURN(const Access access, parts.provider->GetAccess());
  ASSIGN_OR_RETURN(const std::string identity, IdentityOf(Kube(host, access)));
  run.fingerprint.emplace_back(kIdentity, identity);
  return WriteRunJson(run, run.folder / "run.json");
}

// A cluster that still bears a fault of an earlier run is no ground for an experiment.
Status RefuseHurtCluster(Progress& progress, Provider& provider, const RunOptions& options,
                         const std::string& cluster) {
  ASSIGN_OR_RETURN(const bool up, provider.IsUp());
  if (!up) return {};
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

void SayWhatIsLeft(Progress& progress, const Played& played, const std::filesystem::path& folder) {
  for (const Undo& undo : played.outstanding) {
    progress.Say(fmt::format("still in the cluster: {} {}", undo.fault, undo.record.dump()));
  }
  if (!played.outstanding.empty()) progress.Say("mend it with: holdfast heal " + folder.string());
}

// Judges what is there, however the run ended.
Result<FinishedRun> Conclude(Progress& progress, const Played& played, const Run& begun, Duration took) {
  SayWhatIsLeft(progress, played, begun.folder);
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

}  // namespace

Result<FinishedRun> RunSuite(Host& host, Progress& progress, const RunOptions& options) {
  ASSIGN_OR_RETURN(const Order order, ReadOrder(options.suite, options.rig, options.arguments));
  ASSIGN_OR_RETURN(const Parts parts, MakeParts(host, order.rig));
  RETURN_IF_ERROR(CheckFaults(order.suite));
  RETURN_IF_ERROR(RefuseHurtCluster(progress, *parts.provider, options, order.rig.cluster));

  const auto started = std::chrono::system_clock::now();
  const Time begin = host.Now();
  ASSIGN_OR_RETURN(const std::filesystem::path folder, MakeRunFolder(options.out, order, started));
  RETURN_IF_ERROR(RememberRun(order.rig.cluster, folder));
  const LogCopy log(folder / "logs/holdfast.log");
  Run run = Begun(options, order, parts, folder, started);
  RETURN_IF_ERROR(WriteRunJson(run, folder / "run.json"));
  progress.Say(fmt::format("{}\nseed {}, to repeat it: {}", folder.string(), run.seed, run.command));

  Stage stage = MakeStage(host, *parts.provider, *parts.backend, *parts.workload, progress);
  stage.when_ready = [&] { return AddFingerprint(host, parts, run); };
  const Played played = Play(stage, order.rig, order.plan, folder, options.afterwards);
  if (played.outstanding.empty()) ForgetRun(order.rig.cluster, folder);
  return Conclude(progress, played, run, host.Now() - begin);
}

Result<Order> ReadOrder(const std::string& suite, const std::string& rig, const Arguments& arguments) {
  ASSIGN_OR_RETURN(const std::filesystem::path suite_file, FindSuite(suite));
  ASSIGN_OR_RETURN(Suite read_suite, ReadSuite(suite_file));
  ASSIGN_OR_RETURN(Rig read_rig, ReadRig(rig));
  return MakeOrder(std::move(read_rig), std::move(read_suite), arguments);
}

}  // namespace holdfast
