#include "harness/judging/outage.h"

#include <algorithm>

#include "harness/judging/testimony.h"

namespace holdfast {
namespace {

// Adds the break that `ended` ends, or extends the last outage by it if acknowledgements had not lasted in between.
void AddBreak(std::vector<Outage>& outages, Outage ended, Nanoseconds stable_for) {
  if (!outages.empty() && ended.begin - *outages.back().resumed < stable_for) {
    ++outages.back().flaps;
    outages.back().broke = ended.begin;
    outages.back().resumed = ended.resumed;
    outages.back().first_after = ended.first_after;
    return;
  }
  if (!outages.empty()) outages.back().over = true;
  outages.push_back(ended);
}

}  // namespace

std::vector<Outage> FindOutages(const CellHistory& history, Nanoseconds until, Nanoseconds stable_for,
                                Nanoseconds longest_pause) {
  std::vector<Outage> outages;
  const auto first = std::find_if(history.acknowledged.begin(), history.acknowledged.end(),
                                  [&](OperationIndex index) { return !history.IsPinned(history.operations[index]); });
  if (first == history.acknowledged.end()) return outages;
  OperationIndex before = *first;
  Nanoseconds last = history.operations[before].end;
  std::uint64_t incarnation = history.CompletionOf(history.operations[before]).incarnation;  // the highest so far
  for (const OperationIndex index : history.acknowledged) {
    const Operation& after = history.operations[index];
    if (history.IsPinned(after)) continue;
    const std::uint64_t answered = history.CompletionOf(after).incarnation;
    const bool restarted = incarnation != 0 && answered > incarnation;
    incarnation = std::max(incarnation, answered);
    if (restarted || after.end - last > longest_pause) {
      AddBreak(outages,
               {.begin = last, .last_before = before, .broke = last, .resumed = after.end, .first_after = index},
               stable_for);
    }
    before = index;
    last = after.end;
  }
  if (until - last > longest_pause) {
    AddBreak(outages, {.begin = last, .last_before = before, .broke = last, .resumed = std::nullopt}, stable_for);
  }
  if (!outages.empty() && outages.back().resumed) {
    outages.back().over = last - *outages.back().resumed >= stable_for;
  }
  return outages;
}

Nanoseconds LongestPause(const CellHistory& history, Nanoseconds from, Nanoseconds until) {
  Nanoseconds longest = 0;
  Nanoseconds previous = from;
  for (std::size_t i = FirstAcknowledged(history, from + 1); i < history.acknowledged.size(); ++i) {
    const Operation& operation = history.operations[history.acknowledged[i]];
    if (history.IsPinned(operation)) continue;
    longest = std::max(longest, operation.end - previous);
    previous = operation.end;
  }
  return std::max(longest, until - previous);
}

}  // namespace holdfast
