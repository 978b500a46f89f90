// ExpectedCell: one scenario of a suite on a rig, with what it must come to (suites/calibration/cells.yaml). Each is a
// test of its own in ctest's list; those that were planted, and the healthy ones beside them, are what `holdfast
// calibrate` plays.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/result.h"
#include "harness/run.h"

namespace holdfast {

// A bound on one figure of the verdicts, e.g. `rto_s: <= 90`.
struct Claim {
  std::string figure;
  std::string relation;  // one of kRelations
  double value = 0;
  bool HoldsFor(double figure_value) const;
};
inline constexpr char kCalibrationRing[] = "calibration";
// What is played for its own sake, and is no part of a calibration.
inline constexpr char kThoroughRing[] = "thorough";
inline constexpr char kLibraryRing[] = "library";
inline constexpr const char* kRelations[] = {"==", "<=", ">="};

struct ExpectedCell {
  std::string ring;     // cluster, calibration, thorough or library
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
  std::string passes;  // the checker that must not find anything, whatever others do; empty: none
  int limit_s = 0;
  // Whether other cells may be played on the same cluster meanwhile: its fault and its defect stay within its database.
  enum class Company { kNone, kOthers } company = Company::kNone;
  std::string cluster;  // of its own, as its rig asks for another one than those that cells share; empty: one of those
  std::string where;    // file:line
  // A run of it that was kept (cell_recording.h), of ring calibration only, whose defect stays within the database or
  // the experiment; empty: none was.
  std::filesystem::path recording;

  // Within the promise, whatever the seed: "NodePowerOff/ceph-rbd".
  std::string Name() const;
  // The same, and for the second and later seeds of a line "NodePowerOff/ceph-rbd/seed-2".
  std::string TestName() const;
  // Of its run, below the folder of all.
  std::filesystem::path Folder() const;
  // As ctest lists it: "cluster/AcknowledgedWritesSurvive.NodePowerOff/ceph-rbd".
  std::string FullName() const;
};

// Strict, like every YAML file here; also suites, rigs, scenarios and backends must exist. Those files are named from
// the folder above that of `file`.
Result<std::vector<ExpectedCell>> ReadCells(const std::filesystem::path& file);

// How many may be played at a time on one cluster of the machine's own. Such a cluster keeps two cores busy: with two
// cells on no more cores, each of them now and then takes so much that the other is no experiment.
std::size_t CellsAtATime();

// Each way in which a result is not what it must be; none if it is.
std::vector<std::string> Surprises(const ExpectedCell& cell, const CellResult& result);
// The first line of the verdicts that `quotes` matches.
std::optional<std::string> QuotedBy(const ExpectedCell& cell, const CellResult& result);

}  // namespace holdfast
