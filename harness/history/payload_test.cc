// Promise: what a write holds can be computed again at any time, and whatever else is read is called by its name.
#include "harness/history/payload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <set>

namespace holdfast {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::SizeIs;

TEST(Payload, IsTheSameForTheSameWriteAndDiffersForAnyOther) {
  EXPECT_EQ(PayloadFor(1, 2, 3), PayloadFor(1, 2, 3));
  std::set<std::string> all;
  for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{1}, std::numeric_limits<std::uint64_t>::max()}) {
    for (const int client : {-1, 0, 1, 2, std::numeric_limits<int>::max()}) {
      for (std::uint64_t sequence = 0; sequence < 1000; ++sequence) all.insert(PayloadFor(seed, client, sequence));
    }
  }
  EXPECT_THAT(all, SizeIs(3 * 5 * 1000));
}

TEST(Payload, IsPrintableAndNeedsNoEscapeInJson) {
  EXPECT_THAT(PayloadFor(1, 2, 3), SizeIs(kPayloadSize));
  EXPECT_EQ(PayloadFor(1, 2, 3).find_first_not_of("abcdefghijklmnop"), std::string::npos);
}

TEST(Payload, NeverChangesOrOldRunsCouldNotBeJudgedAgain) {
  EXPECT_EQ(PayloadFor(42, 1, 1), "cbbmkgigcpjbpapfnoppjpjebaikmfhndbopgdpaailkdicabdpginhpdcgalpko");
}

class DamageTest : public testing::Test {
 protected:
  std::optional<Damage> Find(const std::string& found) const { return FindDamage(written_, found, found.size()); }
  Damage::Kind KindOf(const std::string& found) const { return Find(found).value().kind; }

  const Payload written_ = MakePayload(42, 1, 1);
  const std::string text_{written_.data(), written_.size()};
};

TEST_F(DamageTest, IsNoneIfAllOfItIsThere) { EXPECT_FALSE(Find(text_)); }

TEST_F(DamageTest, OfATornWriteIsItsBeginningAndThenNothingOrZerosOrSomethingElse) {
  const std::string other = PayloadFor(42, 1, 2);
  for (const std::size_t size : {0U, 1U, 32U, 63U}) {
    EXPECT_EQ(KindOf(text_.substr(0, size)), Damage::Kind::kCutOff) << size;
    EXPECT_EQ(KindOf(text_.substr(0, size) + std::string(kPayloadSize - size, '\0')), Damage::Kind::kZerosBehind);
  }
  EXPECT_EQ(KindOf(text_.substr(0, 32) + other.substr(32)), Damage::Kind::kOtherBehind);
  EXPECT_EQ(KindOf(text_.substr(0, 48) + std::string(16, 'x')), Damage::Kind::kOtherBehind);
}

TEST_F(DamageTest, ThatIsNoTornWriteIsCorruption) {
  std::string flipped = text_;
  flipped[13] = static_cast<char>(flipped[13] ^ 1);
  EXPECT_EQ(KindOf(flipped), Damage::Kind::kCorrupt);
  EXPECT_EQ(Find(flipped)->first_difference, 13U);
  std::string last = text_;
  last.back() = static_cast<char>(last.back() ^ 1);
  EXPECT_EQ(KindOf(last), Damage::Kind::kCorrupt) << "one bit, and not something else from there on";
  EXPECT_EQ(KindOf(PayloadFor(42, 1, 2)), Damage::Kind::kCorrupt) << "nothing of what was written";
  EXPECT_EQ(KindOf(text_ + "x"), Damage::Kind::kCorrupt) << "more than was written";
}

TEST_F(DamageTest, IsFoundInTheBeginningOfWhatIsTooLongToKeep) {
  const auto damage = FindDamage(written_, text_ + std::string(100, 'x'), std::uint64_t{1} << 40);
  ASSERT_TRUE(damage);
  EXPECT_EQ(damage->size, std::numeric_limits<std::uint32_t>::max());
  EXPECT_EQ(damage->first_difference, kPayloadSize);
}

TEST_F(DamageTest, IsDescribedInOneLine) {
  const auto description = [&](const std::string& found) { return Describe(*Find(found)); };
  EXPECT_EQ(description(text_.substr(0, 32)),
            "64 bytes were written, 32 read, the first difference is at byte 32: torn, nothing from there on");
  EXPECT_THAT(description(text_.substr(0, 32) + std::string(32, '\0')), EndsWith("torn, zeros from there on"));
  EXPECT_THAT(description(text_.substr(0, 32) + std::string(32, '-')), EndsWith("torn, something else from there on"));
  EXPECT_EQ(description("?" + text_.substr(1)).find("torn"), std::string::npos);
}

}  // namespace
}  // namespace holdfast
