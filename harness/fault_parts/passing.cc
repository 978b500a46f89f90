#include "harness/fault_parts/passing.h"

#include <algorithm>

namespace holdfast {
namespace {

constexpr Duration kInterval = std::chrono::milliseconds(500);

}  // namespace

Result<Bite> WatchFor(Host& host, Duration lasts, const std::function<Result<Bite>()>& look) {
  const Time end = host.Now() + lasts;
  Bite seen;
  Duration took{};  // the last look
  do {
    const Time begin = host.Now();
    if (!seen.bitten && begin + took <= end) {
      Result<Bite> bite = look();
      if (!bite && bite.error().code == ErrorCode::kInterrupted) return bite;
      seen = bite ? *bite : Bite{.bitten = false, .evidence = "could not look: " + bite.error().message};
      took = host.Now() - begin;
    }
    const Duration left = std::max<Duration>(end - host.Now(), Duration::zero());
    if (!host.SleepFor(std::min(left, kInterval))) return Fail(ErrorCode::kInterrupted, "interrupted");
  } while (host.Now() < end);
  return seen;
}

}  // namespace holdfast
