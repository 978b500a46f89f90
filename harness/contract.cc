#include "harness/contract.h"

#include <algorithm>

#include "harness/testimony.h"

namespace holdfast {

Contract::Contract(const CellHistory& history, const Bounds& bounds) {
  const Mark* injecting = FirstMark(history, kMarkInjecting);
  const Mark* bitten = injecting != nullptr ? FirstMark(history, kMarkBitten, injecting->time) : nullptr;
  if (injecting != nullptr) FindLast(history, injecting->time, bitten != nullptr ? bitten->time : injecting->time);
  if (!bounds.async) return;
  if (injecting != nullptr) {
    from_ = last_acknowledged_ - bounds.async->count();
    until_ = last_acknowledged_;
  }
  if (history.unreadable.empty()) return;
  if (injecting == nullptr) from_ = 0;
  // Also, which incarnation the fault met may stand in the line.
  until_ = bitten == nullptr ? kNever : std::max(until_, bitten->time);
}

void Contract::FindLast(const CellHistory& history, Nanoseconds injecting, Nanoseconds bitten) {
  last_acknowledged_ = injecting;
  const std::size_t before = FirstAcknowledged(history, injecting);
  std::uint64_t hurt = 0;  // the incarnation that the fault met
  for (std::size_t i = 0; i < FirstAcknowledged(history, bitten + 1); ++i) {
    const Operation& operation = history.operations[history.acknowledged[i]];
    const std::uint64_t incarnation = history.CompletionOf(operation).incarnation;
    if (i < before || i == 0) hurt = std::max(hurt, incarnation);
    if (i < before || incarnation <= hurt) last_acknowledged_ = operation.end;
  }
}

}  // namespace holdfast
