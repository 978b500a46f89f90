// The embedded cluster: a real Kubernetes whose nodes are user-mode Linux kernels, all from Debian's packages; needs
// root and no KVM, no container engine and no registry. Everything of a cluster is in one network namespace and one
// folder.
//
//     Create:  images ─▶ namespace, bridges ─▶ credentials ─▶ control plane ─▶ machines ─▶ Ready
//     Destroy: logs kept ─▶ every process of the namespace killed ─▶ namespace, folder removed
#pragma once

#include <memory>
#include <optional>

#include "clusters/uml/layout.h"
#include "clusters/uml/machine.h"
#include "clusters/uml/node_network.h"
#include "harness/provider.h"

namespace holdfast::uml {

class Uml : public Provider,
            private Power,
            private Network,
            private Disks,
            private NodeShell,
            private NodeServices,
            private ControlPlane {
 public:
  explicit Uml(const Context& context);

  Status Check() const override;
  std::vector<Complaint> Diagnose() override;
  Status Create(Progress& progress) override;
  Status Destroy(Progress& progress) override;
  Result<bool> IsUp() override;
  Result<bool> Exists() override;

  Result<Access> GetAccess() const override;
  std::vector<std::string> Nodes() const override;
  Fidelity GetFidelity() const override { return Fidelity::kKernel; }
  std::string Profile() const override { return parameters_.profile; }
  std::uint64_t MemoryNeeded() const override;
  std::vector<std::pair<std::string, std::string>> Fingerprint() const override;
  std::vector<std::string> ByHand() const override;
  Status LoadImage(const std::string& archive) override;
  Status CollectLogs(const std::filesystem::path& folder) override;

  Power* power() override { return this; }
  Network* network() override { return this; }
  Disks* disks() override { return this; }
  NodeShell* shell() override { return this; }
  NodeServices* services() override { return this; }
  ControlPlane* control_plane() override { return this; }

 private:
  // Facets. Power and Disks both replace, so they are told apart by what they replace; NodeServices and ControlPlane
  // both stop and start, by whether a node is named.
  Status Off(const std::string& node) override;
  Status On(const std::string& node) override;
  Status ShutDown(const std::string& node) override;
  Status Freeze(const std::string& node) override;
  Status Thaw(const std::string& node) override;
  Status ReplaceMachine(const std::string& node) override;
  Result<bool> IsOn(const std::string& node) override;
  Status Cut(const std::string& node) override;
  Status Mend(const std::string& node) override;
  Result<bool> IsCut(const std::string& node) override;
  Status Block(const std::string& node, Traffic traffic) override;
  Status BlockPorts(const std::string& node, const std::vector<PortRange>& ports) override;
  Status Unblock(const std::string& node) override;
  Result<bool> IsBlocked(const std::string& node) override;
  Status SetQuality(const std::string& node, const Quality& quality) override;
  Result<std::vector<std::optional<Duration>>> TimeConnections(const std::string& node, int count) override;
  Status Fail(const std::string& node) override;
  Status ReplaceDisk(const std::string& node) override;
  Result<bool> IsFailing(const std::string& node) override;
  // Of NodeServices.
  Status Stop(const std::string& node, Service service) override;
  Status Start(const std::string& node, Service service) override;
  Result<bool> IsRunning(const std::string& node, Service service) override;
  // Of ControlPlane.
  Status Stop(Component component) override;
  Status Start(Component component) override;
  Status Pause(Component component) override;
  Status Resume(Component component) override;
  Status Revive() override;
  Status Conduct(const std::string& node, DiskConduct conduct, Duration delay) override;
  Result<DiskConduct> GetConduct(const std::string& node) override;
  Result<Duration> TimeRead(const std::string& node) override;
  Result<Output> Run(const std::string& node, const std::string& script, Duration limit) override;

  Result<NodeNetwork> FindNetwork(const std::string& node);
  Status SetDelay(const std::string& node, Duration delay);
  Result<Machine> FindMachine(const std::string& node);
  Machine MachineOf(int number) { return {host_, layout_, parameters_, images_, Layout::NodeName(number)}; }
  Status MakeImages(Progress& progress);
  Status MakeCluster(Progress& progress);
  static void RaiseMapLimit(Progress& progress);
  Status MakeNetwork();
  Status MakePauseImage();
  Status BootMachines();
  Status AwaitReady(const std::vector<std::string>& nodes);
  Status RefuseIfDamaged();
  Status RefuseIfNoRoom() const;
  Status KillEverything();
  Status RemoveFolder();
  Kube MakeKube() const;

  Host& host_;
  Layout layout_;
  Options options_;
  Parameters asked_;       // by the rig
  Parameters parameters_;  // of the cluster on disk, if there is one, else as asked
  Images images_;
};

}  // namespace holdfast::uml
