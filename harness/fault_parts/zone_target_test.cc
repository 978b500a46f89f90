// The zone of a node is what the cluster says it is, and a zone of more nodes than the scenario counts on is not
// struck.
#include "harness/fault_parts/zone_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"

namespace holdfast {
namespace {

using ::testing::ElementsAre;

class ZoneTargetTest : public ::testing::Test {
 protected:
  Result<std::vector<std::string>> Choose(const std::map<std::string, std::string>& given = {}) {
    std::map<std::string, Options::Value> values;
    for (const auto& [key, text] : given) values[key] = {.text = text, .where = "suite.yaml:7"};
    Options options(values);
    return ZoneTarget(options).Choose(fakes_.world);
  }
  std::string ComplaintOf(const Result<std::vector<std::string>>& chosen) {
    return chosen ? "it chose" : chosen.error().message;
  }
  void PutInZones(const std::string& n1, const std::string& n2, const std::string& n3) {
    fakes_.cluster.nodes["n1"].zone = n1;
    fakes_.cluster.nodes["n2"].zone = n2;
    fakes_.cluster.nodes["n3"].zone = n3;
  }

  FakeWorld fakes_;
};

TEST_F(ZoneTargetTest, IsByDefaultTheDatabasesWithAllItsNodes) {
  PutInZones("a", "b", "a");
  EXPECT_THAT(Choose({{"nodes", "2"}}).value(), ElementsAre("n1", "n3"));
  fakes_.cluster.pod.node = "n2";
  EXPECT_THAT(Choose().value(), ElementsAre("n2"));
}

TEST_F(ZoneTargetTest, OfAnotherNodeIsAnotherZone) {
  PutInZones("a", "a", "b");
  EXPECT_THAT(Choose({{"zone_of", "other"}}).value(), ElementsAre("n3"));
  EXPECT_THAT(Choose({{"zone_of", "replica-holder"}}).value(), ElementsAre("n3"));
  fakes_.cluster.nodes["n3"].holds_replica = false;
  EXPECT_EQ(ComplaintOf(Choose({{"zone_of", "replica-holder"}})), "there is no replica-holder outside of a");
}

TEST_F(ZoneTargetTest, OfMoreNodesThanTheScenarioCountsOnIsRefused) {
  PutInZones("a", "a", "b");
  EXPECT_EQ(ComplaintOf(Choose()), "a has 2 nodes, and the scenario counts on 1; say `nodes: 2` in the suite");
  EXPECT_THAT(Choose({{"nodes", "3"}}).value(), ElementsAre("n1", "n2"));
}

TEST_F(ZoneTargetTest, IsNoTargetOfASingleNode) {
  Options options({{"target", {.text = "other", .where = "suite.yaml:7"}}});
  const ZoneTarget target(options);
  ASSERT_FALSE(options.Finish());
  EXPECT_EQ(options.Finish().error().message, "suite.yaml:7: unknown key 'target'; known: zone_of, nodes");
}

TEST_F(ZoneTargetTest, ANodeWithoutTheLabelIsRefused) {
  PutInZones("a", "b", "");
  EXPECT_EQ(ComplaintOf(Choose()),
            "node n3 has no label topology.kubernetes.io/zone, so nobody knows what is in which zone");
}

}  // namespace
}  // namespace holdfast
