// ChildProcess: one running command in a process group of its own, its three streams on pipes. Owns the process and
// the descriptors: one that is destroyed while it runs is killed with its group. Used by one thread, the one that
// started it: the kernel kills the child when that thread dies, so that a killed harness leaves no commands running.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <utility>

#include "harness/host.h"

namespace holdfast {

// Owns a file descriptor; -1 is none.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    Close();
    number_ = std::exchange(other.number_, -1);
    return *this;
  }
  ~Descriptor() { Close(); }
  void Close() {
    if (number_ >= 0) close(number_);
    number_ = -1;
  }
  int number() const { return number_; }
  bool open() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

class ChildProcess {
 public:
  // Returns when the program was executed, or with the reason why it could not be.
  static Result<ChildProcess> Start(const Command& command);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  // Ends the whole group: SIGTERM, `grace`, SIGKILL.
  void End(Duration grace);
  // Waits for the end; 128 + N if signal N ended it.
  int Reap();

  int ended() const { return ended_.number(); }  // readable once the process has ended
  Descriptor in, out, err;                       // the harness's ends, non-blocking; `in` is none without input

 private:
  ChildProcess() = default;
  Status ConnectStreams(const Command& command, Descriptor& its_in, Descriptor& its_out, Descriptor& its_err);

  pid_t process_ = -1;
  Descriptor ended_;
};

}  // namespace holdfast
