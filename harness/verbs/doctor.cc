#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "harness/parts.h"
#include "harness/runs/run_folder.h"
#include "harness/verbs/verb.h"

namespace holdfast {
namespace {

// What a run does with Kubernetes itself; what a backend needs on top, it says when it is installed.
constexpr const char* kNeededVerbs[][2] = {{"create", "namespaces"}, {"create", "deployments.apps"},
                                           {"create", "pods/exec"},  {"create", "persistentvolumeclaims"},
                                           {"patch", "nodes"},       {"create", "storageclasses.storage.k8s.io"}};

std::vector<Complaint> ComplaintsAboutCluster(Host& host, Provider& provider, const std::string& cluster) {
  const Result<bool> up = provider.IsUp();
  if (up.has_value() && !*up) return {};
  const Result<Access> access = up.has_value() ? provider.GetAccess() : tl::unexpected(up.error());
  if (!access.has_value()) return {{.what = access.error().message, .mend = access.error().command}};
  const Kube kube(host, *access);
  if (const auto ready = kube.Kubectl({"get", "--raw", "/readyz"}); !ready.has_value()) {
    return {{.what = fmt::format("cluster '{}' does not answer: {}", cluster, ready.error().message),
             .mend = ready.error().command}};
  }
  std::vector<Complaint> complaints;
  for (const auto& [verb, resource] : kNeededVerbs) {
    if (kube.Kubectl({"auth", "can-i", verb, resource, "--all-namespaces"}).has_value()) continue;
    complaints.push_back({.what = fmt::format("cluster '{}': this account may not {} {}", cluster, verb, resource),
                          .mend = "ask the cluster's administrator for the role cluster-admin"});
  }
  return complaints;
}

std::vector<Complaint> ComplaintsAboutRoom() {
  constexpr std::uintmax_t kNeeded = std::uintmax_t{1} << 30;
  std::error_code error;
  const auto room = std::filesystem::space(std::filesystem::current_path(), error);
  if (error || room.available >= kNeeded) return {};
  return {{.what = fmt::format("only {} MiB of disk space are left here for {}/; 1 GiB is advised",
                               room.available >> 20, kRunsFolder),
           .mend = "remove old runs, or give `holdfast run` another place with --out DIR"}};
}

Result<int> Examine(Session& session, const std::string& rig_file) {
  ASSIGN_OR_RETURN(const Rig rig, ReadRig(rig_file));
  ASSIGN_OR_RETURN(const Parts parts, MakeParts(session.host, rig));
  std::vector<Complaint> complaints = parts.provider->Diagnose();
  for (const auto& more : {ComplaintsAboutRoom(), ComplaintsAboutCluster(session.host, *parts.provider, rig.cluster)}) {
    complaints.insert(complaints.end(), more.begin(), more.end());
  }
  for (const Complaint& complaint : complaints) {
    fmt::print("{}\n", complaint.what);
    if (!complaint.mend.empty()) fmt::print("    {}\n", complaint.mend);
  }
  if (complaints.empty()) fmt::print("nothing is missing for {} on {}\n", rig_file, rig.provider.name);
  return complaints.empty() ? kDone : kNotDone;
}

}  // namespace

void AddDoctor(CLI::App& app, Work& chosen) {
  auto rig = std::make_shared<std::string>();
  CLI::App& verb =
      *app.add_subcommand("doctor", "what is missing on this machine or cluster, and the command that mends it");
  AddRigOption(verb, *rig);
  verb.footer(
      "Looks and changes nothing. Exit status 0 if nothing is missing, else 2.\n\n"
      "Examples:\n  holdfast doctor\n  holdfast doctor --rig my_rig.yaml");
  verb.callback([rig, &chosen] { chosen = [rig](Session& session) { return Examine(session, *rig); }; });
}

}  // namespace holdfast
