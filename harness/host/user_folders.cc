#include "harness/host/user_folders.h"

#include <cstdlib>

namespace holdfast {
namespace {

std::filesystem::path UserFolder(const char* variable, const char* below_home) {
  if (const char* value = std::getenv(variable); value != nullptr && *value == '/') {
    return std::filesystem::path(value) / "holdfast";
  }
  const char* home = std::getenv("HOME");
  return std::filesystem::path(home != nullptr ? home : "/root") / below_home / "holdfast";
}

}  // namespace

std::filesystem::path StateFolder() { return UserFolder("XDG_STATE_HOME", ".local/state"); }

std::filesystem::path CacheFolder() { return UserFolder("XDG_CACHE_HOME", ".cache"); }

}  // namespace holdfast
