#include "harness/kube/observer.h"

#include <mutex>
#include <utility>
#include <vector>

#include "harness/kube/credentials.h"
#include "harness/kube/kubeconfig.h"
#include "harness/kube/pod_logs.h"
#include "harness/kube/transitions.h"
#include "harness/kube/watch.h"

namespace holdfast {
namespace {

std::vector<WatchedResource> ResourcesFor(const std::string& space) {
  const std::string in_space = "/api/v1/namespaces/" + space + "/";
  return {{.name = kWatchedPods, .path = in_space + "pods"},
          {.name = kWatchedEvents, .path = in_space + "events"},
          {.name = kWatchedClaims, .path = in_space + "persistentvolumeclaims"},
          {.name = kWatchedNodes, .path = "/api/v1/nodes"},
          {.name = kWatchedAttachments, .path = "/apis/storage.k8s.io/v1/volumeattachments"},
          {.name = kWatchedLeases, .path = "/apis/coordination.k8s.io/v1/leases"}};
}

class Watches : public Observer {
 public:
  Watches(const ObserverSetup& setup, const Kubeconfig& config)
      : setup_(setup),
        config_(config),
        credentials_(setup.host, config, setup.access.network_namespace),
        logs_({.config = config_,
               .credentials = credentials_,
               .network_namespace = setup.access.network_namespace,
               .space = setup.space,
               .clock = setup.clock,
               .tell = [this](TimelineEntry entry) { Tell(std::move(entry)); }}) {
    for (const WatchedResource& resource : ResourcesFor(setup.space)) {
      watches_.push_back(
          std::make_unique<Watch>(Watch::Setting{.config = config_,
                                                 .credentials = credentials_,
                                                 .network_namespace = setup.access.network_namespace,
                                                 .clock = setup.clock,
                                                 .see = [this](const Sighting& sighting) { Take(sighting); }},
                                  resource));
    }
  }
  ~Watches() override {
    for (const auto& watch : watches_) watch->AskToStop();  // so that they end side by side
    watches_.clear();
    logs_.AskToStop();
  }

 private:
  void Take(const Sighting& sighting) {
    const std::lock_guard lock(mutex_);
    for (TimelineEntry& entry : transitions_.Take(sighting)) Tell(std::move(entry));
    logs_.Take(sighting);
  }
  void Tell(TimelineEntry entry) {
    entry.cell = setup_.cell;
    setup_.timeline.Add(entry);
  }

  const ObserverSetup setup_;
  const Kubeconfig config_;
  Credentials credentials_;
  std::mutex mutex_;
  Transitions transitions_;
  PodLogs logs_;
  std::vector<std::unique_ptr<Watch>> watches_;
};

}  // namespace

std::unique_ptr<Observer> Observe(const ObserverSetup& setup) {
  const Result<Kubeconfig> config = ReadKubeconfig(setup.access.kubeconfig);
  if (config) return std::make_unique<Watches>(setup, *config);
  setup.timeline.Add({.cell = setup.cell,
                      .time = setup.clock(),
                      .kind = kOfWatch,
                      .name = kWatchedEverything,
                      .what = kWhatLost,
                      .text = config.error().message});
  return std::make_unique<Observer>();
}

}  // namespace holdfast
