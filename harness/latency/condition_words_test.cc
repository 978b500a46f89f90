// Promise: a report calls what commits were measured in by its name.
#include "harness/latency/condition_words.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

TEST(ConditionWords, SayWhatHurts) {
  EXPECT_EQ(ConditionInWords("hurt", "disk-loss"), "replica missing");
  EXPECT_EQ(ConditionInWords("hurt", "volume-snapshot"), "snapshot there");
  EXPECT_EQ(ConditionInWords("hurt", "disk-slow"), "hurt by disk-slow");
  EXPECT_EQ(ConditionInWords("hurt", ""), "hurt") << "of a run that does not say what by";
  EXPECT_EQ(ConditionInWords("rebuilding", "disk-loss"), "rebuilding");
}

TEST(ConditionWords, CallTheEndOfASnapshotNoRebuild) {
  EXPECT_TRUE(LeavesSomethingToRebuild("disk-loss"));
  EXPECT_FALSE(LeavesSomethingToRebuild("volume-snapshot"));
}

}  // namespace
}  // namespace holdfast
