// Workload: a database and what its clients do to it. It is deployed as people deploy it (Deployment, replicas 1,
// strategy Recreate, one volume), and it is written and read from outside the cluster.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "harness/exchange.h"
#include "harness/kube/kube.h"
#include "harness/provider.h"

namespace holdfast {

// Where the database is now, as Kubernetes tells it.
struct Placement {
  std::string pod;
  std::string pod_uid;
  std::string node;
  std::string container_id;
  int restarts = 0;
  bool ready = false;
  std::string address;  // ip:port, empty while there is none
  std::string trouble;  // why it is not ready, in the words of scheduler or kubelet; empty if there is nothing to say
};

// One client. Owned and called by one thread; it connects, reconnects and keeps deadlines by itself.
class Client {
 public:
  virtual ~Client() = default;
  // Blocks no longer than `deadline`. A time-out or broken connection is kUnknown; only a definite refusal is kFail.
  virtual Completion Write(const WriteRequest& request, Duration deadline) = 0;
};

class Workload {
 public:
  struct Context {
    Host& host;
    Options options;
  };
  virtual ~Workload() = default;

  virtual Status Check() const = 0;
  // Images it needs are made here, before there is a cluster, and loaded by Deploy.
  virtual Status Prepare(Progress& progress) = 0;
  // Into a namespace of its own, on a fresh volume of the StorageClass; returns when it is ready.
  virtual Status Deploy(const Kube& kube, Provider& provider, const std::string& space,
                        const std::string& storage_class, Duration limit) = 0;
  // With its volume and namespace. Idempotent.
  virtual Status Remove(const Kube& kube, const std::string& space, Duration limit) = 0;

  virtual Result<Placement> Locate(const Kube& kube, const std::string& space) const = 0;
  // argv to run in the database's container, which kills the database process with SIGKILL.
  virtual std::vector<std::string> KillCommand() const = 0;

  // `space` names the deployment; the client finds the address itself and follows the database when it moves. The
  // client must be used only on the thread that called Connect.
  virtual std::unique_ptr<Client> Connect(const Kube& kube, const std::string& space, int client) = 0;
  // The same, but the client stays with this instance, wherever the database moves; `instance.address` is not empty.
  virtual std::unique_ptr<Client> ConnectTo(const Kube& kube, const Placement& instance, int client) = 0;
  // Everything that the database holds, through the database. An Error means that it could not be read.
  virtual Result<std::vector<Row>> ReadAll(const Kube& kube, const std::string& space, Duration limit) = 0;

  virtual std::string Description() const = 0;  // for the report: "ledger, acknowledges after fdatasync"
};

}  // namespace holdfast
