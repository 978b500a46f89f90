// The control plane of an embedded cluster: etcd, API server, controller manager and scheduler run as native processes
// in the cluster's network namespace, chrooted into the node's root file system, so that nothing of them (nor the `rbd`
// program that the controller manager calls to provision volumes) has to be installed on this machine.
#pragma once

#include <string>
#include <vector>

#include "clusters/uml/layout.h"
#include "harness/host.h"

namespace holdfast::uml {

// A long-running process of the cluster, held by host/daemon.sh. `base` is the path that its log and lock begin with.
Status StartDaemon(Host& host, const std::string& network_namespace, const std::filesystem::path& base,
                   const std::vector<std::string>& argv);
Result<bool> DaemonIsAlive(Host& host, const std::filesystem::path& base);
// "stop", "freeze" or "thaw".
Status TellDaemon(Host& host, const std::string& verb, const std::filesystem::path& base);

// Certificate authority, certificates and kubeconfigs of the control plane and of the administrator. Idempotent.
Status IssueControlPlaneCredentials(Host& host, const Layout& layout);
// Files of pki.sh, relative to the kubeconfig that names them: it is read here, in a chroot and on a node.
struct Credentials {
  std::string authority, certificate, key;
};
Status WriteKubeconfig(const Layout& layout, const std::filesystem::path& file, const Credentials& credentials);
Status IssueCertificate(Host& host, const Layout& layout, const std::string& name, const std::string& subject,
                        const std::string& alternative_names = "");

// Starts what does not run yet and returns when the API server says that it is ready.
Status StartControlPlane(Host& host, const Layout& layout, const Parameters& parameters, const Images& images);
Result<bool> ControlPlaneIsAlive(Host& host, const Layout& layout);
// Whatever of it was stopped or frozen runs again; returns when the API server is ready.
Status ReviveControlPlane(Host& host, const Layout& layout, const Parameters& parameters, const Images& images);
// One of its programs, "kube-apiserver"; starting one that runs does nothing.
Status StartControlPlaneProgram(Host& host, const Layout& layout, const Parameters& parameters, const Images& images,
                                const std::string& name);

}  // namespace holdfast::uml
