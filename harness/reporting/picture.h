// Picture: what the clients saw of a cell and what the cluster said meanwhile, thinned out to what can be drawn,
// however long the history is. Pure. It shows and decides nothing: what is judged is measured elsewhere
// (measurement.h).
//
//     away      ············██████████████···········   nobody was answered
//     late      ························██···········   answered, but later than Bounds::brown_out
//     rate      ▇▇▇▇▇▇▇▇▇▇▇▇              ▃▇▇▇▇▇▇▇▇▇▇   acknowledged per bucket
//     probes    .. . .. . .  · ·  ·       . .. . .. .   when a write began, how long it took, and what became of it
//     moments              ↑ fault        ↑ recovered   the experiment's own marks
//     events               × pod gone  × node not ready
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/history.h"
#include "harness/plan.h"
#include "harness/rig.h"
#include "harness/timeline.h"

namespace holdfast {

struct PictureLimits {
  std::size_t buckets = 240;
  std::size_t probes = 900;
  std::size_t spans = 120;  // away, and late
  std::size_t moments = 80;
  std::size_t events = 80;
};

struct Picture {
  struct Span {
    Nanoseconds begin = 0;
    Nanoseconds end = 0;
  };
  struct Probe {
    Nanoseconds begin = 0;
    Nanoseconds took = 0;  // of one without an end: until the picture's end
    Outcome outcome = Outcome::kUnknown;
    bool is_absent = false;  // acknowledged, and not in the final read
  };
  struct Moment {
    Nanoseconds time = 0;
    std::string name = {};  // one of kMark…
    std::string text = {};
  };

  Nanoseconds begin = 0;
  Nanoseconds end = 0;
  Nanoseconds origin = 0;   // of the first fault; `begin` if there was none
  bool is_excerpt = false;  // the surroundings of the outage; else all that the cell holds
  std::vector<Span> away = {};
  std::vector<Span> late = {};
  Nanoseconds bucket = 0;                        // how long each of the next counts
  std::vector<std::uint32_t> acknowledged = {};  // from `begin` on
  std::vector<Probe> probes = {};                // by begin
  std::size_t attempts = 0;                      // for which the probes stand
  std::vector<Moment> moments = {};              // by time
  std::vector<TimelineEntry> events = {};        // by time
  std::size_t left_out = 0;                      // events for which there was no room: what explains least
};

// The whole cell and, if that is much longer than the outage, the outage with what surrounds it. None of a cell in
// which no client ever tried. Writes by the client that stays with the old instance are not in it.
std::vector<Picture> PicturesOf(const CellHistory& history, const Timeline& timeline, const Bounds& bounds,
                                const PictureLimits& limits = {});

// So that a report of many cells stays one that a browser opens at once.
PictureLimits LimitsFor(std::size_t cells);

}  // namespace holdfast
