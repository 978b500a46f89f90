// Promise: storage that breaks a promise is caught, whichever write it hits and whenever, and storage that keeps all of
// them is not accused. Histories are generated: an honest one with drawn instants, then one thing is spoilt in it.
#include <gtest/gtest.h>

#include <string>

#include "harness/judging/judged_story.h"
#include "suites/calibration/sabotage.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr unsigned kSeeds = 25;

// Up to the fault and until the database is back, which takes `outage`.
Story Begun(Draw& draw, Duration outage) {
  Story story;
  story.Mark(kMarkCellBegun, "", {{"seed", std::to_string(Story::kSeed)}, {"fault", "pod-delete"}});
  story.Acknowledged(draw.Span(4000, 9000)).ReadNow().Acknowledged(draw.Span(500, 2000));
  story.Inject().Bitten().Unanswered(outage).Restart();
  return story;
}

Story Honest(Draw& draw, Duration outage) {
  Story story = Begun(draw, outage);
  story.Acknowledged(draw.Span(6000, 12000)).Recovered().Healed().Whole().Acknowledged(draw.Span(500, 3000));
  story.ReadBack().Ended();
  return story;
}

double Figure(const CellResult& result, const std::string& name) {
  for (const Verdict& verdict : result.verdicts) {
    if (verdict.figures.contains(name) && verdict.figures[name].is_number()) return verdict.figures[name];
  }
  return 0;
}

TEST(HonestStorage, IsNotAccused) {
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    Draw draw(seed);
    const CellResult result = JudgeOf(Honest(draw, draw.Span(300, 80'000)));
    EXPECT_EQ(result.judgement, Judgement::kPass) << "seed " << seed << ": " << result.summary;
  }
}

class KnownBadStorage : public testing::TestWithParam<Sabotage> {};

TEST_P(KnownBadStorage, IsCaughtAtEverySeed) {
  std::string figure = NameOf(GetParam().anomaly);
  std::replace(figure.begin(), figure.end(), ' ', '_');
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    Draw draw(seed);
    Story story = Honest(draw, draw.Span(300, 20'000));
    GetParam().spoil(story, draw);
    const CellResult result = JudgeOf(story);
    EXPECT_EQ(result.judgement, Judgement::kFail) << "seed " << seed << ": " << result.summary;
    EXPECT_GE(Figure(result, figure), 1) << figure << ", seed " << seed << ": " << result.summary;
  }
}

// Whatever the line may have said. Only the begin of a phantom's write may have been it, if it stands before the row.
TEST_P(KnownBadStorage, IsCaughtThoughALineCannotBeRead) {
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    Draw draw(seed);
    Story story = Honest(draw, draw.Span(300, 20'000));
    GetParam().spoil(story, draw);
    const Duration when = GetParam().anomaly == Anomaly::kPhantom ? story.now : draw.Span(0, 30'000);
    story.garbage.emplace_back(when.count(), "{\"cell\":1,\"t\":");
    const CellResult result = JudgeOf(story);
    EXPECT_EQ(result.judgement, Judgement::kFail) << "seed " << seed << ": " << result.summary;
  }
}

INSTANTIATE_TEST_SUITE_P(Which, KnownBadStorage, testing::ValuesIn(kSabotages),
                         [](const testing::TestParamInfo<Sabotage>& sabotage) { return sabotage.param.name; });

TEST(SlowStorage, IsCaught) {
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    Draw draw(seed);
    const CellResult result = JudgeOf(Honest(draw, draw.Span(91'000, 170'000)));
    EXPECT_EQ(result.judgement, Judgement::kFail) << "seed " << seed << ": " << result.summary;
  }
}

// Trap: a hang has no end, so that its RTO might be missing instead of bad.
TEST(StorageThatHangsForEver, IsCaught) {
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    Draw draw(seed);
    Story story = Begun(draw, draw.Span(300, 20'000));
    story.Hang(seconds(180)).NotRecovered("no acknowledged write").Healed().Whole().ReadBack().Ended();
    const CellResult result = JudgeOf(story);
    EXPECT_EQ(result.judgement, Judgement::kFail) << "seed " << seed << ": " << result.summary;
    EXPECT_GE(Figure(result, "rto_s"), 90) << "seed " << seed;
  }
}

}  // namespace
}  // namespace holdfast
