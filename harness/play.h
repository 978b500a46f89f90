// Play: the one stage that touches the world. It takes the plan's steps in order and writes down what happens:
//
//     history.jsonl  what clients asked and were told, and the marks of the experiment
//     undo.jsonl     how to heal, before each fault
//     logs/          what the cluster said of itself where something went wrong
//
// What goes wrong, and what becomes of the run:
//
//     the system under test does not recover, a fault does not bite     data: marks in the history, the cell goes on
//     the harness cannot do a step of a cell (a deploy, an injection)   the cell is given up: its fault is healed, its
//                                                                       clients are stopped, its database is read if it
//                                                                       was deployed and removed; the next cell follows
//     a heal fails, the user interrupts, there is no cluster            the run stops: the same, but for the read
//
// Whatever happens, the cluster is torn down at the end if this run made it and was not asked to leave it up.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "harness/clients.h"
#include "harness/fault.h"
#include "harness/plan.h"
#include "harness/undo.h"

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
  // Called once the backend is installed, before the first fault: from now on versions can be asked for.
  std::function<Status()> when_ready;
};

// A stage with the faults of the registry and with real clients.
Stage MakeStage(Host& host, Provider& provider, Backend& backend, Workload& workload, Progress& progress);

// What is done with a cluster that this run made. One that was up before is always left up.
enum class Afterwards { kTearDown, kLeaveUp };

struct Played {
  std::optional<Error> stopped;   // why the run ended before its last step
  std::vector<Undo> outstanding;  // faults that are still in the cluster, latest first
};

// `folder` is the run's, with logs/ in it.
Played Play(const Stage& stage, const Rig& rig, const Plan& plan, const std::filesystem::path& folder,
            Afterwards afterwards);

}  // namespace holdfast
