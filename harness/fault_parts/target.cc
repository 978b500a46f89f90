#include "harness/fault_parts/target.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>

#include <algorithm>
#include <vector>

namespace holdfast {
namespace {

nlohmann::json ReadyCondition(const nlohmann::json& node) {
  for (const auto& condition : node.value("/status/conditions"_json_pointer, nlohmann::json::array())) {
    if (condition.value("type", "") == "Ready") return condition;
  }
  return nlohmann::json{{"status", "Unknown"}, {"reason", "NoReadyCondition"}};
}

}  // namespace

Result<Placement> LocateDatabase(World& world) {
  ASSIGN_OR_RETURN(Placement placement, world.workload.Locate(world.kube, world.space));
  if (placement.pod.empty() || placement.node.empty()) {
    return Unavailable(fmt::format("the database in namespace {} is on no node{}{}", world.space,
                                   placement.trouble.empty() ? "" : ": ", placement.trouble));
  }
  return placement;
}

Result<Placement> LocateContainer(World& world, const std::string& purpose) {
  ASSIGN_OR_RETURN(Placement placement, LocateDatabase(world));
  if (placement.container_id.empty()) {
    return Unavailable(fmt::format("pod {} runs no container to {}: {}", placement.pod, purpose, placement.trouble));
  }
  return placement;
}

Result<Bite> LookForEndOf(const World& world, const std::string& pod, const std::string& uid) {
  const auto object = world.kube.Get("pod", pod, world.space);
  if (!object) {
    if (!IsNotFound(object.error())) return tl::unexpected<Error>(object.error());
    return Bite{.bitten = true, .evidence = fmt::format("pod {} is gone", pod)};
  }
  using Pointer = nlohmann::json::json_pointer;
  const auto text = [&object](const char* path) { return object->value(Pointer(path), std::string()); };
  if (const std::string now = text("/metadata/uid"); now != uid) {
    return Bite{.bitten = true, .evidence = fmt::format("pod {} is another one: uid {}, was {}", pod, now, uid)};
  }
  if (const std::string since = text("/metadata/deletionTimestamp"); !since.empty()) {
    return Bite{.bitten = true, .evidence = fmt::format("pod {} is being deleted (deletionTimestamp {})", pod, since)};
  }
  const std::string phase = text("/status/phase"), reason = text("/status/reason");
  if (phase == "Failed") return Bite{.bitten = true, .evidence = fmt::format("pod {} failed: {}", pod, reason)};
  return Bite{.bitten = false, .evidence = fmt::format("pod {} is there, {}, nobody deletes it", pod, phase)};
}

std::string BareId(const std::string& container_id) {
  const std::size_t scheme = container_id.find("://");
  return scheme == std::string::npos ? container_id : container_id.substr(scheme + 3);
}

nlohmann::json EndOfContainer(const nlohmann::json& pod, const std::string& container_id) {
  const auto statuses = pod.value("/status/containerStatuses"_json_pointer, nlohmann::json::array());
  for (const auto& status : statuses) {
    for (const char* state : {"state", "lastState"}) {
      const auto end = status.value(state, nlohmann::json::object()).value("terminated", nlohmann::json());
      if (end.is_object() && BareId(end.value("containerID", "")) == BareId(container_id)) return end;
    }
  }
  return nullptr;
}

Result<ContainerEnd> LookForEndOfContainer(const World& world, const std::string& pod,
                                           const std::string& container_id) {
  const auto object = world.kube.Get("pod", pod, world.space);
  if (!object) {
    if (!IsNotFound(object.error())) return tl::unexpected<Error>(object.error());
    return ContainerEnd{.state = nullptr,
                        .evidence = fmt::format("pod {} is gone, and with it how its container ended", pod)};
  }
  const std::string container = fmt::format("container {} of pod {}", BareId(container_id), pod);
  const nlohmann::json end = EndOfContainer(*object, container_id);
  if (end.is_null()) return ContainerEnd{.state = nullptr, .evidence = container + " has not ended"};
  return ContainerEnd{.state = end,
                      .evidence = fmt::format("{} ended with exit code {} ({})", container, end.value("exitCode", -1),
                                              end.value("reason", "no reason given"))};
}

Result<Bite> LookForKillOf(const World& world, const std::string& pod, const std::string& container_id) {
  constexpr int kEndedByKill = 128 + SIGKILL;
  ASSIGN_OR_RETURN(const ContainerEnd end, LookForEndOfContainer(world, pod, container_id));
  if (end.state.is_null()) return Bite{.bitten = false, .evidence = end.evidence};
  return Bite{.bitten = end.state.value("exitCode", -1) == kEndedByKill,
              .evidence = fmt::format("{}, {} is SIGKILL", end.evidence, kEndedByKill)};
}

Result<std::string> FindVolume(const World& world, const nlohmann::json& pod) {
  for (const auto& volume : pod.value("/spec/volumes"_json_pointer, nlohmann::json::array())) {
    const std::string claim = volume.value("/persistentVolumeClaim/claimName"_json_pointer, std::string());
    if (claim.empty()) continue;
    ASSIGN_OR_RETURN(const nlohmann::json object, world.kube.Get("persistentvolumeclaim", claim, world.space));
    return object.value("/spec/volumeName"_json_pointer, std::string());
  }
  return Unavailable("the database has no volume of its own");
}

bool IsReady(const nlohmann::json& node) { return ReadyCondition(node).value("status", "") == "True"; }

std::string DescribeReadiness(const nlohmann::json& node) {
  const nlohmann::json ready = ReadyCondition(node);
  return fmt::format("Ready is {} ({})", ready.value("status", "absent"), ready.value("reason", ""));
}

std::string BootOf(const nlohmann::json& node) {
  return node.value("/metadata/uid"_json_pointer, std::string()) + "/" +
         node.value("/status/nodeInfo/bootID"_json_pointer, std::string());
}

Result<std::string> TextOf(const nlohmann::json& undo, const std::string& key) {
  if (undo.is_object() && undo.contains(key) && undo[key].is_string()) return undo[key].get<std::string>();
  return Unavailable(fmt::format("the undo record {} has no text \"{}\"", undo.dump(), key));
}

Result<std::vector<std::string>> TextsOf(const nlohmann::json& undo, const std::string& key) {
  const nlohmann::json entries = undo.is_object() && undo.contains(key) ? undo[key] : nlohmann::json();
  const bool all =
      std::all_of(entries.begin(), entries.end(), [](const nlohmann::json& one) { return one.is_string(); });
  if (entries.is_array() && all) return entries.get<std::vector<std::string>>();
  return Unavailable(fmt::format("the undo record {} has no \"{}\" that is a list of texts", undo.dump(), key));
}

Result<double> NumberOf(const nlohmann::json& undo, const std::string& key) {
  if (undo.is_object() && undo.contains(key) && undo[key].is_number()) return undo[key].get<double>();
  return Unavailable(fmt::format("the undo record {} has no number \"{}\"", undo.dump(), key));
}

std::string NamesIn(const nlohmann::json& undo, const std::string& key) {
  const nlohmann::json value = undo.is_object() ? undo.value(key, nlohmann::json()) : nlohmann::json();
  std::vector<std::string> names;
  if (value.is_string()) names.push_back(value.get<std::string>());
  if (value.is_object() || value.is_array()) {
    for (const auto& [name, entry] : value.items()) {
      if (value.is_object()) names.push_back(name);
      if (value.is_array() && entry.is_string()) names.push_back(entry.get<std::string>());
    }
  }
  return names.empty() ? "?" : fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace holdfast
