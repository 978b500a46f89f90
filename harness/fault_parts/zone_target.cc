#include "harness/fault_parts/zone_target.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/fault_parts/target.h"

namespace holdfast {
namespace {

constexpr char kZone[] = "topology.kubernetes.io/zone";

// One without a zone may be in any, also in that which is struck.
Result<std::map<std::string, std::string>> ZonesOfNodes(World& world) {
  std::map<std::string, std::string> zones;
  for (const std::string& name : world.provider.Nodes()) {
    ASSIGN_OR_RETURN(const nlohmann::json node, world.kube.Get("node", name));
    const auto labels = node.value("/metadata/labels"_json_pointer, nlohmann::json::object());
    zones[name] = labels.value(kZone, "");
    if (zones[name].empty()) {
      return Unavailable(fmt::format("node {} has no label {}, so nobody knows what is in which zone", name, kZone));
    }
  }
  return zones;
}

}  // namespace

ZoneTarget::ZoneTarget(Options& options)
    : node_(options, "zone_of"), most_nodes_(options.Integer("nodes", 1, 1, kAllNodes)) {}

Result<std::vector<std::string>> ZoneTarget::Choose(World& world) const {
  ASSIGN_OR_RETURN(const Placement database, LocateDatabase(world));
  ASSIGN_OR_RETURN(const std::vector<std::string> candidates, node_.Candidates(world));
  ASSIGN_OR_RETURN(auto zones, ZonesOfNodes(world));
  const auto found = std::find_if(candidates.begin(), candidates.end(), [&](const std::string& node) {
    return node == database.node || zones[node] != zones[database.node];
  });
  if (found == candidates.end()) {
    return Unavailable(fmt::format("there is no {} outside of {}", node_.role(), zones[database.node]));
  }
  std::vector<std::string> nodes;
  for (const auto& [node, zone] : zones) {
    if (zone == zones[*found]) nodes.push_back(node);
  }
  if (nodes.size() > static_cast<std::size_t>(most_nodes_)) {
    return Unavailable(fmt::format("{} has {} nodes, and the scenario counts on {}; say `nodes: {}` in the suite",
                                   zones[*found], nodes.size(), most_nodes_, nodes.size()));
  }
  return nodes;
}

}  // namespace holdfast
