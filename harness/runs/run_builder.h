// SampleRun: a run for the tests of what reads and writes runs, with one cell of each judgement.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/run.h"

namespace holdfast {

inline Verdict SampleVerdict(const std::string& checker, Judgement judgement, const std::string& summary,
                             std::vector<std::string> because, nlohmann::json figures) {
  Verdict verdict;
  verdict.checker = checker;
  verdict.judgement = judgement;
  verdict.summary = summary;
  verdict.because = std::move(because);
  verdict.figures = std::move(figures);
  return verdict;
}

inline CellResult SampleResult(int number, const std::string& fault, Judgement judgement, const std::string& summary,
                               std::vector<Verdict> verdicts) {
  CellResult result;
  result.cell.number = number;
  result.cell.scenario = fault;
  result.cell.fault.name = fault;
  if (fault == "node-power-off") result.cell.memory_loss = MemoryLoss::kPower;
  result.cell.fault.options = Options({{"grace", {.text = "5s", .where = "suite.yaml:7"}}});
  result.cell.seed = 0xFFFFFFFFFFFFFFF0U + static_cast<std::uint64_t>(number);
  result.judgement = judgement;
  result.summary = summary;
  result.took = std::chrono::milliseconds(61500);
  result.verdicts = std::move(verdicts);
  return result;
}

inline Run SampleRun() {
  Run run;
  run.suite = "ha-matrix";
  run.version = "0.1.0+4f1c22a09b1d";
  run.calibration = "14 of 14 planted defects caught, 0 of 7 healthy runs accused";
  run.command = "holdfast run suites/ha_matrix.yaml --seed 42";
  run.started = "2026-11-22T10:22:07Z";
  run.seed = 42;
  run.provider = "uml";
  run.backend = "ceph-rbd";
  run.workload = "ledger";
  run.profile = "tuned";
  run.fidelity = "kernel";
  run.fidelity_note = "A node is a kernel of its own.";
  run.fingerprint = {{"Kubernetes", "1.20.5"}, {"Ceph", "16.2.15"}};
  run.bounds.async = std::chrono::seconds(2);
  run.bounds.least_writes = 7;
  run.took = std::chrono::seconds(754);
  run.folder = "runs/sample";

  run.results.push_back(SampleResult(
      1, "db-kill", Judgement::kPass, "0 of 1204 acknowledged writes lost; RTO 1.2 s; 1 min 30 s allowed",
      {SampleVerdict("experiment", Judgement::kPass, "proven", {}, nlohmann::json::object()),
       SampleVerdict("no-lost-writes", Judgement::kPass, "0 of 1204 acknowledged writes lost", {},
                     {{"acknowledged", 1204}, {"lost", 0}, {"rpo_writes", 0}, {"rpo_s", 0.0}}),
       SampleVerdict("recovery-time", Judgement::kPass, "RTO 1.2 s; 1 min 30 s allowed", {"fault applied at 6.1 s"},
                     {{"rto_s", 1.2}, {"rto_censored", false}, {"outage_begin_s", 0.1}})}));
  run.results.back().recovered_by = "container restarted on n1";

  run.results.push_back(SampleResult(
      2, "node-power-off", Judgement::kFail, "2 lost; 2 of 980 acknowledged writes lost",
      {SampleVerdict("experiment", Judgement::kPass, "proven", {}, nlohmann::json::object()),
       SampleVerdict(
           "no-lost-writes", Judgement::kFail, "2 lost; 2 of 980 acknowledged writes lost",
           {"lost: client 1 #240, incarnation 1, begun 5.9 s", "lost: client 2 #240, incarnation 1, begun 5.9 s"},
           {{"acknowledged", 980}, {"lost", 2}, {"rpo_writes", 2}, {"rpo_s", 0.75}}),
       SampleVerdict("recovery-time", Judgement::kFail, "no recovery: RTO ≥ 3 min; 1 min 30 s allowed",
                     {"given up at 186.000000 s: 1 node(s) had volume node affinity conflict"},
                     {{"rto_s", 180.0}, {"rto_censored", true}, {"outage_begin_s", 0.0}})}));

  run.results.push_back(
      SampleResult(3, "pod-delete", Judgement::kInconclusive, "the fault did not bite: pod is still ready",
                   {SampleVerdict("experiment", Judgement::kInconclusive, "the fault did not bite: pod is still ready",
                                  {"the fault did not bite: pod is still ready", "there is no final read"},
                                  nlohmann::json::object())}));
  run.results.push_back(SampleResult(
      4, "disk-loss", Judgement::kSkipped, "provider k3d has no Disks",
      {SampleVerdict("experiment", Judgement::kSkipped, "provider k3d has no Disks", {}, nlohmann::json::object())}));
  return run;
}

}  // namespace holdfast
