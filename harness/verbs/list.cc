#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/backend.h"
#include "harness/checker.h"
#include "harness/comparing/comparison.h"
#include "harness/fault.h"
#include "harness/installed.h"
#include "harness/playing/undo.h"
#include "harness/registry.h"
#include "harness/run.h"
#include "harness/runs/run_folder.h"
#include "harness/text/printable.h"
#include "harness/text/table.h"
#include "harness/verbs/verb.h"
#include "harness/workload.h"

namespace holdfast {
namespace {

constexpr char kRuns[] = "runs";

// What is unusual about a run, for the end of its line.
std::string RemarkOn(const std::filesystem::path& folder, const Result<Run>& run) {
  std::string remark;
  const auto add = [&](const std::string& text) { remark += (remark.empty() ? "" : ", ") + text; };
  if (!run.has_value()) {
    add(run.error().message);
  } else if (run->took == Duration::zero()) {
    add("unfinished");
  }
  const auto outstanding = UndoLog(folder / "undo.jsonl").Outstanding();
  if (!outstanding.has_value()) {
    add(outstanding.error().message);
  } else if (!outstanding->empty()) {
    add(fmt::format("{} fault{} outstanding: holdfast heal {}", outstanding->size(),
                    outstanding->size() == 1 ? "" : "s", folder.string()));
  }
  return Printable(remark);
}

struct Listed {
  std::filesystem::path folder;
  Result<Run> run;
};

std::vector<std::string> LineOf(const Listed& listed) {
  const Result<Run>& run = listed.run;
  const std::string name = Printable(listed.folder.filename().string());
  if (!run.has_value()) return {name, "–", "–", "–", "–", "–", "–", RemarkOn(listed.folder, run)};
  Tally tally;
  for (const CellResult& result : run->results) tally.Add(result.judgement);
  const bool finished = run->took > Duration::zero();
  return {name,
          Printable(run->suite),
          fmt::format("{}, {}", Printable(run->provider), Printable(run->profile)),
          fmt::format("{}, {}", Printable(run->backend), Printable(run->workload)),
          finished ? tally.Text() : "–",
          Printable(run->version),
          finished ? FormatDuration(run->took) : "–",
          RemarkOn(listed.folder, run)};
}

// The newest first; those that do not say when they began come last.
std::vector<Listed> RunsIn(const std::filesystem::path& folder) {
  std::vector<Listed> runs;
  for (const std::filesystem::path& run : ListRuns(folder)) runs.push_back({run, ReadRunJson(run / "run.json")});
  std::reverse(runs.begin(), runs.end());
  const auto started = [](const Listed& listed) { return listed.run.has_value() ? listed.run->started : ""; };
  std::stable_sort(runs.begin(), runs.end(),
                   [&](const Listed& one, const Listed& other) { return started(one) > started(other); });
  return runs;
}

// `folder` as the user named it; empty: kRunsFolder, which need not be there yet.
Result<int> PrintRuns(const std::string& folder) {
  std::error_code error;
  if (!folder.empty() && !std::filesystem::is_directory(folder, error)) {
    return UsageError(fmt::format("'{}' is no folder; allowed: one with folders of runs in it", folder));
  }
  const std::string place = folder.empty() ? kRunsFolder : folder;
  std::vector<std::vector<std::string>> lines = {
      {"run", "suite", "cluster", "backend", "verdicts", "holdfast", "took", ""}};
  for (const Listed& run : RunsIn(place)) lines.push_back(LineOf(run));
  if (lines.size() == 1) {
    fmt::print(stderr, "holdfast: there is no run in {}/\n", Printable(place));
  } else {
    fmt::print("{}", PrintTable(lines, std::vector(lines.front().size(), Alignment::kLeft)));
  }
  return kDone;
}

// But for kRuns, of which there is more to be said than a name.
const std::map<std::string, std::vector<std::string> (*)()>& Lists() {
  static const std::map<std::string, std::vector<std::string> (*)()> lists = {
      {"clusters", &Registry<Provider>::Names},  {"backends", &Registry<Backend>::Names},
      {"workloads", &Registry<Workload>::Names}, {"faults", &Registry<Fault>::Names},
      {"checkers", &Registry<Checker>::Names},   {"suites", &ListSuites}};
  return lists;
}

std::set<std::string> Names() {
  std::set<std::string> names = {kRuns};
  for (const auto& [name, list] : Lists()) names.insert(name);
  return names;
}

std::string Allowed() { return fmt::format("{}", fmt::join(Names(), ", ")); }

std::string ComplaintAbout(const std::string& what) {
  return Names().count(what) != 0 ? "" : fmt::format("there is no list of '{}'; allowed: {}", what, Allowed());
}

}  // namespace

void AddList(CLI::App& app, Work& chosen) {
  struct ListOptions {
    std::string what;
    std::string folder;
  };
  auto options = std::make_shared<ListOptions>();
  CLI::App& verb = *app.add_subcommand("list", "what there is, one a line");
  verb.add_option("what", options->what, Allowed())
      ->required()
      ->type_name("WHAT")
      ->check(CLI::Validator(ComplaintAbout, ""));
  verb.add_option("folder", options->folder, "of runs, the folder that they are in [default: runs]")
      ->type_name("FOLDER");
  verb.footer(
      "Runs are listed newest first.\n\nExamples:\n  holdfast list faults\n  holdfast list runs\n"
      "  holdfast list runs nightly/ceph-rbd");
  verb.callback([options, &chosen] {
    chosen = [options](Session&) -> Result<int> {
      if (!options->folder.empty() && options->what != kRuns) {
        return UsageError(fmt::format("a list of {} takes no folder; allowed: list runs FOLDER", options->what));
      }
      if (options->what == kRuns) return PrintRuns(options->folder);
      for (const std::string& line : Lists().at(options->what)()) fmt::print("{}\n", line);
      return kDone;
    };
  });
}

}  // namespace holdfast
