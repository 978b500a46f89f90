#include "clusters/uml/control_plane.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

namespace holdfast::uml {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

struct Program {
  std::string name;
  std::vector<std::string> argv;
};

// Inside the chroot the cluster's folder is /cluster and the programs of Kubernetes are in /kubernetes.
constexpr char kPki[] = "/cluster/pki";

Program Etcd() {
  // --unsafe-no-fsync: no fault of ours takes this machine's power, and its disk is shared with three storage replicas.
  return {"etcd",
          {"etcd", "--data-dir=/cluster/control-plane/etcd.data", "--listen-client-urls=http://127.0.0.1:2379",
           "--advertise-client-urls=http://127.0.0.1:2379", "--unsafe-no-fsync"}};
}

Program ApiServer() {
  const auto pki = [](const char* file) { return fmt::format("{}/{}", kPki, file); };
  return {
      "kube-apiserver",
      {"/kubernetes/kube-apiserver", "--etcd-servers=http://127.0.0.1:2379",
       fmt::format("--bind-address={}", kControlPlaneAddress),
       fmt::format("--advertise-address={}", kControlPlaneAddress), fmt::format("--secure-port={}", kApiServerPort),
       "--tls-cert-file=" + pki("kube-apiserver.crt"), "--tls-private-key-file=" + pki("kube-apiserver.key"),
       "--client-ca-file=" + pki("ca.crt"), "--kubelet-certificate-authority=" + pki("ca.crt"),
       "--kubelet-client-certificate=" + pki("kubelet-client.crt"), "--kubelet-client-key=" + pki("kubelet-client.key"),
       // No name server knows the nodes.
       "--kubelet-preferred-address-types=InternalIP", "--authorization-mode=Node,RBAC",
       "--enable-admission-plugins=NodeRestriction", "--service-account-key-file=" + pki("sa.key"),
       "--service-account-signing-key-file=" + pki("sa.key"), "--service-account-issuer=https://kubernetes.default.svc",
       "--service-cluster-ip-range=10.96.0.0/16", "--allow-privileged=true"}};
}

Program ControllerManager(const std::string& profile) {
  Program program{
      "kube-controller-manager",
      {"/kubernetes/kube-controller-manager", fmt::format("--kubeconfig={}/kube-controller-manager.kubeconfig", kPki),
       fmt::format("--service-account-private-key-file={}/sa.key", kPki), fmt::format("--root-ca-file={}/ca.crt", kPki),
       "--use-service-account-credentials=true", "--leader-elect=false", "--allocate-node-cidrs=false"}};
  if (profile == "tuned") {
    // A dead node is noticed in under 20 s. At the default eviction rate of 0.1 nodes a second a node that registered
    // NotReady stays in the queue and eats the only token every 10 s, and a dead node's pods are never evicted.
    for (const char* flag :
         {"--node-monitor-grace-period=16s", "--node-monitor-period=2s", "--node-eviction-rate=10"}) {
      program.argv.emplace_back(flag);
    }
  }
  return program;
}

Program Scheduler() {
  return {"kube-scheduler",
          {"/kubernetes/kube-scheduler", fmt::format("--kubeconfig={}/kube-scheduler.kubeconfig", kPki),
           "--leader-elect=false"}};
}

std::vector<Program> Programs(const std::string& profile) {
  return {Etcd(), ApiServer(), ControllerManager(profile), Scheduler()};
}

std::string DaemonScript() { return (SourceFolder() / "host" / "daemon.sh").string(); }

}  // namespace

Status StartDaemon(Host& host, const std::string& network_namespace, const fs::path& base,
                   const std::vector<std::string>& argv) {
  Command command{.argv = {DaemonScript(), "start", base.string()}, .network_namespace = network_namespace};
  command.argv.insert(command.argv.end(), argv.begin(), argv.end());
  return RunForOutput(host, command).map([](const std::string&) {});
}

Result<bool> DaemonIsAlive(Host& host, const fs::path& base) {
  if (!fs::exists(base.string() + ".alive")) return false;
  ASSIGN_OR_RETURN(const Output output, host.Run({.argv = {DaemonScript(), "alive", base.string()}}));
  return output.exit_status == 0;
}

Status TellDaemon(Host& host, const std::string& verb, const fs::path& base) {
  return RunForOutput(host, {.argv = {DaemonScript(), verb, base.string()}}).map([](const std::string&) {});
}

Status IssueCertificate(Host& host, const Layout& layout, const std::string& name, const std::string& subject,
                        const std::string& alternative_names) {
  const std::string script = (SourceFolder() / "host" / "pki.sh").string();
  return RunForOutput(host, {.argv = {script, "issue", layout.Pki().string(), name, subject, alternative_names}})
      .map([](const std::string&) {});
}

Status WriteKubeconfig(const Layout& layout, const fs::path& file, const Credentials& credentials) {
  const std::string server = fmt::format("https://{}:6443", kControlPlaneAddress);
  const std::string name = "holdfast-" + layout.cluster();
  const nlohmann::json config = {
      {"apiVersion", "v1"},
      {"kind", "Config"},
      {"clusters",
       {{{"name", name}, {"cluster", {{"server", server}, {"certificate-authority", credentials.authority}}}}}},
      {"users",
       {{{"name", name},
         {"user", {{"client-certificate", credentials.certificate}, {"client-key", credentials.key}}}}}},
      {"contexts", {{{"name", name}, {"context", {{"cluster", name}, {"user", name}}}}}},
      {"current-context", name}};
  return WriteFile(file, config.dump(2) + "\n");
}

Status IssueControlPlaneCredentials(Host& host, const Layout& layout) {
  const std::string script = (SourceFolder() / "host" / "pki.sh").string();
  RETURN_IF_ERROR(RunForOutput(host, {.argv = {script, "authority", layout.Pki().string()}}));
  RETURN_IF_ERROR(IssueCertificate(
      host, layout, "kube-apiserver", "/CN=kube-apiserver",
      fmt::format("IP:{},IP:10.96.0.1,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc",
                  kControlPlaneAddress)));
  RETURN_IF_ERROR(
      IssueCertificate(host, layout, "kubelet-client", "/O=system:masters/CN=kube-apiserver-kubelet-client"));
  RETURN_IF_ERROR(IssueCertificate(host, layout, "admin", "/O=system:masters/CN=holdfast-admin"));
  RETURN_IF_ERROR(WriteKubeconfig(layout, layout.Kubeconfig(), {"pki/ca.crt", "pki/admin.crt", "pki/admin.key"}));
  for (const char* name : {"kube-controller-manager", "kube-scheduler"}) {
    RETURN_IF_ERROR(IssueCertificate(host, layout, name, fmt::format("/CN=system:{}", name)));
    RETURN_IF_ERROR(WriteKubeconfig(layout, layout.Pki() / fmt::format("{}.kubeconfig", name),
                                    {"ca.crt", fmt::format("{}.crt", name), fmt::format("{}.key", name)}));
  }
  return {};
}

Status StartControlPlaneProgram(Host& host, const Layout& layout, const Parameters& parameters, const Images& images,
                                const std::string& name) {
  for (const Program& program : Programs(parameters.profile)) {
    if (program.name != name) continue;
    std::vector<std::string> argv = {"unshare",
                                     "--mount",
                                     "--propagation=private",
                                     (SourceFolder() / "host" / "run_in_root.sh").string(),
                                     (images.node_root / "root").string(),
                                     images.kubernetes.string(),
                                     layout.folder().string()};
    argv.insert(argv.end(), program.argv.begin(), program.argv.end());
    return StartDaemon(host, layout.NetworkNamespace(), layout.ControlPlane() / program.name, argv);
  }
  return Unavailable("the control plane has no program " + name);
}

namespace {

Status AwaitApiServer(Host& host, const Layout& layout, const Images& images, Duration limit) {
  const Wait wait{.awaited = fmt::format("the API server is ready (log: {})",
                                         (layout.ControlPlane() / "kube-apiserver.log").string()),
                  .limit = limit};
  return Await(host, wait, [&](std::string& last_seen) -> Result<bool> {
    ASSIGN_OR_RETURN(const Output output, host.Run({.argv = {(images.kubernetes / "kubectl").string(), "--kubeconfig",
                                                             layout.Kubeconfig().string(), "--request-timeout=5s",
                                                             "get", "--raw", "/readyz"},
                                                    .network_namespace = layout.NetworkNamespace()}));
    last_seen = output.exit_status == 0 ? output.out : output.err;
    return output.exit_status == 0;
  });
}

}  // namespace

Status StartControlPlane(Host& host, const Layout& layout, const Parameters& parameters, const Images& images) {
  fs::create_directories(layout.ControlPlane());
  for (const Program& program : Programs(parameters.profile)) {
    RETURN_IF_ERROR(StartControlPlaneProgram(host, layout, parameters, images, program.name));
  }
  return AwaitApiServer(host, layout, images, seconds(60));
}

Status ReviveControlPlane(Host& host, const Layout& layout, const Parameters& parameters, const Images& images) {
  ASSIGN_OR_RETURN(const bool alive, ControlPlaneIsAlive(host, layout));
  if (alive && AwaitApiServer(host, layout, images, seconds(1))) return {};
  for (const Program& program : Programs(parameters.profile)) {
    RETURN_IF_ERROR(TellDaemon(host, "thaw", layout.ControlPlane() / program.name));
    ASSIGN_OR_RETURN(const bool runs, DaemonIsAlive(host, layout.ControlPlane() / program.name));
    if (!runs) RETURN_IF_ERROR(StartControlPlaneProgram(host, layout, parameters, images, program.name));
  }
  return AwaitApiServer(host, layout, images, seconds(90));
}

Result<bool> ControlPlaneIsAlive(Host& host, const Layout& layout) {
  for (const Program& program : Programs("tuned")) {
    ASSIGN_OR_RETURN(const bool alive, DaemonIsAlive(host, layout.ControlPlane() / program.name));
    if (!alive) return false;
  }
  return true;
}

}  // namespace holdfast::uml
