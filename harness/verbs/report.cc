#include <fmt/format.h>

#include "harness/registry.h"
#include "harness/reporter.h"
#include "harness/run_folder.h"
#include "harness/verbs/verb.h"

namespace holdfast {
namespace {

struct ReportOptions {
  std::string run;
  std::string format = "text";
};

Result<int> PrintReport(const ReportOptions& options) {
  ASSIGN_OR_RETURN(const std::filesystem::path folder, FindRun(options.run));
  ASSIGN_OR_RETURN(Run run, ReadRunJson(folder / "run.json"));
  run.folder = folder;
  fmt::print("{}", Registry<Reporter>::Make(options.format, {})->Write(run));
  return kDone;
}

}  // namespace

void AddReport(CLI::App& app, Work& chosen) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App& verb = *app.add_subcommand("report", "print the report of a run that was judged");
  verb.add_option("run", options->run, "folder of a run, or its name in runs/")->required()->type_name("RUN");
  verb.add_option("--format", options->format, "of the report")
      ->check(CLI::IsMember(Registry<Reporter>::Names()))
      ->capture_default_str();
  verb.footer("Example:\n  holdfast report runs/2026-11-22T10-22-07_ha-matrix_uml_ceph-rbd_s42 --format junit");
  verb.callback([options, &chosen] { chosen = [options](Session&) { return PrintReport(*options); }; });
}

}  // namespace holdfast
