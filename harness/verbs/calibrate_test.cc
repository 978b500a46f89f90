// Promise: what is kept of a calibration was played whole, and bears the date of the runs and not that of the reading.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST_F(CalibrateFrom, NothingIsNotKept) {
  EXPECT_THAT(Calibrate(), HasSubstr("Not kept"));
  EXPECT_FALSE(Kept().has_value());
}

}  // namespace
}  // namespace holdfast
