// ContainerProcesses: those of the database's container, found on its node by their cgroup, which bears the container's
// id with every runtime. Through the node's shell, so that it works in a container that has no shell of its own.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "harness/fault.h"

namespace holdfast {

class ContainerProcesses {
 public:
  // `undo` as of `Undo`.
  static Result<ContainerProcesses> From(const nlohmann::json& undo);
  ContainerProcesses(std::string node, const std::string& container_id);

  static std::optional<std::string> Missing(Provider& provider);

  // What a heal needs to find them again.
  nlohmann::json Undo() const { return {{"node", node_}, {"container", id_}}; }
  const std::string& node() const { return node_; }
  const std::string& id() const { return id_; }

  // "TERM", "STOP", "CONT". How many processes got it: none, if the container has ended.
  Result<int> SignalAll(World& world, const std::string& signal) const;
  Result<int> SignalFirst(World& world, const std::string& signal) const;
  Result<int> CountStopped(World& world) const;

  // Runs in the node's shell, with $pid a process of the container (empty if it has ended), $cgroup its folder of
  // cgroup v2 and $root the container's file system. Demands that it ends with exit status 0.
  Result<std::string> Run(World& world, const std::string& script, Duration limit = std::chrono::seconds(60)) const;

 private:
  Result<int> Count(World& world, const std::string& script) const;

  std::string node_;
  std::string id_;
};

// For scripts of faults that have no container: runs on the node and demands that it ends with exit status 0.
Result<std::string> RunOnNode(World& world, const std::string& node, const std::string& script,
                              Duration limit = std::chrono::seconds(60));

}  // namespace holdfast
