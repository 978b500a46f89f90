// Plan: the numbered steps of a run, drawn from rig, suite and seed by a pure function. What Play does, and nothing
// else, stands here; `holdfast plan` prints it and golden tests pin it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/rig.h"
#include "harness/suite.h"

namespace holdfast {

enum class Act {
  kCreateCluster,
  kInstallBackend,
  kDeploy,  // the database, in a namespace of its own
  kStartClients,
  kAwaitTraffic,  // least_writes acknowledged, then `delay` more: the seeded phase of the injection
  kInject,        // arm, write the undo, inject
  kAwaitBite,
  kAwaitRecovery,
  kHeal,
  kAwaitWhole,
  kStopClients,
  kReadBack,
  kRemove,
};
std::string ToString(Act act);  // "await bite of", to be followed by the step's subject

struct Step {
  int number = 0;
  int cell = 0;  // 0: of the whole run
  Act act{};
  std::string subject;  // that the act is done to, e.g. the fault's name
  Duration delay{};     // kAwaitTraffic
  Duration limit{};
};

struct Cell {
  int number = 0;  // from 1
  std::string scenario;
  int trial = 1;  // from 1
  Part fault;
  std::uint64_t seed = 0;    // of this cell; see seed.h
  std::string Name() const;  // "pod-delete" and, of its later trials, "pod-delete/2"
};

struct Plan {
  std::string suite;
  std::uint64_t seed = 0;
  std::vector<Cell> cells;
  std::vector<Step> steps;
};

// The cells stand scenario by scenario, the trials of each in order. A cell's seed and delay depend on the plan's seed,
// the scenario's name and the trial alone, so that a cell selected by itself repeats the same experiment. Of the
// registry only the fault's own limit for its heal is asked.
Plan MakePlan(const Rig& rig, const Suite& suite, std::uint64_t seed);
std::string PrintPlan(const Rig& rig, const Plan& plan);

}  // namespace holdfast
