#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "harness/backend.h"
#include "harness/checker.h"
#include "harness/fault.h"
#include "harness/installed.h"
#include "harness/registry.h"
#include "harness/run.h"
#include "harness/run_folder.h"
#include "harness/undo.h"
#include "harness/verbs/verb.h"
#include "harness/workload.h"

namespace holdfast {
namespace {

// "2026-11-22T10-22-07_…  pass" or "…  unfinished, 1 fault outstanding"
std::string DescribeRun(const std::filesystem::path& folder) {
  const Result<Run> run = ReadRunJson(folder / "run.json");
  std::string state = run.has_value() && run->took > Duration::zero() ? ToString(run->Overall()) : "unfinished";
  const auto outstanding = UndoLog(folder / "undo.jsonl").Outstanding();
  if (!outstanding.has_value()) {
    state += ", " + outstanding.error().message;
  } else if (!outstanding->empty()) {
    state += fmt::format(", {} fault{} outstanding: holdfast heal {}", outstanding->size(),
                         outstanding->size() == 1 ? "" : "s", folder.string());
  }
  return fmt::format("{}  {}", folder.filename().string(), state);
}

std::vector<std::string> DescribeRuns() {
  std::vector<std::string> lines;
  for (const std::filesystem::path& folder : ListRuns(kRunsFolder)) lines.push_back(DescribeRun(folder));
  return lines;
}

const std::map<std::string, std::vector<std::string> (*)()>& Lists() {
  static const std::map<std::string, std::vector<std::string> (*)()> lists = {{"clusters", &Registry<Provider>::Names},
                                                                              {"backends", &Registry<Backend>::Names},
                                                                              {"workloads", &Registry<Workload>::Names},
                                                                              {"faults", &Registry<Fault>::Names},
                                                                              {"checkers", &Registry<Checker>::Names},
                                                                              {"suites", &ListSuites},
                                                                              {"runs", &DescribeRuns}};
  return lists;
}

std::string Allowed() {
  std::vector<std::string> names;
  for (const auto& [name, list] : Lists()) names.push_back(name);
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string ComplaintAbout(const std::string& what) {
  return Lists().count(what) != 0 ? "" : fmt::format("there is no list of '{}'; allowed: {}", what, Allowed());
}

}  // namespace

void AddList(CLI::App& app, Work& chosen) {
  auto what = std::make_shared<std::string>();
  CLI::App& verb = *app.add_subcommand("list", "what there is, one a line");
  verb.add_option("what", *what, Allowed())->required()->type_name("WHAT")->check(CLI::Validator(ComplaintAbout, ""));
  verb.footer("Examples:\n  holdfast list faults\n  holdfast list runs");
  verb.callback([what, &chosen] {
    chosen = [what](Session&) -> Result<int> {
      for (const std::string& line : Lists().at (*what)()) fmt::print("{}\n", line);
      return kDone;
    };
  });
}

}  // namespace holdfast
