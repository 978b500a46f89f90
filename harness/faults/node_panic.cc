// node-panic: the kernel of the node under the database panics. Its memory is lost, as with the power, but nobody takes
// the machine away: it may stand still with its power on, or boot by itself. Healed by power, from off if need be.
#include <fmt/format.h>

#include "harness/fault_parts/container_processes.h"
#include "harness/fault_parts/machine_boot.h"
#include "harness/fault_parts/node_target.h"
#include "harness/fault_parts/target.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

// In the background, so that the shell returns before nobody is there to return; the kernel's log has the rest.
constexpr char kPanic[] =
    "echo 1 >/proc/sys/kernel/sysrq && [ -w /proc/sysrq-trigger ] || exit 1\n"
    "setsid sh -c 'sleep 0.5; echo c >/proc/sysrq-trigger' </dev/null >/dev/null 2>&1 &\n";

}  // namespace

class NodePanic : public Fault {
 public:
  explicit NodePanic(const Context& context) : options_(context.options), target_(options_) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider& provider, Backend& backend) const override {
    if (provider.power() == nullptr) return "the provider has no Power";
    if (provider.shell() == nullptr) return "the provider has no NodeShell";
    return target_.Missing(backend);
  }

  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(node_, target_.Choose(world));
    ASSIGN_OR_RETURN(const nlohmann::json node, world.kube.Get("node", node_));
    boot_ = BootOf(node);
    return nlohmann::json{{"node", node_}, {"boot", boot_}};
  }

  Status Inject(World& world) override {
    RETURN_IF_ERROR(RunOnNode(world, node_, kPanic));
    // When this returns nothing is under way any more, so that a heal sees what it has to heal.
    if (!world.host.SleepFor(std::chrono::seconds(2))) return Fail(ErrorCode::kInterrupted, "interrupted");
    return {};
  }

  Result<Bite> Biting(World& world) override { return LookForEndOfMachine(world, node_, boot_); }

  Status Heal(World& world, const nlohmann::json& undo) override { return BootIfGone(world, undo); }
  std::string ByHand(const std::string&, const nlohmann::json& undo) const override { return BootByHand(undo); }
  MemoryLoss Loses() const override { return MemoryLoss::kKernel; }

 private:
  Options options_;
  NodeTarget target_;
  std::string node_;
  std::string boot_;
};

HOLDFAST_REGISTER(Fault, NodePanic, "node-panic");

}  // namespace holdfast
