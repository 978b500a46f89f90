#include "harness/host/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

namespace holdfast {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

const auto kSucceeds = [] { return Status{}; };
const auto kFails = []() -> Status { return Unavailable("no room"); };

TEST(PlainProgress, AStepIsALineWhenItBeginsAndOneWhenItEnds) {
  std::ostringstream stream;
  const auto progress = MakePlainProgress(stream);
  EXPECT_TRUE(progress->Step("Boot nodes", seconds(90), kSucceeds));
  EXPECT_EQ(stream.str(), "Boot nodes ... about 1:30\nBoot nodes: done after 0:00\n");
}

TEST(PlainProgress, AFailedStepSaysSoAndItsErrorIsHandedOn) {
  std::ostringstream stream;
  const Status status = MakePlainProgress(stream)->Step("Boot nodes", seconds(0), kFails);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "no room");
  EXPECT_EQ(stream.str(), "Boot nodes ...\nBoot nodes: FAILED after 0:00\n");
}

TEST(PlainProgress, WhatLiesWithinAStepIsSetOff) {
  std::ostringstream stream;
  const auto progress = MakePlainProgress(stream);
  EXPECT_TRUE(progress->Step("Cluster", seconds(0), [&progress] {
    progress->Say("n1 is up");
    return progress->Step("Join", seconds(0), kSucceeds);
  }));
  progress->Say("end");
  EXPECT_EQ(stream.str(),
            "Cluster ...\n  n1 is up\n  Join ...\n  Join: done after 0:00\nCluster: done after 0:00\nend\n");
}

TEST(PlainProgress, HasNoControlCharacters) {
  std::ostringstream stream;
  EXPECT_FALSE(MakePlainProgress(stream)->Step("Boot", seconds(1), kFails));
  EXPECT_THAT(stream.str(), Not(HasSubstr("\033")));
  EXPECT_THAT(stream.str(), Not(HasSubstr("\r")));
}

TEST(TerminalProgress, TheLiveLineShowsElapsedAndExpectedTimeAndGivesWayToTheOutcome) {
  std::ostringstream stream;
  EXPECT_TRUE(MakeTerminalProgress(stream)->Step("Boot nodes", seconds(90), kSucceeds));
  EXPECT_EQ(stream.str(), "\r\033[K● Boot nodes  0:00 of about 1:30\r\033[K✓ Boot nodes  0:00\n");
}

TEST(TerminalProgress, AFailedStepIsCrossed) {
  std::ostringstream stream;
  EXPECT_FALSE(MakeTerminalProgress(stream)->Step("Boot nodes", seconds(0), kFails));
  EXPECT_THAT(stream.str(), HasSubstr("✗ Boot nodes"));
}

TEST(TerminalProgress, ALiveLineNeverWraps) {
  std::ostringstream stream;
  EXPECT_TRUE(MakeTerminalProgress(stream)->Step(std::string(4000, 'x'), seconds(90), kSucceeds));
  const std::string drawn = stream.str();
  const std::string live = drawn.substr(4, drawn.find('\r', 1) - 4);
  EXPECT_LT(live.size(), std::size_t{1000});
}

TEST(TerminalProgress, ALineThatIsSaidStaysAboveTheLiveOne) {
  std::ostringstream stream;
  const auto progress = MakeTerminalProgress(stream);
  EXPECT_TRUE(progress->Step("Boot", seconds(0), [&progress] {
    progress->Say("n1 is up");
    return Status{};
  }));
  EXPECT_THAT(stream.str(), HasSubstr("\r\033[K  n1 is up\n\r\033[K● Boot"));
}

TEST(TerminalProgress, TheTitleOfAStepWithStepsInItStaysAboveThemAndIsPrintedOnce) {
  std::ostringstream stream;
  const auto progress = MakeTerminalProgress(stream);
  EXPECT_TRUE(progress->Step("Cluster", seconds(0), [&progress] {
    EXPECT_TRUE(progress->Step("Boot", seconds(0), kSucceeds));
    return progress->Step("Join", seconds(0), kSucceeds);
  }));
  std::string stays;
  std::istringstream lines(stream.str());
  for (std::string line; std::getline(lines, line);) stays += line.substr(line.rfind("\033[K") + 3) + "\n";
  EXPECT_EQ(stays, "▾ Cluster\n  ✓ Boot  0:00\n  ✓ Join  0:00\n✓ Cluster  0:00\n");
}

}  // namespace
}  // namespace holdfast
