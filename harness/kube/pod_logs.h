// PodLogs: the logs of all containers of a namespace's pods. Each is followed from when its container is first seen to
// run until it has ended, another takes its place or its pod is gone.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/kube/container_log.h"
#include "harness/kube/watch.h"
#include "harness/timeline.h"

namespace holdfast {

class PodLogs {
 public:
  // What it points to outlives it. `tell` is called from any thread, also during Take; entries are without their cell.
  struct Setting {
    const Kubeconfig& config;
    Credentials& credentials;
    std::string network_namespace;
    std::string space;
    std::function<Nanoseconds()> clock;
    std::function<void(TimelineEntry)> tell;
    WatchPatience patience = {};
  };
  explicit PodLogs(Setting setting) : setting_(std::move(setting)) {}

  // Of pods; waits for nobody. Not from two threads at once.
  void Take(const Sighting& sighting);
  void AskToStop();

 private:
  struct Followed {
    std::string container_id;
    std::unique_ptr<ContainerLog> log;
  };

  void TakeList(const nlohmann::json& pods);
  void TakePod(const nlohmann::json& pod);
  void Follow(const TimelineEntry& about, const std::string& container, const std::string& container_id);
  void Forget(const std::string& uid);
  void End(Followed& followed);

  const Setting setting_;
  std::map<std::string, std::map<std::string, Followed>> followed_;  // by the pod's uid and the container's name
  std::vector<std::unique_ptr<ContainerLog>> ending_;                // asked to; nobody waits for them before the end
};

}  // namespace holdfast
