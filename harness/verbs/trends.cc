#include "harness/comparing/trends.h"

#include <fmt/format.h>

#include "harness/runs/finished_runs.h"
#include "harness/runs/run_folder.h"
#include "harness/verbs/verb.h"

namespace holdfast {
namespace {

Result<int> PrintTrends(const std::string& folder) {
  ASSIGN_OR_RETURN(const FinishedRuns finished, ReadFinishedRuns(folder));
  for (const std::string& line : finished.left_out) fmt::print(stderr, "holdfast: left out: {}\n", line);
  fmt::print("{}", Describe(TrendsOf(finished.runs)));
  return kDone;
}

}  // namespace

void AddTrends(CLI::App& app, Work& chosen) {
  auto folder = std::make_shared<std::string>(kRunsFolder);
  CLI::App& verb =
      *app.add_subcommand("trends", "verdict and RTO of each fault from run to run, over a folder of runs");
  verb.add_option("folder", *folder, "folder of runs, such as a nightly job leaves")
      ->type_name("FOLDER")
      ->capture_default_str();
  verb.footer(
      "Where latency was measured, it has a line beside the RTO. Runs of different rigs, suites or bounds are told\n"
      "apart. A change takes some nights to be shown; where they are too few, the report says how many would do.\n\n"
      "Examples:\n  holdfast trends\n"
      "  holdfast trends nightly/ceph-rbd");
  verb.callback([folder, &chosen] { chosen = [folder](Session&) { return PrintTrends(*folder); }; });
}

}  // namespace holdfast
