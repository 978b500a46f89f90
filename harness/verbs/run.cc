#include <fmt/format.h>

#include "harness/playing/cluster_use.h"
#include "harness/playing/lanes.h"
#include "harness/playing/run_suite.h"
#include "harness/playing/soak_shrinker.h"
#include "harness/registry.h"
#include "harness/reporter.h"
#include "harness/verbs/verb.h"

namespace holdfast {
namespace {

struct RunVerbOptions {
  std::string rig;
  RunOptions run;
  std::optional<std::uint64_t> seed;
  Skips skips = Skips::kAllowed;
  enum class Failure { kReported, kShrunk } failure = Failure::kReported;
};

// Takes down at the end what several runs used, if it was not up before them.
class ClusterForAll {
 public:
  static Result<ClusterForAll> Of(Session& session, RunOptions& options) {
    ASSIGN_OR_RETURN(const Order order, ReadOrder(options.suite, options.rig, options.arguments));
    if (!order.suite.soak) {
      return UsageError(order.suite.file + ": no soak; allowed: --shrink with a suite that has one");
    }
    ASSIGN_OR_RETURN(auto provider, MakeProvider(session.host, order.rig));
    ASSIGN_OR_RETURN(const bool up, provider->IsUp());
    const bool ours = !up && options.afterwards == Afterwards::kTearDown;
    options.afterwards = Afterwards::kLeaveUp;
    return ClusterForAll(session, order.rig.cluster, ours ? std::move(provider) : nullptr);
  }

  // An interrupted run's cluster, too.
  Status TearDown() {
    if (provider_ == nullptr) return {};
    const Shielded shielded;
    ASSIGN_OR_RETURN(const ClusterUse alone, ClusterUse::Alone(name_));
    return session_.progress.Step("tear the cluster down", std::chrono::seconds(0),
                                  [&] { return provider_->Destroy(session_.progress); });
  }

 private:
  ClusterForAll(Session& session, std::string name, std::unique_ptr<Provider> provider)
      : session_(session), name_(std::move(name)), provider_(std::move(provider)) {}

  Session& session_;
  std::string name_;
  std::unique_ptr<Provider> provider_;  // none: it stays up
};

Result<int> PrintRun(Session& session, const RunVerbOptions& options, const FinishedRun& finished) {
  fmt::print("{}", Registry<Reporter>::Make("text", {})->Write(finished.run));
  session.progress.Say(fmt::format("everything about this run: {}; for a browser: {}", finished.run.folder.string(),
                                   (finished.run.folder / "report.html").string()));
  if (finished.stopped) return tl::unexpected(*finished.stopped);
  return ExitStatus(finished.run.Overall(), options.skips);
}

// The exit status is that of the soak, unless a fault stayed behind in a replay.
Result<int> RunAndShrink(Session& session, const RunVerbOptions& options) {
  ASSIGN_OR_RETURN(const FinishedRun finished, RunSuite(session.host, session.progress, options.run));
  ASSIGN_OR_RETURN(const int status, PrintRun(session, options, finished));
  if (finished.run.Overall() != Judgement::kFail || PlayedStrikes(finished.run).empty()) return status;
  const Shrunk shrunk = ShrinkSoak(session.host, session.progress, options.run, finished.run);
  fmt::print("\n{}", Describe(shrunk, finished.run, options.run));
  if (shrunk.stopped) return tl::unexpected(*shrunk.stopped);
  return status;
}

Result<int> RunAndPrint(Session& session, RunVerbOptions& options) {
  options.run.rig = options.rig;
  options.run.arguments.seed = options.seed.value_or(SeedFromClock());
  if (options.failure == RunVerbOptions::Failure::kShrunk) {
    ASSIGN_OR_RETURN(ClusterForAll cluster, ClusterForAll::Of(session, options.run));
    const Result<int> status = RunAndShrink(session, options);
    const Status down = cluster.TearDown();
    if (status.has_value() && !down.has_value()) return tl::unexpected(down.error());
    return status;
  }
  ASSIGN_OR_RETURN(const FinishedRun finished, RunSuite(session.host, session.progress, options.run));
  return PrintRun(session, options, finished);
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
  AddCellOption(verb, options->run.arguments);
  AddSeedOption(verb, options->seed);
  AddSoakOptions(verb, options->run.arguments);
  verb.add_flag_callback(
      "--shrink", [options] { options->failure = RunVerbOptions::Failure::kShrunk; },
      "of a soak that fails, find the fewest strikes that fail again; plays it several times");
  verb.add_option("--out", options->run.out, "where the run's folder is made")->type_name("DIR")->capture_default_str();
  verb.add_option(
          "--parallel", options->run.parallel,
          "of a suite that is no soak, N cells at a time, each on a cluster of its own (NAME, NAME-2 …), as far "
          "as memory goes")
      ->type_name("N")
      ->check(CLI::Range(1, kMostLanes))
      ->excludes("--shrink");
  verb.add_flag_callback(
      "--keep", [options] { options->run.afterwards = Afterwards::kLeaveUp; },
      "leave the cluster running, or all of them");
  verb.add_flag_callback(
      "--beside-others", [options] { options->run.company = ExpectedCell::Company::kOthers; },
      "although another run hurts its own database on this cluster meanwhile");
  verb.add_flag_callback(
      "--require-all", [options] { options->skips = Skips::kRefused; }, "a skipped cell is exit status 2");
  verb.footer(
      "A cluster that was up before the run is used and left up. The run's folder in DIR keeps all of it: report.html\n"
      "for people, junit.xml for CI systems, run.json for programs, and the history that they were judged from.\n"
      "Exit status: 0 pass, 1 the storage broke a promise, 2 nothing was proved, 3 bad rig, suite or arguments.\n\n"
      "Examples:\n  holdfast run ha-matrix\n  holdfast run ha-matrix --scenario node-power-off --trials 5 --seed 42\n"
      "  holdfast run ha-matrix --parallel 2\n"
      "  holdfast run ha-matrix --scenario latency\n  holdfast run latency\n"
      "  holdfast run soak --duration 2h --shrink\n  holdfast run soak --seed 42 --strikes 7\n"
      "  holdfast run my_suite.yaml --rig my_rig.yaml --keep");
  verb.callback(
      [options, &chosen] { chosen = [options](Session& session) { return RunAndPrint(session, *options); }; });
}

}  // namespace holdfast
