// Bench: a pod that measures storage, without a database: a volume of the backend beside node-local storage of the node
// that it happens to run on. What is measured is said elsewhere (fio_job.h); here is how it gets into the cluster and
// its results out of it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/kube/kube.h"
#include "harness/latency/fio_job.h"
#include "harness/provider.h"
#include "harness/rig.h"

namespace holdfast {

struct BenchSetup {
  std::string space;  // the namespace of its own
  std::string storage_class;
  LatencyParts parts;
  int size_mib = 0;  // of each file (fio_job.h) on each medium
  // The job files by name (FioJobFile), each once: a cluster holds no more than 1 MiB of them, and kubectl less.
  std::map<std::string, std::string> jobs;
};

inline constexpr char kBenchName[] = "fio";  // of the one that there is

class Bench {
 public:
  struct Context {
    Host& host;
  };
  virtual ~Bench() = default;

  // What this machine lacks for it, with what mends that; nothing if it can be deployed.
  virtual std::optional<std::string> Missing(const LatencyParts& parts) const = 0;
  // Returns when it runs, both media mounted.
  virtual Status Deploy(const Kube& kube, Provider& provider, const BenchSetup& setup, Duration limit) = 0;
  // Runs one job to its end; what was printed. An Error if it failed.
  virtual Result<std::string> Measure(const Kube& kube, const std::string& space, const std::string& job_file,
                                      Duration limit) = 0;
  // With its volumes and namespace. Idempotent.
  virtual Status Remove(const Kube& kube, const std::string& space, Duration limit) = 0;
};

}  // namespace holdfast
