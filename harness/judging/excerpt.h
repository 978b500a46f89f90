// Excerpt: of the one history of a soak's database, the part that one strike is judged by. Pure.
//
//     database   ──||||──R1──||||──inject──      ──||||──heal──whole──||||──R2──||||──
//     strike 2             └ begun                                  ended ┘
//     excerpt    ──||||──R1──||||──inject──      ──||||──heal──whole──||||──R2
//
// It reaches from the first write to the last complete read after the heal, R2, which is the final read of the strike:
// a write that had not ended when that began is open, one that had not begun is not in it. Of the reads before, only
// the final one of the strike before, R1, is in it.
//
// What R1 already showed is told of the strike before and no more of this one: writes that were missing there and still
// are, and rows that were damaged, repeated, out of order or nobody's. So each loss is that of the strike that did it.
#pragma once

#include <map>
#include <optional>

#include "harness/history.h"
#include "harness/plan.h"
#include "harness/rig.h"

namespace holdfast {

// What a cell is judged by, of the histories of all cells: for an ordinary one its own. For a strike the excerpt, with
// its own marks. For a soak all of it, with the marks of its strikes that say what was done; by an asynchronous
// contract without the writes that the read of the last strike told missing, since it forgives them at each fault.
class Evidence {
 public:
  // `histories` outlives it.
  Evidence(const Cell& cell, const Plan& plan, const std::map<int, CellHistory>& histories, const Bounds& bounds);
  Evidence(const Evidence&) = delete;
  Evidence& operator=(const Evidence&) = delete;

  const CellHistory& history() const { return made_ ? *made_ : own_; }

 private:
  const CellHistory& own_;
  std::optional<CellHistory> made_;  // of an ordinary cell none: it may fill half of the memory
};

}  // namespace holdfast
