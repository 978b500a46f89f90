// Calibration: the instrument on trial. Known-bad systems are played on a real cluster and must be caught for the right
// reason; healthy ones beside them must not be accused. What came of it is kept for this version of Holdfast and this
// kind of cluster, and every report of the two carries its sentence.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/result.h"
#include "harness/runs/expected_cell.h"

namespace holdfast {

// What a calibration holds for.
struct CalibrationGround {
  std::string version;   // of Holdfast
  std::string provider;  // e.g. uml
  std::string profile;   // e.g. tuned
  bool operator==(const CalibrationGround&) const = default;
};

// All runs of one cell.
struct CalibratedCell {
  std::string name;     // "LiarIsCaught.NodePowerOff/ceph-rbd"
  std::string planted;  // in words; empty: healthy
  Judgement expected{};
  int runs = 0;
  int recorded = 0;     // of the runs, not played but judged anew from a recording
  int as_expected = 0;  // judgement, reason and figures
  int accused = 0;      // of a broken promise
  int unproved = 0;     // neither that nor a pass: the experiment was none, or was not made
  std::string reason;   // the line of the verdicts that shows it, or what was wrong
};

struct Calibration {
  CalibrationGround ground;
  std::string when;  // ISO 8601, UTC
  std::vector<CalibratedCell> cells;

  // Every planted defect was caught in each run, and no healthy run came to anything but a pass.
  bool Trustworthy() const;
  int Played() const;  // runs that were not only recorded
  // "14 of 14 planted defects caught, 0 of 9 healthy runs accused"; healthy runs that proved nothing and runs that
  // were only recorded are named apart.
  std::string Sentence() const;
};

enum class Source { kPlayed, kRecording };
// Adds a run of `cell` to the calibration; a run that came to no result is one that was not as expected, with
// `trouble`.
void AddRun(Calibration& calibration, const ExpectedCell& cell, const CellResult& result, Source source);
void AddTrouble(Calibration& calibration, const ExpectedCell& cell, const std::string& trouble);

// Planted, caught, reason, runs; then the sentence.
std::string PrintCalibration(const Calibration& calibration);

// In the user's state folder, in place of an earlier one of the same ground. But one with more played runs,
// whatever they came to, is not forgotten for one with fewer that found nothing wrong: then false.
Result<bool> KeepCalibration(const Calibration& calibration);
// An Error if there is none, or if its file is damaged; it names the file.
Result<Calibration> FindCalibration(const CalibrationGround& ground);
// For reports: the sentence with its date, or that there is none and how to make it.
std::string DescribeCalibration(const CalibrationGround& ground);

}  // namespace holdfast
