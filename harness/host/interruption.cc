#include "harness/host/interruption.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <mutex>
#include <string_view>

#include "harness/check.h"

namespace holdfast {
namespace {

std::atomic<int> signals_seen{0};
std::atomic<int> wake_descriptor{-1};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may use nothing that locks");

constexpr std::string_view kAlreadyEnding =
    "\nalready ending: what was hurt is being healed and torn down; once more exits at once and leaves it "
    "(`holdfast heal` mends it)\n";

// Async-signal-safe calls only.
void HandleSignal(int signal) {
  const int saved_errno = errno;
  const int seen = signals_seen.fetch_add(1) + 1;
  if (seen == 1) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(wake_descriptor.load(), &one, sizeof one);
  } else if (seen == 2) {
    [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, kAlreadyEnding.data(), kAlreadyEnding.size());
  } else {
    _exit(128 + signal);
  }
  errno = saved_errno;
}

}  // namespace

void Interruption::Catch() {
  static std::once_flag once;
  std::call_once(once, [] {
    wake_descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    CHECK(wake_descriptor >= 0);
    struct sigaction action {};
    action.sa_handler = HandleSignal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    CHECK(sigaction(SIGINT, &action, nullptr) == 0);
    CHECK(sigaction(SIGTERM, &action, nullptr) == 0);
    // A terminal that was closed must not leave a node without power.
    CHECK(sigaction(SIGHUP, &action, nullptr) == 0);
  });
}

bool Interruption::Happened() { return signals_seen.load() > 0; }

int Interruption::Descriptor() { return wake_descriptor.load(); }

}  // namespace holdfast
