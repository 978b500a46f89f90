// Fakes of what providers and backends may offer, each a thin skin over the FakeCluster.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/fakes/fake_cluster.h"

namespace holdfast {

class FakePower : public Power {
 public:
  explicit FakePower(FakeCluster& cluster) : cluster_(cluster) {}
  Status Off(const std::string& node) override {
    cluster_.PowerOff(node);
    return {};
  }
  Status On(const std::string& node) override {
    cluster_.PowerOn(node);
    return {};
  }
  Status ShutDown(const std::string& node) override { return Off(node); }
  Status Freeze(const std::string& node) override {
    cluster_.Freeze(node);
    return {};
  }
  Status Thaw(const std::string& node) override {
    cluster_.nodes.at(node).frozen = false;
    return {};
  }
  Status ReplaceMachine(const std::string& node) override {
    FakeCluster::Node fresh;
    fresh.holds_replica = false;
    fresh.machine = cluster_.nodes.at(node).machine + 1;
    fresh.zone = cluster_.nodes.at(node).zone;
    cluster_.nodes[node] = fresh;
    return {};
  }
  Result<bool> IsOn(const std::string& node) override { return cluster_.nodes.at(node).on; }

 private:
  FakeCluster& cluster_;
};

class FakeNetwork : public Network {
 public:
  explicit FakeNetwork(FakeCluster& cluster) : cluster_(cluster) {}
  Status Cut(const std::string& node) override {
    cluster_.Cut(node);
    return {};
  }
  Status Mend(const std::string& node) override {
    cluster_.nodes.at(node).cut = false;
    return {};
  }
  Result<bool> IsCut(const std::string& node) override { return cluster_.nodes.at(node).cut; }
  Status Block(const std::string& node, Traffic traffic) override {
    cluster_.Block(node, traffic);
    return {};
  }
  Status BlockPorts(const std::string& node, const std::vector<PortRange>& ports) override {
    if (cluster_.injuries == FakeCluster::Injuries::kReal) cluster_.nodes.at(node).blocked_ports = ports;
    return {};
  }
  Status Unblock(const std::string& node) override {
    cluster_.nodes.at(node).blocked.reset();
    cluster_.nodes.at(node).blocked_ports.clear();
    return {};
  }
  Result<bool> IsBlocked(const std::string& name) override {
    const FakeCluster::Node& node = cluster_.nodes.at(name);
    return node.blocked.has_value() || !node.blocked_ports.empty();
  }
  Status SetQuality(const std::string& node, const Quality& quality) override {
    const bool injury = !FakeCluster::IsPerfect(quality);
    if (injury && cluster_.injuries == FakeCluster::Injuries::kIgnored) return {};
    cluster_.nodes.at(node).quality = quality;
    return {};
  }
  // A packet that is lost is sent again a second later; of those that the node sends every so many-th is lost. What a
  // busy machine holds up takes as long.
  Result<std::vector<std::optional<Duration>>> TimeConnections(const std::string& name, int count) override {
    FakeCluster::Node& node = cluster_.nodes.at(name);
    std::vector<std::optional<Duration>> took(static_cast<std::size_t>(count));
    if (!FakeCluster::IsAlive(node) || node.cut || node.blocked) return took;
    for (int i = 0; i < count; ++i, ++node.connections) {
      const int percent = node.quality.loss_percent;
      const bool lost = (node.connections + 1) * percent / 100 > node.connections * percent / 100;
      const bool late = lost || i < node.held_up;
      took[static_cast<std::size_t>(i)] =
          node.latency + node.quality.delay + (late ? std::chrono::seconds(1) : Duration::zero());
    }
    return took;
  }

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
    cluster_.nodes.at(node).disk = DiskConduct::kGood;
    cluster_.nodes.at(node).holds_replica = false;
    return {};
  }
  Result<bool> IsFailing(const std::string& node) override {
    if (cluster_.nodes.at(node).disk == DiskConduct::kGone) return Unavailable("the disk of " + node + " is not there");
    return cluster_.nodes.at(node).disk_fails || cluster_.nodes.at(node).disk == DiskConduct::kErrors;
  }
  Status Conduct(const std::string& name, DiskConduct conduct, Duration delay) override {
    if (conduct != DiskConduct::kGood && cluster_.injuries == FakeCluster::Injuries::kIgnored) return {};
    cluster_.nodes.at(name).disk = conduct;
    cluster_.nodes.at(name).disk_delay = delay;
    return {};
  }
  Result<DiskConduct> GetConduct(const std::string& name) override { return cluster_.nodes.at(name).disk; }
  Result<Duration> TimeRead(const std::string& name) override {
    const FakeCluster::Node& node = cluster_.nodes.at(name);
    const bool slow = node.disk == DiskConduct::kSlow;
    return std::chrono::milliseconds(2) + (slow ? node.disk_delay : Duration::zero());
  }

 private:
  FakeCluster& cluster_;
};

// Knows the scripts of the faults by the commands in them, and does to the cluster what they would do.
class FakeShell : public NodeShell {
 public:
  explicit FakeShell(FakeCluster& cluster) : cluster_(cluster) {}

  Result<Output> Run(const std::string& name, const std::string& script, Duration) override {
    const FakeCluster::Node& node = cluster_.nodes.at(name);
    if (!FakeCluster::IsAlive(node) || cluster_.Now() < node.answers_from) {
      return Unavailable("node " + name + " does not answer");
    }
    const auto has = [&script](const std::string& text) { return script.find(text) != std::string::npos; };
    if (script == "true") return Output{};
    if (has("kill -0 ")) return Answer(IsInContainer(name, script) ? "2\n" : "0\n");
    if (has("kill -KILL")) return Kill(name, script);
    if (has("kill -")) return Signal(name, script, has("kill -TERM"), has("kill -STOP"));
    if (has("^State:.T")) return Answer(IsInContainer(name, script) && cluster_.pod.hangs ? "2\n" : "0\n");
    if (has("sysrq-trigger")) {
      cluster_.Panic(name);
      return Output{};
    }
    if (has("echo \"$cgroup")) return Answer(Cgroup() + " max\n");
    if (has("echo 0 >memory.max")) return StarveContainer(script);
    if (has("memory.max")) return Output{};
    if (has("dmesg")) return Answer(cluster_.pod.oom_killed ? "oom-kill: task=db\n" : "");
    if (has("/var/lib/kubelet/pods/")) return Volume(script);
    if (has("date ")) return Clock(name, script);
    return Unavailable("the fake node knows no such script: " + script);
  }

 private:
  static Output Answer(const std::string& text) { return Output{.exit_status = 0, .out = text, .err = ""}; }
  std::string Cgroup() const { return "/sys/fs/cgroup/pods/" + Id(); }
  std::string Id() const { return cluster_.ContainerId().substr(std::string("containerd://").size()); }
  bool IsInContainer(const std::string& node, const std::string& script) const {
    return node == cluster_.pod.node && script.find("id='" + Id() + "'") != std::string::npos;
  }

  Output Signal(const std::string& node, const std::string& script, bool ends, bool stops) {
    if (!IsInContainer(node, script)) return Answer("0\n");
    const bool ignored = cluster_.injuries == FakeCluster::Injuries::kIgnored;
    if (ends && !ignored) cluster_.EndContainer(cluster_.exit_code_of_stopped, "Completed");
    if (!ends && !(stops && ignored)) cluster_.pod.hangs = stops;
    return Answer(ends ? "1\n" : "2\n");
  }

  Output Kill(const std::string& node, const std::string& script) {
    if (!IsInContainer(node, script)) return Answer("0\n");
    if (cluster_.injuries == FakeCluster::Injuries::kReal) {
      cluster_.EndContainer(cluster_.exit_code_of_killed, "Error");
    }
    return Answer("2\n");
  }

  Output StarveContainer(const std::string& script) {
    if (script.find(Cgroup()) == std::string::npos)
      return Output{.exit_status = 1, .out = "", .err = "cd: no such folder"};
    if (cluster_.injuries == FakeCluster::Injuries::kIgnored) return Output{};
    cluster_.EndContainer(137, cluster_.reason_of_oom);
    cluster_.pod.oom_killed = true;
    return Output{};
  }

  Output Volume(const std::string& script) {
    const auto has = [&script](const std::string& text) { return script.find(text) != std::string::npos; };
    if (!cluster_.pod.mounted) return Output{.exit_status = 1, .out = "", .err = "pv-1 is not mounted here\n"};
    if (has("filefrag")) {
      return Answer(cluster_.pod.full ? "" : std::to_string(FakeCluster::kFileOffset) + " data.log\n");
    }
    if (has("fallocate")) {
      if (cluster_.injuries == FakeCluster::Injuries::kReal) cluster_.pod.full = true;
    } else if (has("of=\"$folder/holdfast-probe\"")) {
      return Answer(cluster_.pod.full ? "No space left on device\n" : "written\n");
    } else {
      cluster_.pod.full = false;
    }
    return Output{};
  }

  // "date +%s.%N" tells it, "date --set='60 seconds'" steps it.
  Output Clock(const std::string& name, const std::string& script) {
    FakeCluster::Node& node = cluster_.nodes.at(name);
    const auto since_start = cluster_.Now().time_since_epoch();
    const std::size_t step = script.find("--set='");
    if (step != std::string::npos) {
      if (cluster_.injuries == FakeCluster::Injuries::kReal) {
        node.clock_offset += std::chrono::seconds(std::stoi(script.substr(step + 7)));
      }
      return Output{};
    }
    const auto time = std::chrono::seconds(1'700'000'000) + since_start + node.clock_offset;
    return Answer(std::to_string(std::chrono::duration<double>(time).count()) + "\n");
  }

  FakeCluster& cluster_;
};

class FakeServices : public NodeServices {
 public:
  explicit FakeServices(FakeCluster& cluster) : cluster_(cluster) {}
  Status Stop(const std::string& node, Service service) override {
    cluster_.StopService(node, service);
    return {};
  }
  Status Start(const std::string& node, Service service) override {
    cluster_.nodes.at(node).stopped.erase(service);
    return {};
  }
  Result<bool> IsRunning(const std::string& node, Service service) override {
    return cluster_.nodes.at(node).stopped.count(service) == 0;
  }

 private:
  FakeCluster& cluster_;
};

class FakeControlPlane : public ControlPlane {
 public:
  explicit FakeControlPlane(FakeCluster& cluster) : cluster_(cluster) {}
  Status Stop(Component component) override {
    if (cluster_.injuries == FakeCluster::Injuries::kReal) cluster_.control_plane_away.insert(component);
    return {};
  }
  Status Start(Component component) override {
    cluster_.control_plane_away.erase(component);
    return {};
  }
  Status Pause(Component component) override { return Stop(component); }
  Status Resume(Component component) override { return Start(component); }
  Status Revive() override {
    cluster_.control_plane_away.clear();
    return {};
  }

 private:
  FakeCluster& cluster_;
};

class FakeDaemons : public Daemons {
 public:
  explicit FakeDaemons(FakeCluster& cluster) : cluster_(cluster) {}
  Result<std::vector<std::string>> NodesOf(Role) override { return std::vector<std::string>{"n1", "n2", "n3"}; }
  Status Kill(const std::string& node, Role) override {
    if (cluster_.injuries == FakeCluster::Injuries::kReal) ++cluster_.nodes.at(node).daemon_starts;
    return {};
  }
  Status Stop(const std::string& node, Role role) override {
    if (cluster_.injuries == FakeCluster::Injuries::kReal) cluster_.nodes.at(node).stopped_daemons.insert(role);
    return {};
  }
  Status Start(const std::string& node, Role role) override {
    if (cluster_.nodes.at(node).stopped_daemons.erase(role) != 0) ++cluster_.nodes.at(node).daemon_starts;
    return {};
  }
  Result<std::string> Incarnation(const std::string& name, Role role) override {
    const FakeCluster::Node& node = cluster_.nodes.at(name);
    if (node.stopped_daemons.count(role) != 0) return "";
    return std::to_string(node.daemon_starts);
  }

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

// What is damaged is one copy of the volume "pv-1"; every node has one.
class FakeBitRot : public BitRot {
 public:
  explicit FakeBitRot(FakeCluster& cluster) : cluster_(cluster) {}
  Result<std::string> ReadFrom(const Place&) override { return read_from; }
  Status Flip(const std::string& node, const Place& place) override {
    if (cluster_.injuries == FakeCluster::Injuries::kReal) cluster_.nodes.at(node).rotten = place.offset;
    return {};
  }
  Result<std::string> Find(const std::string& node, const Place& place) override {
    return cluster_.nodes.at(node).rotten == place.offset ? "a scrub found a checksum that is wrong" : "";
  }
  Status Repair(const Place&) override {
    for (auto& [name, node] : cluster_.nodes) node.rotten.reset();
    return {};
  }

  std::string read_from = "n2";

 private:
  FakeCluster& cluster_;
};

class FakeSnapshots : public Snapshots {
 public:
  explicit FakeSnapshots(FakeCluster& cluster) : cluster_(cluster) {}
  Status Take(const std::string&, const std::string& snapshot) override {
    cluster_.WriteSome();
    if (cluster_.injuries == FakeCluster::Injuries::kIgnored) return {};
    cluster_.volume.snapshots[snapshot] = cluster_.volume.rows;
    return {};
  }
  Result<bool> Has(const std::string&, const std::string& snapshot) override {
    return cluster_.volume.snapshots.count(snapshot) != 0;
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

}  // namespace holdfast
