// Observer: watches the cluster while a cell is played and writes what becomes of it into the timeline: the database's
// namespace (pods, events, claims, and what their containers say), and of the whole cluster nodes, volume attachments
// and leases. Each watch and each log has a thread; begins when it is made and ends, at once, when it goes. It disturbs
// nobody: what it cannot see, it says in the timeline.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "harness/exchange.h"
#include "harness/kube/kube.h"
#include "harness/timeline.h"

namespace holdfast {

// What it points to outlives the observer.
struct ObserverSetup {
  Host& host;
  Access access;
  std::string space;  // the database's namespace, which need not exist yet
  int cell = 0;
  std::function<Nanoseconds()> clock;  // the history's
  TimelineWriter& timeline;
};

class Observer {
 public:
  virtual ~Observer() = default;
};

std::unique_ptr<Observer> Observe(const ObserverSetup& setup);

}  // namespace holdfast
