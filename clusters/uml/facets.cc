// What the embedded cluster can do to its nodes' network and disks, to their services and to its control plane; the
// rest of its facets are in uml.cc.
#include <fmt/format.h>

#include "clusters/uml/control_plane.h"
#include "clusters/uml/uml.h"

namespace holdfast::uml {
namespace {

using std::chrono::seconds;

std::string NameOf(NodeServices::Service service) {
  return service == NodeServices::Service::kKubelet ? "kubelet" : "containerd";
}

std::string NameOf(ControlPlane::Component component) {
  switch (component) {
    case ControlPlane::Component::kApiServer:
      return "kube-apiserver";
    case ControlPlane::Component::kControllerManager:
      return "kube-controller-manager";
    case ControlPlane::Component::kEtcd:
      break;
  }
  return "etcd";
}

}  // namespace

Result<NodeNetwork> Uml::FindNetwork(const std::string& node) {
  RETURN_IF_ERROR(FindMachine(node));
  return NodeNetwork(host_, layout_, images_, node);
}

Status Uml::Block(const std::string& node, Traffic traffic) {
  return FindNetwork(node).and_then([&](NodeNetwork network) { return network.Block(traffic); });
}
Status Uml::BlockPorts(const std::string& node, const std::vector<PortRange>& ports) {
  return FindNetwork(node).and_then([&](NodeNetwork network) { return network.BlockPorts(ports); });
}
Status Uml::Unblock(const std::string& node) {
  return FindNetwork(node).and_then([](NodeNetwork network) { return network.Unblock(); });
}
Result<bool> Uml::IsBlocked(const std::string& node) {
  return FindNetwork(node).and_then([](NodeNetwork network) { return network.IsBlocked(); });
}
Result<std::vector<std::optional<Duration>>> Uml::TimeConnections(const std::string& node, int count) {
  return FindNetwork(node).and_then([&](NodeNetwork network) { return network.TimeConnections(count); });
}

std::vector<std::string> Uml::ByHand() const {
  const std::string space = layout_.NetworkNamespace();
  const std::string nft =
      fmt::format("ip netns exec {} chroot {} nft delete table bridge", space, (images_.node_root / "root").string());
  const std::string thaw = (SourceFolder() / "host" / "daemon.sh").string() + " thaw";
  return {
      fmt::format("a node cut off: ip -n {} link set {} master br0", space, Layout::Tap("NODE", 0)),
      fmt::format("packets of a node dropped: {} holdfast-block-NODE, or holdfast-loss-NODE", nft),
      fmt::format("a node frozen: {} {}", thaw, (layout_.Node("NODE") / "kernel").string()),
      fmt::format("etcd paused: {} {}", thaw, (layout_.ControlPlane() / "etcd").string()),
      fmt::format(
          "the API server or the controller manager stopped: holdfast heal --cluster {}, which starts them first",
          layout_.cluster()),
  };
}

Status Uml::SetQuality(const std::string& node, const Quality& quality) {
  ASSIGN_OR_RETURN(NodeNetwork network, FindNetwork(node));
  RETURN_IF_ERROR(network.Lose(quality.loss_percent));
  return SetDelay(node, quality.delay);
}

// A machine that is off has none when it boots.
Status Uml::SetDelay(const std::string& node, Duration delay) {
  ASSIGN_OR_RETURN(Machine machine, FindMachine(node));
  ASSIGN_OR_RETURN(const bool on, machine.IsOn());
  if (!on) return {};
  constexpr int kMostPackets = 20000;  // that are under way at a time
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(delay).count();
  const std::string script =
      us == 0 ? "! tc qdisc show dev vec0 | grep -q netem || tc qdisc del dev vec0 root"
              : fmt::format("modprobe sch_netem && tc qdisc replace dev vec0 root netem delay {}us limit {}", us,
                            kMostPackets);
  ASSIGN_OR_RETURN(const Output output, machine.Run(script, seconds(30)));
  if (output.exit_status == 0) return {};
  return Unavailable(fmt::format("cannot set the delay of node {}: {}", node, output.err));
}

Status Uml::Conduct(const std::string& node, DiskConduct conduct, Duration delay) {
  ASSIGN_OR_RETURN(Machine machine, FindMachine(node));
  switch (conduct) {
    case DiskConduct::kGood:
      return machine.SetDiskState("ok");
    case DiskConduct::kErrors:
      return machine.SetDiskState("failed");
    case DiskConduct::kWriteErrors:
      return machine.SetDiskState("write-errors");
    case DiskConduct::kGone:
      return machine.SetDiskState("gone");
    case DiskConduct::kSlow:
      break;
  }
  return machine.SetDiskState(fmt::format("slow-{}", std::chrono::ceil<std::chrono::milliseconds>(delay).count()));
}

Result<DiskConduct> Uml::GetConduct(const std::string& node) {
  ASSIGN_OR_RETURN(Machine machine, FindMachine(node));
  ASSIGN_OR_RETURN(const std::string target, machine.DiskTarget());
  if (target == "linear") return DiskConduct::kGood;
  if (target == "error") return DiskConduct::kErrors;
  if (target == "flakey") return DiskConduct::kWriteErrors;
  if (target == "delay") return DiskConduct::kSlow;
  if (target == "gone") return DiskConduct::kGone;
  return Unavailable(fmt::format("the disk of node {} has the unknown target '{}'", node, target));
}

Result<Duration> Uml::TimeRead(const std::string& node) {
  return FindMachine(node).and_then([](Machine machine) { return machine.TimeDiskRead(); });
}

Status Uml::Stop(const std::string& node, Service service) {
  return FindMachine(node).and_then([&](Machine machine) { return machine.StopService(NameOf(service)); });
}
Status Uml::Start(const std::string& node, Service service) {
  return FindMachine(node).and_then([&](Machine machine) { return machine.StartService(NameOf(service)); });
}
Result<bool> Uml::IsRunning(const std::string& node, Service service) {
  return FindMachine(node).and_then([&](Machine machine) { return machine.ProcessIsRunning(NameOf(service)); });
}

Status Uml::Stop(Component component) { return TellDaemon(host_, "stop", layout_.ControlPlane() / NameOf(component)); }
Status Uml::Start(Component component) {
  return StartControlPlaneProgram(host_, layout_, parameters_, images_, NameOf(component));
}
Status Uml::Pause(Component component) {
  return TellDaemon(host_, "freeze", layout_.ControlPlane() / NameOf(component));
}
Status Uml::Resume(Component component) {
  return TellDaemon(host_, "thaw", layout_.ControlPlane() / NameOf(component));
}

// A cluster that never was up has nothing to go back to.
Status Uml::Revive() {
  if (!std::filesystem::exists(layout_.UpMark())) return {};
  return ReviveControlPlane(host_, layout_, parameters_, images_);
}

}  // namespace holdfast::uml
