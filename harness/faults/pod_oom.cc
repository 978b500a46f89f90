// pod-oom: the memory limit of the database's container falls to nothing, and the node's kernel kills what is in it.
// The limit is put back at once, the kubelet restarts the container in place, with a limit of its own; healed by the
// old limit where the container is still there.
#include <fmt/format.h>

#include "harness/fault_parts/container_processes.h"
#include "harness/fault_parts/target.h"
#include "harness/registry.h"

namespace holdfast {

class PodOom : public Fault {
 public:
  explicit PodOom(const Context& context) : options_(context.options) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider& provider, Backend&) const override {
    return ContainerProcesses::Missing(provider);
  }

  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(target_, LocateContainer(world, "starve"));
    const ContainerProcesses processes(target_.node, target_.container_id);
    ASSIGN_OR_RETURN(const std::string found, processes.Run(world, "echo \"$cgroup $(cat \"$cgroup/memory.max\")\"\n"));
    const std::size_t space = found.find(' ');
    cgroup_ = found.substr(0, space);
    limit_ = space == std::string::npos ? "" : found.substr(space + 1, found.find('\n') - space - 1);
    if (limit_.empty()) {
      return Unavailable(fmt::format("container {} has no memory limit of cgroup v2: {}", processes.id(), found));
    }
    return nlohmann::json{{"node", target_.node}, {"cgroup", cgroup_}, {"limit", limit_}};
  }

  // The write returns when nothing is left to kill. It may have no file to write to then, nor has the second.
  Status Inject(World& world) override {
    RETURN_IF_ERROR(RunOnNode(world, target_.node,
                              fmt::format("cd '{}' || exit 1\n"
                                          "timeout 20 sh -c 'echo 0 >memory.max' 2>/dev/null\n"
                                          "{}",
                                          cgroup_, RestoreLimit(cgroup_, limit_))));
    return {};
  }

  // By the kubelet, which may have missed the kernel's word and then tells a kill like any other: by the kernel's log.
  Result<Bite> Biting(World& world) override {
    ASSIGN_OR_RETURN(const ContainerEnd end, LookForEndOfContainer(world, target_.pod, target_.container_id));
    if (end.state.is_null()) return Bite{.bitten = false, .evidence = end.evidence};
    if (end.state.value("reason", "") == "OOMKilled") return Bite{.bitten = true, .evidence = end.evidence};
    const std::string id = BareId(target_.container_id);
    ASSIGN_OR_RETURN(const std::string log,
                     RunOnNode(world, target_.node, fmt::format("dmesg | grep 'oom-kill:.*{}' | tail -n 1\n", id)));
    return Bite{.bitten = !log.empty(),
                .evidence = fmt::format("{}; its node's kernel {}", end.evidence,
                                        log.empty() ? "killed nothing in it for want of memory" : "said: " + log)};
  }

  Status Heal(World& world, const nlohmann::json& undo) override {
    ASSIGN_OR_RETURN(const std::string node, TextOf(undo, "node"));
    ASSIGN_OR_RETURN(const std::string cgroup, TextOf(undo, "cgroup"));
    ASSIGN_OR_RETURN(const std::string limit, TextOf(undo, "limit"));
    RETURN_IF_ERROR(RunOnNode(world, node, RestoreLimit(cgroup, limit)));
    return {};
  }
  bool EndsByItself() const override { return true; }
  std::string ByHand(const std::string&, const nlohmann::json& undo) const override {
    return fmt::format("holdfast cluster shell {} \"echo {} >'{}/memory.max'\"", NamesIn(undo, "node"),
                       NamesIn(undo, "limit"), NamesIn(undo, "cgroup"));
  }
  int Toll() const override { return 0; }

 private:
  // A container that has ended has no cgroup.
  static std::string RestoreLimit(const std::string& cgroup, const std::string& limit) {
    return fmt::format("[ ! -e '{0}/memory.max' ] || echo '{1}' >'{0}/memory.max' || [ ! -e '{0}' ]\n", cgroup, limit);
  }

  Options options_;
  Placement target_;
  std::string cgroup_;
  std::string limit_;
};

HOLDFAST_REGISTER(Fault, PodOom, "pod-oom");

}  // namespace holdfast
