// HealthWatch: looks at the storage's health while something else is waited for, so that when it was whole again does
// not depend on when somebody had the time to ask. In a thread of its own; begins when it is made and ends when it is
// stopped or goes.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "harness/backend.h"
#include "harness/history.h"

namespace holdfast {

// What a series of looks has shown.
struct HealthSeen {
  std::optional<Nanoseconds> whole_since;      // when the first look ended of those that then all saw it whole
  std::optional<Nanoseconds> not_whole_until;  // when the last look began that saw it not to be
  std::optional<std::uint64_t> missing_bytes;  // the most

  void Add(Nanoseconds begin, Nanoseconds end, const Health& health);
  std::map<std::string, std::string> Fields() const;  // of kMarkWhole
};

class HealthWatch {
 public:
  virtual ~HealthWatch() = default;
  // Returns when no look is under way any more. Idempotent.
  virtual HealthSeen Stop() = 0;
};

struct HealthWatchSetup {
  Backend& backend;
  std::function<Nanoseconds()> clock;  // the history's; from any thread
  Duration interval = std::chrono::seconds(2);
};

// What it points to outlives it.
std::unique_ptr<HealthWatch> WatchHealth(const HealthWatchSetup& setup);

}  // namespace holdfast
