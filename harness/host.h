// Host: the only door to processes, time and randomness of the machine that the harness runs on. host_posix.cc is the
// real one; host_fake.h is a scripted one for unit tests. Calls may come from several threads.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/result.h"

namespace holdfast {

using Duration = std::chrono::nanoseconds;
using Time = std::chrono::steady_clock::time_point;  // monotonic; the wall clock is only ever printed

struct Command {
  std::vector<std::string> argv;       // argv[0] is looked up in PATH
  std::string input = {};              // written to standard input, which is then closed
  std::string network_namespace = {};  // of `ip netns`; empty means the harness's own
  Duration limit = std::chrono::seconds(60);
};

struct Output {
  int exit_status = 0;  // 128 + N if signal N ended it
  std::string out;
  std::string err;
};

class Host {
 public:
  virtual ~Host() = default;

  // Runs to the end. A non-zero exit status is an Output; an Error means that it could not be started, ran longer than
  // `limit` (it is killed with its process group), or that the harness was interrupted meanwhile.
  virtual Result<Output> Run(const Command& command) = 0;

  virtual Time Now() const = 0;

  // Returns early, with false, when the harness is interrupted.
  virtual bool SleepFor(Duration duration) = 0;

  // True from the first SIGINT or SIGTERM on, except in a thread that is `Shielded`: healing and tearing down go on.
  virtual bool Interrupted() const = 0;
};

std::unique_ptr<Host> MakePosixHost();

// Shell quoting for messages that a user pastes.
std::string Pasteable(const Command& command);

// While it lives, this thread's Host calls ignore an interruption: for healing and tearing down.
class Shielded {
 public:
  Shielded();
  ~Shielded();
  Shielded(const Shielded&) = delete;
  Shielded& operator=(const Shielded&) = delete;
  static bool Active();
};

// An Error about a command: how to paste it, and the end of what it said.
Error CommandError(ErrorCode code, std::string message, const Command& command, const Output& output);

// Runs and demands exit status 0: anything else is an Error with the command and the end of its output.
Result<std::string> RunForOutput(Host& host, const Command& command);

// The one way to wait. Calls `probe` every `interval` until it returns true. `probe` writes into `last_seen` what it
// saw, which the kTimeout error quotes: "<awaited>: not within 30 s; last seen: ...". An Error from the probe ends the
// wait.
struct Wait {
  std::string awaited;
  Duration limit{};
  Duration interval = std::chrono::milliseconds(200);
};
Status Await(Host& host, const Wait& wait, const std::function<Result<bool>(std::string& last_seen)>& probe);

}  // namespace holdfast
