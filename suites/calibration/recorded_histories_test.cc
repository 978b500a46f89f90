// The histories beside this file, one for each way of breaking a promise: what is said of each today was said of it
// when it was recorded, and its export is the same. HOLDFAST_RECORD=1 in the environment records them anew.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "harness/checker.h"
#include "harness/history/jepsen.h"
#include "harness/registry.h"
#include "suites/calibration/sabotage.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr unsigned kDraw = 7;

Sabotage Healthy() {
  return {Anomaly::kLost, "Healthy", [](Story&, Draw&) {}};
}

std::vector<Sabotage> All() {
  std::vector<Sabotage> all = {Healthy()};
  all.insert(all.end(), std::begin(kSabotages), std::end(kSabotages));
  return all;
}

Story Told(const Sabotage& sabotage) {
  Story story;
  story.Mark(kMarkCellBegun, "", {{"seed", std::to_string(Story::kSeed)}, {"fault", "pod-delete"}});
  story.Acknowledged(milliseconds(700)).ReadNow().Acknowledged(milliseconds(100));
  story.Inject().Bitten("pod ledger-1 is gone").Unanswered(milliseconds(200)).Restart();
  story.Acknowledged(milliseconds(400)).Recovered().Healed().Whole().Acknowledged(milliseconds(100));
  story.ReadBack().Ended();
  Draw draw(kDraw);
  sabotage.spoil(story, draw);
  return story;
}

std::string TextOf(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void Write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

// As a report tells it.
std::string Told(const Verdict& verdict) {
  std::string text = ToString(verdict.judgement) + ": " + verdict.summary + "\n";
  for (const std::string& line : verdict.because) text += "  " + line + "\n";
  return text;
}

std::string VerdictOn(const CellHistory& history) {
  return Told(Registry<Checker>::Make("no-lost-writes", {})->Judge(history, Bounds{}));
}

std::string Edn(const CellHistory& history) {
  std::ostringstream text;
  WriteJepsen(history, text);
  return text.str();
}

fs::path FolderOf(const Sabotage& sabotage) {
  return fs::path(HOLDFAST_SOURCE_DIR) / "suites" / "calibration" / "histories" / sabotage.name;
}

class RecordedHistory : public testing::TestWithParam<Sabotage> {
 protected:
  void SetUp() override {
    const char* const record = std::getenv("HOLDFAST_RECORD");
    if (record == nullptr || std::string(record) != "1") return;
    const std::string text = Told(GetParam()).Text();
    Write(folder_ / "history.jsonl", text);
    const CellHistory history = ParseHistory(text, "history.jsonl").value().at(Story::kCell);
    Write(folder_ / "history.edn", Edn(history));
    Write(folder_ / "verdict.txt", VerdictOn(history));
  }

  CellHistory History() const { return ReadHistory(folder_ / "history.jsonl").value().at(Story::kCell); }

  const fs::path folder_ = FolderOf(GetParam());
};

TEST_P(RecordedHistory, IsJudgedAsWhenItWasRecorded) {
  EXPECT_EQ(VerdictOn(History()), TextOf(folder_ / "verdict.txt"));
}

TEST_P(RecordedHistory, IsAccusedOfWhatWasDoneToItOnly) {
  const Verdict verdict = Registry<Checker>::Make("no-lost-writes", {})->Judge(History(), Bounds{});
  const bool healthy = std::string(GetParam().name) == Healthy().name;
  EXPECT_EQ(verdict.judgement, healthy ? Judgement::kPass : Judgement::kFail);
  EXPECT_EQ(verdict.because.empty(), healthy);
  for (const std::string& line : verdict.because) {
    EXPECT_EQ(line.substr(0, line.find(':')), NameOf(GetParam().anomaly)) << line;
  }
}

TEST_P(RecordedHistory, IsExportedAsWhenItWasRecorded) { EXPECT_EQ(Edn(History()), TextOf(folder_ / "history.edn")); }

INSTANTIATE_TEST_SUITE_P(Which, RecordedHistory, testing::ValuesIn(All()),
                         [](const testing::TestParamInfo<Sabotage>& sabotage) { return sabotage.param.name; });

}  // namespace
}  // namespace holdfast
