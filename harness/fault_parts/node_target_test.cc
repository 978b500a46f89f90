// The node that a fault strikes is the one that its option names.
#include "harness/fault_parts/node_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;

Options Target(const std::string& text) {
  return Options({{"target", Options::Value{.text = text, .where = "suite.yaml:7"}}});
}

class NodeTargetTest : public ::testing::Test {
 protected:
  Result<std::string> Choose(Options options) { return NodeTarget(options).Choose(fakes_.world); }

  FakeWorld fakes_;
};

TEST_F(NodeTargetTest, IsTheDatabasesOwnByDefault) {
  fakes_.cluster.pod.node = "n2";
  EXPECT_EQ(Choose({}).value(), "n2");
  EXPECT_EQ(Choose(Target("database-node")).value(), "n2");
}

TEST_F(NodeTargetTest, ReplicaHolderIsAnotherOneThatHoldsACopy) {
  EXPECT_EQ(Choose(Target("replica-holder")).value(), "n2");
  fakes_.cluster.nodes["n2"].holds_replica = false;
  EXPECT_EQ(Choose(Target("replica-holder")).value(), "n3");
  fakes_.cluster.nodes["n3"].holds_replica = false;
  const auto none = Choose(Target("replica-holder"));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().message, "there is no replica-holder besides n1");
}

TEST_F(NodeTargetTest, OtherIsAnyOther) {
  EXPECT_EQ(Choose(Target("other")).value(), "n2");
  fakes_.cluster.pod.node = "n2";
  EXPECT_EQ(Choose(Target("other")).value(), "n1");
}

TEST_F(NodeTargetTest, OnlyAReplicaHolderNeedsABackendWithReplicas) {
  FakeWorld bare(Facets::kNone);
  Options options = Target("replica-holder"), other = Target("other");
  EXPECT_EQ(NodeTarget(options).Missing(bare.backend), "the backend has no Replicas");
  EXPECT_EQ(NodeTarget(other).Missing(bare.backend), std::nullopt);
}

TEST_F(NodeTargetTest, AnotherWordIsRefused) {
  Options options = Target("any");
  const NodeTarget target(options);
  ASSERT_FALSE(options.Finish());
  EXPECT_THAT(options.Finish().error().message, HasSubstr("allowed: database-node, replica-holder, other"));
}

}  // namespace
}  // namespace holdfast
