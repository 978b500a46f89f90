#include "harness/fault_parts/container_processes.h"

#include <fmt/format.h>

#include <charconv>

#include "harness/fault_parts/target.h"

namespace holdfast {
namespace {

// The first process of a container is the one that is number 1 in its own PID namespace, or, where the container shares
// one, the oldest.
constexpr char kFind[] = R"(id='{}'
pids=$(grep -l "$id" /proc/[0-9]*/cgroup 2>/dev/null | cut -d/ -f3 | sort -n)
pid=
for one in $pids; do
  if grep -qs '^NSpid:.*[[:space:]]1$' "/proc/$one/status"; then pid=$one; break; fi
done
if [ -z "$pid" ]; then pid=$(echo $pids | cut -d' ' -f1); fi
cgroup=/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$pid/cgroup" 2>/dev/null)
root=/proc/$pid/root
)";

}  // namespace

Result<std::string> RunOnNode(World& world, const std::string& node, const std::string& script, Duration limit) {
  if (world.provider.shell() == nullptr) return Unavailable("the provider has no NodeShell to reach " + node);
  ASSIGN_OR_RETURN(const Output output, world.provider.shell()->Run(node, script, limit));
  if (output.exit_status == 0) return output.out;
  return tl::unexpected<Error>(
      Error{.code = ErrorCode::kUnavailable,
            .message = fmt::format("a command on node {} ended with status {}", node, output.exit_status),
            .command = script,
            .output = output.err + output.out});
}

Result<ContainerProcesses> ContainerProcesses::From(const nlohmann::json& undo) {
  ASSIGN_OR_RETURN(const std::string node, TextOf(undo, "node"));
  ASSIGN_OR_RETURN(const std::string container, TextOf(undo, "container"));
  return ContainerProcesses(node, container);
}

ContainerProcesses::ContainerProcesses(std::string node, const std::string& container_id)
    : node_(std::move(node)), id_(BareId(container_id)) {}

std::optional<std::string> ContainerProcesses::Missing(Provider& provider) {
  if (provider.shell() == nullptr) return "the provider has no NodeShell";
  return std::nullopt;
}

Result<std::string> ContainerProcesses::Run(World& world, const std::string& script, Duration limit) const {
  return RunOnNode(world, node_, fmt::format(kFind, id_) + script, limit);
}

Result<int> ContainerProcesses::Count(World& world, const std::string& script) const {
  ASSIGN_OR_RETURN(const std::string printed, Run(world, script));
  int count = 0;
  const auto [end, error] = std::from_chars(printed.data(), printed.data() + printed.size(), count);
  if (error == std::errc()) return count;
  return Unavailable(fmt::format("node {} printed no number: '{}'", node_, printed));
}

Result<int> ContainerProcesses::SignalAll(World& world, const std::string& signal) const {
  return Count(world, fmt::format("count=0\n"
                                  "for one in $pids; do kill -{} \"$one\" 2>/dev/null && count=$((count + 1)); done\n"
                                  "echo $count\n",
                                  signal));
}

Result<int> ContainerProcesses::SignalFirst(World& world, const std::string& signal) const {
  return Count(world, fmt::format("if [ -n \"$pid\" ] && kill -{} \"$pid\"; then echo 1; else echo 0; fi\n", signal));
}

Result<int> ContainerProcesses::CountStopped(World& world) const {
  return Count(world,
               "count=0\n"
               "for one in $pids; do\n"
               "  grep -qs '^State:.T' \"/proc/$one/status\" && count=$((count + 1))\n"
               "done\n"
               "echo $count\n");
}

}  // namespace holdfast
