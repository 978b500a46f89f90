#include "harness/judging/known_writes.h"

#include <vector>

namespace holdfast {

KnownWrites::KnownWrites(const CellHistory& history) : history_(history) {
  std::vector<OperationIndex> unknown;
  for (OperationIndex i = 0; i < history.operations.size(); ++i) {
    if (history.CompletionOf(history.operations[i]).outcome == Outcome::kUnknown) unknown.push_back(i);
  }
  for (const ReadFindings& read : history.reads) {
    if (read.end == kNever) continue;
    for (const OperationIndex index : unknown) {
      if (read.Shows(index) && read.CanShow(history.operations[index])) Note(read, index);
    }
  }
  for (const ReadFindings& read : history.reads) {
    for (const WriterRow& row : read.writers) {
      const auto shown = shown_.find(row.operation);
      const bool tells = shown != shown_.end() && shown->second.read == &read && shown->second.incarnation == 0;
      if (tells) shown->second.incarnation = row.incarnation;
    }
  }
}

void KnownWrites::Note(const ReadFindings& read, OperationIndex operation) {
  Shown& shown = shown_[operation];
  if (shown.read == nullptr || read.end < shown.read->end) shown.read = &read;
}

std::optional<Known> KnownWrites::Of(OperationIndex operation) const {
  const Operation& write = history_.operations[operation];
  const Completion& completion = history_.CompletionOf(write);
  if (completion.outcome == Outcome::kOk) {
    return Known{.at = write.end, .since = write.end, .incarnation = completion.incarnation};
  }
  const auto found = shown_.find(operation);
  if (found == shown_.end()) return std::nullopt;
  const Shown& shown = found->second;
  return Known{.at = shown.read->end, .since = shown.read->begin, .incarnation = shown.incarnation};
}

}  // namespace holdfast
