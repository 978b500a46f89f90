// FakeCluster: a small cluster with state, for tests: nodes that have power, disks that fail, a pod that runs
// somewhere, seen through kubectl. What the fakes of provider, backend and workload do, they do to it.
#pragma once

#include <array>
#include <ctime>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/fakes/host_fake.h"
#include "harness/fault.h"

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
    int boots = 1;
    bool frozen = false;
    bool panicked = false;  // it has power and does nothing
    bool cut = false;
    std::optional<Network::Traffic> blocked;
    std::vector<PortRange> blocked_ports;
    Network::Quality quality;
    DiskConduct disk = DiskConduct::kGood;
    Duration disk_delay{};
    std::set<NodeServices::Service> stopped;  // services
    std::set<Daemons::Role> stopped_daemons;
    int daemon_starts = 1;                            // of any of the storage's daemons
    std::optional<std::int64_t> rotten;               // where in the volume its copy is damaged
    std::optional<std::string> zone;                  // instead of one of its own; "": it has no such label
    Duration clock_offset{};                          // of its clock to that of the others
    Time gone_since{};                                // without power, frozen or cut off
    Time answers_from{};                              // its shell, which is too busy before
    int connections = 0;                              // to it, all that were timed
    int held_up = 0;                                  // of the connections that are timed at once, by a busy machine
    Duration latency = std::chrono::milliseconds(1);  // of a connection that nothing disturbs
  };

  // Where in its volume the database's file begins.
  static constexpr std::int64_t kFileOffset = 142606336;

  struct Pod {
    int number = 1;  // counts pods; in name and uid
    int container = 1;
    std::string node = "n1";
    nlohmann::json last_end;  // of a container: a `terminated` state
    bool hangs = false;       // the processes of the container are stopped
    bool full = false;        // its volume
    bool mounted = true;      // its volume, on its node
    bool oom_killed = false;  // the last container, by the kernel
  };

  // What the database has written, by sequence, and copies of that. Whoever looks finds some more writes than before.
  struct Volume {
    std::vector<std::uint64_t> rows;
    std::uint64_t last_sequence = 0;  // the clients': it goes on whatever becomes of the rows
    std::map<std::string, std::vector<std::uint64_t>> snapshots;
    std::string phase = "Bound";  // of the PersistentVolume; "": there is none
  };

  explicit FakeCluster(FakeHost& host) : host_(host) {
    for (const char* name : {"n1", "n2", "n3"}) nodes[name];
    host_.On("kubectl *", [this](const Command& command) { return Kubectl(command.argv); });
  }

  Time Now() const { return host_.Now(); }

  static bool IsAlive(const Node& node) { return node.on && !node.frozen && !node.panicked; }
  static bool IsThere(const Node& node) { return IsAlive(node) && !node.cut && !node.blocked && node.stopped.empty(); }
  bool IsReady(const Node& node) const { return IsThere(node) || host_.Now() - node.gone_since < kFakeDetection; }

  std::string PodName() const { return "db-" + std::to_string(pod.number); }
  std::string PodUid() const { return "pod-uid-" + std::to_string(pod.number); }
  std::string ContainerId() const {
    return "containerd://" + std::to_string(pod.number) + "-" + std::to_string(pod.container);
  }

  // Everything that an injury or a heal may change, as one text: for "nothing changed".
  std::string State() const {
    std::string state = PodName() + " " + ContainerId() + " on " + pod.node;
    for (const auto& [name, node] : nodes) {
      state +=
          "; " + name + " machine " + std::to_string(node.machine) + (node.on ? " on" : " off") +
          (node.frozen ? " frozen" : "") + (node.panicked ? " panicked" : "") + (node.cut ? " cut" : "") +
          (node.blocked ? " blocked" : "") + (node.blocked_ports.empty() ? "" : " ports blocked") +
          (node.rotten ? " rotten" : "") + (IsPerfect(node.quality) ? "" : " degraded") +
          (node.disk == DiskConduct::kGood ? "" : " disk disturbed") +
          (node.stopped.empty() ? "" : " service stopped") + (node.stopped_daemons.empty() ? "" : " daemon stopped") +
          (node.clock_offset == Duration::zero() ? "" : " clock off") + (node.unschedulable ? " unschedulable" : "") +
          (node.disk_fails ? " disk fails" : "") + (node.holds_replica ? "" : " without replica");
    }
    if (pod.hangs) state += "; database hangs";
    if (pod.full) state += "; volume full";
    if (!control_plane_away.empty()) state += "; control plane damaged";
    if (probe_there) state += "; probe left";
    state += "; " + std::to_string(replicas) + " wanted";
    for (const auto& [name, rows] : volume.snapshots) state += "; snapshot " + name;
    return state;
  }

  // Every node has power and a good disk with a replica on it, and takes pods; one database is wanted, and of its
  // volume nothing is kept.
  bool IsUnhurt() const {
    if (replicas != 1 || !volume.snapshots.empty()) return false;
    if (pod.hangs || pod.full || !control_plane_away.empty() || probe_there) return false;
    for (const auto& [name, node] : nodes) {
      if (!IsThere(node) || node.unschedulable || node.disk_fails || !node.holds_replica) return false;
      if (!IsPerfect(node.quality) || node.disk != DiskConduct::kGood || !node.stopped_daemons.empty()) return false;
      if (node.clock_offset != Duration::zero() || !node.blocked_ports.empty() || node.rotten) return false;
    }
    return true;
  }
  static bool IsPerfect(const Network::Quality& quality) {
    return quality.delay == Duration::zero() && quality.loss_percent == 0;
  }

  void PowerOff(const std::string& name) {
    if (injuries == Injuries::kIgnored || !nodes.at(name).on) return;
    nodes.at(name).on = false;
    nodes.at(name).gone_since = host_.Now();
  }
  // Services, processes, cgroups and what the network was told within the node are fresh.
  void PowerOn(const std::string& name) {
    Node& node = nodes.at(name);
    if (node.on) return;
    node.on = true;
    node.panicked = false;
    node.stopped.clear();
    ++node.boots;
    if (pod.node == name) pod.hangs = false;
  }
  void Panic(const std::string& name) {
    if (injuries == Injuries::kIgnored) return;
    nodes.at(name).panicked = true;
    nodes.at(name).gone_since = host_.Now();
  }
  void StopService(const std::string& name, NodeServices::Service service) {
    if (injuries == Injuries::kIgnored) return;
    nodes.at(name).stopped.insert(service);
    nodes.at(name).gone_since = host_.Now();
  }
  void Block(const std::string& name, Network::Traffic traffic) {
    if (injuries == Injuries::kIgnored) return;
    nodes.at(name).blocked = traffic;
    nodes.at(name).gone_since = host_.Now();
  }

  // The database's container ends and the kubelet starts another one.
  void EndContainer(int exit_code, const std::string& reason) {
    pod.last_end = {{"containerID", ContainerId()}, {"exitCode", exit_code}, {"reason", reason}};
    pod.hangs = false;
    ++pod.container;
  }
  void Freeze(const std::string& name) {
    if (injuries == Injuries::kIgnored) return;
    nodes.at(name).frozen = true;
    nodes.at(name).gone_since = host_.Now();
  }
  void Cut(const std::string& name) {
    if (injuries == Injuries::kIgnored) return;
    nodes.at(name).cut = true;
    nodes.at(name).gone_since = host_.Now();
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
  bool pod_is_there = true;                              // false: between two pods
  std::set<ControlPlane::Component> control_plane_away;  // stopped or paused
  bool probe_there = false;                              // a Deployment of no replicas
  bool probe_observed = false;
  int exit_code_of_killed = 137;
  int exit_code_of_stopped = 0;
  std::string reason_of_oom = "OOMKilled";
  std::optional<Output> exec_answer;      // instead of the usual, after the container was killed
  std::optional<Output> drain_answer;     // instead of an eviction, after the node was cordoned
  std::optional<Output> eviction_answer;  // instead of an eviction

 private:
  static Output Refusal(const std::string& words) { return Output{.exit_status = 1, .out = "", .err = words + "\n"}; }

  Result<Output> Kubectl(const std::vector<std::string>& argv) {
    std::vector<std::string> words;  // without options
    for (const std::string& word : argv) {
      if (!word.starts_with("-")) words.push_back(word);
    }
    const std::string& verb = words.at(1);
    if (control_plane_away.count(ControlPlane::Component::kApiServer) != 0 ||
        control_plane_away.count(ControlPlane::Component::kEtcd) != 0) {
      return Refusal(
          "The connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?");
    }
    if (verb == "get" && words.at(2) == "/api/v1") {
      return Output{.exit_status = 0,
                    .out = R"({"resources": [{"name": "pods/eviction", "group": "policy", "version": "v1beta1"}]})",
                    .err = ""};
    }
    if (verb == "get" && words.at(2) == "/readyz") return Output{.exit_status = 0, .out = "ok", .err = ""};
    if (verb == "get" && words.at(2) == "lease") return GetLease(words.at(3));
    if (verb == "create" && words.at(2).ends_with("/eviction")) {
      return eviction_answer ? *eviction_answer : DeletePod(PodName());
    }
    if (verb == "apply") return ApplyProbe();
    if (verb == "delete" && words.at(2) == "deployment") return DeleteProbe();
    if (verb == "get" && words.at(2) == "node") return GetNode(words.at(3));
    if (verb == "get" && words.at(2) == "pod") return GetPod(words.at(3));
    if (verb == "exec") return Exec(words.at(2));
    if (verb == "delete" && words.at(2) == "pod") return DeletePod(words.at(3));
    if (verb == "drain") return Drain(words.at(2));
    if (verb == "uncordon") return Uncordon(words.at(2));
    if (verb == "get" && words.at(2) == "persistentvolumeclaim") {
      return Output{.exit_status = 0, .out = R"({"spec": {"volumeName": "pv-1"}})", .err = ""};
    }
    if (verb == "get" && words.at(2) == "persistentvolume") {
      if (volume.phase.empty()) return Refusal("Error from server (NotFound): persistentvolumes \"pv-1\" not found");
      return Output{.exit_status = 0, .out = nlohmann::json{{"status", {{"phase", volume.phase}}}}.dump(), .err = ""};
    }
    if (verb == "get" && words.at(2) == "replicaset") {
      return Output{.exit_status = 0, .out = OwnedBy("Deployment", "db").dump(), .err = ""};
    }
    if (verb == "get" && words.at(2) == "deployment") {
      if (words.at(3) != "db") return GetProbe(words.at(3));
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
    nlohmann::json object = {
        {"metadata", {{"name", name}, {"uid", "uid-" + machine}, {"labels", {{"kubernetes.io/hostname", name}}}}},
        {"spec", nlohmann::json::object()},
        {"status",
         {{"conditions", {ready}}, {"nodeInfo", {{"bootID", "boot-" + machine + "-" + std::to_string(node.boots)}}}}}};
    if (node.unschedulable) object["spec"]["unschedulable"] = true;
    const std::string zone = node.zone.value_or("zone-of-" + name);
    if (!zone.empty()) object["metadata"]["labels"]["topology.kubernetes.io/zone"] = zone;
    return Output{.exit_status = 0, .out = object.dump(), .err = ""};
  }

  // Its kubelet renews it with its own clock.
  Output GetLease(const std::string& name) {
    const auto renewed = std::chrono::seconds(1'700'000'000) + nodes.at(name).clock_offset;
    const std::time_t time = std::chrono::duration_cast<std::chrono::seconds>(renewed).count();
    std::tm utc{};
    gmtime_r(&time, &utc);
    std::array<char, 64> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S.000000Z", &utc);
    return Output{.exit_status = 0, .out = nlohmann::json{{"spec", {{"renewTime", text.data()}}}}.dump(), .err = ""};
  }

  // The controller manager takes note of it, if there is one.
  Output ApplyProbe() {
    probe_there = true;
    probe_observed = control_plane_away.count(ControlPlane::Component::kControllerManager) == 0;
    return Output{};
  }
  Output DeleteProbe() {
    probe_there = false;
    return Output{};
  }
  Output GetProbe(const std::string& name) const {
    if (!probe_there) return Refusal("Error from server (NotFound): deployments.apps \"" + name + "\" not found");
    const nlohmann::json status = probe_observed ? nlohmann::json{{"observedGeneration", 1}} : nlohmann::json::object();
    return Output{.exit_status = 0, .out = nlohmann::json{{"status", status}}.dump(), .err = ""};
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
    EndContainer(exit_code_of_killed, "Error");
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

}  // namespace holdfast
