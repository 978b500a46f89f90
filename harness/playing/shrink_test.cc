// Promise: what is said to be the shortest that fails was seen to fail, whatever kind of system is asked.
#include "harness/playing/shrink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

namespace holdfast {
namespace {

using testing::ElementsAre;

Strikes FirstOf(int count) {
  Strikes strikes(static_cast<std::size_t>(count));
  std::iota(strikes.begin(), strikes.end(), 1);
  return strikes;
}

bool Has(const Strikes& strikes, int strike) {
  return std::find(strikes.begin(), strikes.end(), strike) != strikes.end();
}

// Remembers what it was asked.
class Oracle {
 public:
  explicit Oracle(std::function<bool(const Strikes&)> fails) : fails_(std::move(fails)) {}
  Shrunk Ask(const Strikes& played, int failed) {
    return Shrink(played, failed, [this](const Strikes& strikes) -> Result<bool> {
      asked.push_back(strikes);
      if (fails_(strikes)) failing.insert(strikes);
      return fails_(strikes);
    });
  }

  std::vector<Strikes> asked;
  std::set<Strikes> failing;

 private:
  std::function<bool(const Strikes&)> fails_;
};

TEST(Shrink, FindsTheOneStrikeThatIsToBlameWhereverItIs) {
  for (int culprit = 1; culprit <= 40; ++culprit) {
    for (int failed = culprit; failed <= 40; failed += 7) {
      Oracle oracle([&](const Strikes& strikes) { return Has(strikes, culprit); });
      const Shrunk shrunk = oracle.Ask(FirstOf(40), failed);
      ASSERT_TRUE(shrunk.reproduced);
      EXPECT_EQ(shrunk.strikes.back(), culprit);
      EXPECT_EQ(shrunk.strikes.size(), culprit <= kMostDrops + 1 ? 1U : static_cast<std::size_t>(culprit));
      EXPECT_LE(oracle.asked.size(), 1U + 6 + kMostDrops) << "logarithmic, and the drops";
      EXPECT_EQ(shrunk.replays, static_cast<int>(oracle.asked.size()));
    }
  }
}

TEST(Shrink, DropsTheEarlierStrikesThatDoNotMatter) {
  Oracle oracle([](const Strikes& strikes) { return Has(strikes, 3) && Has(strikes, 7); });
  const Shrunk shrunk = oracle.Ask(FirstOf(30), 20);
  EXPECT_THAT(shrunk.strikes, ElementsAre(3, 7));
}

TEST(Shrink, OfAFailureThatDoesNotComeBackAsksTheWholeSoakAndEnds) {
  Oracle oracle([](const Strikes&) { return false; });
  const Shrunk shrunk = oracle.Ask(FirstOf(10), 4);
  EXPECT_FALSE(shrunk.reproduced);
  EXPECT_EQ(shrunk.strikes, FirstOf(10));
  EXPECT_THAT(oracle.asked, ElementsAre(FirstOf(4), FirstOf(10)));
}

TEST(Shrink, BelievesTheWholeSoakWhereTheFirstFailureNeedsWhatCameAfter) {
  Oracle oracle([](const Strikes& strikes) { return strikes.size() >= 6; });
  const Shrunk shrunk = oracle.Ask(FirstOf(10), 4);
  EXPECT_TRUE(shrunk.reproduced);
  EXPECT_EQ(shrunk.strikes, FirstOf(6));
}

// Fails at every third and at five or more, say because two faults mend each other.
TEST(Shrink, WhereFailingIsNotMonotoneFindsOneThatFailedAndWhosePrefixDidNot) {
  const auto fails = [](const Strikes& strikes) { return strikes.size() % 3 == 0 || strikes.size() == 20; };
  Oracle oracle(fails);
  const Shrunk shrunk = oracle.Ask(FirstOf(20), 20);
  ASSERT_TRUE(shrunk.reproduced);
  EXPECT_TRUE(oracle.failing.count(shrunk.strikes) == 1) << "it was seen to fail";
  Strikes shorter = shrunk.strikes;
  shorter.pop_back();
  EXPECT_FALSE(fails(shorter));
  EXPECT_LT(shrunk.strikes.size(), 20U);
}

// Every oracle there is, of small soaks: the answer is one that failed.
TEST(Shrink, OfAnyOracleNamesOnlyWhatWasSeenToFail) {
  constexpr int kCount = 4;
  for (unsigned oracle_number = 0; oracle_number < 1U << 16; oracle_number += 13) {
    const auto fails = [&](const Strikes& strikes) {
      unsigned set = 0;
      for (const int strike : strikes) set |= 1U << (strike - 1);
      return (oracle_number >> set & 1U) != 0;
    };
    Oracle oracle(fails);
    const Shrunk shrunk = oracle.Ask(FirstOf(kCount), 1 + static_cast<int>(oracle_number % kCount));
    ASSERT_EQ(shrunk.reproduced, !oracle.failing.empty());
    if (shrunk.reproduced) {
      ASSERT_EQ(oracle.failing.count(shrunk.strikes), 1U);
    }
    for (const Strikes& asked : oracle.asked) ASSERT_FALSE(asked.empty());
  }
}

TEST(Shrink, KeepsWhatItKnowsWhenItIsCutShort) {
  int replays = 0;
  const Shrunk shrunk = Shrink(FirstOf(16), 16, [&](const Strikes&) -> Result<bool> {
    if (++replays == 3) return Fail(ErrorCode::kInterrupted, "interrupted");
    return true;
  });
  ASSERT_TRUE(shrunk.stopped);
  EXPECT_EQ(shrunk.stopped->code, ErrorCode::kInterrupted);
  EXPECT_TRUE(shrunk.reproduced);
  EXPECT_EQ(shrunk.strikes, FirstOf(8));
  EXPECT_EQ(replays, 3);
}

TEST(Shrink, OfASoakThatHadStrikesLeftOutKeepsTheirNumbers) {
  Oracle oracle([](const Strikes& strikes) { return Has(strikes, 9); });
  EXPECT_THAT(oracle.Ask({2, 5, 9, 11}, 9).strikes, ElementsAre(9));
}

}  // namespace
}  // namespace holdfast
