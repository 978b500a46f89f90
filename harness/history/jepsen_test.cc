// Promise: what is exported says to a checker of sets what the history says, and is EDN whatever a database said.
#include "harness/history/jepsen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "harness/history/history_builder.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;

Completion Ok(std::uint64_t incarnation) { return {.outcome = Outcome::kOk, .incarnation = incarnation, .error = ""}; }
Completion Unknown(const std::string& error) {
  return {.outcome = Outcome::kUnknown, .incarnation = 0, .error = error};
}
Completion Failed(const std::string& error) { return {.outcome = Outcome::kFail, .incarnation = 0, .error = error}; }

std::string Exported(const Story& story) {
  std::ostringstream out;
  WriteJepsen(story.History(), out);
  return out.str();
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(JepsenExport, HoldsEveryOperationReadAndMarkInTheOrderOfTime) {
  Story story;
  story.Mark(kMarkCellBegun, "", {{"seed", std::to_string(Story::kSeed)}});
  story.Write(1, milliseconds(1), milliseconds(2), Ok(1));
  story.Write(2, milliseconds(1), milliseconds(3), Unknown("no answer within 1 s"));
  story.Write(1, milliseconds(4), milliseconds(5), Failed("read-only"));
  story.Write(2, milliseconds(6), milliseconds(7), Ok(1));
  story.now = milliseconds(8);
  story.Bitten("pod gone").ReadBack();
  EXPECT_EQ(Exported(story),
            R"({:index 0, :time 0, :type :info, :process :nemesis, :f :cell-begun, :value ""}
{:index 1, :time 1000000, :type :invoke, :process 0, :f :add, :value 1000000001}
{:index 2, :time 1000000, :type :invoke, :process 1, :f :add, :value 2000000001}
{:index 3, :time 2000000, :type :ok, :process 0, :f :add, :value 1000000001}
{:index 4, :time 3000000, :type :info, :process 1, :f :add, :value 2000000001, :error "no answer within 1 s"}
{:index 5, :time 4000000, :type :invoke, :process 0, :f :add, :value 1000000002}
{:index 6, :time 5000000, :type :fail, :process 0, :f :add, :value 1000000002, :error "read-only"}
{:index 7, :time 6000000, :type :invoke, :process 4, :f :add, :value 2000000002}
{:index 8, :time 7000000, :type :ok, :process 4, :f :add, :value 2000000002}
{:index 9, :time 8000000, :type :info, :process :nemesis, :f :bitten, :value "pod gone"}
{:index 10, :time 108000000, :type :invoke, :process 2, :f :read, :value nil}
{:index 11, :time 208000000, :type :ok, :process 2, :f :read, :value [1000000001 2000000002]}
)");
}

TEST(JepsenExport, BeginsComeFirstOfWhatHappenedAtTheSameTime) {
  Story story;
  story.Write(1, milliseconds(0), milliseconds(100), Ok(1));
  story.ReadNow();  // begins when the write is acknowledged, and need not show it
  const std::vector<std::string> lines = Lines(Exported(story));
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_THAT(lines[2], HasSubstr(":time 100000000, :type :invoke, :process 1, :f :read"));
  EXPECT_THAT(lines[3], HasSubstr(":time 100000000, :type :ok, :process 0, :f :add"));
}

TEST(JepsenExport, AWriteWithoutAnEndKeepsItsProcessBusyForEver) {
  Story story;
  story.Write(1, milliseconds(1), Duration(kNever), {});
  story.Write(1, milliseconds(2), milliseconds(3), Ok(1));
  const std::string text = Exported(story);
  EXPECT_THAT(text, HasSubstr(":type :invoke, :process 0, :f :add, :value 1000000001}"));
  EXPECT_THAT(text, HasSubstr(":type :ok, :process 2, :f :add, :value 1000000002}"));
}

TEST(JepsenExport, AReadShowsWhatIsThereTwiceAndWhatWasNeverWritten) {
  Story story;
  story.Acknowledged(milliseconds(10)).ReadBack();
  story.LastRead().rows.push_back(story.LastRead().rows.front());
  story.LastRead().rows.push_back(Story::MakeRow(9, 77, 1));
  EXPECT_THAT(Exported(story), HasSubstr(":f :read, :value [1000000001 1000000001 9000000077]}"));
}

TEST(JepsenExport, AReadThatFailedSaysNothingAboutTheSet) {
  Story story;
  story.Acknowledged(milliseconds(10)).ReadBack();
  story.LastRead().rows.clear();
  story.LastRead().error = "connection reset";
  EXPECT_THAT(Exported(story),
              HasSubstr(":type :fail, :process 1, :f :read, :value nil, :error \"connection reset\"}"));
}

TEST(JepsenExport, AReadThatDidNotEndIsOnlyInvoked) {
  Story story;
  story.Acknowledged(milliseconds(10)).ReadBack();
  story.LastRead().end = kNever;
  const std::vector<std::string> lines = Lines(Exported(story));
  EXPECT_THAT(lines.back(), HasSubstr(":type :invoke, :process 1, :f :read, :value nil}"));
}

TEST(JepsenExport, StaysOneOperationALineWhateverADatabaseSaid) {
  Story story;
  std::string hostile = "\" }\n{:index 9 \\ \x7f \t";
  hostile += '\0';
  story.Write(1, milliseconds(1), milliseconds(2), Unknown(hostile));
  story.now = milliseconds(3);
  story.Mark("end} ; (evil)", hostile);
  const std::vector<std::string> lines = Lines(Exported(story));
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_THAT(lines[2], HasSubstr(R"(:error "\" } {:index 9 \\ )"));
  EXPECT_THAT(lines[3], HasSubstr(R"(:f :mark, :value "\" }\n{:index 9 \\ )"));
}

TEST(JepsenElement, IsAnIntegerThatTellsClientAndSequence) {
  EXPECT_EQ(JepsenElement(2, 17), "2000000017");
  EXPECT_EQ(JepsenElement(0, 0), "0");
  EXPECT_EQ(JepsenElement(2147483647, 999'999'999), "2147483647999999999");
}

TEST(JepsenElement, OfAPhantomIsNobodyElses) {
  EXPECT_THAT((std::vector<std::string>{JepsenElement(2, 1'000'000'000), JepsenElement(-2, 17),
                                        JepsenElement(0, 18'446'744'073'709'551'615U)}),
              ElementsAre("1000000000200000000001000000000N", "-1000000000200000000000000000017N",
                          "1000000000018446744073709551615N"));
}

}  // namespace
}  // namespace holdfast
