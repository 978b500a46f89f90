// Backend: the storage under test. It installs itself into a cluster, says whether it is whole, and names the
// StorageClass that databases ask for. Facets as in provider.h.
#pragma once

#include <memory>
#include <string>

#include "harness/kube.h"
#include "harness/provider.h"

namespace holdfast {

struct Health {
  bool whole = false;  // every replica of everything is present and serving
  std::string detail;  // one line: "HEALTH_OK, 3/3 mons, 3/3 OSDs, 16 PGs active+clean"
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

// Storage that can take a volume back to what it was. Volumes are named by their PersistentVolume.
class Snapshots {
 public:
  virtual ~Snapshots() = default;
  // Of what is on the volume now, while it is in use.
  virtual Status Take(const std::string& volume, const std::string& snapshot) = 0;
  // Waits until no node uses the volume, as its content changes under whoever does.
  virtual Status RollBack(const std::string& volume, const std::string& snapshot) = 0;
  // Absence, of the volume too, is success.
  virtual Status Remove(const std::string& volume, const std::string& snapshot) = 0;
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

  virtual Replicas* replicas() { return nullptr; }
  virtual Snapshots* snapshots() { return nullptr; }
};

}  // namespace holdfast
