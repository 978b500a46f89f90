// Scripted parts of a stage, for the tests of playing: a cluster, a storage, a database, a fault and a load that do as
// a Script tells them, and note in it what was done to them. Each Script is for one lane.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/check.h"
#include "harness/fakes/fakes.h"
#include "harness/play.h"

namespace holdfast {

// What the scripted parts of a theatre share: what they are told to do, and what was done to them.
struct Script {
  bool applies = true;
  std::optional<std::string> inject_fails;
  bool bites = true;
  std::string node = "n1";  // that a fault chooses now
  bool armable = true;      // false: nobody can be asked where the database is
  bool ends_by_itself = false;
  bool stops_control_plane = false;
  std::optional<std::uint64_t> missing_bytes;
  std::optional<std::string> heal_fails;
  ErrorCode heal_fails_as = ErrorCode::kUnavailable;
  bool recovers = true;  // by itself; the heal always helps
  bool whole = true;
  bool traffic = true;
  int reads_that_fail = 0;
  std::vector<Duration> read_limits;
  bool damaged = false;  // and the database says so
  std::size_t rows = 0;  // that a read shows
  std::optional<std::string> create_fails;
  std::optional<std::string> deploy_fails;  // of a bench
  std::string measure_fails;                // the job file of which the bench fails, once; empty: of none
  std::map<std::string, std::string> jobs;  // the files of the bench
  std::function<void()> on_inject = [] {};
  std::function<void()> on_heal = [] {};
  Time paused_from{}, paused_until{};  // nobody is acknowledged in between

  bool hurt = false;
  bool up = false;
  std::set<std::string> databases;  // by namespace; removed and deployed side by side
  mutable std::mutex changing_databases{};
  bool Has(const std::string& space) const {
    const std::lock_guard lock(changing_databases);
    return databases.count(space) > 0;
  }
  int loads = 0;  // running
  std::vector<std::string> acts;
};

class ScriptedProvider : public FakeProvider {
 public:
  ScriptedProvider(FakeCluster& cluster, Script& script) : FakeProvider(cluster, Facets::kAll), script_(script) {}
  Status Create(Progress&) override {
    if (script_.create_fails) return Unavailable(*script_.create_fails);
    script_.up = true;
    return {};
  }
  Status Destroy(Progress&) override {
    script_.up = script_.hurt = false;
    script_.databases.clear();
    return {};
  }
  Result<bool> IsUp() override { return script_.up; }
  Status CollectLogs(const std::filesystem::path& folder) override {
    if (folder.filename() == "machines") on_logs();
    return {};
  }
  std::function<void()> on_logs = [] {};

 private:
  Script& script_;
};

class ScriptedBackend : public FakeBackend {
 public:
  ScriptedBackend(FakeCluster& cluster, Script& script) : FakeBackend(cluster, Facets::kAll), script_(script) {}
  Result<Health> GetHealth() override {
    return Health{.whole = script_.whole,
                  .detail = script_.whole ? "3/3 replicas" : "2/3 replicas",
                  .missing_bytes = script_.missing_bytes};
  }

 private:
  Script& script_;
};

class ScriptedWorkload : public FakeWorkload {
 public:
  ScriptedWorkload(FakeCluster& cluster, Script& script) : FakeWorkload(cluster), script_(script) {}
  Status Deploy(const Kube&, Provider&, const std::string& space, const std::string&, Duration) override {
    on_deploy();
    const std::lock_guard lock(script_.changing_databases);
    script_.databases.insert(space);
    return {};
  }
  std::function<void()> on_deploy = [] {};
  Status Remove(const Kube&, const std::string& space, Duration) override {
    RETURN_IF_ERROR(on_remove());
    const std::lock_guard lock(script_.changing_databases);
    script_.databases.erase(space);
    return {};
  }
  std::function<Status()> on_remove = [] { return Status(); };
  Result<Placement> Locate(const Kube& kube, const std::string& space) const override {
    RETURN_IF_ERROR(on_locate());
    return FakeWorkload::Locate(kube, space);
  }
  std::function<Status()> on_locate = [] { return Status(); };
  Result<std::vector<Row>> ReadAll(const Kube&, const std::string&, Duration limit) override {
    script_.read_limits.push_back(limit);
    if (script_.damaged) return Fail(ErrorCode::kDamaged, "page 7 has a wrong checksum");
    if (script_.reads_that_fail-- > 0) return Unavailable("connection refused");
    std::vector<Row> rows;
    for (std::uint64_t i = 1; i <= script_.rows; ++i) {
      rows.push_back({.client = 1, .sequence = i, .incarnation = 1, .payload = ""});
    }
    return rows;
  }

 private:
  Script& script_;
};

class ScriptedFault : public Fault {
 public:
  explicit ScriptedFault(Script& script) : script_(script) {}
  Status Check() const override { return {}; }
  std::optional<std::string> Missing(Provider&, Backend&) const override {
    if (script_.applies) return std::nullopt;
    return "provider fake has no Sting";
  }
  Result<nlohmann::json> Arm(World&) override {
    if (!script_.armable) return Unavailable("connection refused");
    return nlohmann::json{{"node", script_.node}};
  }
  bool EndsByItself() const override { return script_.ends_by_itself; }
  bool StopsControlPlane() const override { return script_.stops_control_plane; }
  Status Inject(World&) override {
    script_.on_inject();
    script_.acts.emplace_back("inject");
    script_.hurt = true;
    if (script_.inject_fails) return Unavailable(*script_.inject_fails);
    return {};
  }
  Result<Bite> Biting(World&) override { return Bite{.bitten = script_.bites, .evidence = "n1 says ouch"}; }
  Status Heal(World&, const nlohmann::json& undo) override {
    CHECK(undo.contains("node"));
    script_.acts.emplace_back("heal");
    if (script_.heal_fails) return Fail(script_.heal_fails_as, *script_.heal_fails);
    script_.hurt = false;
    script_.on_heal();
    return {};
  }

 private:
  Script& script_;
};

// Every job takes a second; one may fail.
class ScriptedBench : public Bench {
 public:
  ScriptedBench(Host& host, Script& script) : host_(host), script_(script) {}
  std::optional<std::string> Missing(const LatencyParts&) const override {
    if (script_.applies) return std::nullopt;
    return "there is no fio";
  }
  Status Deploy(const Kube&, Provider&, const BenchSetup& setup, Duration) override {
    {
      const std::lock_guard lock(script_.changing_databases);
      script_.databases.insert(setup.space);
    }
    if (script_.deploy_fails) return Unavailable(*script_.deploy_fails);
    script_.jobs = setup.jobs;
    return {};
  }
  Result<std::string> Measure(const Kube&, const std::string&, const std::string& job_file, Duration) override {
    CHECK(script_.jobs.count(job_file) == 1);
    host_.SleepFor(std::chrono::seconds(1));
    if (host_.Interrupted()) return Fail(ErrorCode::kInterrupted, "interrupted");
    if (job_file == script_.measure_fails) {
      script_.measure_fails.clear();
      return Unavailable("no space left on device");
    }
    return "{ \"jobs\" : [ \"" + job_file + "\" ] }";
  }
  Status Remove(const Kube&, const std::string& space, Duration) override {
    const std::lock_guard lock(script_.changing_databases);
    script_.databases.erase(space);
    return {};
  }

 private:
  Host& host_;
  Script& script_;
};

// 100 acknowledged writes a second, except while the database is away.
class ScriptedLoad : public Load {
 public:
  ScriptedLoad(Host& host, Script& script) : host_(host), script_(script), started_(host.Now()) { ++script_.loads; }
  ~ScriptedLoad() override { Stop(); }
  Traffic Look() const override {
    Traffic traffic;
    if (!script_.traffic) {
      traffic.last_error = "connection refused";
      return traffic;
    }
    const bool paused = host_.Now() >= script_.paused_from && host_.Now() < script_.paused_until;
    const bool away = (script_.hurt && !script_.recovers) || paused;
    if (!away) last_ = host_.Now();
    traffic.acknowledged = static_cast<std::uint64_t>((last_ - started_) / std::chrono::milliseconds(10));
    traffic.ended = traffic.acknowledged;
    traffic.last_acknowledged = last_;
    traffic.steady_since = host_.Now() < script_.paused_from ? started_ : std::max(started_, script_.paused_until);
    return traffic;
  }
  void Stop() override {
    if (!stopped_) --script_.loads;
    stopped_ = true;
  }

 private:
  Host& host_;
  Script& script_;
  Time started_;
  mutable Time last_{};
  bool stopped_ = false;
};

class QuietProgress : public Progress {
 public:
  Status Step(const std::string& title, std::chrono::seconds, const std::function<Status()>& work) override {
    steps.push_back(title);
    on_step(steps.size());
    return work();
  }
  void Say(const std::string& line) override { lines.push_back(line); }

  std::vector<std::string> steps;
  std::vector<std::string> lines;
  std::function<void(std::size_t)> on_step = [](std::size_t) {};
};

}  // namespace holdfast
