// Promise: the sentence on the instrument says what was seen, run by run, and belongs to one version and cluster.
#include "harness/runs/calibration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "harness/host/temporary_state.h"

namespace holdfast {
namespace {

using testing::HasSubstr;

const CalibrationGround kGround = {.version = "0.1.0+abc", .provider = "uml", .profile = "tuned"};

ExpectedCell Planted() {
  ExpectedCell cell;
  cell.promise = "LiarIsCaught";
  cell.planted = "acknowledges before it syncs";
  cell.scenario = "node-power-off";
  cell.backend = "ceph-rbd";
  cell.judgement = Judgement::kFail;
  cell.quotes = "lost";
  cell.holds = {{.figure = "lost", .relation = ">=", .value = 1}};
  return cell;
}

ExpectedCell Healthy() {
  ExpectedCell cell;
  cell.promise = "AcknowledgedWritesSurvive";
  cell.scenario = "db-kill";
  cell.backend = "ceph-rbd";
  cell.judgement = Judgement::kPass;
  return cell;
}

CellResult ResultOf(Judgement judgement, const std::string& summary, int lost) {
  CellResult result;
  result.judgement = judgement;
  result.summary = summary;
  Verdict& verdict = result.verdicts.emplace_back();
  verdict.judgement = judgement;
  verdict.summary = summary;
  verdict.figures["lost"] = lost;
  return result;
}

class CalibrationTest : public testing::Test {
 protected:
  void Add(const ExpectedCell& cell, const CellResult& result, Source source = Source::kPlayed) {
    AddRun(calibration_, cell, result, source);
  }

  TemporaryState folder_;
  Calibration calibration_{.ground = kGround, .when = "2026-11-23T10:00:00Z", .cells = {}};
};

// Trap: runs that were only recorded, sold as played.
TEST_F(CalibrationTest, NamesThoseThatWereRecordedApart) {
  Add(Planted(), ResultOf(Judgement::kFail, "12 lost", 12), Source::kRecording);
  Add(Healthy(), ResultOf(Judgement::kPass, "0 of 100 acknowledged writes lost", 0));
  EXPECT_EQ(calibration_.Sentence(),
            "1 of 1 planted defects caught, 0 of 1 healthy runs accused; 1 of the 2 runs judged from their recordings");
  ASSERT_TRUE(KeepCalibration(calibration_).has_value());
  EXPECT_EQ(FindCalibration(kGround)->Sentence(), calibration_.Sentence());
  EXPECT_THAT(PrintCalibration(calibration_), HasSubstr("yes           1 recorded   LiarIsCaught"));
}

// Trap: three seeds of yesterday forgotten for one of today.
TEST_F(CalibrationTest, OfMorePlayedRunsIsKeptUnlessThereIsNewsOfATrouble) {
  const Calibration empty = calibration_;
  for (int run = 0; run < 3; ++run) Add(Planted(), ResultOf(Judgement::kFail, "12 lost", 12));
  EXPECT_TRUE(KeepCalibration(calibration_).value());
  calibration_ = empty;
  Add(Planted(), ResultOf(Judgement::kFail, "12 lost", 12));
  Add(Planted(), ResultOf(Judgement::kFail, "12 lost", 12), Source::kRecording);
  Add(Planted(), ResultOf(Judgement::kFail, "12 lost", 12), Source::kRecording);
  EXPECT_FALSE(KeepCalibration(calibration_).value());
  EXPECT_EQ(FindCalibration(kGround)->Played(), 3);
  Add(Planted(), ResultOf(Judgement::kPass, "0 of 100 acknowledged writes lost", 0));
  EXPECT_TRUE(KeepCalibration(calibration_).value());
  EXPECT_FALSE(FindCalibration(kGround)->Trustworthy());
  calibration_ = empty;
  Add(Planted(), ResultOf(Judgement::kFail, "12 lost", 12));
  EXPECT_FALSE(KeepCalibration(calibration_).value()) << "asked again until it is caught";
}

TEST_F(CalibrationTest, CountsDefectsOnceAndHealthyRunsEach) {
  Add(Planted(), ResultOf(Judgement::kFail, "12 lost", 12));
  Add(Planted(), ResultOf(Judgement::kFail, "3 lost", 3));
  Add(Healthy(), ResultOf(Judgement::kPass, "0 of 100 acknowledged writes lost", 0));
  Add(Healthy(), ResultOf(Judgement::kPass, "0 of 100 acknowledged writes lost", 0));
  EXPECT_EQ(calibration_.Sentence(), "1 of 1 planted defects caught, 0 of 2 healthy runs accused");
  EXPECT_TRUE(calibration_.Trustworthy());
}

TEST_F(CalibrationTest, ADefectThatIsMissedOnceIsNotCaught) {
  Add(Planted(), ResultOf(Judgement::kFail, "12 lost", 12));
  Add(Planted(), ResultOf(Judgement::kPass, "0 of 100 acknowledged writes lost", 0));
  EXPECT_EQ(calibration_.Sentence(), "0 of 1 planted defects caught, 0 of 0 healthy runs accused");
  EXPECT_FALSE(calibration_.Trustworthy());
  EXPECT_THAT(PrintCalibration(calibration_),
              HasSubstr("NO            2      LiarIsCaught.NodePowerOff/ceph-rbd: fail"));
}

TEST_F(CalibrationTest, ADefectThatIsCaughtForTheWrongReasonIsNotCaught) {
  Add(Planted(), ResultOf(Judgement::kFail, "RTO 200 s", 0));
  EXPECT_FALSE(calibration_.Trustworthy());
  EXPECT_THAT(calibration_.cells.front().reason, HasSubstr("lost is 0, expected >= 1"));
}

TEST_F(CalibrationTest, AHealthySystemThatIsAccusedIsCountedAndOneThatIsUnprovedIsNoSuccess) {
  Add(Healthy(), ResultOf(Judgement::kFail, "1 lost", 1));
  EXPECT_THAT(PrintCalibration(calibration_), HasSubstr("ACCUSED"));
  EXPECT_THAT(calibration_.Sentence(), HasSubstr("1 of 1 healthy runs accused"));

  Calibration other{.ground = kGround, .when = "", .cells = {}};
  AddTrouble(other, Healthy(), "the cluster did not come up");
  EXPECT_FALSE(other.Trustworthy());
  EXPECT_THAT(PrintCalibration(other), HasSubstr("unproved"));
}

TEST_F(CalibrationTest, HealthyRunsThatProvedNothingAreNamedAndNotCounted) {
  Add(Healthy(), ResultOf(Judgement::kPass, "0 of 100 acknowledged writes lost", 0));
  Add(Healthy(), ResultOf(Judgement::kInconclusive, "the fault did not bite", 0));
  EXPECT_EQ(calibration_.Sentence(),
            "0 of 0 planted defects caught, 0 of 1 healthy runs accused; 1 healthy run proved nothing");
  AddTrouble(calibration_, Healthy(), "the cluster did not come up");
  EXPECT_EQ(calibration_.Sentence(),
            "0 of 0 planted defects caught, 0 of 1 healthy runs accused; 2 healthy runs proved nothing");
  ASSERT_TRUE(KeepCalibration(calibration_));
  EXPECT_EQ(FindCalibration(kGround)->Sentence(), calibration_.Sentence());
}

// A planted defect that makes the experiment none is what was expected.
TEST_F(CalibrationTest, WhatIsPlantedAndProvesNothingIsNoHealthyRun) {
  ExpectedCell dud = Planted();
  dud.judgement = Judgement::kInconclusive;
  dud.quotes = "did not bite";
  dud.holds.clear();
  Add(dud, ResultOf(Judgement::kInconclusive, "the fault did not bite", 0));
  EXPECT_EQ(calibration_.Sentence(), "1 of 1 planted defects caught, 0 of 0 healthy runs accused");
}

TEST_F(CalibrationTest, WhatIsPlantedAndLawfulIsAHealthyRun) {
  ExpectedCell lawful = Healthy();
  lawful.planted = "a torn last record (lawful)";
  Add(lawful, ResultOf(Judgement::kPass, "0 of 100 acknowledged writes lost", 0));
  EXPECT_EQ(calibration_.Sentence(), "0 of 0 planted defects caught, 0 of 1 healthy runs accused");
  EXPECT_THAT(PrintCalibration(calibration_), HasSubstr("a torn last record (lawful)   not accused"));
}

TEST_F(CalibrationTest, NothingPlayedProvesNothing) { EXPECT_FALSE(calibration_.Trustworthy()); }

TEST_F(CalibrationTest, IsFoundAgainForItsVersionAndClusterAlone) {
  Add(Planted(), ResultOf(Judgement::kFail, "12 lost", 12));
  ASSERT_TRUE(KeepCalibration(calibration_));
  const Result<Calibration> found = FindCalibration(kGround);
  ASSERT_TRUE(found.has_value()) << found.error().message;
  EXPECT_EQ(PrintCalibration(*found), PrintCalibration(calibration_));
  EXPECT_EQ(DescribeCalibration(kGround),
            "1 of 1 planted defects caught, 0 of 0 healthy runs accused (version 0.1.0+abc on uml, tuned, "
            "2026-11-23T10:00:00Z)");

  CalibrationGround other = kGround;
  other.profile = "stock";
  EXPECT_FALSE(FindCalibration(other).has_value());
  EXPECT_EQ(DescribeCalibration(other), "none of version 0.1.0+abc on uml, stock; make it with: holdfast calibrate");
}

TEST_F(CalibrationTest, ADamagedFileIsNamedAndProvesNothing) {
  ASSERT_TRUE(KeepCalibration(calibration_));
  const auto file = folder_.path() / "holdfast/calibrations/0.1.0+abc_uml_tuned.json";
  std::ofstream(file) << "{\"holdfast\":";
  EXPECT_THAT(FindCalibration(kGround).error().message, HasSubstr("0.1.0+abc_uml_tuned.json: damaged"));
  EXPECT_THAT(DescribeCalibration(kGround), HasSubstr("none of version"));
}

}  // namespace
}  // namespace holdfast
