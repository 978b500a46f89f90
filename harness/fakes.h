// Fakes of what a fault may touch, for tests: a small cluster with state (nodes that have power, disks that fail, a pod
// that runs somewhere), seen through kubectl, a Provider, a Backend and a Workload as the real one would be. Faults are
// therefore tested by what becomes of the cluster, and not by the calls that they make.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/fault.h"
#include "harness/host_fake.h"

namespace holdfast {

// What it takes until the API server shows a node without power as not Ready.
inline constexpr Duration kFakeDetection = std::chrono::seconds(20);

class FakeCluster {
 public:
  // kIgnored: every injury is acknowledged and nothing happens.
  enum class Injuries { kReal, kIgnored };

  struct Node {
    bool on = true;
    bool unschedulable = false;
    bool disk_fails = false;
    bool holds_replica = true;
    int machine = 1;  // counts machines that had this name
    Time off_since{};
  };

  struct Pod {
    int number = 1;  // counts pods; in name and uid
    int container = 1;
    std::string node = "n1";
    nlohmann::json last_end;  // of a container: a `terminated` state
  };

  // What the database has written, by sequence, and copies of that. Whoever looks finds some more writes than before.
  struct Volume {
    std::vector<std::uint64_t> rows;
    std::uint64_t last_sequence = 0;  // the clients': it goes on whatever becomes of the rows
    std::map<std::string, std::vector<std::uint64_t>> snapshots;
  };

  explicit FakeCluster(FakeHost& host) : host_(host) {
    for (const char* name : {"n1", "n2", "n3"}) nodes[name];
    host_.On("kubectl *", [this](const Command& command) { return Kubectl(command.argv); });
  }

  bool IsReady(const Node& node) const { return node.on || host_.Now() - node.off_since < kFakeDetection; }

  std::string PodName() const { return "db-" + std::to_string(pod.number); }
  std::string PodUid() const { return "pod-uid-" + std::to_string(pod.number); }
  std::string ContainerId() const {
    return "containerd://" + std::to_string(pod.number) + "-" + std::to_string(pod.container);
  }

  // Everything that an injury or a heal may change, as one text: for "nothing changed".
  std::string State() const {
    std::string state = PodName() + " " + ContainerId() + " on " + pod.node;
    for (const auto& [name, node] : nodes) {
      state += "; " + name + " machine " + std::to_string(node.machine) + (node.on ? " on" : " off") +
               (node.unschedulable ? " unschedulable" : "") + (node.disk_fails ? " disk fails" : "") +
               (node.holds_replica ? "" : " without replica");
    }
    state += "; " + std::to_string(replicas) + " wanted";
    for (const auto& [name, rows] : volume.snapshots) state += "; snapshot " + name;
    return state;
  }

  // Every node has power and a good disk with a replica on it, and takes pods; one database is wanted, and of its
  // volume nothing is kept.
  bool IsUnhurt() const {
    if (replicas != 1 || !volume.snapshots.empty()) return false;
    for (const auto& [name, node] : nodes) {
      if (!node.on || node.unschedulable || node.disk_fails || !node.holds_replica) return false;
    }
    return true;
  }

  void PowerOff(const std::string& name) {
    if (injuries == Injuries::kIgnored || !nodes.at(name).on) return;
    nodes.at(name).on = false;
    nodes.at(name).off_since = host_.Now();
  }

  void MovePod() {
    pod = Pod{.number = pod.number + 1, .container = 1, .node = pod.node, .last_end = nullptr};
    for (const auto& [name, node] : nodes) {
      if (IsReady(node) && node.on && !node.unschedulable) pod.node = name;
    }
  }

  void WriteSome() {
    for (int i = 0; i < 10 && replicas > 0; ++i) volume.rows.push_back(++volume.last_sequence);
  }

  std::map<std::string, Node> nodes;
  Pod pod;
  int replicas = 1;  // of the Deployment "db"
  Volume volume;     // of the PersistentVolume "pv-1"
  Injuries injuries = Injuries::kReal;
  bool pod_is_placed = true;
  int exit_code_of_killed = 137;
  std::optional<Output> exec_answer;   // instead of the usual, after the container was killed
  std::optional<Output> drain_answer;  // instead of an eviction, after the node was cordoned

 private:
  static Output Refusal(const std::string& words) { return Output{.exit_status = 1, .out = "", .err = words + "\n"}; }

  Result<Output> Kubectl(const std::vector<std::string>& argv) {
    std::vector<std::string> words;  // without options
    for (const std::string& word : argv) {
      if (!word.starts_with("-")) words.push_back(word);
    }
    const std::string& verb = words.at(1);
    if (verb == "get" && words.at(2) == "node") return GetNode(words.at(3));
    if (verb == "get" && words.at(2) == "pod") return GetPod(words.at(3));
    if (verb == "exec") return Exec(words.at(2));
    if (verb == "delete" && words.at(2) == "pod") return DeletePod(words.at(3));
    if (verb == "drain") return Drain(words.at(2));
    if (verb == "uncordon") return Uncordon(words.at(2));
    if (verb == "get" && words.at(2) == "persistentvolumeclaim") {
      return Output{.exit_status = 0, .out = R"({"spec": {"volumeName": "pv-1"}})", .err = ""};
    }
    if (verb == "get" && words.at(2) == "replicaset") {
      return Output{.exit_status = 0, .out = OwnedBy("Deployment", "db").dump(), .err = ""};
    }
    if (verb == "get" && words.at(2) == "deployment") {
      return Output{.exit_status = 0, .out = nlohmann::json{{"spec", {{"replicas", replicas}}}}.dump(), .err = ""};
    }
    if (verb == "scale") return Scale(argv.back());
    return Refusal("error: the fake cluster knows no " + verb);
  }

  Output GetNode(const std::string& name) {
    if (nodes.count(name) == 0) return Refusal("Error from server (NotFound): nodes \"" + name + "\" not found");
    const Node& node = nodes.at(name);
    const std::string machine = name + "-" + std::to_string(node.machine);
    const nlohmann::json ready = IsReady(node)
                                     ? nlohmann::json{{"type", "Ready"}, {"status", "True"}}
                                     : nlohmann::json{{"type", "Ready"}, {"status", "Unknown"}, {"reason", "Gone"}};
    nlohmann::json object = {{"metadata", {{"name", name}, {"uid", "uid-" + machine}}},
                             {"spec", nlohmann::json::object()},
                             {"status", {{"conditions", {ready}}, {"nodeInfo", {{"bootID", "boot-" + machine}}}}}};
    if (node.unschedulable) object["spec"]["unschedulable"] = true;
    return Output{.exit_status = 0, .out = object.dump(), .err = ""};
  }

  static nlohmann::json OwnedBy(const std::string& kind, const std::string& name) {
    return {{"metadata", {{"ownerReferences", {{{"kind", kind}, {"name", name}, {"controller", true}}}}}}};
  }

  Output Scale(const std::string& option) {
    const int wanted = std::stoi(option.substr(option.find('=') + 1));
    if (replicas == 0 && wanted > 0) MovePod();
    replicas = wanted;
    return Output{};
  }

  Output GetPod(const std::string& name) {
    if (name != PodName() || replicas == 0)
      return Refusal("Error from server (NotFound): pods \"" + name + "\" not found");
    nlohmann::json status = {{"name", "db"}, {"containerID", ContainerId()}, {"restartCount", pod.container - 1}};
    if (!pod.last_end.is_null()) status["lastState"] = {{"terminated", pod.last_end}};
    nlohmann::json object = OwnedBy("ReplicaSet", "db-1");
    object["metadata"].update({{"name", name}, {"uid", PodUid()}});
    object["spec"]["volumes"] = {{{"name", "data"}, {"persistentVolumeClaim", {{"claimName", "db-data"}}}}};
    object["status"] = {{"phase", "Running"}, {"containerStatuses", {status}}};
    return Output{.exit_status = 0, .out = object.dump(), .err = ""};
  }

  Output Exec(const std::string& name) {
    if (name != PodName()) return Refusal("Error from server (NotFound): pods \"" + name + "\" not found");
    if (injuries == Injuries::kIgnored) return Output{};
    pod.last_end = {{"containerID", ContainerId()}, {"exitCode", exit_code_of_killed}, {"reason", "Error"}};
    ++pod.container;
    return exec_answer.value_or(
        Output{.exit_status = 137, .out = "", .err = "command terminated with exit code 137\n"});
  }

  Output DeletePod(const std::string& name) {
    if (name == PodName() && injuries == Injuries::kReal) MovePod();
    return Output{};
  }

  Output Drain(const std::string& name) {
    if (nodes.count(name) == 0) return Refusal("Error from server (NotFound): nodes \"" + name + "\" not found");
    if (injuries == Injuries::kIgnored) return Output{};
    nodes.at(name).unschedulable = true;
    if (drain_answer) return *drain_answer;
    if (pod.node == name) MovePod();
    return Output{};
  }

  Output Uncordon(const std::string& name) {
    nodes.at(name).unschedulable = false;
    return Output{};
  }

  FakeHost& host_;
};

class FakePower : public Power {
 public:
  explicit FakePower(FakeCluster& cluster) : cluster_(cluster) {}
  Status Off(const std::string& node) override {
    cluster_.PowerOff(node);
    return {};
  }
  Status On(const std::string& node) override {
    cluster_.nodes.at(node).on = true;
    return {};
  }
  Status Freeze(const std::string&) override { return Unavailable("the fake machines do not freeze"); }
  Status Thaw(const std::string&) override { return {}; }
  Status ReplaceMachine(const std::string& node) override {
    const int machine = cluster_.nodes.at(node).machine + 1;
    cluster_.nodes[node] = FakeCluster::Node{.holds_replica = false, .machine = machine};
    return {};
  }
  Result<bool> IsOn(const std::string& node) override { return cluster_.nodes.at(node).on; }

 private:
  FakeCluster& cluster_;
};

class FakeDisks : public Disks {
 public:
  explicit FakeDisks(FakeCluster& cluster) : cluster_(cluster) {}
  Status Fail(const std::string& node) override {
    if (cluster_.injuries == FakeCluster::Injuries::kReal) cluster_.nodes.at(node).disk_fails = true;
    return {};
  }
  Status ReplaceDisk(const std::string& node) override {
    cluster_.nodes.at(node).disk_fails = false;
    cluster_.nodes.at(node).holds_replica = false;
    return {};
  }
  Result<bool> IsFailing(const std::string& node) override { return cluster_.nodes.at(node).disk_fails; }

 private:
  FakeCluster& cluster_;
};

class FakeReplicas : public Replicas {
 public:
  explicit FakeReplicas(FakeCluster& cluster) : cluster_(cluster) {}
  Result<std::vector<std::string>> Holders() override {
    std::vector<std::string> holders;
    for (const auto& [name, node] : cluster_.nodes) {
      if (node.holds_replica) holders.push_back(name);
    }
    return holders;
  }
  Status Restore(const std::string& node) override {
    if (std::exchange(refuse_once, false)) return Unavailable("the storage is busy");
    FakeCluster::Node& target = cluster_.nodes.at(node);
    if (!target.on || target.disk_fails) return Unavailable("no copy can be put on " + node);
    target.holds_replica = true;
    return {};
  }

  bool refuse_once = false;

 private:
  FakeCluster& cluster_;
};

class FakeSnapshots : public Snapshots {
 public:
  explicit FakeSnapshots(FakeCluster& cluster) : cluster_(cluster) {}
  Status Take(const std::string&, const std::string& snapshot) override {
    cluster_.WriteSome();
    cluster_.volume.snapshots[snapshot] = cluster_.volume.rows;
    return {};
  }
  Status RollBack(const std::string& volume, const std::string& snapshot) override {
    if (cluster_.replicas > 0) return Unavailable(volume + " is in use");
    if (cluster_.injuries == FakeCluster::Injuries::kIgnored) return {};
    cluster_.volume.rows = cluster_.volume.snapshots.at(snapshot);
    return {};
  }
  Status Remove(const std::string&, const std::string& snapshot) override {
    cluster_.volume.snapshots.erase(snapshot);
    return {};
  }

 private:
  FakeCluster& cluster_;
};

enum class Facets { kAll, kNone };

class FakeProvider : public Provider {
 public:
  FakeProvider(FakeCluster& cluster, Facets facets) : facets_(facets), power_(cluster), disks_(cluster) {}
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
  Disks* disks() override { return facets_ == Facets::kAll ? &disks_ : nullptr; }

 private:
  Facets facets_;
  FakePower power_;
  FakeDisks disks_;
};

class FakeBackend : public Backend {
 public:
  FakeBackend(FakeCluster& cluster, Facets facets)
      : facets_(facets), cluster_(cluster), replicas_(cluster), snapshots_(cluster) {}
  Status Check() const override { return {}; }
  Status Install(Progress&) override { return {}; }
  Status Uninstall(Progress&) override { return {}; }
  Result<Health> GetHealth() override {
    int serving = 0;
    for (const auto& [name, node] : cluster_.nodes) serving += node.on && !node.disk_fails && node.holds_replica;
    const bool noticed = serving < 3 && notices;
    return Health{.whole = !noticed, .detail = noticed ? std::to_string(serving) + "/3 replicas" : "3/3 replicas"};
  }
  std::string StorageClass() const override { return "fake"; }
  std::string Version() const override { return "fake"; }
  Replicas* replicas() override { return facets_ == Facets::kAll ? &replicas_ : nullptr; }
  Snapshots* snapshots() override { return facets_ == Facets::kAll ? &snapshots_ : nullptr; }

  FakeReplicas& fake_replicas() { return replicas_; }
  bool notices = true;  // false: storage that does not see what became of its disks

 private:
  Facets facets_;
  FakeCluster& cluster_;
  FakeReplicas replicas_;
  FakeSnapshots snapshots_;
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
    nowhere.pod = cluster_.PodName();
    nowhere.trouble = "0/3 nodes are available";
    if (!cluster_.pod_is_placed) return nowhere;
    return Placement{.pod = cluster_.PodName(),
                     .pod_uid = cluster_.PodUid(),
                     .node = cluster_.pod.node,
                     .container_id = cluster_.ContainerId(),
                     .restarts = cluster_.pod.container - 1,
                     .ready = cluster_.replicas > 0 && cluster_.nodes.at(cluster_.pod.node).on,
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
