// Promise: the machine's limit of mappings is raised while there is a cluster, never lowered, and is afterwards what it
// was before.
#include "clusters/uml/map_limit.h"

#include <gtest/gtest.h>

#include "clusters/uml/layout.h"
#include "harness/host/temporary_folder.h"

namespace holdfast::uml {
namespace {

namespace fs = std::filesystem;

class MapLimitTest : public testing::Test {
 protected:
  MapLimitTest() {
    fs::create_directories(clusters_ / "one");
    folder_.Write("clusters/.lock", "");  // that is no cluster
  }
  std::string Limit() const { return ReadFile(limit_).value(); }

  TemporaryFolder folder_;
  const fs::path limit_ = folder_.Write("limit", "65530\n");
  const fs::path clusters_ = folder_.path() / "clusters";
  const MapLimit map_limit_{limit_, folder_.path() / "record", clusters_};
};

TEST_F(MapLimitTest, IsRaisedForTheFirstClusterAndPutBackWithTheLast) {
  ASSERT_TRUE(map_limit_.Raise().has_value());
  EXPECT_EQ(Limit(), "1048576\n");
  fs::create_directory(clusters_ / "two");
  ASSERT_TRUE(map_limit_.Raise().has_value());
  fs::remove(clusters_ / "one");
  ASSERT_TRUE(map_limit_.PutBack().has_value());
  EXPECT_EQ(Limit(), "1048576\n") << "there is another cluster";
  fs::remove(clusters_ / "two");
  ASSERT_TRUE(map_limit_.PutBack().has_value());
  EXPECT_EQ(Limit(), "65530\n");
}

TEST_F(MapLimitTest, ThatIsHighEnoughIsNotTouched) {
  folder_.Write("limit", "2000000\n");
  ASSERT_TRUE(map_limit_.Raise().has_value());
  fs::remove(clusters_ / "one");
  ASSERT_TRUE(map_limit_.PutBack().has_value());
  EXPECT_EQ(Limit(), "2000000\n");
}

TEST_F(MapLimitTest, IsPutBackToWhatItWasAlsoAfterAClusterThatNobodyTookDown) {
  ASSERT_TRUE(map_limit_.Raise().has_value());
  folder_.Write("limit", "65530\n");  // the machine booted
  ASSERT_TRUE(map_limit_.Raise().has_value());
  EXPECT_EQ(Limit(), "1048576\n");
  fs::remove(clusters_ / "one");
  ASSERT_TRUE(map_limit_.PutBack().has_value());
  EXPECT_EQ(Limit(), "65530\n");
}

TEST_F(MapLimitTest, ThatCannotBeReadIsAnErrorThatNamesIt) {
  folder_.Write("limit", "many\n");
  EXPECT_EQ(map_limit_.Raise().error().message, limit_.string() + ": holds no number");
}

}  // namespace
}  // namespace holdfast::uml
