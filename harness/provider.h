// Provider: makes and unmakes one cluster, and hurts its machines. One object stands for one cluster, running or not;
// it keeps nothing in memory that a later process would need (state is on disk or in the cloud), so that `holdfast
// heal` and `holdfast cluster down` work from a new process. A facet is a small interface behind a pointer: nullptr
// means "cannot", and is known before any cluster exists. Thread-safe only where said.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/host.h"
#include "harness/host/progress.h"
#include "harness/kube/kube.h"
#include "harness/options.h"
#include "harness/registry.h"

namespace holdfast {

// What a node's "power off" means here (DESIGN: fidelity). A report never sells a container kill as a power failure.
enum class Fidelity { kContainer, kKernel, kMachine };
std::string ToString(Fidelity fidelity);
// One sentence on what this level can and cannot show.
std::string FidelityNote(Fidelity fidelity);

// Machines lose and regain power. Every call is idempotent.
class Power {
 public:
  virtual ~Power() = default;
  virtual Status Off(const std::string& node) = 0;  // at once; memory and page cache are gone when it returns
  virtual Status On(const std::string& node) = 0;   // the same machine with its disks; returns once it is booting
  // As with its power button: it ends its programs and switches itself off. Returns when it is off.
  virtual Status ShutDown(const std::string& node) = 0;
  virtual Status Freeze(const std::string& node) = 0;  // every CPU stops, nothing is lost
  virtual Status Thaw(const std::string& node) = 0;
  // The machine is gone for good, as a cloud would say: its Node object goes and a fresh machine with an empty disk
  // takes its name and zone. Returns when the fresh node is Ready.
  virtual Status ReplaceMachine(const std::string& node) = 0;
  virtual Result<bool> IsOn(const std::string& node) = 0;
};

// TCP ports, both ends included.
struct PortRange {
  int first = 0;
  int last = 0;
  bool operator==(const PortRange&) const = default;
};

// The cluster's network, as a node has it. Every call is idempotent, and nothing of it needs the node's own network.
class Network {
 public:
  virtual ~Network() = default;
  virtual Status Cut(const std::string& node) = 0;  // from everything, both ways
  virtual Status Mend(const std::string& node) = 0;
  virtual Result<bool> IsCut(const std::string& node) = 0;

  // A part of the traffic, dropped without a word.
  enum class Traffic {
    kIn,            // all that comes to the node
    kOut,           // all that the node sends
    kControlPlane,  // between the node and the programs of the control plane, both ways
  };
  virtual Status Block(const std::string& node, Traffic traffic) = 0;  // instead of what was blocked before
  // What passes between the node and everybody else, both ways, to or from one of these ports, also of connections that
  // are there already. The node still reaches itself. Instead of what was blocked before.
  virtual Status BlockPorts(const std::string& node, const std::vector<PortRange>& ports) = 0;
  virtual Status Unblock(const std::string& node) = 0;
  virtual Result<bool> IsBlocked(const std::string& node) = 0;

  struct Quality {
    Duration delay{};      // of all that the node sends
    int loss_percent = 0;  // of all that the node sends
  };
  virtual Status SetQuality(const std::string& node, const Quality& quality) = 0;  // {}: as it was made

  // How long it takes to connect to the node over this network, from where the control plane is: `count` times, all at
  // once. Empty where nobody answered within 2 s.
  virtual Result<std::vector<std::optional<Duration>>> TimeConnections(const std::string& node, int count) = 0;
};

// How a disk serves requests. What is on it stays.
enum class DiskConduct {
  kGood,
  kErrors,       // every request ends in an I/O error
  kWriteErrors,  // every write does
  kSlow,         // every request takes longer
  kGone,         // nobody can open it, and whoever has it open gets errors
};

// The data disk of a node that backends store on.
class Disks {
 public:
  virtual ~Disks() = default;
  virtual Status Fail(const std::string& node) = 0;             // every request ends in an I/O error, for good
  virtual Status ReplaceDisk(const std::string& node) = 0;      // an empty disk of the same size takes its place
  virtual Result<bool> IsFailing(const std::string& node) = 0;  // by reading from it

  // Until it is told otherwise, also when the node boots. `delay` is that of kSlow. Idempotent.
  virtual Status Conduct(const std::string& node, DiskConduct conduct, Duration delay = {}) = 0;
  virtual Result<DiskConduct> GetConduct(const std::string& node) = 0;  // as the node's kernel serves it
  virtual Result<Duration> TimeRead(const std::string& node) = 0;       // of a block, past every cache
};

// Commands as root on a node, out of band: it works while the node's cluster network is cut.
class NodeShell {
 public:
  virtual ~NodeShell() = default;
  virtual Result<Output> Run(const std::string& node, const std::string& script,
                             Duration limit = std::chrono::seconds(60)) = 0;
};

// The programs that make a machine a node of the cluster. Containers go on without them. Every call is idempotent.
class NodeServices {
 public:
  enum class Service { kKubelet, kContainerRuntime };
  virtual ~NodeServices() = default;
  virtual Status Stop(const std::string& node, Service service) = 0;  // and nobody starts it again; until the next boot
  virtual Status Start(const std::string& node, Service service) = 0;
  virtual Result<bool> IsRunning(const std::string& node, Service service) = 0;  // by its process
};

// The programs of the control plane. Every call is idempotent.
class ControlPlane {
 public:
  enum class Component { kApiServer, kControllerManager, kEtcd };
  virtual ~ControlPlane() = default;
  virtual Status Stop(Component component) = 0;    // at once, and nobody starts it again
  virtual Status Start(Component component) = 0;   // returns when it runs; it may not serve yet
  virtual Status Pause(Component component) = 0;   // it answers nobody and keeps its connections
  virtual Status Resume(Component component) = 0;  // also one that is not paused
  // Whatever was stopped or paused runs again. Hurts nobody, so that it may be called for a cluster of which nothing is
  // known: while its control plane is away it cannot even be asked which one it is. Returns when the API is served.
  virtual Status Revive() = 0;
};

// Something that stands in the way, and the command that mends it.
struct Complaint {
  std::string what;
  std::string mend;
};

class Provider {
 public:
  struct Context {
    Host& host;
    std::string cluster;  // name
    Options options;
  };
  virtual ~Provider() = default;

  // The first complaint about the options, if any.
  virtual Status Check() const = 0;

  // What this machine (or this account) lacks for Create, for `holdfast doctor`. Looks; changes nothing.
  virtual std::vector<Complaint> Diagnose() { return {}; }

  // Makes the cluster, or finds it running; returns when every node is Ready. On failure it has torn down what it made
  // and the error names the logs.
  virtual Status Create(Progress& progress) = 0;
  // Leaves nothing behind; a cluster that does not exist is success.
  virtual Status Destroy(Progress& progress) = 0;
  virtual Result<bool> IsUp() = 0;
  // Whether anything of it is there, also where it is too damaged to be up. What was hurt in it is gone only if not.
  virtual Result<bool> Exists() { return IsUp(); }

  // Valid while the cluster is up.
  virtual Result<Access> GetAccess() const = 0;
  virtual std::vector<std::string> Nodes() const = 0;

  virtual Fidelity GetFidelity() const = 0;
  // Memory of this machine that the cluster takes while it is up, in bytes; 0 if it runs elsewhere.
  virtual std::uint64_t MemoryNeeded() const { return 0; }
  virtual std::string Profile()
      const = 0;  // the timing of failure detection and attachment: "tuned", "stock", "unknown"
  // Programs that make up the system under test and their versions, for the report.
  virtual std::vector<std::pair<std::string, std::string>> Fingerprint() const = 0;
  // How somebody undoes by hand what the facets do, beyond what a node's shell and kubectl can: one line each, "what: a
  // command", with NODE for a node's name.
  virtual std::vector<std::string> ByHand() const { return {}; }
  // Consoles and logs of the cluster's own programs, into `folder`, also of nodes that are off, and while the API
  // server is. What cannot be had is left out. Returns within half a minute.
  virtual Status CollectLogs(const std::filesystem::path& folder) = 0;
  // Makes an OCI image archive known to every node, also to those replaced later.
  virtual Status LoadImage(const std::string& archive) = 0;

  virtual Power* power() { return nullptr; }
  virtual Network* network() { return nullptr; }
  virtual Disks* disks() { return nullptr; }
  virtual NodeShell* shell() { return nullptr; }
  virtual NodeServices* services() { return nullptr; }
  virtual ControlPlane* control_plane() { return nullptr; }
};

}  // namespace holdfast
