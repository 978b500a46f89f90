// Promise: whatever a database or a kernel says fits in one line of a report.
#include "harness/text/printable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast {
namespace {

constexpr char kMark[] = "\xEF\xBF\xBD";

TEST(Printable, LeavesTextAlone) {
  EXPECT_EQ(Printable("n1 → n3, größer ≥ 3 🙂"), "n1 → n3, größer ≥ 3 🙂");
}

TEST(Printable, MakesOneLineOfSeveral) { EXPECT_EQ(Printable("a\nb\tc\r"), "a b c "); }

TEST(Printable, ReplacesControlCharacters) {
  EXPECT_EQ(Printable("\x1b[31m"), std::string(kMark) + "[31m");
  EXPECT_EQ(Printable(std::string("\0\x7F\xC2\x85", 4)), std::string(kMark) + kMark + kMark);
}

TEST(Printable, ReplacesBrokenUtf8AndWhatXmlForbids) {
  EXPECT_EQ(Printable("\xFF"), kMark);
  EXPECT_EQ(Printable("\xE2\x86"), std::string(kMark) + kMark) << "cut off";
  EXPECT_EQ(Printable("\xC0\xAF"), std::string(kMark) + kMark) << "longer than its value";
  EXPECT_EQ(Printable("\xED\xA0\x80"), std::string(kMark) + kMark + kMark) << "a surrogate";
  EXPECT_EQ(Printable("\xF4\x90\x80\x80"), std::string(kMark) + kMark + kMark + kMark) << "beyond U+10FFFF";
  EXPECT_EQ(Printable("\xEF\xBF\xBF"), kMark) << "U+FFFF";
}

TEST(Printable, CutsWhatIsTooLongAndSaysSo) {
  EXPECT_EQ(Printable("abcdef", 3), "abc… (3 bytes cut)");
  EXPECT_EQ(Printable("abc", 3), "abc");
}

TEST(Columns, CountCharactersAndNotBytes) { EXPECT_EQ(Columns("n1 → n3 ≥"), 9U); }

}  // namespace
}  // namespace holdfast
