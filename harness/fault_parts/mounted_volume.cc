#include "harness/fault_parts/mounted_volume.h"

#include <fmt/format.h>

#include "harness/fault_parts/container_processes.h"

namespace holdfast {
namespace {

// The folder where the kubelet mounts the volume of a pod; a CSI driver's is one deeper.
constexpr char kFindFolder[] = R"(pod='{}' volume='{}'
folder=
for one in /var/lib/kubelet/pods/"$pod"/volumes/*/"$volume"/mount /var/lib/kubelet/pods/"$pod"/volumes/*/"$volume"; do
  if mountpoint -q "$one" 2>/dev/null; then folder=$one; break; fi
done
[ -n "$folder" ] || {{ echo "the volume $volume of pod $pod is not mounted here" >&2; exit 1; }}
)";

}  // namespace

Result<std::string> RunAtVolume(World& world, const Placement& database, const std::string& volume,
                                const std::string& script, Duration limit) {
  return RunOnNode(world, database.node, fmt::format(kFindFolder, database.pod_uid, volume) + script, limit);
}

}  // namespace holdfast
