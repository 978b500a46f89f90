#include "harness/runs/cell_recording.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <chrono>

#include "harness/runs/arguments.h"
#include "harness/runs/recorded_run.h"
#include "harness/runs/run_folder.h"
#include "harness/suite.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

// Whatever is said in comments; its `part`, if one is named.
Result<std::string> ContentOf(const fs::path& file, const char* part = nullptr, std::size_t place = 0) {
  try {
    const YAML::Node all = YAML::LoadFile(file.string());
    return YAML::Dump(part == nullptr ? all : all[part][place]);
  } catch (const YAML::Exception& exception) {
    return Unavailable(fmt::format("{}: {}", file.string(), exception.what()));
  }
}

// Of a suite the scenario of this name and the budget, said or not: other scenarios may come and go.
Result<std::string> ScenarioOf(const fs::path& file, const std::string& name) {
  ASSIGN_OR_RETURN(const Suite suite, ReadSuite(file));
  for (std::size_t i = 0; i < suite.scenarios.size(); ++i) {
    if (suite.scenarios[i].name != name) continue;
    ASSIGN_OR_RETURN(const std::string content, ContentOf(file, "scenarios", i));
    return fmt::format("{}\nbudget: {}", content, suite.budget);
  }
  return Unavailable(fmt::format("{}: has no scenario '{}'", file.string(), name));
}

Status Demand(bool same, const ExpectedCell& cell, const char* what) {
  if (same) return {};
  return Unavailable(
      fmt::format("{}: was recorded with another {} than {} names; record it anew with suites/calibration/record.sh",
                  cell.recording.string(), what, cell.where));
}

}  // namespace

Result<Run> JudgeRecording(Host& host, const ExpectedCell& cell, const fs::path& folder) {
  std::error_code error;
  fs::remove_all(folder, error);
  fs::create_directories(folder, error);
  if (error) return Unavailable(fmt::format("{}: cannot be made: {}", folder.string(), error.message()));
  RETURN_IF_ERROR(RunForOutput(host, {.argv = {"tar", "--extract", "--xz", "--no-same-owner", "--file",
                                               cell.recording.string(), "--directory", folder.string()},
                                      .limit = std::chrono::minutes(1)}));
  const std::vector<fs::path> runs = ListRuns(folder);
  if (runs.size() != 1) {
    return Unavailable(fmt::format("{}: runs in it: {}; allowed: one", cell.recording.string(), runs.size()));
  }
  ASSIGN_OR_RETURN(const std::string recorded, ContentOf(runs.front() / "rig.yaml"));
  ASSIGN_OR_RETURN(const std::string expected, ContentOf(cell.rig));
  RETURN_IF_ERROR(Demand(recorded == expected, cell, "rig"));
  ASSIGN_OR_RETURN(const std::string planned, ScenarioOf(runs.front() / "suite.yaml", cell.scenario));
  ASSIGN_OR_RETURN(const std::string scenario, ScenarioOf(cell.suite, cell.scenario));
  RETURN_IF_ERROR(Demand(planned == scenario, cell, "scenario"));
  ASSIGN_OR_RETURN(const Arguments arguments, ReadArguments(runs.front() / "arguments.json"));
  RETURN_IF_ERROR(Demand(!arguments.provider && !arguments.backend && !arguments.workload, cell, "rig"));
  ASSIGN_OR_RETURN(Run run, JudgeRun(runs.front()));
  RETURN_IF_ERROR(Demand(run.results.size() == 1 && run.results[0].cell.scenario == cell.scenario, cell, "scenario"));
  RETURN_IF_ERROR(Demand(run.seed == static_cast<std::uint64_t>(cell.seed), cell, "seed"));
  return run;
}

}  // namespace holdfast
