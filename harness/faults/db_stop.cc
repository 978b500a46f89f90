// db-stop: the database process is told to end (SIGTERM to the first process of its container), and does so as cleanly
// as it can. The kubelet restarts the container in place; there is nothing to heal.
#include <fmt/format.h>
#include <signal.h>

#include "harness/fault_parts/container_processes.h"
#include "harness/fault_parts/target.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

constexpr int kEndedByKill = 128 + SIGKILL;

}  // namespace

class DbStop : public Fault {
 public:
  explicit DbStop(const Context& context) : options_(context.options) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider& provider, Backend&) const override {
    return ContainerProcesses::Missing(provider);
  }

  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(target_, LocateContainer(world, "stop"));
    return nlohmann::json{{"pod", target_.pod}, {"container", target_.container_id}};
  }

  Status Inject(World& world) override {
    const ContainerProcesses processes(target_.node, target_.container_id);
    ASSIGN_OR_RETURN(const int told, processes.SignalFirst(world, "TERM"));
    if (told == 0) return Unavailable(fmt::format("container {} has no process on {}", processes.id(), target_.node));
    return {};
  }

  // One that was killed has not ended by itself, whoever killed it.
  Result<Bite> Biting(World& world) override {
    ASSIGN_OR_RETURN(const ContainerEnd end, LookForEndOfContainer(world, target_.pod, target_.container_id));
    if (end.state.is_null()) return Bite{.bitten = false, .evidence = end.evidence};
    const bool killed = end.state.value("exitCode", kEndedByKill) == kEndedByKill;
    return Bite{.bitten = !killed, .evidence = end.evidence + (killed ? ": killed" : "")};
  }

  Status Heal(World&, const nlohmann::json&) override { return {}; }
  bool EndsByItself() const override { return true; }
  int Toll() const override { return 0; }

 private:
  Options options_;
  Placement target_;
};

HOLDFAST_REGISTER(Fault, DbStop, "db-stop");

}  // namespace holdfast
