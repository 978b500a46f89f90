#include "harness/judging/measurement.h"

#include <algorithm>

#include "harness/judging/testimony.h"

namespace holdfast {
namespace {

// An outage that was under way at `time`, and had been for longer than a pause may be.
bool WasAwayAt(const CellHistory& history, const Bounds& bounds, Nanoseconds time) {
  const std::vector<Outage> outages =
      FindOutages(history, time, bounds.stable_for.count(), bounds.longest_pause.count());
  return std::any_of(outages.begin(), outages.end(), [&](const Outage& outage) {
    return outage.begin < time - bounds.longest_pause.count() && (!outage.resumed || *outage.resumed > time);
  });
}

// A history ends for the clients with the last thing they did. A client that still hangs in an operation when the
// player gives up has waited until then.
Nanoseconds ObservedUntil(const CellHistory& history, const std::optional<Nanoseconds>& gave_up) {
  Nanoseconds until = 0;
  for (const Operation& operation : history.operations) {
    if (history.IsPinned(operation)) continue;
    until = std::max(until, operation.end != kNever ? operation.end : operation.begin);
    if (operation.end == kNever && gave_up && operation.begin < *gave_up) until = std::max(until, *gave_up);
  }
  return until;
}

void AssignOutages(const CellHistory& history, const Bounds& bounds, Measurement& measured) {
  const Mark* recovered = FirstMark(history, kMarkRecovered, measured.fault);
  std::optional<Nanoseconds> healing = measured.gave_up;
  // When it was called recovered it had been for stable_for: what began since then is another outage, even if it began
  // before the mark could be made.
  if (!healing && recovered != nullptr) healing = recovered->time - bounds.stable_for.count();
  // A history that lost that mark: what the healing did must not be held against the fault.
  if (const Mark* healed = FirstMark(history, kMarkHealed, measured.fault); !healing && healed != nullptr) {
    healing = healed->time;
  }
  for (const Outage& outage :
       FindOutages(history, measured.until, bounds.stable_for.count(), bounds.longest_pause.count())) {
    if (outage.resumed && *outage.resumed <= measured.fault) continue;
    if (!healing || outage.begin < *healing) {
      measured.outage = outage;
    } else {
      measured.later.push_back(outage);
    }
  }
}

void MeasureOutage(Measurement& measured) {
  measured.up_since = measured.bitten;
  if (!measured.outage) return;
  const Outage& outage = *measured.outage;
  const bool mended = measured.gave_up && (!outage.resumed || *outage.resumed > *measured.gave_up);
  measured.censored = mended || !outage.over;
  const Nanoseconds end = mended ? *measured.gave_up : outage.resumed.value_or(measured.until);
  measured.up_since = end;
  measured.rto = end - measured.fault;
}

// How often clients tried in the last break, whose end is the recovery; elsewhere a database that answers slowly would
// pass for clients that seldom ask. Counted from one deadline after the break began: until then the writes that were
// under way when it did may hang, and their clients with them. A rate over less than a second would be a matter of
// luck.
void MeasureProbes(const CellHistory& history, const Bounds& bounds, Measurement& measured) {
  if (!measured.outage) return;
  const Nanoseconds begin = std::max(measured.fault, measured.outage->broke) + bounds.longest_pause.count();
  const Nanoseconds end = measured.fault + measured.rto;
  if (end - begin < 1'000'000'000) return;
  const auto probes =
      std::count_if(history.operations.begin(), history.operations.end(), [&](const Operation& operation) {
        return !history.IsPinned(operation) && operation.begin >= begin && operation.begin < end;
      });
  measured.probes_per_second = static_cast<double>(probes) / InSeconds(end - begin);
}

void MeasureUnanswered(const CellHistory& history, Measurement& measured) {
  const Nanoseconds end = measured.outage ? measured.fault + measured.rto : measured.until;
  measured.unanswered_until = measured.fault;
  for (const Operation& operation : history.operations) {
    if (history.IsPinned(operation) || history.IsAcknowledged(operation) || operation.begin >= end) continue;
    // Also one that was given up at last has waited until then.
    const Nanoseconds waited_until = std::min({operation.end, measured.until, end});
    measured.unanswered_until = std::max(measured.unanswered_until, waited_until);
  }
}

}  // namespace

std::optional<Nanoseconds> FaultTime(const CellHistory& history, const Bounds& bounds) {
  const Mark* first = FirstMark(history, kMarkInjecting);
  if (first == nullptr) return std::nullopt;
  const auto own = std::find_if(history.marks.begin(), history.marks.end(), [](const Mark& mark) {
    return mark.name == kMarkAlsoInjecting && mark.fields.count(kFieldOwn) > 0;
  });
  if (own == history.marks.end() || WasAwayAt(history, bounds, own->time)) return first->time;
  return own->time;
}

Measurement Measure(const CellHistory& history, const Bounds& bounds, Nanoseconds fault) {
  Measurement measured;
  measured.fault = fault;
  const Mark* bitten = FirstMark(history, kMarkBitten, fault);
  measured.bitten = bitten != nullptr ? bitten->time : fault;
  const Mark* gave_up = FirstMark(history, kMarkNotRecovered, fault);
  if (gave_up != nullptr) measured.gave_up = gave_up->time;
  measured.until = ObservedUntil(history, measured.gave_up);
  AssignOutages(history, bounds, measured);
  MeasureOutage(measured);
  MeasureProbes(history, bounds, measured);
  MeasureUnanswered(history, measured);
  return measured;
}

}  // namespace holdfast
