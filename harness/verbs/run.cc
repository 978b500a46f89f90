#include <fmt/format.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/spdlog.h>

#include <chrono>

#include "harness/heal.h"
#include "harness/parts.h"
#include "harness/play.h"
#include "harness/recorded_run.h"
#include "harness/registry.h"
#include "harness/reporter.h"
#include "harness/run_folder.h"
#include "harness/verbs/verb.h"

namespace holdfast {
namespace {

struct RunOptions {
  std::string suite;
  std::string rig;
  Arguments arguments;
  std::optional<std::uint64_t> seed;
  std::string out = kRunsFolder;
  Afterwards afterwards = Afterwards::kTearDown;
  Skips skips = Skips::kAllowed;
};

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

void LogInto(const std::filesystem::path& folder) {
  auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>((folder / "logs/holdfast.log").string());
  spdlog::default_logger()->sinks().push_back(std::move(sink));
  spdlog::flush_on(spdlog::level::info);
}

// run.json as far as it is known before anything was judged, so that a run that is cut off can be judged all the same.
Run Begun(const RunOptions& options, const Order& order, const Parts& parts, const std::filesystem::path& folder,
          std::chrono::system_clock::time_point started) {
  Run run;
  run.suite = order.suite.name;
  run.command = CommandOf(options);
  run.started = PrintUtc(started);
  run.seed = order.arguments.seed;
  run.provider = order.rig.provider.name;
  run.backend = order.rig.backend.name;
  run.workload = order.rig.workload.name;
  run.profile = parts.provider->Profile();
  run.fidelity = ToString(parts.provider->GetFidelity());
  run.fidelity_note = FidelityNote(parts.provider->GetFidelity());
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
Status RefuseHurtCluster(Session& session, Provider& provider, const RunOptions& options, const std::string& cluster) {
  ASSIGN_OR_RETURN(const bool up, provider.IsUp());
  if (!up) return {};
  ASSIGN_OR_RETURN(const auto hurt, FindHurt(options.out, cluster));
  if (hurt.empty()) return {};
  session.progress.Say("the cluster still bears a fault of " + hurt.front().string());
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
Result<int> Conclude(Session& session, const Played& played, const Run& begun, Duration took, Skips skips) {
  SayWhatIsLeft(session.progress, played, begun.folder);
  Run timed = begun;
  timed.took = took;
  RETURN_IF_ERROR(WriteRunJson(timed, begun.folder / "run.json"));
  ASSIGN_OR_RETURN(const Run run, JudgeRun(begun.folder));
  RETURN_IF_ERROR(WriteReports(run));
  fmt::print("{}", Registry<Reporter>::Make("text", {})->Write(run));
  session.progress.Say("everything about this run: " + begun.folder.string());
  if (played.stopped) {
    Error stopped = *played.stopped;
    stopped.message = "the run was cut short, what there is was judged: " + stopped.message;
    return tl::unexpected(stopped);
  }
  return ExitStatus(run.Overall(), skips);
}

Result<int> RunSuite(Session& session, RunOptions& options) {
  options.arguments.seed = options.seed.value_or(SeedFromClock());
  ASSIGN_OR_RETURN(const Order order, ReadOrder(options.suite, options.rig, options.arguments));
  ASSIGN_OR_RETURN(const Parts parts, MakeParts(session.host, order.rig));
  RETURN_IF_ERROR(CheckFaults(order.suite));
  RETURN_IF_ERROR(RefuseHurtCluster(session, *parts.provider, options, order.rig.cluster));

  const auto started = std::chrono::system_clock::now();
  const Time begin = session.host.Now();
  ASSIGN_OR_RETURN(const std::filesystem::path folder, MakeRunFolder(options.out, order, started));
  LogInto(folder);
  Run run = Begun(options, order, parts, folder, started);
  RETURN_IF_ERROR(WriteRunJson(run, folder / "run.json"));
  session.progress.Say(fmt::format("{}\nseed {}, to repeat it: {}", folder.string(), run.seed, run.command));

  Stage stage = MakeStage(session.host, *parts.provider, *parts.backend, *parts.workload, session.progress);
  stage.when_ready = [&] { return AddFingerprint(session.host, parts, run); };
  const Played played = Play(stage, order.rig, order.plan, folder, options.afterwards);
  return Conclude(session, played, run, session.host.Now() - begin, options.skips);
}

}  // namespace

void AddRun(CLI::App& app, Work& chosen) {
  auto options = std::make_shared<RunOptions>();
  CLI::App& verb = *app.add_subcommand("run", "play a suite on a cluster, judge it and report");
  verb.add_option("suite", options->suite, "path or name of a suite")->required()->type_name("SUITE");
  AddRigOption(verb, options->rig);
  verb.add_option("--cluster", options->arguments.cluster, "name of the cluster, instead of the rig's")
      ->type_name("NAME");
  verb.add_option("--backend", options->arguments.backend, "instead of the rig's, without its options")
      ->type_name("NAME");
  verb.add_option("--workload", options->arguments.workload, "instead of the rig's, without its options")
      ->type_name("NAME");
  verb.add_option("--scenario", options->arguments.scenarios, "only this one; may be given several times")
      ->type_name("NAME")
      ->allow_extra_args(false);
  verb.add_option("--trials", options->arguments.trials, "of each scenario")
      ->type_name("N")
      ->check(CLI::Range(1, 1000));
  verb.add_option("--seed", options->seed, "draws the injection instants [default: from the clock]")->type_name("N");
  verb.add_option("--out", options->out, "where the run's folder is made")->type_name("DIR")->capture_default_str();
  verb.add_flag_callback(
      "--keep", [options] { options->afterwards = Afterwards::kLeaveUp; }, "leave the cluster running");
  verb.add_flag_callback(
      "--require-all", [options] { options->skips = Skips::kRefused; }, "a skipped cell is exit status 2");
  verb.footer(
      "A cluster that was up before the run is used and left up.\n"
      "Exit status: 0 pass, 1 the storage broke a promise, 2 nothing was proved, 3 bad rig, suite or arguments.\n\n"
      "Examples:\n  holdfast run ha-matrix\n  holdfast run ha-matrix --scenario node-power-off --trials 5 --seed 42\n"
      "  holdfast run my_suite.yaml --rig my_rig.yaml --keep");
  verb.callback([options, &chosen] { chosen = [options](Session& session) { return RunSuite(session, *options); }; });
}

}  // namespace holdfast
