// db-kill: SIGKILL of the database process in its container. The kernel survives, and with it every write that was not
// synced. The kubelet restarts the container in place; there is nothing to heal.
#include <fmt/format.h>
#include <signal.h>

#include <sstream>

#include "harness/fault_parts/target.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

constexpr int kEndedByKill = 128 + SIGKILL;

std::string OneLine(const std::string& text) {
  std::istringstream lines(text);
  std::string joined;
  for (std::string line; std::getline(lines, line);) joined += (joined.empty() ? "" : "; ") + line;
  return joined;
}

}  // namespace

class DbKill : public Fault {
 public:
  explicit DbKill(const Context& context) : options_(context.options) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider&, Backend&) const override { return std::nullopt; }

  int Toll() const override { return 0; }
  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(target_, LocateContainer(world, "kill in"));
    remark_.clear();
    return nlohmann::json{{"pod", target_.pod}, {"container", target_.container_id}};
  }

  Status Inject(World& world) override {
    const auto output = world.kube.Exec(world.space, target_.pod, world.workload.KillCommand());
    if (!output) {
      if (output.error().code == ErrorCode::kInterrupted) return tl::unexpected<Error>(output.error());
      // The container may take the connection with it when it dies. Whether it died is for Biting to see.
      remark_ = fmt::format("; the kill said: {}", output.error().message);
      return {};
    }
    if (output->exit_status == 0 || output->exit_status == kEndedByKill) {
      if (!output->out.empty()) remark_ = fmt::format("; the kill said: {}", OneLine(output->out));
      return {};
    }
    return Unavailable(fmt::format("the kill in pod {} ended with status {}: {}", target_.pod, output->exit_status,
                                   output->err + output->out));
  }

  Result<Bite> Biting(World& world) override {
    ASSIGN_OR_RETURN(Bite bite, LookForKillOf(world, target_.pod, target_.container_id));
    bite.evidence += remark_;
    return bite;
  }

  Status Heal(World&, const nlohmann::json&) override { return {}; }
  bool EndsByItself() const override { return true; }

 private:
  Options options_;
  Placement target_;
  std::string remark_;  // what the kill said, or kubectl when it broke off
};

HOLDFAST_REGISTER(Fault, DbKill, "db-kill");

}  // namespace holdfast
