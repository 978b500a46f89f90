// Renumbering: puts the operations of a history, and all that refers to them, into the order of time. A recorder writes
// them in that order; a file that a crash or an editor left in another one is put right here.
#pragma once

#include "harness/history.h"

namespace holdfast {

// CellHistory::operations by begin, CellHistory::acknowledged by end.
void SortByTime(CellHistory& history);

}  // namespace holdfast
