#include "harness/judging/incarnations.h"

#include <algorithm>
#include <iterator>

namespace holdfast {

Incarnations::Incarnations(const CellHistory& history) {
  std::vector<bool> seen(history.completions.size());
  for (const OperationIndex index : history.acknowledged) {
    const std::uint32_t completion = history.operations[index].completion;
    if (seen[completion]) continue;
    seen[completion] = true;
    const std::uint64_t incarnation = history.completions[completion].incarnation;
    if (incarnation != 0) first_since_.emplace(incarnation, index);
  }
  const auto end_of = [&](OperationIndex index) { return history.operations[index].end; };
  std::optional<OperationIndex> earliest;
  for (auto entry = first_since_.rbegin(); entry != first_since_.rend(); ++entry) {
    if (!earliest || end_of(entry->second) < end_of(*earliest)) {
      earliest = entry->second;
      takeovers_.push_back(*earliest);
    }
    entry->second = *earliest;
  }
  if (!takeovers_.empty()) takeovers_.pop_back();  // who acknowledged first took over from nobody
  std::reverse(takeovers_.begin(), takeovers_.end());
}

std::optional<OperationIndex> Incarnations::SuccessorOf(std::uint64_t incarnation) const {
  if (incarnation == 0) return std::nullopt;
  const auto later = first_since_.upper_bound(incarnation);
  return later == first_since_.end() ? std::nullopt : std::optional(later->second);
}

}  // namespace holdfast
