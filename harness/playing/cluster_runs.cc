#include "harness/playing/cluster_runs.h"

#include <fmt/format.h>

#include <fstream>
#include <functional>
#include <iterator>

#include "harness/host/text_file.h"
#include "harness/host/user_folders.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

fs::path FolderOf(const std::string& cluster) { return StateFolder() / "runs" / cluster; }

fs::path FileFor(const std::string& cluster, const fs::path& run) {
  return FolderOf(cluster) / fmt::format("{:016x}", std::hash<std::string>{}(fs::absolute(run).string()));
}

std::string TextOf(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

Status RememberRun(const std::string& cluster, const fs::path& folder) {
  const fs::path file = FileFor(cluster, folder);
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  return WriteText(file, fs::absolute(folder).string());
}

void ForgetRun(const std::string& cluster, const fs::path& folder) {
  std::error_code ignored;
  fs::remove(FileFor(cluster, folder), ignored);
}

std::vector<fs::path> RememberedRuns(const std::string& cluster) {
  std::vector<fs::path> runs;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(FolderOf(cluster), error)) {
    const fs::path run = TextOf(entry.path());
    if (!run.empty() && fs::exists(run, error)) runs.push_back(run);
  }
  return runs;
}

}  // namespace holdfast
