// Lookout: looking at a cluster that is hurt. A probe that cannot look has seen just that, and looks again; only the
// user's interruption ends the wait. If it is the API server that does not answer, the user is told so, once until it
// does.
#pragma once

#include <string>
#include <utility>

#include "harness/fault.h"
#include "harness/host/progress.h"

namespace holdfast {

class Lookout {
 public:
  // Both outlive it.
  Lookout(World& world, Progress& progress) : world_(world), progress_(progress) {}

  // False, with `last_seen` saying why; the Error of an interruption.
  template <typename T>
  Result<bool> CouldNotLook(const Result<T>& looked, std::string& last_seen) {
    if (looked.error().code == ErrorCode::kInterrupted) return tl::unexpected(looked.error());
    last_seen = "could not look: " + looked.error().message;
    if (!std::exchange(blind_, true)) SayIfSilent();
    return false;
  }
  // A look that was none no more.
  void Looked() { blind_ = silent_ = false; }
  // Asks the API server itself.
  void SayIfSilent();
  bool silent() const { return silent_; }

 private:
  World& world_;
  Progress& progress_;
  bool blind_ = false;   // the last look was none
  bool silent_ = false;  // since the API server did not answer
};

}  // namespace holdfast
