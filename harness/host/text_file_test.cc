// Promise: a text is written whole or an error names the file, and a replacement that fails leaves the old text.
#include "harness/host/text_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/host/temporary_folder.h"

namespace holdfast {
namespace {

using testing::HasSubstr;

TEST(TextFile, HoldsWhatWasWrittenLast) {
  const TemporaryFolder folder;
  ASSERT_TRUE(WriteText(folder.path() / "a", "a long text").has_value());
  ASSERT_TRUE(WriteText(folder.path() / "a", "short").has_value());
  EXPECT_EQ(folder.Read("a"), "short");
  ASSERT_TRUE(ReplaceText(folder.path() / "a", "other").has_value());
  EXPECT_EQ(folder.Read("a"), "other");
}

TEST(TextFile, ThatCannotBeWrittenIsNamed) {
  const TemporaryFolder folder;
  EXPECT_THAT(WriteText(folder.path() / "absent" / "a", "text").error().message,
              HasSubstr("absent/a: cannot be written: No such file"));
}

TEST(TextFile, KeepsTheOldTextIfItCannotBeReplaced) {
  const TemporaryFolder folder;
  folder.Write("a", "old");
  std::filesystem::create_directory(folder.path() / "a.unfinished");
  EXPECT_EQ(folder.Relative(ReplaceText(folder.path() / "a", "new").error().message),
            "a: cannot be written: Is a directory");
  EXPECT_EQ(folder.Read("a"), "old");
}

}  // namespace
}  // namespace holdfast
