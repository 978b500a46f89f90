// Survivors: what a read shows that certainly was written after a lost write, which is then no end of a log that was
// cut off but a hole in it.
#pragma once

#include <map>
#include <optional>

#include "harness/history.h"
#include "harness/judging/known_writes.h"

namespace holdfast {

class Survivors {
 public:
  Survivors(const CellHistory& history, const ReadFindings& read);

  // One that began when the lost write was known to be there: of the same incarnation, or acknowledged before the
  // fault.
  std::optional<OperationIndex> LaterThan(const Known& lost) const;

 private:
  void Keep(std::uint64_t incarnation, OperationIndex operation);

  const CellHistory& history_;
  std::map<std::uint64_t, OperationIndex> latest_;  // incarnation → the one of its survivors that began last
  std::optional<OperationIndex> before_fault_;      // that began last of those acknowledged before the fault
};

}  // namespace holdfast
