#include <fmt/format.h>

#include "harness/host/text_file.h"
#include "harness/registry.h"
#include "harness/reporter.h"
#include "harness/runs/merge.h"
#include "harness/runs/recorded_run.h"
#include "harness/runs/run_folder.h"
#include "harness/verbs/verb.h"

namespace holdfast {
namespace {

struct ReportOptions {
  std::vector<std::string> runs;
  std::string format = "text";
  std::string out;    // a file; empty: standard output
  std::string merge;  // the folder of the run that `runs` become; empty: none
};

Status Write(const ReportOptions& options, const Run& run) {
  const std::string text = Registry<Reporter>::Make(options.format, {})->Write(run);
  if (!options.out.empty()) return ReplaceText(options.out, text);
  fmt::print("{}", text);
  return {};
}

Result<int> PrintReport(const ReportOptions& options) {
  if (options.runs.size() != 1) {
    return UsageError(fmt::format("runs given: {}; allowed: one, or any number with --merge OUT", options.runs.size()));
  }
  ASSIGN_OR_RETURN(const std::filesystem::path folder, FindRun(options.runs.front()));
  ASSIGN_OR_RETURN(Run run, ReadRunJson(folder / "run.json"));
  run.folder = folder;
  if (Registry<Reporter>::Make(options.format, {})->Needs() == Reporter::Need::kPictures) {
    // The verdicts stand without them, as of a run of which only run.json was kept.
    if (const Status pictures = AddPictures(run); !pictures.has_value()) {
      fmt::print(stderr, "holdfast: without pictures: {}\n", pictures.error().message);
    }
  }
  RETURN_IF_ERROR(Write(options, run));
  return kDone;
}

// The exit status is that of the run which was made, as if it had just been played.
Result<int> Merge(const ReportOptions& options) {
  std::vector<std::filesystem::path> folders;
  for (const std::string& name : options.runs) {
    ASSIGN_OR_RETURN(const std::filesystem::path folder, FindRun(name));
    folders.push_back(folder);
  }
  ASSIGN_OR_RETURN(const Merged merged, MergeRuns(folders, options.merge));
  for (const std::string& line : merged.left_out) fmt::print(stderr, "holdfast: left out: {}\n", line);
  RETURN_IF_ERROR(Write(options, merged.run));
  return ExitStatus(merged.run.Overall(), Skips::kAllowed);
}

}  // namespace

void AddReport(CLI::App& app, Work& chosen) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App& verb = *app.add_subcommand("report", "print the report of a run that was judged, or merge runs into one");
  verb.add_option("run", options->runs, "folder of a run, or its name in runs/")->required()->type_name("RUN");
  verb.add_option("--format", options->format, "of the report")
      ->check(CLI::IsMember(Registry<Reporter>::Names()))
      ->capture_default_str();
  verb.add_option("--out", options->out, "instead of standard output; whoever reads it meanwhile finds the old text")
      ->type_name("FILE");
  verb.add_option("--merge", options->merge,
                  "make this folder: one run of all those given, which played cells of one plan; judge and report it")
      ->type_name("OUT");
  verb.footer(
      "html is one page to be opened in a browser, without a network: the verdict, what it proves, every fault with\n"
      "its timeline. The run's folder has it already, as report.html; here it is drawn anew from the run's history.\n"
      "Runs are merged if they are of one rig, suite, seed and version of Holdfast, and no cell was played twice. The\n"
      "exit status is then that of `holdfast run`; a cell that none of them played, or of a run whose run.json cannot "
      "be\n"
      "read, is inconclusive.\n\n"
      "Examples:\n  holdfast report runs/2026-11-22T10-22-07_ha-matrix_uml_ceph-rbd_s42 --format junit\n"
      "  holdfast report runs/2026-11-22T… --format html --out report.html\n"
      "  holdfast report runs/2026-11-22T… --format prometheus --out /var/lib/node_exporter/holdfast.prom\n"
      "  holdfast report --merge nightly/2026-11-22 cells/*/*");
  verb.callback([options, &chosen] {
    chosen = [options](Session&) { return options->merge.empty() ? PrintReport(*options) : Merge(*options); };
  });
}

}  // namespace holdfast
