#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iostream>
#include <iterator>

#include "harness/parts.h"
#include "harness/playing/cluster_use.h"
#include "harness/verbs/verb.h"

namespace holdfast {
namespace {

struct ClusterOptions {
  std::string rig;
  bool rig_given = false;
  Arguments arguments;  // cluster and provider
  std::string node;
  std::vector<std::string> command;
};

struct Named {
  std::string name;
  std::unique_ptr<Provider> provider;
};

// A name that is not the rig's is fine on its own, but beside an explicit rig one of the two is a mistake, and the
// wrong cluster would be touched.
Result<Named> FindCluster(Session& session, const ClusterOptions& options) {
  ASSIGN_OR_RETURN(Rig rig, ReadRig(options.rig));
  const auto& name = options.arguments.cluster;
  if (options.rig_given && name && *name != rig.cluster) {
    return UsageError(
        fmt::format("{} names the cluster '{}', not '{}'; leave out one of the two", rig.file, rig.cluster, *name));
  }
  ASSIGN_OR_RETURN(rig, ApplyTo(std::move(rig), options.arguments));
  Named named{.name = rig.cluster, .provider = nullptr};
  ASSIGN_OR_RETURN(named.provider, MakeProvider(session.host, rig));
  return named;
}

Status DemandUp(const Named& cluster) {
  ASSIGN_OR_RETURN(const bool up, cluster.provider->IsUp());
  if (up) return {};
  return Unavailable(fmt::format("cluster '{}' is not up; run: holdfast cluster up {}", cluster.name, cluster.name));
}

Result<int> Up(Session& session, const ClusterOptions& options) {
  ASSIGN_OR_RETURN(const Named cluster, FindCluster(session, options));
  RETURN_IF_ERROR(cluster.provider->Create(session.progress));
  fmt::print("cluster '{}' is up: {}\n", cluster.name, fmt::join(cluster.provider->Nodes(), ", "));
  return kDone;
}

Result<int> Down(Session& session, const ClusterOptions& options) {
  ASSIGN_OR_RETURN(const Named cluster, FindCluster(session, options));
  const Shielded shielded;  // half a cluster is harder to find than a whole one
  ASSIGN_OR_RETURN(const ClusterUse alone, ClusterUse::Alone(cluster.name));
  RETURN_IF_ERROR(cluster.provider->Destroy(session.progress));
  fmt::print("cluster '{}' is down\n", cluster.name);
  return kDone;
}

Result<int> PrintStatus(Session& session, const ClusterOptions& options) {
  ASSIGN_OR_RETURN(const Named cluster, FindCluster(session, options));
  ASSIGN_OR_RETURN(const bool up, cluster.provider->IsUp());
  if (!up) {
    fmt::print("cluster '{}' is not up\n", cluster.name);
    return kNotDone;
  }
  ASSIGN_OR_RETURN(const Access access, cluster.provider->GetAccess());
  ASSIGN_OR_RETURN(
      const std::string nodes,
      Kube(session.host, access).Kubectl({"get", "nodes", "--label-columns", "topology.kubernetes.io/zone"}));
  fmt::print("cluster '{}' is up, profile {}\n{}", cluster.name, cluster.provider->Profile(), nodes);
  return kDone;
}

Result<int> PrintKubeconfig(Session& session, const ClusterOptions& options) {
  ASSIGN_OR_RETURN(const Named cluster, FindCluster(session, options));
  RETURN_IF_ERROR(DemandUp(cluster));
  ASSIGN_OR_RETURN(const Access access, cluster.provider->GetAccess());
  fmt::print("{}\n", access.kubeconfig.string());
  if (!access.network_namespace.empty()) {
    fmt::print("ip netns exec {} {} --kubeconfig {} get nodes\n", access.network_namespace, access.kubectl,
               access.kubeconfig.string());
  }
  return kDone;
}

Result<int> Shell(Session& session, const ClusterOptions& options) {
  ASSIGN_OR_RETURN(const Named cluster, FindCluster(session, options));
  NodeShell* const shell = cluster.provider->shell();
  if (shell == nullptr) return UsageError("this provider has no way into its nodes");
  RETURN_IF_ERROR(DemandUp(cluster));
  std::string script = fmt::format("{}", fmt::join(options.command, " "));
  if (script.empty()) script.assign(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
  ASSIGN_OR_RETURN(const Output output, shell->Run(options.node, script, std::chrono::minutes(10)));
  fmt::print("{}", output.out);
  fmt::print(stderr, "{}", output.err);
  return output.exit_status;
}

using Action = Result<int> (*)(Session&, const ClusterOptions&);

CLI::App& AddAction(CLI::App& cluster, Work& chosen, const std::string& name, const std::string& description,
                    const std::shared_ptr<ClusterOptions>& options, Action action) {
  CLI::App& verb = *cluster.add_subcommand(name, description);
  verb.add_option("--provider", options->arguments.provider, "instead of the rig's, without its options")
      ->type_name("NAME");
  CLI::Option* const rig = AddRigOption(verb, options->rig);
  verb.callback([options, rig, action, &chosen] {
    options->rig_given = rig->count() > 0;
    chosen = [options, action](Session& session) { return action(session, *options); };
  });
  return verb;
}

}  // namespace

void AddCluster(CLI::App& app, Work& chosen) {
  auto options = std::make_shared<ClusterOptions>();
  CLI::App& cluster = *app.add_subcommand("cluster", "a cluster by itself: up, status, shell, kubeconfig, down");
  cluster.require_subcommand(1);
  const auto add = [&](const std::string& name, const std::string& description, Action action) {
    CLI::App& verb = AddAction(cluster, chosen, name, description, options, action);
    verb.add_option("name", options->arguments.cluster, "of the cluster [default: the rig's]")->type_name("NAME");
  };
  add("up", "make it, or find it running", &Up);
  add("status", "whether it is up, and its nodes; exit status 2 if it is not", &PrintStatus);
  add("kubeconfig", "where its kubeconfig is and how kubectl reaches it", &PrintKubeconfig);
  add("down", "leave nothing of it behind", &Down);

  CLI::App& shell =
      AddAction(cluster, chosen, "shell", "run a command as root on a node, out of band", options, &Shell);
  shell.add_option("node", options->node, "")->required()->type_name("NODE");
  shell.add_option("command", options->command, "of the node's shell; read from standard input if there is none")
      ->type_name("COMMAND");
  shell.add_option("--cluster", options->arguments.cluster, "its name [default: the rig's]")->type_name("NAME");
  shell.positionals_at_end();
  shell.footer(
      "Options stand before NODE; what follows it is the command's.\n\n"
      "Examples:\n  holdfast cluster shell n1 ps -ef\n  holdfast cluster shell --cluster second n1 < script.sh");
  cluster.footer(
      "Examples:\n  holdfast cluster up\n  holdfast cluster status\n  holdfast cluster shell n1 dmesg\n"
      "  holdfast cluster up second --provider uml\n  holdfast cluster down second --provider uml");
}

}  // namespace holdfast
