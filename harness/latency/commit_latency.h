// CommitLatency: how long a commit takes as whoever asked for it feels it, from a cell's own acknowledgements. Pure.
//
// The clients of such a cell do not wait for each other: each has a write that is due every so often, whatever became
// of those before (kMarkArrivals). The latency of a write is counted from when it was *due*, so that a database that
// stands still for a second makes all writes late that were due in that second, and not only the one that was sent:
// else the client that waits would spare it the measuring (coordinated omission). One not acknowledged within its
// deadline took longer than that: "unanswered"; never sent, or with no acknowledgement of any after it, for ever. A
// write belongs to the condition in which it was due; kMarkHolding (latency_plan.h) cuts out the player's own doings:
//
//     healthy      before the fault, held still, once all clients have written for kSettling
//     striking     from the fault until the player saw the recovery
//     hurt         held still while it lasts: a replica is missing, a snapshot is there (condition_words.h)
//     rebuilding   from when the heal began its work until the backend was whole, if anything is rebuilt
//
// The verdict bears the figure "commit_latency". Times are in milliseconds; one that is null was never or unanswered if
// a member beside it says so ("p99_never", "p99_unanswered", of each), or could not be told from so few writes:
//
//     {"arrivals_per_s": 40, "clients": 16, "fault": "disk-loss", "deadline_ms": 1000, "method": "…",
//      "confidence": 0.95, "kept_up": true,
//      "conditions": [{"condition": "healthy", "writes": 800, "unacknowledged": 0, "never_sent": 0, "kept_up": true,
//                      "p50_ms": 8.1, "p50_never": false, "p50_unanswered": false, …, "p99_ms": 19.9, …,
//                      "p99_low_ms": 15.0, "p99_high_ms": 31.2, "p99_9_ms": null, …, "max_ms": 40.1, …}, …]}
//
// "writes" were due; "unacknowledged" are part of them, "never_sent" part of those. "kept_up" is false where half of
// the writes took longer than their client had until its next: then the times are those of a queue that grows. For the
// whole it is that of the healthy ones: false says that the rate is too much.
//
// p99_low_ms and p99_high_ms are the interval of the p99 over four blocks of writes (QuantileInterval in ratio.h),
// since a commit is about as slow as those just before it; null if the blocks were shorter than 5 s or 100 writes. It
// is widened until in simulations it held the truth in 95 % of runs over 40 s where so many are asked for (ratio.cc).
// The rig's commit_p99 is held against the p99 while healthy: within it is a pass, beyond it a fail; a bound that lies
// in the interval, or for which there is none, is not decided.
#pragma once

#include "harness/history.h"
#include "harness/rig.h"
#include "harness/verdict.h"

namespace holdfast {

struct CommitSettings {
  Duration hold = std::chrono::seconds(20);  // so much longer than else in the conditions healthy and hurt
  int rate = 40;                             // writes a second that become due, all clients together
};

inline constexpr char kCommitLatency[] = "commit-latency";  // the verdict's
inline constexpr char kCommitFigure[] = "commit_latency";
inline constexpr Duration kSettling = std::chrono::seconds(2);

Verdict JudgeCommits(const CellHistory& history, const Bounds& bounds);

}  // namespace holdfast
