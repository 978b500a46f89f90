// The real Host. Every command is polled with its streams, its end, its time limit and the user's Ctrl-C in one place,
// so that none of them can block another.

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>

#include <array>
#include <cerrno>

#include "harness/check.h"
#include "harness/host.h"
#include "harness/host/child_process.h"
#include "harness/host/interruption.h"
#include "harness/options.h"

namespace holdfast {
namespace {

constexpr Duration kGrace = std::chrono::seconds(2);
// Of each stream. More than this is an Error: a shortened answer would be taken for a whole one.
constexpr std::size_t kMostCaptured = std::size_t{256} << 20;

enum class Ending { kExited, kTimeLimit, kInterrupted, kTooMuchOutput };

// One pass over what is there now; false once the stream is at its end.
bool ReadAvailable(const Descriptor& stream, std::string& captured) {
  std::array<char, 65536> buffer;
  while (captured.size() <= kMostCaptured) {
    const ssize_t size = read(stream.number(), buffer.data(), buffer.size());
    if (size > 0) captured.append(buffer.data(), static_cast<std::size_t>(size));
    if (size == 0) return false;
    if (size < 0 && errno != EINTR) return errno == EAGAIN;
  }
  return true;
}

// False once there is nothing left to write, or nobody left to read it.
bool WriteAvailable(const Descriptor& stream, const std::string& input, std::size_t& written) {
  while (written < input.size()) {
    const ssize_t size = write(stream.number(), input.data() + written, input.size() - written);
    if (size > 0) written += static_cast<std::size_t>(size);
    if (size < 0 && errno != EINTR) return errno == EAGAIN;
  }
  return false;
}

timespec ToTimespec(Duration duration) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(duration);
  return timespec{.tv_sec = seconds.count(), .tv_nsec = (duration - seconds).count()};
}

pollfd Watch(int descriptor, short events) { return pollfd{.fd = descriptor, .events = events, .revents = 0}; }

int WatchedInterruption() { return Shielded::Active() ? -1 : Interruption::Descriptor(); }

// Talks with the child until it ends or must be ended. A descendant that keeps the streams open after the child has
// ended (a daemon that it left behind) is not waited for.
Ending Converse(ChildProcess& child, const Command& command, Output& output) {
  const Time until = std::chrono::steady_clock::now() + command.limit;
  std::size_t written = 0;
  while (true) {
    const Duration left = until - std::chrono::steady_clock::now();
    if (left <= Duration::zero()) return Ending::kTimeLimit;
    std::array<pollfd, 5> watched = {Watch(child.ended(), POLLIN), Watch(WatchedInterruption(), POLLIN),
                                     Watch(child.in.number(), POLLOUT), Watch(child.out.number(), POLLIN),
                                     Watch(child.err.number(), POLLIN)};
    const timespec timeout = ToTimespec(left);
    if (ppoll(watched.data(), watched.size(), &timeout, nullptr) <= 0) continue;
    const auto& [ended, interrupted, in, out, err] = watched;
    if (in.revents != 0 && !WriteAvailable(child.in, command.input, written)) child.in.Close();
    // After the end was seen all that the child wrote is in the pipes: this pass reads the rest of it.
    if ((out.revents != 0 || ended.revents != 0) && child.out.open() && !ReadAvailable(child.out, output.out)) {
      child.out.Close();
    }
    if ((err.revents != 0 || ended.revents != 0) && child.err.open() && !ReadAvailable(child.err, output.err)) {
      child.err.Close();
    }
    if (output.out.size() > kMostCaptured || output.err.size() > kMostCaptured) return Ending::kTooMuchOutput;
    if (ended.revents != 0) return Ending::kExited;
    if (interrupted.revents != 0) return Ending::kInterrupted;
  }
}

Error WhyEnded(Ending ending, const Command& command, const Output& output) {
  const std::string& program = command.argv[0];
  switch (ending) {
    case Ending::kTimeLimit:
      return CommandError(ErrorCode::kTimeout,
                          fmt::format("{} ran longer than {} and was ended", program, FormatDuration(command.limit)),
                          command, output);
    case Ending::kTooMuchOutput:
      return CommandError(ErrorCode::kUnavailable,
                          fmt::format("{} wrote more than {} MiB and was ended", program, kMostCaptured >> 20), command,
                          output);
    case Ending::kInterrupted:
    case Ending::kExited:
      break;
  }
  return CommandError(ErrorCode::kInterrupted, fmt::format("interrupted while {} ran", program), command, output);
}

class PosixHost : public Host {
 public:
  PosixHost() {
    Interruption::Catch();
    // A child that closes its input early is no reason to die; the write says EPIPE.
    signal(SIGPIPE, SIG_IGN);
    // With 0, 1 or 2 closed, a pipe would get one of these numbers and the child's streams would be crossed.
    while (true) {
      Descriptor filler(open("/dev/null", O_RDWR | O_CLOEXEC));
      if (filler.number() > STDERR_FILENO || !filler.open()) break;
      kept_[static_cast<std::size_t>(filler.number())] = std::move(filler);
    }
  }

  Result<Output> Run(const Command& command) override {
    if (Interrupted()) return Fail(ErrorCode::kInterrupted, fmt::format("interrupted before {}", command.argv[0]));
    auto started = ChildProcess::Start(command);
    if (!started) {
      Error error = std::move(started).error();
      error.command = Pasteable(command);
      return tl::unexpected<Error>(std::move(error));
    }
    ChildProcess& child = *started;
    Output output;
    const Ending ending = Converse(child, command, output);
    if (ending != Ending::kExited) {
      child.End(kGrace);
      child.Reap();
      return tl::unexpected<Error>(WhyEnded(ending, command, output));
    }
    output.exit_status = child.Reap();
    return output;
  }

  Time Now() const override { return std::chrono::steady_clock::now(); }

  bool SleepFor(Duration duration) override {
    const Time until = Now() + duration;
    while (!Interrupted()) {
      const Duration left = until - Now();
      if (left <= Duration::zero()) return true;
      pollfd interrupted = Watch(WatchedInterruption(), POLLIN);
      const timespec timeout = ToTimespec(left);
      ppoll(&interrupted, 1, &timeout, nullptr);
    }
    return false;
  }

  bool Interrupted() const override { return Interruption::Happened() && !Shielded::Active(); }

 private:
  std::array<Descriptor, 3> kept_;
};

}  // namespace

std::unique_ptr<Host> MakePosixHost() { return std::make_unique<PosixHost>(); }

}  // namespace holdfast
