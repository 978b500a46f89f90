#include "harness/outage.h"

#include <algorithm>
#include <optional>

#include "harness/testimony.h"

namespace holdfast {
namespace {

// Adds the break, or extends the last outage by it if acknowledgements had not lasted in between.
void AddBreak(std::vector<Outage>& outages, const Operation* before, const Operation* after, Nanoseconds stable_for) {
  const auto resumed = after != nullptr ? after->end : std::nullopt;
  if (!outages.empty() && *before->end - *outages.back().resumed < stable_for) {
    ++outages.back().flaps;
    outages.back().resumed = resumed;
    outages.back().first_after = after;
    return;
  }
  if (!outages.empty()) outages.back().over = true;
  outages.push_back({.begin = *before->end,
                     .last_before = before,
                     .resumed = resumed,
                     .first_after = after,
                     .flaps = 0,
                     .over = false});
}

}  // namespace

std::vector<const Operation*> Acknowledged(const CellHistory& history) {
  std::vector<const Operation*> acknowledged;
  const std::optional<int> pinned = PinnedClient(history);
  for (const Operation& operation : history.operations) {
    if (operation.client == pinned) continue;
    if (operation.completion.outcome == Outcome::kOk && operation.end) acknowledged.push_back(&operation);
  }
  std::stable_sort(acknowledged.begin(), acknowledged.end(),
                   [](const Operation* one, const Operation* other) { return *one->end < *other->end; });
  return acknowledged;
}

std::vector<Outage> FindOutages(const std::vector<const Operation*>& acknowledged, Nanoseconds until,
                                Nanoseconds stable_for) {
  std::vector<Outage> outages;
  if (acknowledged.empty()) return outages;
  std::uint64_t incarnation = acknowledged.front()->completion.incarnation;  // the highest that has answered
  for (std::size_t i = 1; i < acknowledged.size(); ++i) {
    const Operation* before = acknowledged[i - 1];
    const Operation* after = acknowledged[i];
    const bool restarted = incarnation != 0 && after->completion.incarnation > incarnation;
    incarnation = std::max(incarnation, after->completion.incarnation);
    if (restarted || *after->end - *before->end > kLongestPause) AddBreak(outages, before, after, stable_for);
  }
  const Operation* last = acknowledged.back();
  if (until - *last->end > kLongestPause) AddBreak(outages, last, nullptr, stable_for);
  if (!outages.empty() && outages.back().resumed) {
    outages.back().over = *last->end - *outages.back().resumed >= stable_for;
  }
  return outages;
}

Nanoseconds LongestPause(const std::vector<const Operation*>& acknowledged, Nanoseconds from, Nanoseconds until) {
  Nanoseconds longest = 0;
  Nanoseconds previous = from;
  for (const Operation* operation : acknowledged) {
    if (*operation->end <= from) continue;
    longest = std::max(longest, *operation->end - previous);
    previous = *operation->end;
  }
  return std::max(longest, until - previous);
}

}  // namespace holdfast
