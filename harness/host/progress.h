// Progress: what a user sees of long work. On a terminal the running step is one line that is drawn again every
// second, with elapsed and expected time; elsewhere (CI) each step is a plain line when it begins and when it ends.
#pragma once

#include <chrono>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>

#include "harness/result.h"

namespace holdfast {

class Progress {
 public:
  virtual ~Progress() = default;

  // `expected` is zero where nobody knows. Returns what `work` returned. `work` may have steps of its own; steps are
  // for one thread.
  virtual Status Step(const std::string& title, std::chrono::seconds expected, const std::function<Status()>& work) = 0;

  // A line that stays. From any thread.
  virtual void Say(const std::string& line) = 0;
};

// On standard error: terminal or plain, the one place where that is decided. CI (the environment's variable) is never a
// terminal.
std::unique_ptr<Progress> MakeProgress();

std::unique_ptr<Progress> MakeTerminalProgress(std::ostream& stream);
std::unique_ptr<Progress> MakePlainProgress(std::ostream& stream);

}  // namespace holdfast
