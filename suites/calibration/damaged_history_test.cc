// Promise: a history that a crash, a full disk or an editor has damaged accuses nobody who is innocent, whichever line
// it hits, and where something cannot be read nobody passes.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "harness/history/history_builder.h"
#include "harness/judge.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;

using Lines = std::vector<std::string>;

struct Harm {
  const char* name;
  bool is_named;  // the reader cannot overlook it
  std::function<void(Lines&, std::size_t)> hit;
};

void PrintTo(const Harm& harm, std::ostream* stream) { *stream << harm.name; }

const Harm kHarms[] = {
    {"Zeroed", true, [](Lines& lines, std::size_t at) { lines[at].assign(lines[at].size(), '\0'); }},
    {"CutInTheMiddle", true, [](Lines& lines, std::size_t at) { lines[at].resize(lines[at].size() / 2); }},
    {"JoinedToTheNext", true,
     [](Lines& lines, std::size_t at) {
       if (at + 1 < lines.size()) lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(at) + 1);
       lines[at] += lines[at];
     }},
    {"TheEnd", true,
     [](Lines& lines, std::size_t at) {
       lines.resize(at + 1);
       lines[at].resize(lines[at].size() / 2);
     }},
    {"Gone", false, [](Lines& lines, std::size_t at) { lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(at)); }},
    {"Twice", false,
     [](Lines& lines, std::size_t at) {
       lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(at), Lines::value_type(lines[at]));
     }},
    {"SwappedWithTheNext", false,
     [](Lines& lines, std::size_t at) {
       if (at + 1 < lines.size()) std::swap(lines[at], lines[at + 1]);
     }},
    {"MovedToTheEnd", false,
     [](Lines& lines, std::size_t at) {
       std::rotate(lines.begin() + static_cast<std::ptrdiff_t>(at), lines.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                   lines.end());
     }},
};

Bounds SmallBounds() {
  Bounds bounds;
  bounds.stable_for = milliseconds(1000);
  bounds.least_writes = 20;
  return bounds;
}

// With a read in the middle of the traffic, and writes that nobody knows the end of.
Story HonestStory() {
  Story story;
  story.Mark(kMarkCellBegun, "", {{"seed", std::to_string(Story::kSeed)}, {"fault", "pod-delete"}});
  story.Acknowledged(milliseconds(600)).ReadNow().Acknowledged(milliseconds(900));
  story.Inject().Bitten().Unanswered(milliseconds(300)).Restart();
  story.Acknowledged(milliseconds(1300)).Recovered().Healed().Whole().ReadBack().Ended();
  return story;
}

Lines LinesOf(const Story& story) {
  std::istringstream text(story.Text());
  Lines lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

CellResult JudgeOf(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  Cell cell;
  cell.number = 1;
  cell.seed = Story::kSeed;
  auto histories = ParseHistory(text, "history.jsonl");
  return JudgeCell(cell, histories.value()[1], SmallBounds());
}

class DamagedHistory : public testing::TestWithParam<Harm> {};

TEST_P(DamagedHistory, AccusesNobodyWhoIsInnocent) {
  const Lines honest = LinesOf(HonestStory());
  ASSERT_EQ(JudgeOf(honest).judgement, Judgement::kPass) << JudgeOf(honest).summary;
  for (std::size_t at = 0; at < honest.size(); at += at % 20 < 10 ? 1 : 5) {
    Lines damaged = honest;
    GetParam().hit(damaged, at);
    const CellResult result = JudgeOf(damaged);
    EXPECT_NE(result.judgement, Judgement::kFail) << honest[at] << "\n" << result.summary;
    if (GetParam().is_named) {
      EXPECT_NE(result.judgement, Judgement::kPass) << honest[at];
    }
  }
}

bool IsOf(const std::string& line, const std::string& event, const Story::Attempt& write) {
  return line.find(fmt::format(R"("e":"{}","c":{},"s":{},)", event, write.client, write.sequence)) != std::string::npos;
}

// Of a write that no read shows nobody would ask if its acknowledgement were taken for one that never came. Whichever
// it is: in the middle its client goes on, at the end everything is read.
TEST(LossWhoseAcknowledgementIsGone, DoesNotPass) {
  const Story honest = HonestStory();
  std::size_t gone = 0;
  for (const Story::Attempt& write : honest.operations) {
    if (write.completion.outcome != Outcome::kOk) continue;
    Story story = honest;
    for (Read& read : story.reads) {
      std::erase_if(read.rows,
                    [&](const Row& row) { return row.client == write.client && row.sequence == write.sequence; });
    }
    ASSERT_EQ(JudgeOf(LinesOf(story)).judgement, Judgement::kFail);
    Lines lines = LinesOf(story);
    gone += std::erase_if(lines, [&](const auto& line) { return IsOf(line, "end", write); });
    const CellResult result = JudgeOf(lines);
    EXPECT_EQ(result.judgement, Judgement::kInconclusive) << result.summary;
    const bool last = write.sequence == story.LastOf(write.client);
    const std::string named = last ? fmt::format("client {} #{} has no end", write.client, write.sequence)
                                   : fmt::format("its #{} has no end", write.sequence);
    EXPECT_THAT(result.summary, testing::HasSubstr(named));
  }
  EXPECT_GT(gone, 150U);
}

TEST(AReadThatIsGone, IsNamed) {
  Lines lines = LinesOf(HonestStory());
  const std::size_t all = lines.size();
  std::erase_if(lines, [](const std::string& line) { return line.find(R"("r":1,)") != std::string::npos; });
  ASSERT_LT(lines.size(), all - 40);
  const CellResult result = JudgeOf(lines);
  EXPECT_EQ(result.judgement, Judgement::kInconclusive);
  EXPECT_THAT(result.summary, testing::HasSubstr("read 2 begins, and the 1 before it are missing"));
}

INSTANTIATE_TEST_SUITE_P(Line, DamagedHistory, testing::ValuesIn(kHarms),
                         [](const testing::TestParamInfo<Harm>& harm) { return harm.param.name; });

}  // namespace
}  // namespace holdfast
