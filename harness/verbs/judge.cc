#include <fmt/format.h>

#include "harness/judging/accusations.h"
#include "harness/registry.h"
#include "harness/reporter.h"
#include "harness/runs/recorded_run.h"
#include "harness/runs/run_folder.h"
#include "harness/verbs/verb.h"

namespace holdfast {
namespace {

Result<int> JudgeAgain(const std::string& name) {
  ASSIGN_OR_RETURN(const std::filesystem::path folder, FindRun(name));
  ASSIGN_OR_RETURN(const Run run, JudgeRun(folder));
  RETURN_IF_ERROR(WriteReports(run));
  fmt::print("{}", Registry<Reporter>::Make("text", {})->Write(run));
  return ExitStatus(run.Overall(), Skips::kAllowed);
}

// How to read the lines that prove a verdict.
std::string Classes() {
  std::string text = "A line of no-lost-writes begins with what is wrong with the write that it quotes:\n";
  for (std::size_t i = 0; i < kAnomalies; ++i) {
    const auto anomaly = static_cast<Anomaly>(i);
    text += fmt::format("  {:<12} {}\n", NameOf(anomaly), MeaningOf(anomaly));
  }
  return text +
         "\"client 3 #41, incarnation 2\" is the 41st write of client 3, acknowledged by the second of the database's "
         "starts that the\nhistory tells of. Times are in seconds since the run began.\n\n";
}

}  // namespace

void AddJudge(CLI::App& app, Work& chosen) {
  auto run = std::make_shared<std::string>();
  CLI::App& verb = *app.add_subcommand("judge", "judge a run again from its files, also one that was cut off");
  verb.add_option("run", *run, "folder of a run, or its name in runs/")->required()->type_name("RUN");
  verb.footer(Classes() +
              "The bounds are read from the run's own rig.yaml; run.json and the reports are written anew.\n\n"
              "Example:\n  holdfast judge runs/2026-11-22T10-22-07_ha-matrix_uml_ceph-rbd_s42");
  verb.callback([run, &chosen] { chosen = [run](Session&) { return JudgeAgain(*run); }; });
}

}  // namespace holdfast
