// What several faults ask about their target: where the database is, whether a pod has come to its end, and what an
// undo record says.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/fault.h"

namespace holdfast {

// Demands that the database is on a node: there is nothing to hurt otherwise.
Result<Placement> LocateDatabase(World& world);

// The same, and that it runs in a container there; `purpose` is for the error, as in "no container to kill".
Result<Placement> LocateContainer(World& world, const std::string& purpose);

// Bitten when the pod of that name and uid is gone, is being deleted, or was evicted.
Result<Bite> LookForEndOf(const World& world, const std::string& pod, const std::string& uid);

// "containerd://4f2a…" and "4f2a…" name the same container.
std::string BareId(const std::string& container_id);
// How that container ended, as the kubelet tells it: a `terminated` state of the pod's status, or null.
nlohmann::json EndOfContainer(const nlohmann::json& pod, const std::string& container_id);

struct ContainerEnd {
  nlohmann::json state;  // as of EndOfContainer; null, too, if the pod is gone and nobody can tell any more
  std::string evidence;  // "container 4f2a… of pod db-1 ended with exit code 0 (Completed)"
};
Result<ContainerEnd> LookForEndOfContainer(const World& world, const std::string& pod, const std::string& container_id);

// Bitten when that container was ended by SIGKILL.
Result<Bite> LookForKillOf(const World& world, const std::string& pod, const std::string& container_id);

// The PersistentVolume of the first claim that the pod mounts.
Result<std::string> FindVolume(const World& world, const nlohmann::json& pod);

// Of a Node object: what the cluster believes of the machine, not what the provider did to it.
bool IsReady(const nlohmann::json& node);
std::string DescribeReadiness(const nlohmann::json& node);  // "Ready is Unknown (NodeStatusUnknown)"
// Another one after each boot. Kernels differ in the boot id; where nodes share a kernel (containers) a fresh machine
// still has another Node object.
std::string BootOf(const nlohmann::json& node);

// What an undo record says, which comes from a file that may be damaged or of another version.
Result<std::string> TextOf(const nlohmann::json& undo, const std::string& key);
Result<std::vector<std::string>> TextsOf(const nlohmann::json& undo, const std::string& key);
Result<double> NumberOf(const nlohmann::json& undo, const std::string& key);
// The same for a line that somebody reads, "?" if there is none. A list, and the names in an object, with commas.
std::string NamesIn(const nlohmann::json& undo, const std::string& key);

}  // namespace holdfast
