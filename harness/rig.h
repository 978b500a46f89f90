// Rig: what is tested. Read from YAML, strictly: an unknown key, name, unit or value is an error with file:line and
// what is allowed. Only `cluster`, `backend` and `workload` with the names of their parts are required; what is left
// out is as below; further keys of those three are the Options of the part.
//
//     cluster: {name: holdfast, provider: uml, nodes: 3, profile: tuned}
//     backend: {name: ceph-rbd}
//     workload: {name: ledger, clients: 4, deadline: 1s, probe_interval: 50ms}
//     bounds: {rto: 90s, durability: sync, stable_for: 5s, give_up: 180s, redundancy_within: 5m, read_within: 2m,
//              least_writes: 100, traffic_within: 2m, bite_within: 1m, brown_out: 500ms, quantile: 90,
//              confidence: 95, commit_p99: 20ms, journal_p99_vs_local: 5x}
//     latency: {image: registry.example/fio:3, local: openebs-hostpath}
//
// Whether a part of that name exists is not known here; the Registry is asked by the caller.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "harness/options.h"
#include "harness/result.h"

namespace holdfast {

struct Bounds {
  Duration rto = std::chrono::seconds(90);
  // Empty: every acknowledged write must be there (`durability: sync`). Else the last so much may be missing, as a
  // suffix (`durability: {async: 2s}`).
  std::optional<Duration> async;
  Duration stable_for = std::chrono::seconds(5);  // an outage ends when acknowledgements then go on for so long
  Duration give_up = std::chrono::seconds(180);   // no recovery by then: censored
  Duration redundancy_within = std::chrono::seconds(300);  // the backend has all its replicas again
  Duration read_within = std::chrono::minutes(2);          // the last read of everything, else inconclusive
  int least_writes = 100;                                  // acknowledged before the fault, else inconclusive
  // For `least_writes` to be there; none: what that many take on a database ten times as slow as its clients, at least
  // 2 min.
  std::optional<Duration> traffic_within;
  // The fault's effect is seen, else inconclusive. The kubelet reports every 10 s, a dead node shows after 40 s.
  Duration bite_within = std::chrono::minutes(1);
  Duration brown_out = std::chrono::milliseconds(500);  // an acknowledgement that takes longer is late, see brown_out.h
  // Between two acknowledgements; what is longer is an outage. The deadline of a write, when each client's has run out
  // of time; more only where the clients' own pace is slower. See rig.cc.
  Duration longest_pause = std::chrono::seconds(1);
  // What several trials of a scenario are to prove together: that this share of all recoveries is within `rto`.
  double quantile = 0.9;
  double confidence = 0.95;
  // Of latency; none unless the rig says so.
  std::optional<Duration> commit_p99;          // while healthy (commit_latency.h)
  std::optional<double> journal_p99_vs_local;  // times that of the node's own disk (storage_latency.h)
};

// What the measuring of latency by fio takes from outside.
struct LatencyParts {
  std::string image;        // with fio in its PATH; empty: made of this machine's own fio
  std::string local_class;  // StorageClass of node-local storage; empty: an emptyDir, which is on the kubelet's disk
};

struct Part {
  std::string name;  // of the provider, backend, workload or fault
  Options options;
  std::string where = {};  // file:line of the name, for the caller who finds that nothing is registered under it
};

struct Rig {
  std::string file;                  // as the user named it
  std::string cluster = "holdfast";  // the cluster's name
  Part provider;
  Part backend;
  Part workload;
  int clients = 4;
  Duration deadline = std::chrono::milliseconds(1000);  // of one write
  Duration probe_interval =
      std::chrono::milliseconds(50);  // a client begins an operation at least so often; 4 clients give ≥ 20 Hz
  Bounds bounds;
  LatencyParts latency;
};

Result<Rig> ReadRig(const std::filesystem::path& file);
// The same of a text in memory, `file` standing for its name.
Result<Rig> ParseRig(const std::string& text, const std::string& file);

}  // namespace holdfast
