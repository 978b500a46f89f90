// A seed repeats the same experiment on every machine, whichever cells are selected.
#include "harness/seed.h"

#include <gtest/gtest.h>

#include <set>

namespace holdfast {
namespace {

// https://prng.di.unimi.it/splitmix64.c, seeded with 1234567; its state grows by the golden gamma at each call.
TEST(Seed, SplitMix64GivesTheReferenceNumbers) {
  constexpr std::uint64_t kGamma = 0x9E3779B97F4A7C15ULL;
  EXPECT_EQ(SplitMix64(1234567), 6457827717110365317ULL);
  EXPECT_EQ(SplitMix64(1234567 + kGamma), 3203168211198807973ULL);
  EXPECT_EQ(SplitMix64(1234567 + 2 * kGamma), 9817491932198370423ULL);
}

TEST(Seed, OfACellIsPinnedSinceOldRunsMustBeRepeatable) {
  EXPECT_EQ(CellSeed(42, "pod-delete", 1), 15911603936191416167ULL);
  EXPECT_EQ(CellSeed(42, "pod-delete", 2), 13747114918752059905ULL);
  EXPECT_EQ(CellSeed(0, "", 1), 11621900814698165723ULL);
}

TEST(Seed, DiffersByPlanScenarioAndTrial) {
  std::set<std::uint64_t> seeds;
  for (std::uint64_t plan = 0; plan < 20; ++plan) {
    for (const char* scenario : {"db-kill", "pod-delete", "node-drain"}) {
      for (int trial = 1; trial <= 20; ++trial) seeds.insert(CellSeed(plan, scenario, trial));
    }
  }
  EXPECT_EQ(seeds.size(), 20U * 3 * 20);
}

TEST(Seed, UniformReachesBothEndsAndNothingBeyond) {
  std::set<std::uint64_t> drawn;
  for (std::uint64_t seed = 0; seed < 200; ++seed) drawn.insert(Uniform(seed, 3, 7));
  EXPECT_EQ(drawn, (std::set<std::uint64_t>{3, 4, 5, 6, 7}));
  EXPECT_EQ(Uniform(1, 5, 5), 5U);
}

}  // namespace
}  // namespace holdfast
