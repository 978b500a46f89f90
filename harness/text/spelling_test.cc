// A message stays one short line whatever the user wrote, and a slip is answered with the name that was meant.
#include "harness/text/spelling.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

TEST(Spelling, ASlipIsAnsweredWithTheNearestName) {
  const std::vector<std::string> known = {"rto", "durability", "stable_for", "give_up"};
  EXPECT_EQ(DidYouMean("rtoo", known), " (did you mean 'rto'?)");
  EXPECT_EQ(DidYouMean("durabilty", known), " (did you mean 'durability'?)");
  EXPECT_EQ(DidYouMean("giveup", known), " (did you mean 'give_up'?)");
  EXPECT_EQ(DidYouMean("stabel_for", known), " (did you mean 'stable_for'?)");
}

TEST(Spelling, AForeignWordIsNotAnsweredWithAGuess) {
  EXPECT_EQ(DidYouMean("latency", {"rto", "durability"}), "");
  EXPECT_EQ(DidYouMean("x", {"y", "z"}), "");
  EXPECT_EQ(DidYouMean("", {"rto"}), "");
  EXPECT_EQ(DidYouMean("rto", {}), "");
  EXPECT_EQ(DidYouMean(std::string(100'000, 'a'), {std::string(99'999, 'a')}), "");
}

TEST(Spelling, QuotedTextStaysOneLine) {
  EXPECT_EQ(Quoted("plain"), "'plain'");
  EXPECT_EQ(Quoted("two\nlines\x1b[31m\x7f"), R"('two\x0alines\x1b[31m\x7f')");
}

TEST(Spelling, LongTextIsCutBetweenCharacters) {
  EXPECT_EQ(Quoted(std::string(61, 'a')), "'" + std::string(60, 'a') + "...'");
  EXPECT_EQ(Quoted(std::string(60, 'a')), "'" + std::string(60, 'a') + "'");
  EXPECT_EQ(Quoted(std::string(59, 'a') + "\xC3\xA9"), "'" + std::string(59, 'a') + "...'");
}

}  // namespace
}  // namespace holdfast
