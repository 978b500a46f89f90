#include "harness/schedule.h"

#include <algorithm>

#include "harness/check.h"
#include "harness/seed.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;

// Two draws of one strike must not be the same number: pauses would go with faults.
constexpr char kDrawOfFault[] = "soak: fault";
constexpr char kDrawOfPause[] = "soak: pause";

std::uint64_t Total(const Suite& suite) {
  std::uint64_t total = 0;
  for (const Scenario& scenario : suite.scenarios) {
    if (scenario.missing.empty()) total += static_cast<std::uint64_t>(scenario.weight);
  }
  return total;
}

std::size_t Drawn(const Suite& suite, std::uint64_t ticket) {
  for (std::size_t i = 0; i < suite.scenarios.size(); ++i) {
    const Scenario& scenario = suite.scenarios[i];
    if (!scenario.missing.empty()) continue;
    const auto weight = static_cast<std::uint64_t>(scenario.weight);
    if (ticket < weight) return i;
    ticket -= weight;
  }
  CHECK_UNREACHABLE();
  return 0;
}

std::uint64_t Ms(Duration duration) {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<milliseconds>(duration).count());
}

}  // namespace

std::vector<Strike> DrawStrikes(const Suite& suite, std::uint64_t seed, int count) {
  CHECK(suite.soak.has_value());
  const Soak& soak = *suite.soak;
  const std::uint64_t total = Total(suite);
  std::vector<Strike> strikes;
  std::vector<int> trials(suite.scenarios.size());
  for (int number = 1; number <= count && total > 0; ++number) {
    const std::size_t scenario = Drawn(suite, Uniform(CellSeed(seed, kDrawOfFault, number), 0, total - 1));
    const std::uint64_t pause =
        Uniform(CellSeed(seed, kDrawOfPause, number), Ms(soak.least_pause), Ms(soak.most_pause));
    const int trial = ++trials[scenario];
    if (std::find(soak.without.begin(), soak.without.end(), number) != soak.without.end()) continue;
    strikes.push_back({.number = number,
                       .scenario = scenario,
                       .trial = trial,
                       .pause = milliseconds(static_cast<std::int64_t>(pause))});
  }
  return strikes;
}

int StrikesToPlan(const Soak& soak, Duration stable_for) {
  if (soak.strikes) return *soak.strikes;
  const Duration least = std::max<Duration>(soak.least_pause + stable_for, milliseconds(1));
  return static_cast<int>(std::min<Duration::rep>(soak.lasts / least + 1, kMostStrikes));
}

}  // namespace holdfast
