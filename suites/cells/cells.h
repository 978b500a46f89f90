// Cells: the tests on the embedded cluster as data (cells.yaml). A cell is one scenario of a suite on a rig, with what
// it must come to; it is a test of its own in ctest's list.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/result.h"
#include "harness/verdict.h"

namespace holdfast {

// A bound on one figure of the verdicts, e.g. `rto_s: <= 90`.
struct Claim {
  std::string figure;
  std::string relation;  // one of kRelations
  double value = 0;
  bool HoldsFor(double figure_value) const;
};
inline constexpr const char* kRelations[] = {"==", "<=", ">="};

struct ExpectedCell {
  std::string ring;     // cluster, calibration or thorough
  std::string promise;  // what is tested, e.g. AcknowledgedWritesSurvive
  std::filesystem::path suite;
  std::filesystem::path rig;
  std::string backend;  // the rig's
  std::string scenario;
  std::string planted;  // what is wrong with database, storage or experiment, in words; empty: nothing
  int seed = 1;
  Judgement judgement{};
  std::string quotes;  // regular expression that a line of the verdicts must match; empty: none
  std::vector<Claim> holds;
  int limit_s = 0;
  std::string where;  // file:line

  // Within the promise: "NodePowerOff/ceph-rbd"; the second and later seeds of a line "NodePowerOff/ceph-rbd/seed-2".
  std::string TestName() const;
  // As ctest lists it: "cluster/AcknowledgedWritesSurvive.NodePowerOff/ceph-rbd".
  std::string FullName() const;
};

// Strict, like every YAML file here; also suites, rigs, scenarios and backends must exist. Those files are named from
// the folder above that of `file`.
Result<std::vector<ExpectedCell>> ReadCells(const std::filesystem::path& file);

}  // namespace holdfast
