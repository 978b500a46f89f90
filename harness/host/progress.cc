#include "harness/host/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "harness/check.h"

namespace holdfast {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

seconds Since(Clock::time_point begin) { return std::chrono::floor<seconds>(Clock::now() - begin); }

// 0:07, 12:40, 1:02:03
std::string Clocked(seconds duration) {
  const auto count = duration.count();
  if (count >= 3600) return fmt::format("{}:{:02}:{:02}", count / 3600, count / 60 % 60, count % 60);
  return fmt::format("{}:{:02}", count / 60, count % 60);
}

std::string Expectation(seconds expected, std::string_view before) {
  return expected.count() == 0 ? "" : fmt::format("{}about {}", before, Clocked(expected));
}

// At most `columns` characters wide, so that it can be drawn over: a line that wraps cannot. Counts UTF-8 characters.
std::string Shortened(const std::string& text, std::size_t columns) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool begins_character = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
    if (begins_character && ++width > columns) return text.substr(0, at);
  }
  return text;
}

struct RunningStep {
  std::string title;
  seconds expected;
  Clock::time_point begin;
};

// Steps may lie within steps; what is within is set off.
std::string Indent(std::size_t depth) { return std::string(2 * depth, ' '); }

class PlainProgress : public Progress {
 public:
  explicit PlainProgress(std::ostream& stream) : stream_(stream) {}

  Status Step(const std::string& title, seconds expected, const std::function<Status()>& work) override {
    const auto begin = Clock::now();
    const std::string indent = Indent(depth_++);
    Print(fmt::format("{}{} ...{}", indent, title, Expectation(expected, " ")));
    Status status = work();
    --depth_;
    Print(fmt::format("{}{}: {} after {}", indent, title, status ? "done" : "FAILED", Clocked(Since(begin))));
    return status;
  }

  void Say(const std::string& line) override { Print(Indent(depth_) + line); }

 private:
  void Print(const std::string& line) {
    const std::lock_guard lock(mutex_);
    stream_ << line << std::endl;
  }

  std::ostream& stream_;
  std::mutex mutex_;
  std::atomic<std::size_t> depth_{0};
};

// The innermost running step is the live line; a thread draws it anew every second.
class TerminalProgress : public Progress {
 public:
  explicit TerminalProgress(std::ostream& stream) : stream_(stream), drawer_([this] { DrawEverySecond(); }) {}

  ~TerminalProgress() override {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    wake_.notify_all();
    drawer_.join();
  }

  Status Step(const std::string& title, seconds expected, const std::function<Status()>& work) override {
    {
      const std::lock_guard lock(mutex_);
      // The step that this one lies within will end below it, so its title stays above it.
      if (!steps_.empty() && !std::exchange(opened_, true))
        Print(fmt::format("{}▾ {}", Indent(steps_.size() - 1), steps_.back().title));
      opened_ = false;
      steps_.push_back(RunningStep{.title = title, .expected = expected, .begin = Clock::now()});
      Draw();
    }
    Status status = work();
    const std::lock_guard lock(mutex_);
    CHECK(!steps_.empty());
    Print(Line(status ? "✓" : "✗", steps_.size() - 1));
    steps_.pop_back();
    opened_ = true;
    Draw();
    return status;
  }

  void Say(const std::string& line) override {
    const std::lock_guard lock(mutex_);
    Print(Indent(steps_.size()) + line);
    Draw();
  }

 private:
  static constexpr std::string_view kEraseLine = "\r\033[K";

  std::string Line(std::string_view sign, std::size_t depth) const {
    const RunningStep& step = steps_[depth];
    return fmt::format("{}{} {}  {}{}", Indent(depth), sign, step.title, Clocked(Since(step.begin)),
                       sign == "●" ? Expectation(step.expected, " of ") : "");
  }

  void Print(const std::string& line) { stream_ << kEraseLine << line << std::endl; }

  void Draw() {
    if (steps_.empty()) return;
    stream_ << kEraseLine << Shortened(Line("●", steps_.size() - 1), Columns() - 1) << std::flush;
  }

  static std::size_t Columns() {
    winsize size{};
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : 80;
  }

  void DrawEverySecond() {
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, seconds(1), [this] { return ending_; })) Draw();
  }

  std::ostream& stream_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ending_ = false;
  std::vector<RunningStep> steps_;
  bool opened_ = false;  // the innermost running step has printed its title, because another began within it
  std::thread drawer_;   // last: it uses all of the above
};

}  // namespace

std::unique_ptr<Progress> MakePlainProgress(std::ostream& stream) { return std::make_unique<PlainProgress>(stream); }

std::unique_ptr<Progress> MakeTerminalProgress(std::ostream& stream) {
  return std::make_unique<TerminalProgress>(stream);
}

std::unique_ptr<Progress> MakeProgress() {
  const char* ci = std::getenv("CI");
  const bool in_ci = ci != nullptr && *ci != '\0' && std::string_view(ci) != "false";
  if (in_ci || isatty(STDERR_FILENO) == 0) return MakePlainProgress(std::cerr);
  return MakeTerminalProgress(std::cerr);
}

}  // namespace holdfast
