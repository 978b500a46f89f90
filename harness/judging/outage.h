// Outages, as the clients saw them: from the acknowledgements alone, whoever got them.
//
//     acknowledged    ||||||||||||          |   |||         ||||||||||||||||||||||||||||
//                                ^ begin    ^ flaps         ^ resumed
//                                └────────── one outage ────┘←── at least stable_for ──→ over
//
// A break is a pause of more than Bounds::longest_pause between two acknowledgements that follow each other, or,
// however short, the pause in which a new incarnation of the database answers for the first time: a restart is an
// outage even if it takes a tenth of a second. Breaks with less than `stable_for` of acknowledgements between them are
// one outage.
#pragma once

#include <optional>
#include <vector>

#include "harness/history.h"

namespace holdfast {

// Where a rig says nothing else, the deadline of a write: when nobody was answered for so long, each client's write ran
// out of time.
inline constexpr Nanoseconds kLongestPause = 1'000'000'000;

struct Outage {
  Nanoseconds begin = 0;  // of the last acknowledgement before it
  OperationIndex last_before = 0;
  Nanoseconds broke = 0;               // of the last acknowledgement before its last break: `begin` unless it flapped
  std::optional<Nanoseconds> resumed;  // of the first acknowledgement after its last break; empty: none came
  OperationIndex first_after = 0;      // meaningless if none came
  int flaps = 0;                       // how often acknowledgements came back and did not last
  bool over = false;                   // they went on for stable_for after `resumed`
};

// In order of time. `until` is when the last attempt is known to have waited in vain, or later than all of them.
std::vector<Outage> FindOutages(const CellHistory& history, Nanoseconds until, Nanoseconds stable_for,
                                Nanoseconds longest_pause = kLongestPause);

// The longest pause that ended after `from`, the one from the last acknowledgement to `until` included; it may have
// begun before `from`, and counts from there.
Nanoseconds LongestPause(const CellHistory& history, Nanoseconds from, Nanoseconds until);

}  // namespace holdfast
