// A network that flaps is cut and whole as often as it was told, as seen from outside, and whole at the end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

using std::chrono::seconds;

std::unique_ptr<Fault> Make(const std::map<std::string, std::string>& given = {}) {
  std::map<std::string, Options::Value> values;
  for (const auto& [key, text] : given) values[key] = {.text = text, .where = "suite.yaml:7"};
  return Registry<Fault>::Make("network-flap", Fault::Context{.options = Options(values)});
}

TEST(NetworkFlap, IsCutAndMendedAsOftenAndAsLongAsItWasTold) {
  FakeWorld fakes;
  const auto fault = Make({{"cycles", "3"}, {"cut_for", "2s"}, {"mended_for", "5s"}});
  ASSERT_TRUE(fault->Arm(fakes.world));
  const Time begin = fakes.host.Now();
  ASSERT_TRUE(fault->Inject(fakes.world));
  EXPECT_EQ(fakes.host.Now() - begin, seconds(3 * (2 + 5)));
  EXPECT_FALSE(fakes.cluster.nodes["n1"].cut);
  const auto bite = fault->Biting(fakes.world);
  EXPECT_TRUE(bite->bitten);
  EXPECT_EQ(bite->evidence, "of 3 times n1 did not answer 3 times and was back 3 times");
}

TEST(NetworkFlap, ANodeThatNeverCameBackWasCutAndDidNotFlap) {
  FakeWorld fakes;
  const auto fault = Make();
  ASSERT_TRUE(fault->Arm(fakes.world));
  fakes.host.After(seconds(1), [&fakes] { fakes.cluster.PowerOff("n1"); });
  ASSERT_TRUE(fault->Inject(fakes.world));
  EXPECT_FALSE(fault->Biting(fakes.world)->bitten);
}

TEST(NetworkFlap, AnInterruptionLeavesItToTheHeal) {
  FakeWorld fakes;
  const auto fault = Make();
  const auto undo = fault->Arm(fakes.world);
  fakes.host.After(seconds(1), [&fakes] { fakes.host.Interrupt(); });
  ASSERT_FALSE(fault->Inject(fakes.world));
  EXPECT_TRUE(fakes.cluster.nodes["n1"].cut);
  ASSERT_TRUE(Make()->Heal(fakes.world, *undo));
  EXPECT_FALSE(fakes.cluster.nodes["n1"].cut);
}

}  // namespace
}  // namespace holdfast
