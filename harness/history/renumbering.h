// Renumbering: puts the operations of a history, and all that refers to them, into the order of time. A recorder writes
// them in that order; a file that a crash or an editor left in another one is put right here. And counts the
// incarnations of the database, whose own numbers only rise (they may be times).
#pragma once

#include "harness/history.h"

namespace holdfast {

// CellHistory::operations by begin, CellHistory::acknowledged by end.
void SortByTime(CellHistory& history);

// Those that the history tells of become 1, 2, 3 … in the order of their numbers; 0, nobody knows which, stays.
void CountIncarnations(CellHistory& history);

}  // namespace holdfast
