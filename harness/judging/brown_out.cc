#include "harness/judging/brown_out.h"

#include <algorithm>

#include "harness/judging/outage.h"

namespace holdfast {
namespace {

bool IsOfAnOutage(const Operation& operation, const std::vector<Outage>& outages) {
  return std::any_of(outages.begin(), outages.end(), [&](const Outage& outage) {
    return operation.end > outage.begin && operation.begin < outage.resumed.value_or(kNever);
  });
}

}  // namespace

std::vector<BrownOut> FindBrownOuts(const CellHistory& history, Nanoseconds from, const Bounds& bounds) {
  // Whether the last outage ended does not matter: no late acknowledgement comes after it if not.
  const std::vector<Outage> outages = FindOutages(history, 0, bounds.stable_for.count(), bounds.longest_pause.count());
  std::vector<BrownOut> found;
  for (const Operation& operation : history.operations) {  // by begin
    if (history.IsPinned(operation) || !history.IsAcknowledged(operation)) continue;
    const Nanoseconds begin = std::max(operation.begin, from);
    if (operation.end - begin <= bounds.brown_out.count() || IsOfAnOutage(operation, outages)) continue;
    if (found.empty() || begin - found.back().end >= bounds.brown_out.count()) {
      found.push_back({.begin = begin, .end = operation.end, .writes = 0});
    }
    found.back().end = std::max(found.back().end, operation.end);
    ++found.back().writes;
  }
  return found;
}

Nanoseconds TotalOf(const std::vector<BrownOut>& brown_outs) {
  Nanoseconds total = 0;
  for (const BrownOut& one : brown_outs) total += one.end - one.begin;
  return total;
}

}  // namespace holdfast
