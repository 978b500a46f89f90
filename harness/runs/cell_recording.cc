#include "harness/runs/cell_recording.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <chrono>

#include "harness/runs/arguments.h"
#include "harness/runs/recorded_run.h"
#include "harness/runs/run_folder.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

// Whatever is said in comments. Of a suite only the scenario, as others may come and go.
Result<std::string> ContentOf(const fs::path& file, const std::string& scenario = "") {
  try {
    const YAML::Node all = YAML::LoadFile(file.string());
    if (scenario.empty()) return YAML::Dump(all);
    for (const YAML::Node& one : all["scenarios"]) {
      const YAML::Node& fault = one["fault"];
      const YAML::Node name = one["name"] ? one["name"] : fault.IsMap() ? fault["name"] : fault;
      if (name.IsScalar() && name.Scalar() == scenario)
        return YAML::Dump(one) + (all["budget"] ? YAML::Dump(all["budget"]) : "");
    }
    return Unavailable(fmt::format("{}: has no scenario '{}'", file.string(), scenario));
  } catch (const YAML::Exception& exception) {
    return Unavailable(fmt::format("{}: {}", file.string(), exception.what()));
  }
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
  ASSIGN_OR_RETURN(const std::string planned, ContentOf(runs.front() / "suite.yaml", cell.scenario));
  ASSIGN_OR_RETURN(const std::string scenario, ContentOf(cell.suite, cell.scenario));
  RETURN_IF_ERROR(Demand(planned == scenario, cell, "scenario"));
  ASSIGN_OR_RETURN(const Arguments arguments, ReadArguments(runs.front() / "arguments.json"));
  RETURN_IF_ERROR(Demand(!arguments.provider && !arguments.backend && !arguments.workload, cell, "rig"));
  ASSIGN_OR_RETURN(Run run, JudgeRun(runs.front()));
  RETURN_IF_ERROR(Demand(run.results.size() == 1 && run.results[0].cell.scenario == cell.scenario, cell, "scenario"));
  RETURN_IF_ERROR(Demand(run.seed == static_cast<std::uint64_t>(cell.seed), cell, "seed"));
  return run;
}

}  // namespace holdfast
