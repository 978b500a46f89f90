// Judge: rig, plan, history and timeline in, verdicts out. Pure: `holdfast judge RUN` repeats it from the files.
//
// A cell passes only if every checker passed and the experiment was one: enough acknowledged writes before the fault
// (traffic), its effect observed (bite), the fault gone and the backend whole again (heal), everything read
// (read-back).
#pragma once

#include <map>

#include "harness/run.h"
#include "harness/timeline.h"

namespace holdfast {

// Of a soak and its strikes, `history` is the part that is theirs (excerpt.h).
//
// The timeline decides nothing: it explains where the time of an outage went (phases.h), in the evidence and the figure
// `phases` of the verdict on it, and where it can why a recovery took too long or did not come (diagnosis.h). One that
// is empty explains nothing.
CellResult JudgeCell(const Cell& cell, const CellHistory& history, const Bounds& bounds, const Timeline& timeline = {});

// From the marks: how the database came back.
std::string RecoveredBy(const CellHistory& history);

}  // namespace holdfast
