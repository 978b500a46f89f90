// Promise: a run is played on as many clusters as were asked for and fit, which are told apart and otherwise alike.
#include "harness/playing/lanes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/host_fake.h"
#include "harness/host/machine_memory.h"

namespace holdfast {
namespace {

using testing::ElementsAre;

constexpr std::uint64_t kGib = std::uint64_t{1} << 30;

TEST(Lanes, AsManyAsWereAskedForAsThereAreCellsAndAsFitIntoTheMemory) {
  const std::vector<std::uint64_t> needs(4, 4 * kGib);
  EXPECT_EQ(LanesThatFit(3, 10, needs, 100 * kGib), 3);
  EXPECT_EQ(LanesThatFit(3, 2, needs, 100 * kGib), 2);
  EXPECT_EQ(LanesThatFit(4, 10, needs, 9 * kGib), 2);
  EXPECT_EQ(LanesThatFit(4, 10, needs, 8 * kGib), 2);
  EXPECT_EQ(LanesThatFit(4, 10, needs, 8 * kGib - 1), 1);
}

TEST(Lanes, ThereIsAlwaysOneForTheProviderToRefuse) { EXPECT_EQ(LanesThatFit(2, 10, {4 * kGib, 4 * kGib}, 0), 1); }

TEST(Lanes, AClusterThatIsUpTakesNoMoreMemory) {
  EXPECT_EQ(LanesThatFit(3, 10, {0, 0, 4 * kGib}, 3 * kGib), 2);
  EXPECT_EQ(LanesThatFit(3, 10, {0, 0, 0}, 0), 3);
}

TEST(Lanes, WhoeverWantedMoreIsToldWhatThereIsNoMoreOf) {
  const std::vector<std::uint64_t> needs(3, 4 * kGib);
  EXPECT_EQ(WhyFewer(3, 3, 10, needs, 100 * kGib), std::nullopt);
  EXPECT_EQ(WhyFewer(2, 3, 2, needs, 100 * kGib), "2 at a time instead of 3: there are no more cells");
  EXPECT_EQ(WhyFewer(3, 4, 10, needs, 100 * kGib), "3 at a time instead of 4: there are no more clusters to play on");
  EXPECT_EQ(WhyFewer(1, 3, 10, needs, 7 * kGib),
            "1 at a time instead of 3: 7168 MiB of memory are available, and 2 clusters would take 8192 MiB");
}

TEST(Lanes, AreOfTheSameCellsOnClustersOfOtherNames) {
  Order order;
  order.rig.cluster = "holdfast";
  order.rig.provider.name = "uml";
  order.suite.name = "test";
  order.suite.scenarios.resize(2);
  order.suite.scenarios[0].name = "one";
  order.suite.scenarios[1].name = "two";
  order.arguments.seed = 7;
  order.plan = MakePlan(order.rig, order.suite, 7);
  const Result<Order> third = OrderOfLane(order, 3);
  ASSERT_TRUE(third.has_value()) << third.error().message;
  EXPECT_EQ(third->rig.cluster, "holdfast-3");
  EXPECT_EQ(*third->arguments.cluster, "holdfast-3") << "as its folder must say, from which it is healed";
  ASSERT_EQ(third->plan.cells.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(third->plan.cells[i].seed, order.plan.cells[i].seed);
  EXPECT_EQ(LaneName("holdfast", 1), "holdfast");
}

TEST(Lanes, ANameThatWouldBeTooLongForAClusterIsRefused) {
  Order order;
  order.rig.cluster = std::string(19, 'a');
  EXPECT_FALSE(OrderOfLane(order, 2).has_value());
}

class Lines : public Progress {
 public:
  Status Step(const std::string&, std::chrono::seconds, const std::function<Status()>& work) override { return work(); }
  void Say(const std::string& line) override { lines.push_back(line); }
  std::vector<std::string> lines;
};

TEST(Lanes, SayWhichOfThemSpeaks) {
  Lines lines;
  LaneProgress progress(lines, "holdfast-2");
  EXPECT_TRUE(progress.Step("deploy", std::chrono::seconds(3), [&] {
    progress.Say("hello");
    return Status();
  }));
  EXPECT_THAT(lines.lines,
              ElementsAre("[holdfast-2] deploy ...", "[holdfast-2] hello", "[holdfast-2] deploy: done after 0 s"));
}

TEST(MachineMemory, IsWhatTheKernelSaysIsAvailable) {
  FakeHost host;
  host.On("cat /proc/meminfo", Output{.exit_status = 0,
                                      .out = "MemTotal:       24000000 kB\nMemFree: 1 kB\nMemAvailable:   8388608 kB\n",
                                      .err = ""});
  EXPECT_EQ(AvailableMemory(host).value(), 8 * kGib);
}

TEST(MachineMemory, IsUnknownWhereTheKernelDoesNotSay) {
  for (const char* text : {"", "MemTotal: 24000000 kB\n", "MemAvailable: lots\n"}) {
    EXPECT_FALSE(ReadAvailableMemory(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace holdfast
