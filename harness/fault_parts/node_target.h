// NodeTarget: on which node a fault strikes, by its option `target`:
//
//     database-node    under the database (the default)
//     replica-holder   another one that holds a copy of what the database stores
//     other            any other
//
// Faults that strike a whole zone take the same under the name `zone_of` (zone_target.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/fault.h"

namespace holdfast {

class NodeTarget {
 public:
  explicit NodeTarget(Options& options, const std::string& option = "target");

  std::optional<std::string> Missing(Backend& backend) const;
  // For the Arm of a fault. Of several nodes that would do, the first in the order of their names.
  Result<std::string> Choose(World& world) const;
  // All that would do, in that order; at least one.
  Result<std::vector<std::string>> Candidates(World& world) const;
  const std::string& role() const { return target_; }
  bool IsDatabaseNode() const;

 private:
  std::string target_;
};

}  // namespace holdfast
