// Judge: rig, plan and history in, verdicts out. Pure: `holdfast judge RUN` repeats it from the files.
//
// A cell passes only if every checker passed and the experiment was one: enough acknowledged writes before the fault
// (traffic), its effect observed (bite), the fault gone and the backend whole again (heal), everything read
// (read-back).
#pragma once

#include <map>

#include "harness/run.h"

namespace holdfast {

CellResult JudgeCell(const Cell& cell, const CellHistory& history, const Bounds& bounds);

// From the marks: how the database came back.
std::string RecoveredBy(const CellHistory& history);

}  // namespace holdfast
