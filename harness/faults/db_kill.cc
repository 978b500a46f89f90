// db-kill: SIGKILL of the database process in its container. The kernel survives, and with it every write that was not
// synced. The kubelet restarts the container in place; there is nothing to heal.
#include <fmt/format.h>
#include <signal.h>

#include <sstream>

#include "harness/registry.h"
#include "harness/target.h"

namespace holdfast {
namespace {

constexpr int kEndedByKill = 128 + SIGKILL;

// "containerd://4f2a…" and "4f2a…" name the same container.
std::string BareId(const std::string& id) {
  const std::size_t scheme = id.find("://");
  return scheme == std::string::npos ? id : id.substr(scheme + 3);
}

std::string OneLine(const std::string& text) {
  std::istringstream lines(text);
  std::string joined;
  for (std::string line; std::getline(lines, line);) joined += (joined.empty() ? "" : "; ") + line;
  return joined;
}

// How that container ended, as the kubelet tells it: a `terminated` state of the pod's status, or null.
nlohmann::json EndOfContainer(const nlohmann::json& pod, const std::string& id) {
  const auto statuses = pod.value("/status/containerStatuses"_json_pointer, nlohmann::json::array());
  for (const auto& status : statuses) {
    for (const char* state : {"state", "lastState"}) {
      const auto end = status.value(state, nlohmann::json::object()).value("terminated", nlohmann::json());
      if (end.is_object() && BareId(end.value("containerID", "")) == BareId(id)) return end;
    }
  }
  return nullptr;
}

}  // namespace

class DbKill : public Fault {
 public:
  explicit DbKill(const Context& context) : options_(context.options) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider&, Backend&) const override { return std::nullopt; }

  Result<nlohmann::json> Arm(World& world) override {
    ASSIGN_OR_RETURN(target_, LocateDatabase(world));
    if (target_.container_id.empty()) {
      return Unavailable(fmt::format("pod {} runs no container to kill in: {}", target_.pod, target_.trouble));
    }
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
    const auto pod = world.kube.Get("pod", target_.pod, world.space);
    if (!pod) {
      if (!IsNotFound(pod.error())) return tl::unexpected<Error>(pod.error());
      return Bite{.bitten = false,
                  .evidence = fmt::format("pod {} is gone, and with it how its container ended", target_.pod)};
    }
    const nlohmann::json end = EndOfContainer(*pod, target_.container_id);
    if (end.is_null()) {
      return Bite{.bitten = false,
                  .evidence = fmt::format("container {} of pod {} has not ended{}", BareId(target_.container_id),
                                          target_.pod, remark_)};
    }
    const int exit_code = end.value("exitCode", -1);
    return Bite{.bitten = exit_code == kEndedByKill,
                .evidence = fmt::format("container {} of pod {} ended with exit code {} ({}), {} is SIGKILL{}",
                                        BareId(target_.container_id), target_.pod, exit_code,
                                        end.value("reason", "no reason given"), kEndedByKill, remark_)};
  }

  Status Heal(World&, const nlohmann::json&) override { return {}; }

 private:
  Options options_;
  Placement target_;
  std::string remark_;  // what the kill said, or kubectl when it broke off
};

HOLDFAST_REGISTER(Fault, DbKill, "db-kill");

}  // namespace holdfast
