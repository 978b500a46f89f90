// Run: a finished (or interrupted) run: the plan, the verdicts, and what it ran on. It lives in a folder:
//
//     rig.yaml suite.yaml plan.txt history.jsonl undo.jsonl run.json junit.xml report.html logs/
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/history.h"
#include "harness/plan.h"
#include "harness/reporting/picture.h"
#include "harness/verdict.h"

namespace holdfast {

struct CellResult {
  Cell cell;
  Judgement judgement = Judgement::kInconclusive;  // the worst of the verdicts, see judge.h
  std::string summary;
  std::string cause;         // of a recovery that was too long or none, one sentence (diagnosis.h); empty if unknown
  std::string recovered_by;  // "container restarted on n1", "new pod, n1 → n3", empty if it did not recover
  Duration took{};
  std::vector<Verdict> verdicts;
  std::vector<Picture> pictures;        // only where a reporter needs them (reporter.h); not in run.json
  std::vector<std::string> steps = {};  // what was planned, a line a step
  std::vector<std::string> files = {};  // what was kept because it went wrong, from the run's folder on
};

struct Run {
  std::string suite;
  std::string version;      // of Holdfast
  std::string calibration;  // what is known about the instrument itself, one line
  std::string command;      // to repeat it
  std::string started;      // ISO 8601, UTC
  std::uint64_t seed = 0;
  std::string provider, backend, workload, profile, fidelity;
  std::string fidelity_note;
  std::vector<std::pair<std::string, std::string>> fingerprint;  // versions
  Bounds bounds;
  Duration took{};
  int at_a_time = 1;  // cells that were played side by side, on clusters that share the machine
  std::vector<CellResult> results;
  std::filesystem::path folder;

  Judgement Overall() const;
};

Status WriteRunJson(const Run& run, const std::filesystem::path& file);
Result<Run> ReadRunJson(const std::filesystem::path& file);

}  // namespace holdfast
