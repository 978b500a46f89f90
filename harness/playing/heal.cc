#include "harness/playing/heal.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "harness/fault.h"
#include "harness/playing/cluster_runs.h"
#include "harness/registry.h"
#include "harness/run.h"
#include "harness/runs/recorded_run.h"
#include "harness/runs/run_folder.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

// Whether the cluster that was hurt is still there. One that nobody recorded an identity of is taken for it: a run
// records it before its first fault.
Result<bool> IsStillThere(Provider& provider, Host& host, const fs::path& folder) {
  ASSIGN_OR_RETURN(const bool there, provider.Exists());
  if (!there) return false;
  // Where a fault took the control plane away, nobody could be asked.
  if (provider.control_plane() != nullptr) RETURN_IF_ERROR(provider.control_plane()->Revive());
  ASSIGN_OR_RETURN(const bool up, provider.IsUp());
  if (!up) return Unavailable("the cluster is there but not up; if it is of no use, take it down and heal again");
  ASSIGN_OR_RETURN(const Run run, ReadRunJson(folder / "run.json"));
  const auto recorded = std::find_if(run.fingerprint.begin(), run.fingerprint.end(),
                                     [](const auto& entry) { return entry.first == kIdentity; });
  if (recorded == run.fingerprint.end()) return true;
  ASSIGN_OR_RETURN(const Access access, provider.GetAccess());
  ASSIGN_OR_RETURN(const std::string identity, IdentityOf(Kube(host, access)));
  return identity == recorded->second;
}

Status HealOne(World& world, UndoLog& log, const Undo& undo) {
  const auto fault = Registry<Fault>::Make(undo.fault, {.options = {}});
  if (fault == nullptr) return Unavailable(fmt::format("this build has no fault '{}'", undo.fault));
  RETURN_IF_ERROR(fault->Heal(world, undo.record));
  return log.Healed(undo.id);
}

Status HealAll(Host& host, Progress& progress, const Parts& parts, UndoLog& log, const std::vector<Undo>& outstanding) {
  ASSIGN_OR_RETURN(const Access access, parts.provider->GetAccess());
  const Kube kube(host, access);
  std::string left;
  for (const Undo& undo : outstanding) {
    World world{.host = host,
                .kube = kube,
                .provider = *parts.provider,
                .backend = *parts.backend,
                .workload = *parts.workload,
                .space = undo.space};
    const Status healed =
        progress.Step("heal " + undo.fault, std::chrono::seconds(0), [&] { return HealOne(world, log, undo); });
    if (healed.has_value()) continue;
    SayHowToMend(progress, undo);
    left +=
        fmt::format("{}{} {}: {}", left.empty() ? "" : "; ", undo.fault, undo.record.dump(), healed.error().message);
  }
  if (!left.empty()) return Unavailable("still in the cluster: " + left);
  return {};
}

// Those in `parent` and those that are elsewhere, oldest first.
std::vector<fs::path> RunsOn(const std::string& cluster, const fs::path& parent) {
  std::vector<fs::path> runs = RememberedRuns(cluster);
  for (const fs::path& run : ListRuns(parent)) runs.push_back(fs::absolute(run));
  std::sort(runs.begin(), runs.end(), [](const fs::path& one, const fs::path& other) {
    return std::pair(one.filename(), one) < std::pair(other.filename(), other);
  });
  runs.erase(std::unique(runs.begin(), runs.end()), runs.end());
  return runs;
}

}  // namespace

Result<std::string> IdentityOf(const Kube& kube) {
  ASSIGN_OR_RETURN(const nlohmann::json space, kube.Get("namespace", "kube-system"));
  return space.at("metadata").at("uid").get<std::string>();
}

void SayHowToMend(Progress& progress, const Undo& undo) {
  progress.Say(fmt::format("still in the cluster: {} {}", undo.fault, undo.record.dump()));
  const auto fault = Registry<Fault>::Make(undo.fault, {.options = {}});
  const std::string by_hand = fault == nullptr ? "" : fault->ByHand(undo.space, undo.record);
  if (!by_hand.empty()) progress.Say("by hand: " + by_hand);
}

void SayByWhatMeans(Progress& progress, const Provider& provider, const std::string& cluster) {
  for (const std::string& line : provider.ByHand()) progress.Say("by hand, " + line);
  progress.Say(
      fmt::format("by means of: holdfast cluster shell --cluster {0} NODE COMMAND, or kubectl as printed by: "
                  "holdfast cluster kubeconfig {0}; or give the cluster up: holdfast cluster down {0}",
                  cluster));
}

Status HealRun(Host& host, Progress& progress, const Parts& parts, const fs::path& folder) {
  UndoLog log(folder / "undo.jsonl");
  ASSIGN_OR_RETURN(const std::vector<Undo> outstanding, log.Outstanding());
  if (outstanding.empty()) {
    progress.Say(folder.string() + ": nothing to heal");
    return {};
  }
  ASSIGN_OR_RETURN(const bool still_there, IsStillThere(*parts.provider, host, folder));
  if (still_there) {
    const Status healed = HealAll(host, progress, parts, log, outstanding);
    if (!healed.has_value()) return tl::unexpected(Within(folder.string(), healed.error()));
    return {};
  }
  for (const Undo& undo : outstanding) {
    progress.Say(fmt::format("{}: {} is gone with its cluster", folder.string(), undo.fault));
    RETURN_IF_ERROR(log.Healed(undo.id));
  }
  return {};
}

Result<std::vector<fs::path>> FindHurt(const fs::path& parent, const std::string& cluster) {
  std::vector<fs::path> hurt;
  for (const fs::path& folder : RunsOn(cluster, parent)) {
    const fs::path undo = folder / "undo.jsonl";
    std::error_code error;
    if (!fs::exists(undo, error)) continue;  // nothing was hurt; perhaps only its run.json was kept
    const Result<std::vector<Undo>> outstanding = UndoLog(undo).Outstanding();
    const Result<Order> order = ReadOrder(folder);
    if (!outstanding || !order) {
      // One damaged folder must not keep the others from being healed.
      spdlog::error("{} is left aside: {}", folder.string(),
                    outstanding ? order.error().message : outstanding.error().message);
      continue;
    }
    if (!outstanding->empty() && order->rig.cluster == cluster) hurt.push_back(folder);
  }
  std::reverse(hurt.begin(), hurt.end());
  return hurt;
}

}  // namespace holdfast
