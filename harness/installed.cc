#include "harness/installed.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <system_error>

#include "harness/suite.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

std::string FileNameOf(std::string suite) {
  std::replace(suite.begin(), suite.end(), '-', '_');
  return suite + ".yaml";
}

}  // namespace

fs::path InstalledFolder() {
  std::error_code error;
  fs::path source = HOLDFAST_SOURCE_DIR;
  if (fs::is_directory(source / "suites", error)) return source;
  return fs::read_symlink("/proc/self/exe", error).parent_path().parent_path() / "share/holdfast";
}

fs::path SuitesFolder() { return InstalledFolder() / "suites"; }

fs::path DefaultRig() { return SuitesFolder() / "rigs/embedded_ceph.yaml"; }

Result<fs::path> FindSuite(const std::string& suite) {
  std::error_code error;
  if (fs::is_regular_file(suite, error)) return fs::path(suite);
  const fs::path installed = SuitesFolder() / FileNameOf(suite);
  if (fs::is_regular_file(installed, error)) return installed;
  return UsageError(fmt::format("no suite '{}'; allowed: the path of a YAML file, or one of {}", suite,
                                fmt::join(ListSuites(), ", ")));
}

std::vector<std::string> ListSuites() {
  std::vector<std::string> names;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(SuitesFolder(), error)) {
    // Beside the suites lie lists of other kinds; a suite is what reads as one.
    if (entry.path().extension() != ".yaml") continue;
    if (const auto suite = ReadSuite(entry.path()); suite.has_value()) names.push_back(suite->name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace holdfast
