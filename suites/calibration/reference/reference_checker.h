// The reference: what DESIGN, zero data loss, says, as loops over everything there is. Nothing is sorted, indexed or
// remembered, so that it can be read against the definitions below; it is slow and for small histories only. The fast
// checker (harness/checkers/no_lost_writes.cc) must say the same of every history.
//
// Words. Times compare strictly: of two things at the same time either may have been first.
//
//   acknowledged  a write that ended ok
//   whole         a read that ended without an error
//   shown         by a read, whole or not: it holds a row of the write, which had begun when the read ended; of several
//                 rows in one read the first shows it, the others are duplicates
//   known         acknowledged; or of unknown outcome, or without an end, and shown by a read that ended: of several
//   the
//                 one that ended first. It is known at the acknowledgement, or at the end of that read, and was written
//                 by the incarnation that acknowledged it or, of the first of its rows in that read that names one, by
//                 that (0 says nothing)
//   missing       from a whole read: known before the read began, and not shown by it
//   the fault     the time of the first mark `injecting`
//   the final     of the whole reads that are marked final and began after the fault, the last
//   the witness   the final; without one, the last whole read
//   the bite      the first mark `bitten` since the fault; without one, the fault
//   a takeover    the first acknowledgement of an incarnation, at the fault or later, if before it an earlier
//                 incarnation had acknowledged and until then no later one (0 is none of them)
//   an outage     ends with a takeover; or never, if a write that began after the last acknowledgement ended otherwise;
//                 or with the bite, if there is neither
//   its last      acknowledgement: before the takeover, of all, or until the bite
//   forgiven      by async: T, a write that is missing from the witness and no hole, and for some outage was known at
//                 T before its last or later, and before its end; what a read showed, if that read began before its end
//
// Classes; a write is accused at most once of each.
//
//   hole          missing from the witness, which shows a write that certainly came later: one that began after it was
//                 known, and that the same incarnation wrote (a row or the acknowledgement says so; 0 says nothing), or
//                 that was acknowledged before the fault
//   lost          missing from the witness, no hole, not forgiven
//   corrupt       a row of it has another payload, or an incarnation other than the one that acknowledged it
//   phantom       a row of a write that had not begun when the read ended
//   duplicate     more than one row in a read
//   reordered     in a read, it stands behind a write that its client, who does one thing after the other, began after
//                 its acknowledgement or at the same time
//   stale         missing from a read other than the witness, and either shown by the witness, or out of the witness's
//                 sight (known only after that began), or forgiven although the read ended before the fault
//   two writers   acknowledged by an incarnation, begun after a later incarnation had acknowledged another
//   resurrected   it failed, and a read shows it
//
// Where this says more than DESIGN:
//
// - DESIGN's hole is "a later write of the same client present". After a recovery everybody writes on, so that each
//   lost tail would be a hole, and the suffix that `async` forgives would not exist. So later means: in the log that
//   lost the write. That is the log of its incarnation, and before the fault also that of the incarnations after it.
//   Other clients' writes count, since no log holds what began after an acknowledgement in front of it.
// - A write of unknown outcome may still be on its way when its client has gone on; where it then stands in the order
//   is nobody's fault. So only an acknowledged one can be reordered.
// - What `async` forgives, it forgives because the fault took it. A read before the fault that lacks it saw something
//   else.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>

#include "harness/judging/accusations.h"
#include "harness/verdict.h"
#include "suites/calibration/reference/plain_history.h"

namespace holdfast::reference {

struct Contract {
  std::optional<std::int64_t> async;  // nanoseconds; empty: sync
};

struct Findings {
  std::array<std::set<WriteName>, kAnomalies> accused;  // by Anomaly
  Judgement judgement = Judgement::kInconclusive;
  std::size_t acknowledged = 0;
  std::optional<std::size_t> lost;  // missing from the witness, forgiven ones and holes included; empty: no witness
  // Nanoseconds from when the oldest one of these was known to the fault or, if that is later, to when the newest one
  // was. If this is 0 though there are some: from then to the first acknowledgement of an incarnation after the one
  // that wrote it, or to the witness's begin if that is earlier or there is no such.
  std::optional<std::int64_t> rpo;
};

Findings JudgeSlowly(const PlainHistory& history, const Contract& contract);

}  // namespace holdfast::reference
