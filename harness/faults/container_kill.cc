// container-kill: SIGKILL of every process of the database's container at once, whatever it has beside the database
// (db-kill kills the database process only). The kernel survives, and with it every write that was not synced. The
// kubelet restarts the container in place; there is nothing to heal.
#include <fmt/format.h>

#include "harness/fault_parts/container_processes.h"
#include "harness/fault_parts/target.h"
#include "harness/registry.h"

namespace holdfast {

class ContainerKill : public Fault {
 public:
  explicit ContainerKill(const Context& context) : options_(context.options) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider& provider, Backend&) const override {
    return ContainerProcesses::Missing(provider);
  }

  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(target_, LocateContainer(world, "kill"));
    return ContainerProcesses(target_.node, target_.container_id).Undo();
  }

  Status Inject(World& world) override {
    const ContainerProcesses processes(target_.node, target_.container_id);
    ASSIGN_OR_RETURN(const int killed, processes.SignalAll(world, "KILL"));
    if (killed == 0) return Unavailable(fmt::format("container {} has no process on {}", processes.id(), target_.node));
    return {};
  }

  // The kubelet's account of its end, and the node's of what is left of it.
  Result<Bite> Biting(World& world) override {
    ASSIGN_OR_RETURN(Bite bite, LookForKillOf(world, target_.pod, target_.container_id));
    if (!bite.bitten) return bite;
    constexpr char kNone[] = "0";  // kill(2): looks whether there is such a process
    ASSIGN_OR_RETURN(const int left, ContainerProcesses(target_.node, target_.container_id).SignalAll(world, kNone));
    bite.bitten = left == 0;
    bite.evidence += fmt::format("; {} of its processes are left", left);
    return bite;
  }

  Status Heal(World&, const nlohmann::json&) override { return {}; }
  bool EndsByItself() const override { return true; }
  int Toll() const override { return 0; }

 private:
  Options options_;
  Placement target_;
};

HOLDFAST_REGISTER(Fault, ContainerKill, "container-kill");

}  // namespace holdfast
