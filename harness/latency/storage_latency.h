// StorageLatency: what fio measured on a volume of the backend, against the same jobs on node-local storage of the same
// node in the same minutes. The headline is a ratio: an absolute figure says as much about the machine as about the
// storage. Pure: the cell's marks (kMarkFio) in, a verdict out.
//
// The verdict bears the figure "storage_latency". Latencies are in microseconds, of what `measured` names; each is the
// median over the repetitions with the least and the most of them; p99_9_us is null where a repetition had fewer than
// 1000 operations, so that none was beyond it. With fewer than 100 (kLeastForP99) the p99 is the maximum. A ratio is
// that of volume to local, pair by pair (ratio.h); null with fewer than two pairs.
//
//     {"method": "geometric mean of the ratios of paired, interleaved repetitions; Student's t-interval of their
//                 logarithms", "confidence": 0.95,
//      "jobs": [{"job": "journal", "measured": "fdatasync after 8 KiB", "repetitions": 5,
//                "volume": {"operations": {"median": 1550, "least": 1450, "most": 1650},
//                           "iops": {"median": 310, "least": 290, "most": 330}, "p50_us": {…}, "p95_us": {…},
//                           "p99_us": {…}, "p99_9_us": {…}, "max_us": {…}},
//                "local": {…},
//                "p99_vs_local": {"estimate": 4.2, "low": 3.1, "high": 5.7}}, …]}
//
// Every reading that the cell's settings ask for must be there: a measurement that was cut off is none. The rig's
// journal_p99_vs_local is held against the interval of the journal's p99_vs_local: within the bound is a pass, beyond
// it a fail; a bound that lies in the interval, or that is held against a maximum, is not decided.
//
// A latency without a durability verdict is worth little: storage that acknowledges before it stores is fast. So every
// verdict on latency also bears "qualified": false where in the same run, on the same rig, a no-lost-writes failed, or
// none passed that could have seen the loss of what was acknowledged and not stored.
#pragma once

#include <optional>
#include <string>

#include "harness/history.h"
#include "harness/rig.h"
#include "harness/run.h"

namespace holdfast {

inline constexpr char kStorageLatency[] = "storage-latency";  // the verdict's
inline constexpr char kStorageFigure[] = "storage_latency";
inline constexpr char kQualified[] = "qualified";

inline constexpr double kLeastForP99 = 100;  // operations in each repetition: with fewer there is none beyond it

// `cell` has `fio`.
Verdict JudgeStorageLatency(const Cell& cell, const CellHistory& history, const Bounds& bounds);

// Why latencies of this run are unqualified, in the words of every report: "no experiment that lost power stands behind
// it"; nothing if they are qualified.
std::optional<std::string> WhyUnqualified(const Run& run);
// Adds "qualified" to every verdict on latency, and of one that is not says so in front of the summary. Idempotent.
void MarkQualified(Run& run);

}  // namespace holdfast
