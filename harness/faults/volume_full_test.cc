// What fills a volume is removed from it wherever it is by then, and a heal that could not do so yet goes on trying.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

class VolumeFullTest : public ::testing::Test {
 protected:
  VolumeFullTest() : undo_(fault_->Arm(fakes_.world).value()) { fakes_.cluster.pod.full = true; }
  Status Heal() { return Registry<Fault>::Make("volume-full", {})->Heal(fakes_.world, undo_); }

  FakeWorld fakes_;
  std::unique_ptr<Fault> fault_ = Registry<Fault>::Make("volume-full", {});
  nlohmann::json undo_;
};

TEST_F(VolumeFullTest, AHealWaitsUntilTheVolumeIsMounted) {
  fakes_.cluster.pod.mounted = false;
  fakes_.host.After(seconds(40), [this] { fakes_.cluster.pod.mounted = true; });
  ASSERT_TRUE(Heal());
  EXPECT_FALSE(fakes_.cluster.pod.full);
}

TEST_F(VolumeFullTest, AVolumeThatIsNeverMountedIsNotHealed) {
  fakes_.cluster.pod.mounted = false;
  const Status healed = Heal();
  ASSERT_FALSE(healed);
  EXPECT_THAT(healed.error().message, HasSubstr("pv-1 is not mounted here"));
}

TEST_F(VolumeFullTest, BetweenTwoPodsNothingIsHealed) {
  fakes_.cluster.pod_is_there = false;
  fakes_.host.After(seconds(40), [this] { fakes_.cluster.pod_is_there = true; });
  ASSERT_TRUE(Heal());
  EXPECT_FALSE(fakes_.cluster.pod.full);
}

TEST_F(VolumeFullTest, AVolumeThatWasGivenUpNeedsNoHealing) {
  fakes_.cluster.pod_is_there = false;
  for (const char* phase : {"Released", ""}) {
    fakes_.cluster.volume.phase = phase;
    EXPECT_TRUE(Heal()) << phase;
  }
  fakes_.cluster.volume.phase = "Bound";
  EXPECT_FALSE(Heal());
}

}  // namespace
}  // namespace holdfast
