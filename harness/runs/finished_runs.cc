#include "harness/runs/finished_runs.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/runs/run_folder.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

// A run that is under way, or was cut off, has verdicts that nobody gave.
Result<Run> ReadFinished(const fs::path& folder) {
  ASSIGN_OR_RETURN(Run run, ReadRunJson(folder / "run.json"));
  if (run.took == Duration::zero()) {
    return Unavailable(fmt::format("{}: has not ended, or was cut off; if so, run: holdfast judge {}", folder.string(),
                                   folder.string()));
  }
  return run;
}

}  // namespace

Result<FinishedRuns> ReadFinishedRuns(const std::string& name) {
  FinishedRuns finished;
  if (const Result<fs::path> folder = FindRun(name); folder.has_value()) {
    ASSIGN_OR_RETURN(Run run, ReadFinished(*folder));
    finished.runs.push_back(std::move(run));
    return finished;
  }
  const std::vector<fs::path> folders = ListRuns(name);
  if (folders.empty()) {
    return UsageError(fmt::format("'{}' is neither a run nor a folder of runs; `holdfast list runs` shows those in {}/",
                                  name, kRunsFolder));
  }
  for (const fs::path& folder : folders) {
    Result<Run> run = ReadFinished(folder);
    if (run.has_value()) {
      finished.runs.push_back(std::move(run).value());
    } else {
      finished.left_out.push_back(run.error().message);
    }
  }
  if (finished.runs.empty()) {
    return Unavailable(fmt::format("{}: none of its runs can be used: {}", name, finished.left_out.front()));
  }
  std::stable_sort(finished.runs.begin(), finished.runs.end(),
                   [](const Run& one, const Run& other) { return one.started < other.started; });
  return finished;
}

}  // namespace holdfast
