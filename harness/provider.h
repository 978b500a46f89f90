// Provider: makes and unmakes one cluster, and hurts its machines. One object stands for one cluster, running or not;
// it keeps nothing in memory that a later process would need (state is on disk or in the cloud), so that `holdfast
// heal` and `holdfast cluster down` work from a new process. A facet is a small interface behind a pointer: nullptr
// means "cannot", and is known before any cluster exists. Thread-safe only where said.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/host.h"
#include "harness/kube.h"
#include "harness/options.h"
#include "harness/progress.h"
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
  virtual Status Off(const std::string& node) = 0;     // at once; memory and page cache are gone when it returns
  virtual Status On(const std::string& node) = 0;      // the same machine with its disks; returns once it is booting
  virtual Status Freeze(const std::string& node) = 0;  // every CPU stops, nothing is lost
  virtual Status Thaw(const std::string& node) = 0;
  // The machine is gone for good, as a cloud would say: its Node object goes and a fresh machine with an empty disk
  // takes its name and zone. Returns when the fresh node is Ready.
  virtual Status ReplaceMachine(const std::string& node) = 0;
  virtual Result<bool> IsOn(const std::string& node) = 0;
};

class Network {
 public:
  virtual ~Network() = default;
  virtual Status Cut(const std::string& node) = 0;  // from everything, both ways
  virtual Status Mend(const std::string& node) = 0;
  virtual Result<bool> IsCut(const std::string& node) = 0;
};

// The data disk of a node that backends store on.
class Disks {
 public:
  virtual ~Disks() = default;
  virtual Status Fail(const std::string& node) = 0;             // every request ends in an I/O error, for good
  virtual Status ReplaceDisk(const std::string& node) = 0;      // an empty disk of the same size takes its place
  virtual Result<bool> IsFailing(const std::string& node) = 0;  // by reading from it
};

// Commands as root on a node, out of band: it works while the node's cluster network is cut.
class NodeShell {
 public:
  virtual ~NodeShell() = default;
  virtual Result<Output> Run(const std::string& node, const std::string& script,
                             Duration limit = std::chrono::seconds(60)) = 0;
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
  virtual std::string Profile()
      const = 0;  // the timing of failure detection and attachment: "tuned", "stock", "unknown"
  // Programs that make up the system under test and their versions, for the report.
  virtual std::vector<std::pair<std::string, std::string>> Fingerprint() const = 0;
  // Consoles and logs of the cluster's own programs, into `folder`. What cannot be had is left out.
  virtual Status CollectLogs(const std::filesystem::path& folder) = 0;
  // Makes an OCI image archive known to every node, also to those replaced later.
  virtual Status LoadImage(const std::string& archive) = 0;

  virtual Power* power() { return nullptr; }
  virtual Network* network() { return nullptr; }
  virtual Disks* disks() { return nullptr; }
  virtual NodeShell* shell() { return nullptr; }
};

}  // namespace holdfast
