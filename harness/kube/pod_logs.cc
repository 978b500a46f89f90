#include "harness/kube/pod_logs.h"

#include <fmt/format.h>

#include <utility>

namespace holdfast {
namespace {

using nlohmann::json;

std::string TextAt(const json& object, const char* pointer) {
  const json::json_pointer place(pointer);
  if (!object.is_object() || !object.contains(place) || !object.at(place).is_string()) return "";
  return object.at(place).get<std::string>();
}

}  // namespace

void PodLogs::Take(const Sighting& sighting) {
  if (sighting.resource != kWatchedPods) return;
  switch (sighting.kind) {
    case Sighting::Kind::kList:
      for (const json& pod : sighting.object) TakePod(pod);
      return;
    case Sighting::Kind::kAdded:
    case Sighting::Kind::kModified:
      return TakePod(sighting.object);
    case Sighting::Kind::kDeleted:
      return Forget(TextAt(sighting.object, "/metadata/uid"));
    default:
      return;
  }
}

void PodLogs::TakePod(const json& pod) {
  const TimelineEntry about{.kind = kOfLog,
                            .name = TextAt(pod, "/metadata/name"),
                            .uid = TextAt(pod, "/metadata/uid"),
                            .node = TextAt(pod, "/spec/nodeName")};
  const json::json_pointer statuses("/status/containerStatuses");
  if (about.uid.empty() || !pod.contains(statuses) || !pod.at(statuses).is_array()) return;
  for (const json& status : pod.at(statuses)) {
    const std::string name = TextAt(status, "/name"), id = TextAt(status, "/containerID");
    const bool runs = status.is_object() && status.contains(json::json_pointer("/state/running"));
    if (runs && !id.empty()) Follow(about, name, id);
  }
}

void PodLogs::Follow(const TimelineEntry& about, const std::string& container, const std::string& container_id) {
  Followed& followed = followed_[about.uid][container];
  if (followed.container_id == container_id) return;
  if (followed.log != nullptr) {
    followed.log->AskToStop();
    ending_.push_back(std::move(followed.log));
  }
  const auto tell = [this, about](const char* what, std::string_view text, const std::string& server_time) {
    TimelineEntry entry = about;
    entry.time = setting_.clock();
    entry.what = what;
    entry.text = text;
    entry.server_time = server_time;
    setting_.tell(std::move(entry));
  };
  followed.container_id = container_id;
  followed.log = std::make_unique<ContainerLog>(ContainerLog::Setting{
      .config = setting_.config,
      .credentials = setting_.credentials,
      .network_namespace = setting_.network_namespace,
      .path = fmt::format("/api/v1/namespaces/{}/pods/{}/log?container={}", setting_.space, about.name, container),
      .hear = [tell](const std::string& server_time, std::string_view line) { tell(kWhatSays, line, server_time); },
      .miss = [tell](const std::string& why) { tell(kWhatNotHeard, why, ""); },
      .patience = setting_.patience});
}

void PodLogs::Forget(const std::string& uid) {
  const auto found = followed_.find(uid);
  if (found == followed_.end()) return;
  for (auto& [container, followed] : found->second) {
    followed.log->AskToStop();
    ending_.push_back(std::move(followed.log));
  }
  followed_.erase(found);
}

void PodLogs::AskToStop() {
  for (auto& [uid, containers] : followed_) {
    for (auto& [container, followed] : containers) followed.log->AskToStop();
  }
}

}  // namespace holdfast
