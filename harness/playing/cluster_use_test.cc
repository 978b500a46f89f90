// Promise: nobody takes down or heals a cluster under somebody else's run.
#include "harness/playing/cluster_use.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "harness/fakes/host_fake.h"
#include "harness/host/temporary_state.h"

namespace holdfast {
namespace {

using testing::HasSubstr;

class ClusterUseTest : public testing::Test {
 protected:
  TemporaryState folder_;
};

TEST_F(ClusterUseTest, RunsShareAClusterAndNobodyIsAloneWithIt) {
  const auto one = ClusterUse::Share("sea");
  const auto other = ClusterUse::Share("sea");
  EXPECT_TRUE(one.has_value());
  EXPECT_TRUE(other.has_value());
  EXPECT_THAT(ClusterUse::Alone("sea").error().message, HasSubstr("cluster 'sea' is in use by another holdfast"));
  EXPECT_TRUE(ClusterUse::Alone("lake").has_value()) << "another cluster";
}

TEST_F(ClusterUseTest, WhoIsAloneIsLeftAloneUntilItEnds) {
  {
    const auto alone = ClusterUse::Alone("sea");
    ASSERT_TRUE(alone.has_value());
    EXPECT_THAT(ClusterUse::Share("sea").error().message, HasSubstr("is being healed or taken down"));
  }
  EXPECT_TRUE(ClusterUse::Share("sea").has_value());
}

TEST_F(ClusterUseTest, TheLastRunMayBecomeAlone) {
  auto one = ClusterUse::Share("sea");
  {
    const auto other = ClusterUse::Share("sea");
    EXPECT_FALSE(one->BecomeAlone());
  }
  EXPECT_TRUE(one->BecomeAlone());
}

TEST_F(ClusterUseTest, OnlyOneSetsUpAtATime) {
  FakeHost host;
  const auto one = ClusterUse::SetUp(host, "sea");
  ASSERT_TRUE(one.has_value());
  EXPECT_THAT(ClusterUse::SetUp(host, "sea").error().message, HasSubstr("no other holdfast sets up cluster 'sea'"));
}

}  // namespace
}  // namespace holdfast
