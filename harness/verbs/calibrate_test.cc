// Promise: what is kept of a calibration was played whole, and bears the date of the runs and not that of the reading.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "harness/fakes/host_fake.h"
#include "harness/host/temporary_state.h"
#include "harness/installed.h"
#include "harness/run.h"
#include "harness/runs/calibration.h"
#include "harness/verbs/verb.h"
#include "harness/version.h"

namespace holdfast {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class SilentProgress : public Progress {
 public:
  Status Step(const std::string&, std::chrono::seconds, const std::function<Status()>& work) override { return work(); }
  void Say(const std::string&) override {}
};

class CalibrateFrom : public testing::Test {
 protected:
  // A run of each cell that `holdfast calibrate` plays, one second after the other; all of them come to nothing.
  void PlayAll() {
    int second = 0;
    const std::vector<ExpectedCell> cells_yaml = ReadCells(SuitesFolder() / "calibration" / "cells.yaml").value();
    for (const ExpectedCell& cell : cells_yaml) {
      if (cell.ring == kThoroughRing || cell.ring == kLibraryRing) continue;
      holdfast::Run run;
      run.version = Version();
      run.provider = "uml";
      run.profile = "tuned";
      run.took = std::chrono::seconds(1);
      run.started = fmt::format("2026-11-22T10:22:{:02}Z", second++);
      run.results.emplace_back().cell.scenario = cell.scenario;
      const std::filesystem::path folder = cells() / cell.Folder() / "run";
      std::filesystem::create_directories(folder);
      ASSERT_TRUE(WriteRunJson(run, folder / "run.json"));
      last_started_ = run.started;
    }
  }
  std::string Calibrate() {
    FakeHost host;
    host.On("tar *", Output{.exit_status = 1, .out = "", .err = "tar: no archive of this test's"});
    SilentProgress progress;
    const std::string from = cells().string();
    const std::vector<const char*> arguments = {"holdfast", "calibrate", "--from", from.c_str()};
    testing::internal::CaptureStdout();
    Main(static_cast<int>(arguments.size()), arguments.data(),
         [&] { return Session{.host = host, .progress = progress}; });
    std::fflush(stdout);
    return testing::internal::GetCapturedStdout();
  }
  Result<Calibration> Kept() const {
    return FindCalibration({.version = Version(), .provider = "uml", .profile = "tuned"});
  }
  // Of a cell of the list that is recorded.
  static ExpectedCell Recorded() {
    const std::vector<ExpectedCell> all = ReadCells(SuitesFolder() / "calibration" / "cells.yaml").value();
    return *std::find_if(all.begin(), all.end(), [](const ExpectedCell& cell) { return !cell.recording.empty(); });
  }
  std::filesystem::path cells() const { return state_.path() / "cells"; }

  TemporaryState state_;
  std::string last_started_;
};

TEST_F(CalibrateFrom, RunsIsAsOldAsTheLatestOfThem) {
  PlayAll();
  EXPECT_THAT(Calibrate(), HasSubstr("0 of 0 healthy runs accused; "));
  ASSERT_TRUE(Kept().has_value()) << Kept().error().message;
  EXPECT_EQ(Kept()->when, last_started_);
}

TEST_F(CalibrateFrom, PartOfTheRunsIsNotKept) {
  PlayAll();
  std::filesystem::remove_all(cells() / "cluster" / "LatencyIsMeasured");
  const std::string printed = Calibrate();
  EXPECT_THAT(printed, HasSubstr("LatencyIsMeasured.Latency/ceph-rbd: was not played"));
  EXPECT_THAT(printed, HasSubstr("Not kept"));
  EXPECT_FALSE(Kept().has_value());
}

// Trap: a run that was begun and never ended, for which its recording is taken.
TEST_F(CalibrateFrom, ARunThatWasBegunIsNotReplacedByItsRecording) {
  PlayAll();
  std::filesystem::remove_all(cells() / Recorded().Folder() / "run");
  EXPECT_THAT(Calibrate(),
              AllOf(HasSubstr(Recorded().promise + "." + Recorded().Name() + ": left no run"), HasSubstr("Not kept")));
}

TEST_F(CalibrateFrom, TheRecordingStandsForARunOfAnotherVersionAndATroubleWithItIsOneOfThisCell) {
  PlayAll();
  const std::filesystem::path file = cells() / Recorded().Folder() / "run" / "run.json";
  holdfast::Run run = ReadRunJson(file).value();
  run.version = "0.0.1";
  ASSERT_TRUE(WriteRunJson(run, file));
  const std::string printed = Calibrate();
  EXPECT_THAT(printed, AllOf(HasSubstr("no archive of this test's"), HasSubstr("planted defects caught")));
  EXPECT_THAT(printed, AllOf(testing::Not(HasSubstr("version 0.0.1")), HasSubstr("Not kept")));
}

TEST_F(CalibrateFrom, ARunThatWasCutOffIsNone) {
  PlayAll();
  const std::filesystem::path file =
      cells() / "cluster" / "LatencyIsMeasured" / "Latency" / "ceph-rbd" / "run" / "run.json";
  holdfast::Run run = ReadRunJson(file).value();
  run.took = Duration::zero();
  ASSERT_TRUE(WriteRunJson(run, file));
  EXPECT_THAT(Calibrate(), AllOf(HasSubstr("LatencyIsMeasured.Latency/ceph-rbd: was cut off"), HasSubstr("Not kept")));
}

TEST_F(CalibrateFrom, RunsOnAnotherGroundAreNone) {
  PlayAll();
  const std::filesystem::path file =
      cells() / "cluster" / "LatencyIsMeasured" / "Latency" / "ceph-rbd" / "run" / "run.json";
  holdfast::Run run = ReadRunJson(file).value();
  run.profile = "stock";
  ASSERT_TRUE(WriteRunJson(run, file));
  EXPECT_THAT(Calibrate(), AllOf(HasSubstr("was played on uml, stock"), HasSubstr("Not kept")));
}

TEST_F(CalibrateFrom, NothingIsNotKept) {
  EXPECT_THAT(Calibrate(), HasSubstr("Not kept"));
  EXPECT_FALSE(Kept().has_value());
}

}  // namespace
}  // namespace holdfast
