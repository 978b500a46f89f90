// Incarnations: which incarnations of a database acknowledged writes, and when one took over from those before it.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "harness/history.h"

namespace holdfast {

class Incarnations {
 public:
  explicit Incarnations(const CellHistory& history);

  // The first acknowledgement by any later one. 0 says nothing about who it was: it has no successor.
  std::optional<OperationIndex> SuccessorOf(std::uint64_t incarnation) const;

  // By time: the first acknowledgement of each incarnation that found an earlier one to have acknowledged, and no later
  // one.
  const std::vector<OperationIndex>& takeovers() const { return takeovers_; }

 private:
  std::map<std::uint64_t, OperationIndex> first_since_;  // incarnation → the first acknowledgement by it or a later one
  std::vector<OperationIndex> takeovers_;
};

}  // namespace holdfast
