// A file that an editor shows differently from what YAML reads is refused, with the line.
#include "harness/text/yaml_text.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "harness/host/temporary_folder.h"

namespace holdfast {
namespace {

std::string Complaint(const std::string& text) {
  const Status status = CheckYamlText("rig.yaml", text);
  if (status.has_value()) return "none";
  EXPECT_EQ(status.error().code, ErrorCode::kUsage);
  return status.error().message;
}

TEST(YamlText, PlainTextInAnyLanguageIsFine) {
  EXPECT_EQ(Complaint(""), "none");
  EXPECT_EQ(Complaint("a: 1\r\nb:\t2  # \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x90\x98\n"), "none");
  EXPECT_EQ(Complaint("\xEF\xBB\xBF"
                      "a: 1\n"),
            "none");
  EXPECT_EQ(Complaint("\xED\x9F\xBF \xEE\x80\x80 \xF4\x8F\xBF\xBF"), "none");  // the last ones before and after a gap
}

TEST(YamlText, ATabInTheIndentationIsNamedWithItsLine) {
  EXPECT_EQ(Complaint("a:\n\tb: 1\n"), "rig.yaml:2: indented with a tab; allowed: spaces");
  EXPECT_EQ(Complaint("a:\n  b: 1\n \t c: 1\n"), "rig.yaml:3: indented with a tab; allowed: spaces");
}

TEST(YamlText, ControlCharactersAreNamedWithTheirLine) {
  EXPECT_EQ(Complaint("a: 1\nb: \x1b[31m\n"), "rig.yaml:2: control character \\x1b; allowed: text in UTF-8");
  EXPECT_EQ(Complaint(std::string("a\0", 2)), "rig.yaml:1: control character \\x00; allowed: text in UTF-8");
  EXPECT_EQ(Complaint("a: \x7f"), "rig.yaml:1: control character \\x7f; allowed: text in UTF-8");
}

TEST(YamlText, BytesThatAreNotUtf8AreNamedWithTheirLine) {
  EXPECT_EQ(Complaint("a: 1\n# caf\xE9\n"), "rig.yaml:2: byte \\xe9 is not UTF-8; allowed: text in UTF-8");
  for (const char* wrong : {"\x80", "\xC3", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xE2\x82",
                            "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF\xFE"}) {
    EXPECT_NE(Complaint(wrong), "none") << wrong;
  }
}

class YamlFileTest : public testing::Test {
 protected:
  std::string Complaint(const std::filesystem::path& file) const {
    const Result<std::string> text = ReadYamlText(file);
    if (text.has_value()) return "none";
    EXPECT_EQ(text.error().code, ErrorCode::kUsage);
    return folder_.Relative(text.error().message);
  }
  TemporaryFolder folder_;
};

TEST_F(YamlFileTest, IsReadWithoutTheWhiteSpaceAtItsEnd) {
  EXPECT_EQ(ReadYamlText(folder_.Write("rig.yaml", "a: 1\nb: 2 \n\n")).value(), "a: 1\nb: 2");
  EXPECT_EQ(ReadYamlText(folder_.Write("rig.yaml", " \n")).value(), "");
}

TEST_F(YamlFileTest, WhatIsNoReadableFileIsNamed) {
  EXPECT_EQ(Complaint(folder_.path() / "rig.yaml"), "rig.yaml: no such file");
  EXPECT_EQ(Complaint(""), "'': no such file");
  EXPECT_EQ(Complaint(folder_.Write("file", "") / "rig.yaml"), "file/rig.yaml: no such file");
  std::filesystem::create_directory(folder_.path() / "rigs");
  EXPECT_EQ(Complaint(folder_.path() / "rigs"), "rigs: is a folder; a YAML file is needed");
  ASSERT_EQ(mkfifo((folder_.path() / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(Complaint(folder_.path() / "pipe"), "pipe: is not a regular file");
  std::filesystem::create_symlink("loop", folder_.path() / "loop");
  EXPECT_EQ(Complaint(folder_.path() / "loop"), "loop: cannot be read: Too many levels of symbolic links");
}

TEST_F(YamlFileTest, AFileOfAnotherKindIsRefusedForItsSize) {
  EXPECT_EQ(Complaint(folder_.Write("disk.img", std::string((1 << 20) + 1, '#'))),
            "disk.img: larger than 1 MiB; a rig or a suite is a page of text");
  EXPECT_EQ(Complaint(folder_.Write("long.yaml", std::string(1 << 20, '#'))), "none");
}

}  // namespace
}  // namespace holdfast
