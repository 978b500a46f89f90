// db-hang: every process of the database's container stops (SIGSTOP) and keeps what it has: connections, the volume,
// its memory. Only a probe of its liveness can tell, and the kubelet then kills it. Healed by SIGCONT for those that
// are still there.
#include <fmt/format.h>

#include "harness/fault_parts/container_processes.h"
#include "harness/fault_parts/target.h"
#include "harness/registry.h"

namespace holdfast {

class DbHang : public Fault {
 public:
  explicit DbHang(const Context& context) : options_(context.options) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider& provider, Backend&) const override {
    return ContainerProcesses::Missing(provider);
  }

  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(target_, LocateContainer(world, "stop"));
    return ContainerProcesses(target_.node, target_.container_id).Undo();
  }

  Status Inject(World& world) override {
    const ContainerProcesses processes(target_.node, target_.container_id);
    ASSIGN_OR_RETURN(const int stopped, processes.SignalAll(world, "STOP"));
    if (stopped == 0)
      return Unavailable(fmt::format("container {} has no process on {}", processes.id(), target_.node));
    return {};
  }

  // The node's kernel says that they stand still, and the kubelet that nobody answers in them. Once it has killed them
  // only the second is left to see.
  Result<Bite> Biting(World& world) override {
    const ContainerProcesses processes(target_.node, target_.container_id);
    ASSIGN_OR_RETURN(const int stopped, processes.CountStopped(world));
    ASSIGN_OR_RETURN(const Placement now, world.workload.Locate(world.kube, world.space));
    const bool same = BareId(now.container_id) == processes.id();
    const std::string seen = fmt::format("{} processes of container {} are stopped", stopped, processes.id());
    if (same) {
      return Bite{.bitten = stopped > 0 && !now.ready,
                  .evidence = fmt::format("{}, pod {} is {}ready", seen, now.pod, now.ready ? "" : "not ")};
    }
    const auto pod = world.kube.Get("pod", target_.pod, world.space);
    const bool killed = pod && !EndOfContainer(*pod, target_.container_id).is_null();
    return Bite{.bitten = stopped > 0 || killed,
                .evidence = fmt::format("{}, {}", seen, killed ? "the kubelet has ended it" : "there is another one")};
  }

  Status Heal(World& world, const nlohmann::json& undo) override {
    ASSIGN_OR_RETURN(const ContainerProcesses processes, ContainerProcesses::From(undo));
    RETURN_IF_ERROR(processes.SignalAll(world, "CONT"));
    return {};
  }
  std::string ByHand(const std::string&, const nlohmann::json& undo) const override {
    return fmt::format("holdfast cluster shell {} \"kill -CONT \\$(grep -l {} /proc/[0-9]*/cgroup | cut -d/ -f3)\"",
                       NamesIn(undo, "node"), NamesIn(undo, "container"));
  }
  int Toll() const override { return 0; }

 private:
  Options options_;
  Placement target_;
};

HOLDFAST_REGISTER(Fault, DbHang, "db-hang");

}  // namespace holdfast
