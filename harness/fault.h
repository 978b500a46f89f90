// Fault: one way to hurt, the proof that it hurt, and its undoing.
//
//     Arm ──▶ (undo is on disk) ──▶ Inject ──▶ Biting … ──▶ Heal ──▶ (undo is struck out)
//
// Heal needs nothing but the undo record: it works in a new process after the harness was killed, twice, and for a
// fault that never got as far as Inject.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "harness/backend.h"
#include "harness/judging/fidelity.h"
#include "harness/kube/kube.h"
#include "harness/provider.h"
#include "harness/workload.h"

namespace holdfast {

// What a fault may touch. Nothing is owned.
struct World {
  Host& host;
  const Kube& kube;
  Provider& provider;
  Backend& backend;
  Workload& workload;
  std::string space;  // the namespace of the database under test
};

// Of an injection that lasts no longer than its commands: a drain evicts pods, each with a grace of 30 s.
inline constexpr Duration kInjectLimit = std::chrono::minutes(2);

// More nodes than any cluster here has: what a fault takes that takes all of them.
inline constexpr int kAllNodes = 1000;

struct Bite {
  bool bitten = false;
  std::string evidence;  // what was seen, also when it has not bitten yet
};

class Fault {
 public:
  struct Context {
    Options options;
  };
  virtual ~Fault() = default;

  virtual Status Check() const = 0;
  // The facet or property that is missing ("provider k3d has no Power"), or nothing if the fault can be applied.
  virtual std::optional<std::string> Missing(Provider& provider, Backend& backend) const = 0;

  // Chooses the target (the node or pod of the database now) and returns the undo record: everything that Heal needs.
  virtual Result<nlohmann::json> Arm(World& world) = 0;
  virtual Status Inject(World& world) = 0;
  // Looks once. Observed, not assumed: from another side than the one that injected.
  virtual Result<Bite> Biting(World& world) = 0;
  virtual Status Heal(World& world, const nlohmann::json& undo) = 0;
  // Nothing of it is in force any more once Inject has returned, and what it did is left to the system to mend. Heal
  // only undoes what an injection that was broken off has left.
  virtual bool EndsByItself() const { return false; }
  // What somebody does by hand who cannot have it healed: one line that names the target, a command where there is one.
  // Empty: it leaves nothing behind. Of a damaged record as much as can be said.
  virtual std::string ByHand(const std::string& /*space*/, const nlohmann::json& /*undo*/) const { return ""; }
  // How many nodes it takes away at once, or the copies of the data on them; 0 if it takes a process or a pod alone. A
  // suite's budget is counted in these.
  virtual int Toll() const { return 1; }
  // Programs of the control plane do not run while it is in force.
  virtual bool StopsControlPlane() const { return false; }
  virtual MemoryLoss Loses() const { return MemoryLoss::kNone; }
  // How long the injection may take, else the experiment is none: with what the suite has it last, if it is watched
  // that long.
  virtual Duration InjectLimit() const { return kInjectLimit; }
  // How long the heal may take, for the plan (e.g. a node that is replaced).
  virtual Duration HealLimit() const { return std::chrono::minutes(3); }
};

}  // namespace holdfast
