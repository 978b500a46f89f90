#include "harness/runs/cell_recording.h"

#include <fmt/format.h>

#include "harness/runs/recorded_run.h"
#include "harness/runs/run_folder.h"

namespace holdfast {

Result<Run> JudgeRecording(Host& host, const std::filesystem::path& archive, const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::remove_all(folder, error);
  std::filesystem::create_directories(folder, error);
  if (error) return Unavailable(fmt::format("{}: cannot be made: {}", folder.string(), error.message()));
  RETURN_IF_ERROR(RunForOutput(host, {.argv = {"tar", "--extract", "--xz", "--no-same-owner", "--file",
                                               archive.string(), "--directory", folder.string()},
                                      .limit = std::chrono::minutes(1)}));
  const std::vector<std::filesystem::path> runs = ListRuns(folder);
  if (runs.size() != 1) {
    return Unavailable(fmt::format("{}: holds {} runs; allowed: one", archive.string(), runs.size()));
  }
  return JudgeRun(runs.front());
}

}  // namespace holdfast
