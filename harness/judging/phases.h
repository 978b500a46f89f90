// Phases: where the time of an outage went. The clients' side says how long it was (measurement.h), the timeline what
// the cluster did meanwhile; here the one is cut at what the other tells. Pure.
//
//     fault ─ detect ─▶ the node is not ready
//           ─ evict ─▶ the pod is to go
//           ─ reschedule ─▶ another pod has a node
//           ─ detach/attach ─▶ the volume is there
//           ─ mount ─▶ the kubelet turns to the image         (the mount, and the pod's sandbox)
//           ─ start ─▶ the container runs                     (the last time, if it fell over)
//           ─ database recovery ─▶ the pod is ready
//           ─ first write ─▶ a write is acknowledged, and the database stays up
//
// - A pod that stayed where it was has only some of these: detect (if its node was given up meanwhile, or the kubelet
//   killed its container), start, database recovery, first write. One whose container went on, too, has waited for
//   something else to come back (the storage, the network): that is one phase, `stall`.
// - A pod that somebody deleted is not detected; one whose node was neither given up nor cordoned is not evicted.
// - Where one moment was not seen, two phases are one: "detach/attach + mount". Where more in a row are missing, or one
//   is and the cluster could not be watched just then, the span is `unexplained`.
// - The phases follow each other without gaps, from the fault to the end of the outage: they add up to the RTO. If that
//   is censored, the last phase is the one that did not end.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/judging/measurement.h"
#include "harness/timeline.h"

namespace holdfast {

inline constexpr char kPhaseDetect[] = "detect";
inline constexpr char kPhaseEvict[] = "evict";
inline constexpr char kPhaseReschedule[] = "reschedule";
inline constexpr char kPhaseAttach[] = "detach/attach";
inline constexpr char kPhaseMount[] = "mount";
inline constexpr char kPhaseStart[] = "start";
inline constexpr char kPhaseRecovery[] = "database recovery";
inline constexpr char kPhaseFirstWrite[] = "first write";
inline constexpr char kPhaseStall[] = "stall";
inline constexpr char kPhaseUnexplained[] = "unexplained";

struct Phase {
  std::string name;
  Nanoseconds begin = 0;
  Nanoseconds end = 0;
  std::string until;  // what ended it, one line; of a phase that did not end, or is unexplained, why
  bool ended = true;
};

// Where the database was: the last mark `placement` of that moment, "before" or "after".
struct Place {
  std::string pod, uid, node, container, restarts;
};
std::optional<Place> PlaceOf(const CellHistory& history, std::string_view moment);

// The uid of the pod that served at the end of the outage, or was to; empty if nobody knows. By the marks, or else the
// last pod that came into being during it.
std::string ServingPod(const CellHistory& history, const Measurement& measured, const Timeline& timeline);

// Empty if there was no outage. The marks of `history` say which pod was hurt and which one served afterwards.
std::vector<Phase> SplitOutage(const CellHistory& history, const Measurement& measured, const Timeline& timeline);

// The longest one; the first of several. Not of none.
const Phase& Slowest(const std::vector<Phase>& phases);
// "detect 15.2 s, evict 1.5 s, … first write 420 ms"
std::string Describe(const std::vector<Phase>& phases);

// As a verdict's figure `phases` (verdict.h) has them, and back; what is no such figure is no phases.
nlohmann::json PhasesToJson(const std::vector<Phase>& phases);
std::vector<Phase> PhasesFromJson(const nlohmann::json& figure);

}  // namespace holdfast
