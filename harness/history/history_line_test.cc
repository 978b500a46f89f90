// Promise: every line that is written is read back as it was, however it is read; whatever else stands there is refused
// by name and never taken for something that it is not.
#include "harness/history/history_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace holdfast {
namespace {

using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;
using Event = HistoryLine::Event;

constexpr std::uint64_t kHuge = 0xFFFFFFFFFFFFFFFFU;

std::string WithoutBreak(std::string line) {
  EXPECT_EQ(line.back(), '\n');
  line.pop_back();
  return line;
}

WriteRequest Request(int client, std::uint64_t sequence) {
  return {.client = client, .sequence = sequence, .payload = ""};
}

Row MakeRow(const std::string& payload) { return {.client = 2, .sequence = 17, .incarnation = 3, .payload = payload}; }

// Of each kind, usual and not.
std::vector<std::string> Samples() {
  const Read read{.begin = 7, .end = 8, .error = "", .final = true, .rows = {}};
  const Read failed{.begin = 7, .end = kNever, .error = "connection refused", .final = false, .rows = {}};
  std::vector<std::string> lines = {
      BeginLine(1, 5'012'345'678, Request(2, 17)),
      BeginLine(1, 0, Request(-2, kHuge)),
      EndLine(1, 5, Request(2, 17), {.outcome = Outcome::kOk, .incarnation = 1, .error = ""}),
      EndLine(1, 5, Request(2, 17), {.outcome = Outcome::kFail, .incarnation = kHuge, .error = "read-only"}),
      EndLine(1, 5, Request(2, 17), {.outcome = Outcome::kUnknown, .incarnation = 0, .error = "no \"answer\"\n"}),
      RowLine(1, 4, 9, MakeRow(PayloadFor(42, 2, 17))),
      RowLine(1, 4, 9, MakeRow("")),
      RowLine(1, 4, 9, MakeRow(std::string("\xFF\0\n\"", 4))),
      RowLine(1, 4, 9, MakeRow(std::string(100'000, 'x'))),
      RowLine(1, 4, 9, MakeRow(std::string(100'000, '\0'))),
      ReadLine(1, 4, read),
      ReadEndLine(1, 4, 8, 2),
      ReadEndLine(1, 4, 8, 0, "no space left"),
      ReadFailedLine(1, 4, failed),
      MarkLine(1, {.time = 4, .name = kMarkBitten, .text = "pod \"gone\"", .fields = {{"node", "n1"}}}),
  };
  for (std::string& line : lines) line = WithoutBreak(line);
  return lines;
}

// All that a line's event gives a meaning to, as text.
std::string Told(const HistoryLine& line) {
  std::string told = std::to_string(static_cast<int>(line.event)) + " cell " + std::to_string(line.cell);
  const auto add = [&](const char* name, const auto& value) {
    told += std::string(" ") + name + std::to_string(value);
  };
  const bool write = line.event == Event::kBegin || line.event == Event::kEnd || line.event == Event::kRow;
  const bool read = line.event != Event::kBegin && line.event != Event::kEnd && line.event != Event::kMark;
  if (line.event != Event::kRow) add("time ", line.time);
  if (write) add("client ", line.client);
  if (write) add("sequence ", line.sequence);
  if (read) add("read ", line.read);
  if (line.event == Event::kRow || line.event == Event::kReadEnd) add("count ", line.count);
  if (line.event == Event::kRow || line.event == Event::kEnd) add("incarnation ", line.incarnation);
  if (line.event == Event::kRow) told += " payload " + std::string(line.payload);
  if (line.event == Event::kRow) add("of ", line.payload_size);
  if (line.event == Event::kEnd) add("outcome ", static_cast<int>(line.outcome));
  if (line.event == Event::kRead) add("final ", static_cast<int>(line.final));
  if (!write && line.event != Event::kRead) told += " text " + line.text;
  if (line.event == Event::kEnd) told += " error " + line.text;
  if (line.event == Event::kMark) told += " name " + line.name;
  if (line.event == Event::kMark) {
    for (const auto& [key, value] : line.fields) told.append(" ").append(key).append("=").append(value);
  }
  return told;
}

// What the line says, or what is wrong with it.
std::string Parsed(const std::string& text) {
  HistoryLine line;
  const Status parsed = ParseHistoryLine(text, line);
  return parsed ? Told(line) : "refused: " + parsed.error().message;
}

TEST(HistoryLines, OfAWriteAreReadAsTheyWereWritten) {
  HistoryLine line;
  ASSERT_TRUE(ParseHistoryLine(WithoutBreak(BeginLine(7, 5'012'345'678, Request(2, kHuge))), line).has_value());
  EXPECT_EQ(line.event, Event::kBegin);
  EXPECT_EQ(line.cell, 7);
  EXPECT_EQ(line.time, 5'012'345'678);
  EXPECT_EQ(line.client, 2);
  EXPECT_EQ(line.sequence, kHuge);
  const Completion completion{.outcome = Outcome::kUnknown, .incarnation = 9, .error = "no \"answer\" \xFF"};
  ASSERT_TRUE(ParseHistoryLine(WithoutBreak(EndLine(7, 6, Request(2, 17), completion)), line).has_value());
  EXPECT_EQ(line.event, Event::kEnd);
  EXPECT_EQ(line.outcome, Outcome::kUnknown);
  EXPECT_EQ(line.incarnation, 9U);
  EXPECT_EQ(line.text, "no \"answer\" \xEF\xBF\xBD");
}

TEST(HistoryLines, OfARowKeepItsContentToTheByte) {
  for (const std::string& payload : {PayloadFor(1, 2, 3), std::string("\xFF\0\n\"\\", 5), std::string()}) {
    HistoryLine line;
    const std::string text = WithoutBreak(RowLine(1, 4, 9, MakeRow(payload)));
    ASSERT_TRUE(ParseHistoryLine(text, line).has_value());
    EXPECT_EQ(line.event, Event::kRow);
    EXPECT_EQ(line.read, 4);
    EXPECT_EQ(line.count, 9U);
    EXPECT_EQ(line.incarnation, 3U);
    EXPECT_EQ(line.payload, payload);
    EXPECT_EQ(line.payload_size, payload.size());
  }
}

TEST(HistoryLines, OfAHugeRowKeepItsBeginningAndItsSize) {
  HistoryLine line;
  const std::string text = WithoutBreak(RowLine(1, 4, 9, MakeRow(std::string(100'000'000, '\0'))));
  EXPECT_LT(text.size(), 4 * kMostPayload);
  ASSERT_TRUE(ParseHistoryLine(text, line).has_value());
  EXPECT_EQ(line.payload, std::string(kMostPayload, '\0'));
  EXPECT_EQ(line.payload_size, 100'000'000U);
}

TEST(HistoryLines, AreShortHoweverMuchADatabaseSays) {
  const std::string shout(10'000'000, '\n');
  EXPECT_LT(EndLine(1, 5, Request(1, 1), {.outcome = Outcome::kFail, .incarnation = 1, .error = shout}).size(),
            kLongestLine);
  EXPECT_LT(MarkLine(1, {.time = 1, .name = kMarkBitten, .text = shout, .fields = {}}).size(), kLongestLine);
}

// The quick way and the thorough one: a space in front leads to the latter.
TEST(HistoryLines, MeanTheSameHoweverTheyAreSpaced) {
  for (const std::string& text : Samples()) {
    EXPECT_THAT(Parsed(text), Not(StartsWith("refused"))) << text;
    EXPECT_EQ(Parsed(text), Parsed(" " + text)) << text;
    EXPECT_EQ(Parsed(text), Parsed(text + "\r")) << text;
  }
}

TEST(HistoryLines, ThatAreDamagedAreUnderstoodInTheSameWayByBoth) {
  for (const std::string& text : Samples()) {
    if (text.size() > 1000) continue;
    for (std::size_t at = 0; at < text.size(); ++at) {
      for (const char c : {'0', '9', '-', '.', '"', '\\', ',', '}', 'e', ' ', '\0', '\x1F', '\x7F', '\xC3'}) {
        std::string damaged = text;
        damaged[at] = c;
        const std::string quick = Parsed(damaged);
        const std::string thorough = Parsed(" " + damaged);
        if (quick.starts_with("refused: cut off") && thorough.starts_with("refused: cut off")) continue;
        ASSERT_EQ(quick, thorough) << damaged;
      }
      EXPECT_THAT(Parsed(text.substr(0, at)), StartsWith("refused: cut off")) << "a part of " << text;
    }
    EXPECT_THAT(Parsed(text + text), StartsWith("refused: cut off"));
  }
}

TEST(HistoryLines, ThatAreWrongAreRefusedByName) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"", "cut off or not a JSON object: "},
      {"[1]", "cut off or not a JSON object: [1]"},
      {"null", "cut off or not a JSON object: null"},
      {R"({"t":1,"e":"begin","c":1,"s":1})", "no integer \"cell\""},
      {R"({"cell":0,"t":1,"e":"begin","c":1,"s":1})", "\"cell\" is out of range"},
      {R"({"cell":-1,"t":1,"e":"begin","c":1,"s":1})", "\"cell\" is out of range"},
      {R"({"cell":1,"t":1})", "no text \"e\""},
      {R"({"cell":1,"t":1,"e":"begin","c":1,"s":1,"s":2})", "a key stands there twice"},
      {R"({"cell":1,"t":1,"e":"dance"})", "unknown event \"dance\""},
      {R"({"cell":1,"e":"begin","c":1,"s":1})", "no integer \"t\""},
      {R"({"cell":1,"t":-1,"e":"begin","c":1,"s":1})", "\"t\" is out of range"},
      {R"({"cell":1,"t":9223372036854775807,"e":"begin","c":1,"s":1})", "\"t\" is out of range"},
      {R"({"cell":1,"t":1e3,"e":"begin","c":1,"s":1})", "no integer \"t\""},
      {R"({"cell":1,"t":1,"e":"begin","c":2147483648,"s":1})", "\"c\" is out of range"},
      {R"({"cell":1,"t":1,"e":"begin","c":1,"s":-1})", "\"s\" is out of range"},
      {R"({"cell":1,"t":1,"e":"begin","c":1,"s":18446744073709551616})", "no integer \"s\""},
      {R"({"cell":1,"t":1,"e":"begin","c":01,"s":1})", "cut off or not a JSON object"},
      {R"({"cell":1,"t":1,"e":"end","c":1,"s":1,"o":"maybe","i":1})", "\"o\" is none of ok, fail, unknown"},
      {R"({"cell":1,"t":1,"e":"end","c":1,"s":1,"o":"ok"})", "no integer \"i\""},
      {R"({"cell":1,"t":1,"e":"end","c":1,"s":1,"o":"ok","i":1,"error":7})", "no text \"error\""},
      {R"({"cell":1,"t":1,"e":"read","r":1})", "no true or false \"final\""},
      {R"({"cell":1,"e":"row","r":1,"c":1,"s":1,"i":1,"p":"a"})", "no integer \"k\""},
      {R"({"cell":1,"e":"row","r":1,"k":1,"c":1,"s":1,"i":1})", "no text \"x\""},
      {R"({"cell":1,"e":"row","r":1,"k":1,"c":1,"s":1,"i":1,"x":"0"})", "\"x\" is not hexadecimal"},
      {R"({"cell":1,"e":"row","r":1,"k":1,"c":1,"s":1,"i":1,"x":"0g"})", "\"x\" is not hexadecimal"},
      {R"({"cell":1,"e":"row","r":1,"k":1,"c":1,"s":1,"i":1,"p":"ab","z":1})", "\"z\" is less than"},
      {R"({"cell":1,"t":1,"e":"read-end","r":1,"error":""})", "no integer \"n\""},
      {R"({"cell":1,"t":1,"e":"read-failed","r":1})", "no text \"error\""},
      {R"({"cell":1,"t":1,"e":"mark","name":"whole","text":"","fields":[]})", "no object \"fields\""},
      {R"({"cell":1,"t":1,"e":"mark","name":"whole","text":"","fields":{"a":1}})", "field \"a\" is no text"},
  };
  for (const auto& [text, complaint] : wrong) EXPECT_THAT(Parsed(text), StartsWith("refused: " + complaint)) << text;
}

TEST(HistoryLines, ThatAreNestedDeeplyAreRefused) {
  EXPECT_THAT(Parsed(std::string(kLongestLine, '[')), StartsWith("refused: nested too deeply"));
  std::string deep = R"({"cell":1,"t":1,"e":"mark","name":"whole","text":"","fields":)";
  deep += std::string(100'000, '[') + std::string(100'000, ']') + "}";
  EXPECT_THAT(Parsed(deep), StartsWith("refused: nested too deeply"));
}

TEST(HistoryLines, SayWhoseTheyAreThoughTheRestIsWrong) {
  HistoryLine line;
  EXPECT_FALSE(ParseHistoryLine(R"({"cell":3,"t":1,"e":"begin","c":1})", line).has_value());
  EXPECT_EQ(line.cell, 3);
  EXPECT_FALSE(ParseHistoryLine(R"({"cell":3,"t":1,"e":"begin","c":)", line).has_value());
  EXPECT_EQ(line.cell, 0);
}

}  // namespace
}  // namespace holdfast
