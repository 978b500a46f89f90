// Backend: the storage under test. It installs itself into a cluster, says whether it is whole, and names the
// StorageClass that databases ask for. Facets as in provider.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/kube/kube.h"
#include "harness/provider.h"

namespace holdfast {

struct Health {
  bool whole = false;  // every replica of everything is present and serving
  std::string detail;  // one line: "HEALTH_OK, 3/3 mons, 3/3 OSDs, 16 PGs active+clean"
  // Of the copies that are not where they are to be; empty if the backend cannot say.
  std::optional<std::uint64_t> missing_bytes = std::nullopt;
};

// Storage that keeps several copies.
class Replicas {
 public:
  virtual ~Replicas() = default;
  // Nodes that hold a copy of what the volume of `pod` stores.
  virtual Result<std::vector<std::string>> Holders() = 0;
  // After the node or its disk was replaced by an empty one: the storage's own procedure that puts a copy there again.
  // Idempotent; returns when the rebuild has begun. Health says when it is over.
  virtual Status Restore(const std::string& node) = 0;
};

// The storage's own programs on the nodes. Every call is idempotent.
class Daemons {
 public:
  enum class Role {
    kData,    // they keep the copies
    kQuorum,  // they decide together who may write, and nobody may without most of them
  };
  virtual ~Daemons() = default;
  virtual Result<std::vector<std::string>> NodesOf(Role role) = 0;  // on which one of these runs when all is well
  virtual Status Kill(const std::string& node, Role role) = 0;      // SIGKILL; its supervisor may start it again
  virtual Status Stop(const std::string& node, Role role) = 0;      // and nobody starts it again
  virtual Status Start(const std::string& node, Role role) = 0;
  // Of its process, by the process table: another one after each start; empty while none runs.
  virtual Result<std::string> Incarnation(const std::string& node, Role role) = 0;
};

// Storage that can take a volume back to what it was. Volumes are named by their PersistentVolume.
class Snapshots {
 public:
  virtual ~Snapshots() = default;
  // Of what is on the volume now, while it is in use.
  virtual Status Take(const std::string& volume, const std::string& snapshot) = 0;
  virtual Result<bool> Has(const std::string& volume, const std::string& snapshot) = 0;  // as the storage lists them
  // Waits until no node uses the volume, as its content changes under whoever does.
  virtual Status RollBack(const std::string& volume, const std::string& snapshot) = 0;
  // Absence, of the volume too, is success.
  virtual Status Remove(const std::string& volume, const std::string& snapshot) = 0;
};

// Storage of which one copy can be damaged behind its back, as a disk does that gives back other bits than it was
// given. A place is a volume, named by its PersistentVolume, and an offset into it in bytes.
class BitRot {
 public:
  struct Place {
    std::string volume;
    std::int64_t offset = 0;
  };
  virtual ~BitRot() = default;
  // The node whose copy is the one that reads of the place are served from. An Error where nothing was written there.
  virtual Result<std::string> ReadFrom(const Place& place) = 0;
  // Flips bits of the block at the place in the copy of this node, on its disk and below every checksum. The other
  // copies are good. Returns when the copy is in service again, within 90 s.
  virtual Status Flip(const std::string& node, const Place& place) = 0;
  // What shows that the copy of this node is damaged there now, in words; empty: nothing does. Looks, repairs nothing.
  virtual Result<std::string> Find(const std::string& node, const Place& place) = 0;
  // The storage's own procedure that compares the copies and mends those that are damaged. Idempotent, also where none
  // is; a volume that is gone is success. Returns when it is over.
  virtual Status Repair(const Place& place) = 0;
};

class Backend {
 public:
  struct Context {
    Host& host;
    Provider& provider;
    Options options;
  };
  virtual ~Backend() = default;

  virtual Status Check() const = 0;  // the first complaint about the options or about what the provider lacks
  virtual Status Install(Progress& progress) = 0;  // idempotent; returns when whole and the StorageClass is usable
  virtual Status Uninstall(Progress& progress) = 0;
  virtual Result<Health> GetHealth() = 0;
  virtual std::string StorageClass() const = 0;
  virtual std::string Version() const = 0;  // for the report: "Ceph 16.2.15, 3 replicas"

  // What the storage says of itself and the logs of its daemons, into `folder`, which it makes if there is anything to
  // put there; for whoever has to find out why something went wrong. Of what cannot be had the file says why. Each
  // question takes 10 s at most, each file a few MiB; goes on when the harness is interrupted, if its thread is
  // Shielded.
  virtual void CollectLogs(const std::filesystem::path& /*folder*/) {}

  virtual Replicas* replicas() { return nullptr; }
  virtual Snapshots* snapshots() { return nullptr; }
  virtual Daemons* daemons() { return nullptr; }
  virtual BitRot* bit_rot() { return nullptr; }

  // The TCP ports of the storage's traffic between nodes, by which it is told from all other; none: it cannot be.
  virtual std::vector<PortRange> Ports() const { return {}; }
};

}  // namespace holdfast
