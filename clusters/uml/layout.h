// Layout: where everything of one embedded cluster is, on disk and on its network. Derived from its name and size
// alone, so that any later process finds it again. Networks lie inside the cluster's own network namespace, so that
// clusters of different names use the same addresses side by side:
//
//     10.77.0.0/24   br0   nodes (.11, .12, …) and control plane (.1)       10.244.N.0/24   pods of the N-th node
//     10.78.0.0/24   br1   management: the shell, out of band
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/result.h"

namespace holdfast::uml {

// How big a cluster is and how fast it notices a failure; kept in its folder as cluster.json.
struct Parameters {
  int nodes = 3;
  std::string profile = "tuned";  // or "stock"
  int memory_mib = 1280;          // of each node
  int disk_gib = 6;               // of each node's data disk; sparse
  int zones = 3;                  // the nodes are dealt out to them in turn
  bool operator==(const Parameters&) const = default;
};

// Folders that the image scripts made.
struct Images {
  std::filesystem::path kernel;      // root/ with the user-mode kernel
  std::filesystem::path kubernetes;  // its programs
  std::filesystem::path node_root;   // root/ and root.ext4
};

class Layout {
 public:
  explicit Layout(std::string cluster);

  const std::string& cluster() const { return cluster_; }
  std::string NetworkNamespace() const { return "holdfast-" + cluster_; }
  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path Kubeconfig() const { return folder_ / "kubeconfig"; }
  std::filesystem::path Pki() const { return folder_ / "pki"; }
  std::filesystem::path ControlPlane() const { return folder_ / "control-plane"; }
  std::filesystem::path SshKey() const { return folder_ / "ssh_key"; }
  std::filesystem::path LoadedImages() const { return folder_ / "images"; }
  // Made when the cluster is up and usable, so that one whose making was interrupted is not taken for one.
  std::filesystem::path UpMark() const { return folder_ / "up"; }
  // Made once the network namespace is: one that was there before belongs to somebody else.
  std::filesystem::path NetworkMark() const { return folder_ / "network"; }
  // Of the last cluster of this name, also after it was taken down.
  const std::filesystem::path& KeptLogs() const { return kept_logs_; }

  static std::string NodeName(int number) { return "n" + std::to_string(number); }
  static int NumberOf(const std::string& node) { return std::stoi(node.substr(1)); }
  static std::string ZoneOf(const std::string& node, int zones);  // "zone-1"
  std::filesystem::path Node(const std::string& node) const { return folder_ / "nodes" / node; }
  // What the node sees as /host.
  std::filesystem::path NodeHost(const std::string& node) const { return Node(node) / "host"; }

  static std::string Address(const std::string& node);
  static std::string ManagementAddress(const std::string& node);
  static std::string PodNetwork(const std::string& node);
  static std::string Tap(const std::string& node, int bridge);  // bridge 0: cluster, 1: management

 private:
  std::string cluster_;
  std::filesystem::path folder_;
  std::filesystem::path kept_logs_;
};

inline constexpr char kControlPlaneAddress[] = "10.77.0.1";
inline constexpr int kApiServerPort = 6443;
inline constexpr int kKubeletPort = 10250;
inline constexpr char kManagementGateway[] = "10.78.0.1";

// The scripts and files of this provider.
std::filesystem::path SourceFolder();

Status SaveParameters(const Layout& layout, const Parameters& parameters, const Images& images);
struct Saved {
  Parameters parameters;
  Images images;
};
// An Error where no cluster of this name is on disk.
Result<Saved> LoadParameters(const Layout& layout);

Status WriteFile(const std::filesystem::path& file, const std::string& text);
Result<std::string> ReadFile(const std::filesystem::path& file);

}  // namespace holdfast::uml
