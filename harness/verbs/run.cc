#include <fmt/format.h>

#include "harness/registry.h"
#include "harness/reporter.h"
#include "harness/run_suite.h"
#include "harness/verbs/verb.h"

namespace holdfast {
namespace {

struct RunVerbOptions {
  std::string rig;
  RunOptions run;
  std::optional<std::uint64_t> seed;
  Skips skips = Skips::kAllowed;
};

Result<int> RunAndPrint(Session& session, RunVerbOptions& options) {
  options.run.rig = options.rig;
  options.run.arguments.seed = options.seed.value_or(SeedFromClock());
  ASSIGN_OR_RETURN(const FinishedRun finished, RunSuite(session.host, session.progress, options.run));
  fmt::print("{}", Registry<Reporter>::Make("text", {})->Write(finished.run));
  session.progress.Say("everything about this run: " + finished.run.folder.string());
  if (finished.stopped) return tl::unexpected(*finished.stopped);
  return ExitStatus(finished.run.Overall(), options.skips);
}

}  // namespace

void AddRun(CLI::App& app, Work& chosen) {
  auto options = std::make_shared<RunVerbOptions>();
  CLI::App& verb = *app.add_subcommand("run", "play a suite on a cluster, judge it and report");
  verb.add_option("suite", options->run.suite, "path or name of a suite")->required()->type_name("SUITE");
  AddRigOption(verb, options->rig);
  verb.add_option("--cluster", options->run.arguments.cluster, "name of the cluster, instead of the rig's")
      ->type_name("NAME");
  verb.add_option("--backend", options->run.arguments.backend, "instead of the rig's, without its options")
      ->type_name("NAME");
  verb.add_option("--workload", options->run.arguments.workload, "instead of the rig's, without its options")
      ->type_name("NAME");
  verb.add_option("--scenario", options->run.arguments.scenarios, "only this one; may be given several times")
      ->type_name("NAME")
      ->allow_extra_args(false);
  verb.add_option("--trials", options->run.arguments.trials, "of each scenario")
      ->type_name("N")
      ->check(CLI::Range(1, 1000));
  AddSeedOption(verb, options->seed);
  verb.add_option("--out", options->run.out, "where the run's folder is made")->type_name("DIR")->capture_default_str();
  verb.add_flag_callback(
      "--keep", [options] { options->run.afterwards = Afterwards::kLeaveUp; }, "leave the cluster running");
  verb.add_flag_callback(
      "--beside-others", [options] { options->run.company = ExpectedCell::Company::kOthers; },
      "although another run hurts its own database on this cluster meanwhile");
  verb.add_flag_callback(
      "--require-all", [options] { options->skips = Skips::kRefused; }, "a skipped cell is exit status 2");
  verb.footer(
      "A cluster that was up before the run is used and left up.\n"
      "Exit status: 0 pass, 1 the storage broke a promise, 2 nothing was proved, 3 bad rig, suite or arguments.\n\n"
      "Examples:\n  holdfast run ha-matrix\n  holdfast run ha-matrix --scenario node-power-off --trials 5 --seed 42\n"
      "  holdfast run my_suite.yaml --rig my_rig.yaml --keep");
  verb.callback(
      [options, &chosen] { chosen = [options](Session& session) { return RunAndPrint(session, *options); }; });
}

}  // namespace holdfast
