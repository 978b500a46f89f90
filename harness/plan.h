// Plan: the numbered steps of a run, drawn from rig, suite and seed by a pure function. What Play does, and nothing
// else, stands here; `holdfast plan` prints it and golden tests pin it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/judging/fidelity.h"
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
  kHold,  // for `delay` nothing is done: the faults stay, or the soak pauses
  kAwaitRecovery,
  kHeal,
  kAwaitWhole,
  kStopClients,
  kReadBack,
  kMeasure,  // one reading of fio
  kRemove,
};
std::string ToString(Act act);  // "await bite of", to be followed by the step's subject

struct Step {
  int number = 0;
  int cell = 0;  // 0: of the whole run
  Act act{};
  std::string subject;      // that the act is done to, e.g. the fault's name
  int injection = 0;        // kInject, kAwaitBite, kHeal: which of the cell's
  FioReading reading = {};  // kMeasure
  Duration delay{};         // kAwaitTraffic, kInject, kHold
  Duration limit{};
};

// What a cell is held against: within the suite's budget the database must come back by itself, beyond it only what it
// says and keeps counts.
enum class Demands { kRecovery, kSafety };

inline std::string ToString(Demands demands) { return demands == Demands::kSafety ? "safety" : "recovery"; }

// A soak is one database (kSoak) and the strikes on it (kStrike), each a cell with marks and a verdict of its own; what
// its clients and reads see is recorded in the soak's cell. An ordinary scenario (kScenario) is a database and the one
// strike on it in a single cell. kLeftOut: of a soak, what the rig lacks something for; it has no steps. kLatency: a
// pod that measures storage (bench.h); no database, no fault.
enum class Role { kScenario, kSoak, kStrike, kLeftOut, kLatency };
std::string ToString(Role role);

struct Cell {
  int number = 0;  // from 1; a plan of selected cells has gaps
  Role role = Role::kScenario;
  int strike = 0;            // kStrike: its place in the schedule, from 1
  std::string missing = {};  // kLeftOut: what the rig lacks
  std::string scenario = {};
  int trial = 1;  // from 1
  Part fault = {};
  std::vector<Injection> injections = {};      // `fault` and its companions, in order
  std::optional<FioSettings> fio = {};         // kLatency
  std::optional<CommitSettings> commits = {};  // kScenario: the latency of commits is measured, too
  Demands demands = Demands::kRecovery;
  MemoryLoss memory_loss = MemoryLoss::kNone;
  std::uint64_t seed = 0;    // of this cell; see seed.h
  std::string Name() const;  // "pod-delete" and, of its later trials, "pod-delete/2"
};

struct Plan {
  std::string suite;
  std::uint64_t seed = 0;
  std::vector<Cell> cells;
  std::vector<Step> steps;
  std::optional<Duration> lasts = {};  // of a soak: no strike begins so long after the first one

  const Cell& CellNumbered(int number) const;  // CHECKed
  // The cell with the database of this one: its own but for a strike (CHECKed).
  const Cell& Database(const Cell& cell) const;
  // The numbers of the cells that have a database, or a bench, of their own, each of which is played by itself.
  std::vector<int> Databases() const;
};

// The cells stand scenario by scenario, the trials of each in order. A cell's seed and delay depend on the plan's seed,
// the scenario's name and the trial alone, so that a cell selected by itself repeats the same experiment. A soak's cell
// comes first and its strikes follow, as many as its time may hold: Play ends where it is over. Of the
// registry only what a fault says of itself is asked: its limit for the heal, its toll, whether memory is lost.
Plan MakePlan(const Rig& rig, const Suite& suite, std::uint64_t seed);
std::string PrintPlan(const Rig& rig, const Plan& plan);
// The lines of PrintPlan that are this cell's, without its name.
std::vector<std::string> PrintStepsOf(const Plan& plan, const Cell& cell);

// The plan with only the cells of these numbers, which they keep; with all of them if `numbers` is empty. What is known
// of a cell that is played by itself, somewhere else perhaps, is then known of that cell of the whole plan.
Result<Plan> SelectCells(Plan plan, const std::vector<int>& numbers);

}  // namespace holdfast
