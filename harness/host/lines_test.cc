// Promise: a text of any size is read line by line, and no line of it takes more memory than is allowed.
#include "harness/host/lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/host/temporary_folder.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::size_t kLongest = 10;

class LinesTest : public testing::Test {
 protected:
  // From memory and from a file, which must agree; what was cut ends in "…".
  std::vector<std::string> LinesOf(const std::string& text) {
    std::vector<std::string> from_memory;
    ForEachLineOf(text, kLongest, Into(from_memory));
    std::vector<std::string> from_file;
    EXPECT_TRUE(ForEachLine(folder_.Write("text", text), kLongest, Into(from_file)).has_value());
    EXPECT_EQ(from_file, from_memory);
    return from_file;
  }

  static LineVisitor Into(std::vector<std::string>& lines) {
    return [&lines](std::string_view line, LineLength length) {
      lines.push_back(std::string(line) + (length == LineLength::kTooLong ? "…" : ""));
    };
  }

  TemporaryFolder folder_;
};

TEST_F(LinesTest, AreCutAtEveryLineBreak) {
  EXPECT_THAT(LinesOf(""), IsEmpty());
  EXPECT_THAT(LinesOf("\n"), ElementsAre(""));
  EXPECT_THAT(LinesOf("a\n\nb\n"), ElementsAre("a", "", "b"));
  EXPECT_THAT(LinesOf("a\nb"), ElementsAre("a", "b")) << "the last one without a break";
  EXPECT_THAT(LinesOf("a\r\nb\r\n"), ElementsAre("a\r", "b\r"));
  EXPECT_THAT(LinesOf(std::string("a\0b\nc\n", 6)), ElementsAre(std::string("a\0b", 3), "c"));
}

TEST_F(LinesTest, ThatAreTooLongAreCutAndTheNextOneIsWhole) {
  EXPECT_THAT(LinesOf("0123456789\nb\n"), ElementsAre("0123456789", "b")) << "just as long as allowed";
  EXPECT_THAT(LinesOf("0123456789a\nb\n"), ElementsAre("0123456789…", "b"));
  EXPECT_THAT(LinesOf(std::string(1000, 'x') + "\nb\n"), ElementsAre("xxxxxxxxxx…", "b"));
  EXPECT_THAT(LinesOf("b\n" + std::string(1000, 'x')), ElementsAre("b", "xxxxxxxxxx…"));
  EXPECT_THAT(LinesOf(std::string(1000, 'x') + "\n" + std::string(1000, 'y') + "\n"),
              ElementsAre("xxxxxxxxxx…", "yyyyyyyyyy…"));
}

// At every distance of a line break from the end of what is read at once.
TEST_F(LinesTest, AreWholeWhereverTheFileIsCutIntoPieces) {
  for (std::size_t length = 0; length <= kLongest; ++length) {
    std::string text;
    std::vector<std::string> expected;
    for (char c = 'a'; c <= 'z'; ++c) {
      expected.emplace_back(length, c);
      text += expected.back() + "\n";
    }
    EXPECT_EQ(LinesOf(text), expected);
  }
}

TEST_F(LinesTest, OfAFileThatIsNotThereOrAFolderAreAnError) {
  std::vector<std::string> lines;
  EXPECT_THAT(ForEachLine(folder_.path() / "absent", kLongest, Into(lines)).error().message,
              HasSubstr("absent: cannot be read: No such file"));
  EXPECT_THAT(ForEachLine(folder_.path(), kLongest, Into(lines)).error().message,
              HasSubstr("cannot be read to its end"));
}

}  // namespace
}  // namespace holdfast
