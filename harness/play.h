// Play: the one stage that touches the world. It takes the plan's steps in order and writes down what happens:
//
//     history.jsonl  what clients asked and were told, and the marks of the experiment
//     timeline.jsonl what the cluster said of itself meanwhile
//     undo.jsonl     how to heal, before each fault
//     logs/          what the cluster said of itself where something went wrong
//
// What goes wrong, and what becomes of the run:
//
//     the system under test does not recover, a fault does not bite     data: marks in the history, the cell goes on
//     the harness cannot do a step of a cell (a deploy, an injection)   the cell is given up: its fault is healed, its
//                                                                       clients are stopped, its database is read if it
//                                                                       was deployed and removed; the next cell follows
//     in a soak: the same in a strike, or the backend is not whole      the strike is healed and no other is begun; the
//     again, or the database cannot be read                             database is read and removed
//     a heal fails, the user interrupts, there is no cluster            the run stops: the same, but for the read
//
// Whatever happens, the cluster is torn down at the end if this run made it and was not asked to leave it up.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "harness/bench.h"
#include "harness/fault.h"
#include "harness/kube/observer.h"
#include "harness/plan.h"
#include "harness/playing/clients.h"
#include "harness/playing/health_watch.h"
#include "harness/playing/undo.h"

namespace holdfast {

// What a run is played with. Nothing is owned.
struct Stage {
  Host& host;
  Provider& provider;
  Backend& backend;
  Workload& workload;
  Progress& progress;
  // nullptr if there is no fault of that name.
  std::function<std::unique_ptr<Fault>(const Part&)> make_fault;
  std::function<std::unique_ptr<Load>(const LoadSetup&)> start_load;
  std::function<std::unique_ptr<Bench>()> make_bench;  // nullptr if there is none
  // Watches the cluster for one cell; nullptr, or an empty function: nobody does.
  std::function<std::unique_ptr<Observer>(const ObserverSetup&)> observe;
  // Looks at the storage while a recovery is awaited; an empty function: nobody does, and when it was whole again is
  // known only from then on.
  std::function<std::unique_ptr<HealthWatch>(const HealthWatchSetup&)> watch_health;
  // Whether the cells of this database pass by what the history says until now; of those that do not, traces are kept
  // before the database goes. An empty function: they do.
  std::function<bool(const Cell& database)> passes;
  // Called once the backend is installed, before the first fault: from now on versions can be asked for.
  std::function<Status()> when_ready;
};

// A stage with the faults of the registry and with real clients, which nobody watches.
Stage MakeStage(Host& host, Provider& provider, Backend& backend, Workload& workload, Progress& progress);

// What is done with a cluster that this run made. One that was up before is always left up.
enum class Afterwards { kTearDown, kLeaveUp };

struct Played {
  std::optional<Error> stopped;   // why the run ended before its last step
  std::vector<Undo> outstanding;  // faults that are still in the cluster, latest first
};

// One of several clusters that a run's cells are played on side by side. Everything outlives the playing.
struct Lane {
  const Stage& stage;
  const Rig& rig;
  const Plan& plan;              // of this rig: its cells are those of the other lanes
  std::filesystem::path folder;  // for its undo.jsonl and the logs of its cluster, in logs/
};

// Each lane makes its cluster and then takes the next cell of the plan that none has taken (a soak with its strikes is
// one), until there are none, and tears its cluster down. All write into one history and one timeline, in `folder`.
// Clusters are made one after the other, as that takes all of the machine; the rest goes on side by side. The plan
// knows no durations, so its order it is.
//
// A lane that has no cluster leaves its cells to the others, and the run has stopped only if nobody played them. A lane
// that stops later has left a cell unfinished, so that the run has stopped, too; the others play what is left.
Played PlayLanes(const std::vector<Lane>& lanes, const std::filesystem::path& folder, Afterwards afterwards);

// A single lane, in its own thread. `folder` is the run's, with logs/ in it.
Played Play(const Stage& stage, const Rig& rig, const Plan& plan, const std::filesystem::path& folder,
            Afterwards afterwards);

}  // namespace holdfast
