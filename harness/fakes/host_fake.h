// FakeHost: a scripted Host for tests. Commands are answered by the last expectation whose pattern matches; time stands
// still but for SleepFor. Several threads may call what a Host has; a test looks at it, and scripts it, when they have
// ended.
#pragma once

#include <fnmatch.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "harness/host.h"

namespace holdfast {

class FakeHost : public Host {
 public:
  using Answer = std::function<Result<Output>(const Command&)>;

  // `pattern` as of the shell (`*`, `?`, `[…]`), over the whole of Pasteable(command) without its input.
  void On(const std::string& pattern, Answer answer) { script_.emplace_back(pattern, std::move(answer)); }
  void On(const std::string& pattern, Output output) {
    On(pattern, [output = std::move(output)](const Command&) { return output; });
  }
  void On(const std::string& pattern, Error error) {
    On(pattern, [error = std::move(error)](const Command&) { return tl::unexpected<Error>(error); });
  }

  // Fires during the SleepFor that reaches `after`, counted from now: what the world does while the harness waits.
  void After(Duration after, std::function<void()> event) { events_.emplace_back(now_ + after, std::move(event)); }

  void Interrupt() { interrupted_ = true; }

  // In the order in which they ran.
  const std::vector<Command>& commands() const { return commands_; }
  // Those that nothing answered; a test expects this to be empty.
  const std::vector<std::string>& unexpected() const { return unexpected_; }

  Result<Output> Run(const Command& command) override {
    const std::lock_guard lock(mutex_);
    commands_.push_back(command);
    if (Interrupted()) return Fail(ErrorCode::kInterrupted, "interrupted before " + command.argv[0]);
    Command bare = command;
    bare.input.clear();
    const std::string line = Pasteable(bare);
    for (auto entry = script_.rbegin(); entry != script_.rend(); ++entry) {
      if (fnmatch(entry->first.c_str(), line.c_str(), 0) == 0) return entry->second(command);
    }
    unexpected_.push_back(line);
    return Unavailable("nobody expected: " + line);
  }

  Time Now() const override {
    const std::lock_guard lock(mutex_);
    return now_;
  }

  bool SleepFor(Duration duration) override {
    const std::lock_guard lock(mutex_);
    const Time until = now_ + duration;
    while (!Interrupted()) {
      const auto next = std::min_element(events_.begin(), events_.end(),
                                         [](const auto& one, const auto& other) { return one.first < other.first; });
      if (next == events_.end() || next->first > until) break;
      now_ = next->first;
      const auto event = std::move(next->second);
      events_.erase(next);
      event();
    }
    if (Interrupted()) return false;
    now_ = until;
    return true;
  }

  bool Interrupted() const override { return interrupted_ && !Shielded::Active(); }

 private:
  mutable std::recursive_mutex mutex_;  // an answer or an event may ask what time it is
  std::vector<std::pair<std::string, Answer>> script_;
  std::vector<std::pair<Time, std::function<void()>>> events_;
  std::vector<Command> commands_;
  std::vector<std::string> unexpected_;
  Time now_{};
  std::atomic<bool> interrupted_ = false;
};

}  // namespace holdfast
