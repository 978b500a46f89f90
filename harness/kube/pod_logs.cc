#include "harness/kube/pod_logs.h"

#include <fmt/format.h>

#include <set>
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
      return TakeList(sighting.object);
    case Sighting::Kind::kAdded:
    case Sighting::Kind::kModified:
      return TakePod(sighting.object);
    case Sighting::Kind::kDeleted:
      return Forget(TextAt(sighting.object, "/metadata/uid"));
    default:
      return;
  }
}

// What went while nobody watched is not in it.
void PodLogs::TakeList(const json& pods) {
  std::set<std::string> gone;
  for (const auto& [uid, containers] : followed_) gone.insert(uid);
  for (const json& pod : pods) {
    gone.erase(TextAt(pod, "/metadata/uid"));
    TakePod(pod);
  }
  for (const std::string& uid : gone) Forget(uid);
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
    if (runs && !id.empty()) {
      Follow(about, name, id);
    } else if (const auto known = followed_.find(about.uid); !runs && known != followed_.end()) {
      if (const auto followed = known->second.find(name); followed != known->second.end()) End(followed->second);
    }
  }
}

void PodLogs::End(Followed& followed) {
  if (followed.log == nullptr) return;
  followed.log->Finish();
  ending_.push_back(std::move(followed.log));
}

void PodLogs::Follow(const TimelineEntry& about, const std::string& container, const std::string& container_id) {
  Followed& followed = followed_[about.uid][container];
  if (followed.container_id == container_id) return;
  End(followed);
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
  for (auto& [container, followed] : found->second) End(followed);
  followed_.erase(found);
}

void PodLogs::AskToStop() {
  for (auto& [uid, containers] : followed_) {
    for (auto& [container, followed] : containers) {
      if (followed.log != nullptr) followed.log->AskToStop();
    }
  }
  for (const auto& log : ending_) log->AskToStop();
}

}  // namespace holdfast
