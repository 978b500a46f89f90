// Measurement: the outage of one fault in figures, from the clients' side. How it is judged, and the drawing, stand in
// checkers/recovery_time.cc.
#pragma once

#include <optional>
#include <vector>

#include "harness/history.h"
#include "harness/judging/outage.h"
#include "harness/rig.h"

namespace holdfast {

struct Measurement {
  Nanoseconds fault = 0;               // see FaultTime
  Nanoseconds bitten = 0;              // or `fault` if nobody saw that
  Nanoseconds until = 0;               // attempts are known to have been made or waiting until then
  std::optional<Nanoseconds> gave_up;  // the player stopped waiting and healed
  std::optional<Outage> outage;        // the fault's
  std::vector<Outage> later;
  bool censored = false;
  Nanoseconds rto = 0;                      // at least so long if censored
  Nanoseconds up_since = 0;                 // begin of the period that must last stable_for; if not censored
  std::optional<double> probes_per_second;  // begun in the last break; empty: none, or too short for a rate
  Nanoseconds unanswered_until = 0;  // no attempt that began before was answered: proof even if probes were sparse
};

// When the outage clock starts: with the scenario's own fault, or with the first one if that had taken the database
// away already. Nothing if no fault struck.
std::optional<Nanoseconds> FaultTime(const CellHistory& history, const Bounds& bounds);

// `fault` is the time of FaultTime.
Measurement Measure(const CellHistory& history, const Bounds& bounds, Nanoseconds fault);

}  // namespace holdfast
