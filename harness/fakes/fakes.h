// Fakes of what a fault may touch, for tests: a Provider, a Backend and a Workload on a small cluster with state
// (fake_cluster.h), as the real ones would be. Faults are therefore tested by what becomes of the cluster, and not by
// the calls that they make.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/fakes/fake_facets.h"

namespace holdfast {

enum class Facets { kAll, kNone };

class FakeProvider : public Provider {
 public:
  FakeProvider(FakeCluster& cluster, Facets facets)
      : facets_(facets),
        power_(cluster),
        network_(cluster),
        disks_(cluster),
        shell_(cluster),
        services_(cluster),
        control_plane_(cluster) {}
  Status Check() const override { return {}; }
  Status Create(Progress&) override { return {}; }
  Status Destroy(Progress&) override { return {}; }
  Result<bool> IsUp() override { return true; }
  Result<Access> GetAccess() const override { return Access{}; }
  std::vector<std::string> Nodes() const override { return {"n1", "n2", "n3"}; }
  Fidelity GetFidelity() const override { return Fidelity::kKernel; }
  std::string Profile() const override { return "tuned"; }
  std::vector<std::pair<std::string, std::string>> Fingerprint() const override { return {}; }
  Status LoadImage(const std::string&) override { return {}; }
  Status CollectLogs(const std::filesystem::path&) override { return {}; }
  Power* power() override { return facets_ == Facets::kAll ? &power_ : nullptr; }
  Network* network() override { return facets_ == Facets::kAll ? &network_ : nullptr; }
  Disks* disks() override { return facets_ == Facets::kAll ? &disks_ : nullptr; }
  NodeShell* shell() override { return facets_ == Facets::kAll ? &shell_ : nullptr; }
  NodeServices* services() override { return facets_ == Facets::kAll ? &services_ : nullptr; }
  ControlPlane* control_plane() override { return facets_ == Facets::kAll ? &control_plane_ : nullptr; }

 private:
  Facets facets_;
  FakePower power_;
  FakeNetwork network_;
  FakeDisks disks_;
  FakeShell shell_;
  FakeServices services_;
  FakeControlPlane control_plane_;
};

class FakeBackend : public Backend {
 public:
  FakeBackend(FakeCluster& cluster, Facets facets)
      : facets_(facets),
        cluster_(cluster),
        replicas_(cluster),
        snapshots_(cluster),
        daemons_(cluster),
        bit_rot_(cluster) {}
  Status Check() const override { return {}; }
  Status Install(Progress&) override { return {}; }
  Status Uninstall(Progress&) override { return {}; }
  Result<Health> GetHealth() override {
    int serving = 0;
    for (const auto& [name, node] : cluster_.nodes) serving += Serves(node);
    const bool noticed = serving < 3 && notices;
    return Health{.whole = !noticed, .detail = noticed ? std::to_string(serving) + "/3 replicas" : "3/3 replicas"};
  }
  std::string StorageClass() const override { return "fake"; }
  std::string Version() const override { return "fake"; }
  Replicas* replicas() override { return facets_ == Facets::kAll ? &replicas_ : nullptr; }
  Snapshots* snapshots() override { return facets_ == Facets::kAll ? &snapshots_ : nullptr; }
  Daemons* daemons() override { return facets_ == Facets::kAll ? &daemons_ : nullptr; }
  BitRot* bit_rot() override { return facets_ == Facets::kAll ? &bit_rot_ : nullptr; }
  std::vector<PortRange> Ports() const override {
    return facets_ == Facets::kAll ? std::vector<PortRange>{{.first = 6800, .last = 7300}} : std::vector<PortRange>();
  }

  FakeReplicas& fake_replicas() { return replicas_; }
  FakeBitRot& fake_bit_rot() { return bit_rot_; }
  bool notices = true;  // false: storage that does not see what became of its disks

 private:
  // A slow disk serves.
  static bool Serves(const FakeCluster::Node& node) {
    const bool disk_serves = node.disk == DiskConduct::kGood || node.disk == DiskConduct::kSlow;
    return FakeCluster::IsAlive(node) && !node.cut && !node.blocked && node.blocked_ports.empty() && !node.disk_fails &&
           disk_serves && node.holds_replica && node.stopped_daemons.empty();
  }

  Facets facets_;
  FakeCluster& cluster_;
  FakeReplicas replicas_;
  FakeSnapshots snapshots_;
  FakeDaemons daemons_;
  FakeBitRot bit_rot_;
};

class FakeWorkload : public Workload {
 public:
  explicit FakeWorkload(FakeCluster& cluster) : cluster_(cluster) {}
  Status Check() const override { return {}; }
  Status Prepare(Progress&) override { return {}; }
  Status Deploy(const Kube&, Provider&, const std::string&, const std::string&, Duration) override { return {}; }
  Status Remove(const Kube&, const std::string&, Duration) override { return {}; }
  Result<Placement> Locate(const Kube&, const std::string&) const override {
    Placement nowhere;
    if (!cluster_.pod_is_there) return nowhere;
    nowhere.pod = cluster_.PodName();
    nowhere.trouble = "0/3 nodes are available";
    if (!cluster_.pod_is_placed) return nowhere;
    return Placement{.pod = cluster_.PodName(),
                     .pod_uid = cluster_.PodUid(),
                     .node = cluster_.pod.node,
                     .container_id = cluster_.ContainerId(),
                     .restarts = cluster_.pod.container - 1,
                     .ready = cluster_.replicas > 0 && cluster_.nodes.at(cluster_.pod.node).on && !cluster_.pod.hangs,
                     .address = "10.244.0.7:8080",
                     .trouble = ""};
  }
  std::vector<std::string> KillCommand() const override { return {"kill", "-KILL", "1"}; }
  std::unique_ptr<Client> Connect(const Kube&, const std::string&, int) override { return nullptr; }
  std::unique_ptr<Client> ConnectTo(const Kube&, const Placement&, int) override { return nullptr; }
  Result<std::vector<Row>> ReadAll(const Kube&, const std::string&, Duration) override {
    if (cluster_.replicas == 0) return Unavailable("there is no database");
    cluster_.WriteSome();
    std::vector<Row> rows;
    for (const std::uint64_t sequence : cluster_.volume.rows) {
      rows.push_back({.client = 1, .sequence = sequence, .incarnation = 1, .payload = ""});
    }
    return rows;
  }
  std::string Description() const override { return "fake"; }

 private:
  FakeCluster& cluster_;
};

// All of them together, as a fault sees them.
struct FakeWorld {
  explicit FakeWorld(Facets facets = Facets::kAll) : provider(cluster, facets), backend(cluster, facets) {}

  FakeHost host;
  FakeCluster cluster{host};
  Kube kube{host, Access{.kubeconfig = "/k.conf", .kubectl = "kubectl", .network_namespace = ""}};
  FakeProvider provider;
  FakeBackend backend;
  FakeWorkload workload{cluster};
  World world{host, kube, provider, backend, workload, "db"};
};

}  // namespace holdfast
