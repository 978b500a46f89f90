// KnownWrites: of which writes it is known that they are in the database, so that a read that begins later and lacks
// them convicts it: what it acknowledged, and what a read showed although nobody knows what came of it.
#pragma once

#include <optional>
#include <unordered_map>

#include "harness/history.h"

namespace holdfast {

struct Known {
  Nanoseconds at = 0;             // its acknowledgement, or the end of the first read that shows it
  Nanoseconds since = 0;          // the earliest time that this may mean: that read's begin
  std::uint64_t incarnation = 0;  // that wrote it; 0: nobody knows
};

class KnownWrites {
 public:
  explicit KnownWrites(const CellHistory& history);

  // Nothing of one that failed, or of which nothing was heard or seen.
  std::optional<Known> Of(OperationIndex operation) const;

 private:
  void Note(const ReadFindings& read, OperationIndex operation);

  const CellHistory& history_;
  struct Shown {
    const ReadFindings* read = nullptr;
    std::uint64_t incarnation = 0;
  };
  std::unordered_map<OperationIndex, Shown> shown_;  // of unknown outcome
};

}  // namespace holdfast
