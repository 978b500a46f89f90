#include "harness/runs/run_folder.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "harness/host/text_file.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kLeastRoom = std::uintmax_t{64} << 20;  // the history of a suite is a few MiB
constexpr int kMostCollisions = 100;
constexpr char kLanes[] = "lanes";

std::tm Utc(std::chrono::system_clock::time_point time) {
  return fmt::gmtime(std::chrono::system_clock::to_time_t(time));
}

std::string NameOf(const Order& order, std::chrono::system_clock::time_point started) {
  return fmt::format("{:%Y-%m-%dT%H-%M-%S}_{}_{}_{}_s{}", Utc(started), order.suite.name, order.rig.provider.name,
                     order.rig.backend.name, order.arguments.seed);
}

tl::unexpected<Error> NoFolder(const fs::path& folder, const std::string& why) {
  return Unavailable(
      fmt::format("{}: cannot make the run's folder: {}; choose another place with --out DIR", folder.string(), why));
}

Result<fs::path> MakeNewFolder(const fs::path& parent, const std::string& name) {
  std::error_code error;
  fs::create_directories(parent, error);
  if (error) return NoFolder(parent, error.message());
  const fs::space_info room = fs::space(parent, error);
  if (!error && room.available < kLeastRoom) {
    return NoFolder(parent, fmt::format("only {} MiB of disk space are left, {} are needed", room.available >> 20,
                                        kLeastRoom >> 20));
  }
  for (int number = 1; number <= kMostCollisions; ++number) {
    const fs::path folder = parent / (number == 1 ? name : fmt::format("{}-{}", name, number));
    if (fs::create_directory(folder, error)) return folder;
    if (error) return NoFolder(folder, error.message());
  }
  return NoFolder(parent / name, fmt::format("there are {} of that name", kMostCollisions));
}

Status CopyAsWritten(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::copy_file(from, to, error);
  if (error)
    return Unavailable(fmt::format("{}: cannot be copied to {}: {}", from.string(), to.string(), error.message()));
  return {};
}

// What the folder of a run is drawn from again.
Status Furnish(const fs::path& folder, const Order& order) {
  std::error_code error;
  fs::create_directory(folder / "logs", error);
  if (error) return NoFolder(folder / "logs", error.message());
  RETURN_IF_ERROR(CopyAsWritten(order.rig.file, folder / "rig.yaml"));
  RETURN_IF_ERROR(CopyAsWritten(order.suite.file, folder / "suite.yaml"));
  RETURN_IF_ERROR(WriteArguments(order.arguments, folder / "arguments.json"));
  return WriteText(folder / "plan.txt", PrintPlan(order.rig, order.plan));
}

}  // namespace

Result<fs::path> MakeRunFolder(const fs::path& parent, const Order& order,
                               std::chrono::system_clock::time_point started) {
  ASSIGN_OR_RETURN(const fs::path folder, MakeNewFolder(parent, NameOf(order, started)));
  RETURN_IF_ERROR(Furnish(folder, order));
  return folder;
}

Status MakeRunFolderAt(const fs::path& folder, const Order& order) {
  std::error_code error;
  if (folder.has_parent_path()) fs::create_directories(folder.parent_path(), error);
  if (!error && fs::create_directory(folder, error)) return Furnish(folder, order);
  return UsageError(fmt::format("{}: cannot be made: {}; allowed: a path where there is nothing yet", folder.string(),
                                error ? error.message() : "it is there already"));
}

Result<fs::path> MakeLaneFolder(const fs::path& run, const Order& order) {
  ASSIGN_OR_RETURN(const fs::path folder, MakeNewFolder(run / kLanes, order.rig.cluster));
  RETURN_IF_ERROR(Furnish(folder, order));
  return folder;
}

std::vector<fs::path> LanesOf(const fs::path& run) { return ListRuns(run / kLanes); }

bool IsRunFolder(const fs::path& folder) {
  std::error_code error;
  return fs::is_regular_file(folder / "arguments.json", error) || fs::is_regular_file(folder / "run.json", error);
}

std::vector<fs::path> ListRuns(const fs::path& parent) {
  std::vector<fs::path> runs;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(parent, error)) {
    if (IsRunFolder(entry.path())) runs.push_back(entry.path());
  }
  std::sort(runs.begin(), runs.end());
  return runs;
}

Result<fs::path> FindRun(const std::string& run) {
  for (const fs::path& folder : {fs::path(run), fs::path(kRunsFolder) / run}) {
    if (IsRunFolder(folder)) return folder;
  }
  return UsageError(
      fmt::format("'{}' is not the folder of a run; `holdfast list runs` shows those in {}/", run, kRunsFolder));
}

std::string PrintUtc(std::chrono::system_clock::time_point time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", Utc(time));
}

}  // namespace holdfast
