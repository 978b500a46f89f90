#include "harness/host/socket_namespace.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "harness/check.h"

namespace holdfast {
namespace {

Result<int> Socket(int family, int type, int protocol) {
  const int made = ::socket(family, type | SOCK_CLOEXEC, protocol);
  if (made < 0) return Unavailable(fmt::format("cannot make a socket: {}", std::strerror(errno)));
  return made;
}

// Puts the thread back where it was.
class Return {
 public:
  Return() : home_(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)) {}
  ~Return() {
    if (home_ < 0) return;
    CHECK(::setns(home_, CLONE_NEWNET) == 0);  // else this thread's later work would silently happen elsewhere
    ::close(home_);
  }
  Return(const Return&) = delete;
  Return& operator=(const Return&) = delete;
  bool possible() const { return home_ >= 0; }

 private:
  int home_;
};

}  // namespace

Result<int> SocketIn(const std::string& network_namespace, int family, int type, int protocol) {
  if (network_namespace.empty()) return Socket(family, type, protocol);
  const std::string path = "/run/netns/" + network_namespace;
  const int there = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (there < 0)
    return Unavailable(fmt::format("cannot open the network namespace {}: {}", path, std::strerror(errno)));
  const Return home;
  const bool entered = home.possible() && ::setns(there, CLONE_NEWNET) == 0;
  const int error = errno;
  ::close(there);
  if (!entered)
    return Unavailable(fmt::format("cannot enter the network namespace {}: {}", path, std::strerror(error)));
  return Socket(family, type, protocol);
}

}  // namespace holdfast
