#include "harness/judging/survivors.h"

#include <vector>

#include "harness/judging/testimony.h"

namespace holdfast {

Survivors::Survivors(const CellHistory& history, const ReadFindings& read) : history_(history) {
  const Mark* injecting = FirstMark(history, kMarkInjecting);
  // Operations are sorted by begin: the last one found is the one that is wanted. Who wrote a row that was not
  // acknowledged, only the row says.
  std::vector<std::optional<OperationIndex>> latest(history.completions.size());
  for (OperationIndex i = 0; i < read.present.size(); ++i) {
    const Operation& operation = history.operations[i];
    if (!read.present[i] || !history.IsAcknowledged(operation) || !read.CanShow(operation)) continue;
    latest[operation.completion] = i;
    if (injecting != nullptr && operation.end < injecting->time) before_fault_ = i;
  }
  for (std::size_t i = 0; i < latest.size(); ++i) {
    if (latest[i]) Keep(history.completions[i].incarnation, *latest[i]);
  }
  for (const WriterRow& row : read.writers) {
    if (read.CanShow(history.operations[row.operation])) Keep(row.incarnation, row.operation);
  }
}

void Survivors::Keep(std::uint64_t incarnation, OperationIndex operation) {
  if (incarnation == 0) return;  // nobody knows which
  OperationIndex& latest = latest_.emplace(incarnation, operation).first->second;
  if (history_.operations[latest].begin < history_.operations[operation].begin) latest = operation;
}

std::optional<OperationIndex> Survivors::LaterThan(const Known& lost) const {
  const auto latest = latest_.find(lost.incarnation);
  if (latest != latest_.end() && history_.operations[latest->second].begin > lost.at) return latest->second;
  if (before_fault_ && history_.operations[*before_fault_].begin > lost.at) return before_fault_;
  return std::nullopt;
}

}  // namespace holdfast
