#include "harness/arguments.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

Rig RigNamed(const std::string& cluster) {
  Rig rig;
  rig.cluster = cluster;
  return rig;
}

// The name becomes a folder that `cluster down` removes, and a network namespace whose processes it kills.
TEST(Arguments, AClusterNameThatCouldBeAPathIsRefused) {
  for (const std::string name : {"a/b", "..", "/etc", "", ".", "-a", "a-", "A", "123456789012345678901"}) {
    Arguments arguments;
    arguments.cluster = name;
    const Result<Rig> rig = ApplyTo(RigNamed("holdfast"), arguments);
    ASSERT_FALSE(rig.has_value()) << name;
    EXPECT_EQ(rig.error().code, ErrorCode::kUsage);
    EXPECT_NE(rig.error().message.find("allowed: a-z"), std::string::npos) << rig.error().message;
  }
}

TEST(Arguments, AClusterNameTakesTheRigsPlace) {
  Arguments arguments;
  arguments.cluster = "nightly-2";
  EXPECT_EQ(ApplyTo(RigNamed("holdfast"), arguments)->cluster, "nightly-2");
  EXPECT_EQ(ApplyTo(RigNamed("holdfast"), Arguments{})->cluster, "holdfast");
}

}  // namespace
}  // namespace holdfast
