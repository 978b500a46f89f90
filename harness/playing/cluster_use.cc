#include "harness/playing/cluster_use.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "harness/host/user_folders.h"

namespace holdfast {
namespace {

constexpr std::chrono::minutes kLongestSetUp{20};

}  // namespace

Result<ClusterUse> ClusterUse::Open(const std::string& cluster, const std::string& purpose) {
  const std::filesystem::path file = StateFolder() / "locks" / fmt::format("{}.{}", cluster, purpose);
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return Unavailable(fmt::format("{}: cannot be opened: {}", file.string(), std::strerror(errno)));
  return ClusterUse(descriptor);
}

Result<ClusterUse> ClusterUse::Share(const std::string& cluster) {
  ASSIGN_OR_RETURN(ClusterUse use, Open(cluster, "use"));
  if (::flock(use.descriptor_, LOCK_SH | LOCK_NB) == 0) return use;
  return Unavailable(fmt::format("cluster '{}' is being healed or taken down by another holdfast", cluster));
}

Result<ClusterUse> ClusterUse::Alone(const std::string& cluster) {
  ASSIGN_OR_RETURN(ClusterUse use, Open(cluster, "use"));
  if (use.BecomeAlone()) return use;
  return Unavailable(fmt::format("cluster '{}' is in use by another holdfast; wait until that has ended", cluster));
}

Result<ClusterUse> ClusterUse::SetUp(Host& host, const std::string& cluster) {
  ASSIGN_OR_RETURN(ClusterUse use, Open(cluster, "set-up"));
  RETURN_IF_ERROR(
      Await(host, {.awaited = fmt::format("no other holdfast sets up cluster '{}'", cluster), .limit = kLongestSetUp},
            [&](std::string& last_seen) -> Result<bool> {
              last_seen = "one does";
              return ::flock(use.descriptor_, LOCK_EX | LOCK_NB) == 0;
            }));
  return use;
}

bool ClusterUse::BecomeAlone() { return ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0; }

ClusterUse::~ClusterUse() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace holdfast
