// ZoneTarget: which zone a fault strikes: that of the node which its option `zone_of` names:
//
//     database-node    the database's (the default)
//     replica-holder   another one, with a node that holds a copy of what the database stores
//     other            any other one
//
// In which zone a node is says its label topology.kubernetes.io/zone.
//
// How many nodes a zone has is known once the cluster is there, and what a scenario may demand is planned before. So
// the suite says how many nodes its zone takes at most (option `nodes`, default 1), and a zone of more is refused.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/fault_parts/node_target.h"

namespace holdfast {

class ZoneTarget {
 public:
  explicit ZoneTarget(Options& options);

  std::optional<std::string> Missing(Backend& backend) const { return node_.Missing(backend); }
  // For the Arm of a fault: all nodes of the zone, in the order of their names.
  Result<std::vector<std::string>> Choose(World& world) const;
  int MostNodes() const { return most_nodes_; }

 private:
  NodeTarget node_;
  int most_nodes_;
};

}  // namespace holdfast
