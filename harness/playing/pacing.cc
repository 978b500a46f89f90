#include "harness/playing/pacing.h"

#include <algorithm>

namespace holdfast {
namespace {

constexpr int kPatientClient = 1;
constexpr Duration kLeastQuiet = std::chrono::milliseconds(250);

Duration LongestScoutDeadline(const Pacing& pacing) {
  return std::min(pacing.deadline, (pacing.clients - 1) * pacing.probe_interval);
}

// From 60 % for the first scout, client 2, to 80 % for the last client.
Duration ScoutDeadline(const Pacing& pacing, int client) {
  const int steps = std::max(1, pacing.clients - 2);
  const int percent = 60 + 20 * (client - 2) / steps;
  return LongestScoutDeadline(pacing) * percent / 100;
}

}  // namespace

Duration PauseBeforeNext(const Pacing& pacing, Duration since_begin) {
  return std::max(Duration::zero(), pacing.probe_interval - since_begin);
}

Duration FirstDueAfter(const Pacing& pacing, int place) {
  return pacing.due_every ? *pacing.due_every * place / pacing.clients : Duration::zero();
}

Duration DueAfter(const Pacing& pacing, std::uint64_t number) {
  return *pacing.due_every * static_cast<Duration::rep>(number - 1);
}

Duration QuietAfter(const Pacing& pacing) {
  const Duration least = pacing.due_every ? pacing.longest_pause : kLeastQuiet;
  return std::max(least, LongestScoutDeadline(pacing) + pacing.probe_interval);
}

Duration DeadlineOfNext(const Pacing& pacing, int client, Duration quiet) {
  const bool scouts = client != kPatientClient && quiet > QuietAfter(pacing);
  return scouts ? ScoutDeadline(pacing, client) : pacing.deadline;
}

}  // namespace holdfast
