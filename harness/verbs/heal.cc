#include "harness/playing/heal.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/playing/cluster_runs.h"
#include "harness/playing/cluster_use.h"
#include "harness/runs/recorded_run.h"
#include "harness/runs/run_folder.h"
#include "harness/verbs/verb.h"

namespace holdfast {
namespace {

struct HealOptions {
  std::string run;
  std::string cluster;
};

// Of the run and its lanes those that hurt the cluster, or all.
Result<std::vector<std::filesystem::path>> FoldersOf(const std::filesystem::path& run, const std::string& cluster) {
  std::vector<std::filesystem::path> folders = LanesOf(run);
  folders.insert(folders.begin(), run);
  if (cluster.empty()) return folders;
  std::vector<std::string> names;
  std::vector<std::filesystem::path> chosen;
  for (const std::filesystem::path& folder : folders) {
    ASSIGN_OR_RETURN(const Order order, ReadOrder(folder));
    names.push_back(fmt::format("'{}'", order.rig.cluster));
    if (order.rig.cluster == cluster) chosen.push_back(folder);
  }
  if (!chosen.empty()) return chosen;
  return UsageError(fmt::format("{} hurt the cluster {}, not '{}'; leave out --cluster", run.string(),
                                fmt::join(names, ", "), cluster));
}

Result<std::vector<std::filesystem::path>> RunsToHeal(const HealOptions& options) {
  if (options.run.empty()) {
    if (!options.cluster.empty()) return FindHurt(kRunsFolder, options.cluster);
    return UsageError("heal what? allowed: the folder of a run, or --cluster NAME");
  }
  ASSIGN_OR_RETURN(const std::filesystem::path folder, FindRun(options.run));
  return FoldersOf(folder, options.cluster);
}

Status HealOne(Session& session, const std::filesystem::path& folder) {
  ASSIGN_OR_RETURN(const Order order, ReadOrder(folder));
  ASSIGN_OR_RETURN(const ClusterUse alone, ClusterUse::Alone(order.rig.cluster));
  ASSIGN_OR_RETURN(const Parts parts, MakeParts(session.host, order.rig));
  const Status healed = HealRun(session.host, session.progress, parts, folder);
  if (!healed.has_value()) {
    SayByWhatMeans(session.progress, *parts.provider, order.rig.cluster);
    return healed;
  }
  ForgetRun(order.rig.cluster, folder);
  return {};
}

Result<int> Heal(Session& session, const HealOptions& options) {
  ASSIGN_OR_RETURN(const auto folders, RunsToHeal(options));
  if (folders.empty()) session.progress.Say("no run left a fault behind on cluster '" + options.cluster + "'");
  int status = kDone;
  for (const std::filesystem::path& folder : folders) {
    const Status healed = HealOne(session, folder);
    if (healed.has_value()) continue;
    session.progress.Say(healed.error().message);
    status = kNotDone;
  }
  return status;
}

}  // namespace

void AddHeal(CLI::App& app, Work& chosen) {
  auto options = std::make_shared<HealOptions>();
  CLI::App& verb = *app.add_subcommand("heal", "undo every outstanding fault, also after the harness was killed");
  verb.add_option("run", options->run, "folder of a run, or its name in runs/")->type_name("RUN");
  verb.add_option("--cluster", options->cluster, "all runs on the cluster of this name")->type_name("NAME");
  verb.footer(
      "Exit status 0 if nothing is outstanding any more, else 2.\n\n"
      "Examples:\n  holdfast heal runs/2026-11-22T10-22-07_ha-matrix_uml_ceph-rbd_s42\n"
      "  holdfast heal --cluster holdfast");
  verb.callback([options, &chosen] { chosen = [options](Session& session) { return Heal(session, *options); }; });
}

}  // namespace holdfast
