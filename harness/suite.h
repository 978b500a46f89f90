// Suite: how it is tested. Strict YAML like the rig's. A fault is a name or, with options, a mapping; a scenario is
// named after its fault unless it says otherwise. Faults compose: `while` is another that bites already, `then` one
// that comes `after` so long when the scenario's own has bitten, or is over if it ends by itself. With `amid: rebuild`
// the second one is worth nothing unless the storage still makes copies anew when it comes: else nothing is proved.
//
//     suite: ha-matrix
//     trials: 1
//     budget: 1
//     scenarios:
//       - {fault: pod-delete}
//       - {name: drain-patiently, fault: {name: node-drain, grace: 60s}}
//       - {name: kill-unwatched, fault: db-kill, while: controller-manager-down}
//       - {name: two-blows, fault: disk-loss, then: {name: node-power-off, target: other}, after: 10s}
//
// A soak plays its scenarios over and over on one database, drawn by `weight`, one after the other, until its time is
// over (schedule.h); after each strike there is a pause, drawn between two ends:
//
//     suite: soak
//     soak: {lasts: 30m, pause: 20s..60s}
//     scenarios:
//       - {fault: db-kill, weight: 4}
//       - {fault: node-power-cycle}
//
// Latency is measured by two kinds of scenario. With `fio` instead of a fault it is a pod that measures a volume of the
// backend against the disk of its node (fio_job.h); with `commits` beside the fault, the clients write at a fixed rate,
// and are given so much more time while all is well and while it hurts (commit_latency.h).
//
//       - {name: storage-latency, fio: {jobs: [journal, read], repetitions: 5, runtime: 5s, warm_up: 1s, size_mib: 64}}
//       - {name: commits-disk-loss, fault: disk-loss, commits: {for: 20s, rate: 40}}
//
// `budget` is how many nodes may be away at once, or their copies of the data, with the database coming back all the
// same. Of a scenario that takes more only safety is demanded: nothing lost, nothing lied, and back once all is healed.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/latency/commit_latency.h"
#include "harness/latency/fio_job.h"
#include "harness/rig.h"

namespace holdfast {

struct Companions {
  std::optional<Part> meanwhile;
  std::optional<Part> then;
  Duration after = std::chrono::seconds(5);
  bool amid_rebuild = false;  // `then` is to interrupt one
};

struct Injection {
  Part fault;
  Duration delay{};           // since the one before it has bitten, or is over
  bool amid_rebuild = false;  // the backend must not be whole when it comes
  bool own = false;           // the scenario's fault, not one of its companions
};
// In order: what bites already, the fault itself, what comes then.
std::vector<Injection> InOrder(const Part& fault, const Companions& companions);

struct Scenario {
  std::string name;
  Part fault;  // without a name if there is `fio`
  Companions companions = {};
  std::optional<FioSettings> fio = {};
  std::optional<CommitSettings> commits = {};
  int weight = 1;            // of a soak's draw
  std::string missing = {};  // of a soak: what the rig lacks for it, so that it is never drawn; empty: nothing
};

struct Soak {
  Duration lasts{};  // no strike begins later
  Duration least_pause{};
  Duration most_pause{};
  std::optional<int> strikes = {};  // exactly the first so many of the schedule, however long they take
  std::vector<int> without = {};    // strikes of the schedule, from 1, that are left out
};
inline constexpr char kSoakName[] = "soak";  // of the cell that is the database of a soak
inline constexpr Duration kLongestSoak = std::chrono::hours(24);
inline constexpr int kMostStrikes = 10'000;

struct Suite {
  std::string name;
  std::string file;
  int trials = 1;
  int budget = 1;
  std::optional<Soak> soak = {};
  std::vector<Scenario> scenarios;
};

Result<Suite> ReadSuite(const std::filesystem::path& file);
// The same of a text in memory, `file` standing for its name.
Result<Suite> ParseSuite(const std::string& text, const std::string& file);

// The suite with only the scenarios of these names, in the suite's order; with all of them if `names` is empty.
Result<Suite> Select(const Suite& suite, const std::vector<std::string>& names);

}  // namespace holdfast
