#include "clusters/uml/layout.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "harness/host/temporary_state.h"

namespace holdfast::uml {
namespace {

class LayoutTest : public testing::Test {
 protected:
  TemporaryState folder_;
};

TEST_F(LayoutTest, ClustersOfDifferentNamesShareNeitherFolderNorNamespace) {
  const Layout one("one"), two("two");
  EXPECT_NE(one.folder(), two.folder());
  EXPECT_NE(one.NetworkNamespace(), two.NetworkNamespace());
  EXPECT_NE(one.KeptLogs(), two.KeptLogs());
}

TEST_F(LayoutTest, EveryNodeHasAddressesOfItsOwn) {
  std::set<std::string> addresses;
  for (int number = 1; number <= 9; ++number) {
    const std::string node = Layout::NodeName(number);
    EXPECT_EQ(Layout::NumberOf(node), number);
    addresses.insert({Layout::Address(node), Layout::ManagementAddress(node), Layout::PodNetwork(node)});
  }
  EXPECT_EQ(addresses.size(), 27U);
  EXPECT_EQ(addresses.count(kControlPlaneAddress) + addresses.count(kManagementGateway), 0U);
}

TEST_F(LayoutTest, NodesAreDealtOutToTheZonesInTurn) {
  EXPECT_EQ(Layout::ZoneOf("n1", 3), "zone-1");
  EXPECT_EQ(Layout::ZoneOf("n3", 3), "zone-3");
  EXPECT_EQ(Layout::ZoneOf("n4", 3), "zone-1");
  EXPECT_EQ(Layout::ZoneOf("n2", 1), "zone-1");
}

// A cluster of a version that knew no zones.
TEST_F(LayoutTest, WhereNothingIsSaidOfZonesEachNodeHasItsOwn) {
  const Layout layout("one");
  ASSERT_TRUE(WriteFile(layout.folder() / "cluster.json", R"({"nodes": 5})"));
  EXPECT_EQ(LoadParameters(layout)->parameters.zones, 5);
}

TEST_F(LayoutTest, AnInterfaceNameFitsTheKernel) { EXPECT_LT(Layout::Tap("n9", 1).size(), 16U); }

TEST_F(LayoutTest, ARelativeStateFolderIsIgnored) {
  setenv("XDG_STATE_HOME", "relative", 1);
  EXPECT_TRUE(Layout("one").folder().is_absolute());
}

TEST_F(LayoutTest, ParametersSurviveAProcess) {
  const Layout layout("one");
  const Parameters parameters{.nodes = 5, .profile = "stock", .memory_mib = 2048, .disk_gib = 9, .zones = 2};
  ASSERT_TRUE(SaveParameters(layout, parameters, {.kernel = "/k", .kubernetes = "/p", .node_root = "/r"}));
  const Result<Saved> saved = LoadParameters(layout);
  ASSERT_TRUE(saved.has_value());
  EXPECT_EQ(saved->parameters, parameters);
  EXPECT_EQ(saved->images.kernel, "/k");
}

TEST_F(LayoutTest, AClusterThatIsNotThereOrDamagedIsAnError) {
  const Layout layout("one");
  EXPECT_FALSE(LoadParameters(layout).has_value());
  ASSERT_TRUE(WriteFile(layout.folder() / "cluster.json", "{\"nodes\": 3"));
  const Result<Saved> saved = LoadParameters(layout);
  ASSERT_FALSE(saved.has_value());
  EXPECT_NE(saved.error().message.find("holdfast cluster down one"), std::string::npos) << saved.error().message;
}

}  // namespace
}  // namespace holdfast::uml
