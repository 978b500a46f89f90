// A program that is away for a while bites when the cluster has missed its node meanwhile, and is back afterwards.
#include "harness/fault_parts/service_stop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"

namespace holdfast {
namespace {

using std::chrono::seconds;

ServiceStop Make(const std::string& stopped_for) {
  const Options options({{"stopped_for", Options::Value{.text = stopped_for, .where = "suite.yaml:7"}}});
  return ServiceStop(Fault::Context{.options = options}, NodeServices::Service::kKubelet, seconds(45));
}

TEST(ServiceStop, RemembersThatTheClusterMissedTheNode) {
  FakeWorld fakes;
  ServiceStop stop = Make("30s");
  ASSERT_TRUE(stop.Arm(fakes.world));
  const Time begin = fakes.host.Now();
  ASSERT_TRUE(stop.Inject(fakes.world));
  EXPECT_EQ(fakes.host.Now() - begin, seconds(30));
  EXPECT_TRUE(fakes.cluster.nodes["n1"].stopped.empty()) << "it is back";
  EXPECT_TRUE(stop.Biting()->bitten);
  EXPECT_EQ(stop.Biting()->evidence, "the kubelet of n1 did not run, Ready is Unknown (Gone)");
}

TEST(ServiceStop, OneThatIsBackBeforeItIsMissedHasNotBitten) {
  FakeWorld fakes;
  ServiceStop stop = Make("10s");
  ASSERT_TRUE(stop.Arm(fakes.world));
  ASSERT_TRUE(stop.Inject(fakes.world));
  EXPECT_FALSE(stop.Biting()->bitten);
}

TEST(ServiceStop, OneThatWasLeftAwayIsStarted) {
  FakeWorld fakes;
  ServiceStop stop = Make("30s");
  const auto undo = stop.Arm(fakes.world);
  fakes.host.After(seconds(5), [&fakes] { fakes.host.Interrupt(); });
  ASSERT_FALSE(stop.Inject(fakes.world));
  ASSERT_FALSE(fakes.cluster.IsUnhurt());
  ASSERT_TRUE(Make("30s").Heal(fakes.world, *undo));
  EXPECT_TRUE(fakes.cluster.IsUnhurt());
}

}  // namespace
}  // namespace holdfast
