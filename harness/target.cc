#include "harness/target.h"

#include <fmt/format.h>

namespace holdfast {

Result<Placement> LocateDatabase(World& world) {
  ASSIGN_OR_RETURN(Placement placement, world.workload.Locate(world.kube, world.space));
  if (placement.pod.empty() || placement.node.empty()) {
    return Unavailable(fmt::format("the database in namespace {} is on no node{}{}", world.space,
                                   placement.trouble.empty() ? "" : ": ", placement.trouble));
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

bool IsNotFound(const Error& error) { return error.message.find("NotFound") != std::string::npos; }

Result<std::string> TextOf(const nlohmann::json& undo, const std::string& key) {
  if (undo.is_object() && undo.contains(key) && undo[key].is_string()) return undo[key].get<std::string>();
  return Unavailable(fmt::format("the undo record {} has no text \"{}\"", undo.dump(), key));
}

}  // namespace holdfast
