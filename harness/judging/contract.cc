#include "harness/judging/contract.h"

#include <algorithm>

#include "harness/judging/testimony.h"

namespace holdfast {

Contract::Contract(const CellHistory& history, const Incarnations& incarnations, const Bounds& bounds)
    : history_(history), allowed_(bounds.async ? bounds.async->count() : 0) {
  if (!bounds.async) return;
  const Mark* injecting = FirstMark(history, kMarkInjecting);
  if (!history.unreadable.empty()) AddUnseen();
  if (injecting == nullptr) return;
  const std::size_t unseen = outages_.size();
  for (const OperationIndex takeover : incarnations.takeovers()) {
    const Nanoseconds time = history.operations[takeover].end;
    if (time >= injecting->time) Add(LastUntil(time - 1), time - 1);
  }
  if (WasAwayAtTheEnd()) Add(LastUntil(kNever - 1), kNever);
  if (outages_.size() > unseen) return;
  const Mark* bitten = FirstMark(history, kMarkBitten, injecting->time);
  const Nanoseconds bite = bitten != nullptr ? bitten->time : injecting->time;
  Add(LastUntil(bite), bite);
}

void Contract::Add(Nanoseconds last, Nanoseconds until) {
  outages_.push_back({.oldest = last - allowed_, .last = last, .until = until});
}

Nanoseconds Contract::LastUntil(Nanoseconds time) const {
  const std::size_t after = FirstAcknowledged(history_, time + 1);
  return after == 0 ? 0 : history_.operations[history_.acknowledged[after - 1]].end;
}

// What ended and was not acknowledged; what is open says nothing.
bool Contract::WasAwayAtTheEnd() const {
  if (history_.acknowledged.empty()) return false;
  const Nanoseconds last = history_.operations[history_.acknowledged.back()].end;
  for (auto operation = history_.operations.rbegin(); operation != history_.operations.rend(); ++operation) {
    if (operation->begin <= last) return false;
    if (operation->end != kNever && !history_.IsPinned(*operation)) return true;
  }
  return false;
}

// The line may be a mark of the fault, or the acknowledgement that ended an outage.
void Contract::AddUnseen() {
  const Mark* injecting = FirstMark(history_, kMarkInjecting);
  const Mark* bitten = injecting != nullptr ? FirstMark(history_, kMarkBitten, injecting->time) : nullptr;
  Nanoseconds last = 0;
  if (injecting != nullptr) last = LastUntil(bitten != nullptr ? kNever - 1 : injecting->time);
  outages_.push_back({.oldest = last - allowed_, .last = last, .until = kNever});
}

std::optional<Nanoseconds> Contract::AgeIfForgiven(const Known& lost) const {
  const auto took = std::find_if(outages_.begin(), outages_.end(), [&](const Outage& outage) {
    return lost.at >= outage.oldest && lost.since <= outage.until;
  });
  if (took == outages_.end()) return std::nullopt;
  return std::max(Nanoseconds{0}, took->last - lost.at);
}

}  // namespace holdfast
