// Promise: the fast checker of lost writes says of every history what the definitions say (reference_checker.h), finds
// each anomaly that is planted and calls it by its name, and accuses no database that kept its promise.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "suites/calibration/reference/cases.h"
#include "suites/calibration/reference/fast_checker.h"

namespace holdfast::reference {
namespace {

using testing::Each;
using testing::Ge;

// How often a class was found: agreement about what never occurs is worth nothing.
using Tally = std::array<int, kAnomalies>;

void Agree(const Case& value, Tally& tally) {
  const PlainHistory history = value.History();
  const Findings findings = JudgeSlowly(history, value.tape.contract);
  for (std::size_t i = 0; i < kAnomalies; ++i) tally[i] += findings.accused[i].empty() ? 0 : 1;
  const std::string disagreement = Disagreement(JudgeText(ToText(history), value.tape.contract), findings);
  if (!disagreement.empty()) RC_FAIL(disagreement);
}

// In parts, so that ctest can run them beside each other.
class FastAndSlowChecker : public testing::TestWithParam<int> {};

TEST_P(FastAndSlowChecker, AgreeOnTamperedHistories) {
  Tally tally{};
  ForAll(20'000, Drawn::kTampered, GetParam(), [&](const Case& value) { Agree(value, tally); });
  EXPECT_THAT(tally, Each(Ge(Demanded(100))));
}

TEST_P(FastAndSlowChecker, AgreeOnValidHistories) {
  int lost_and_forgiven = 0;
  ForAll(10'000, Drawn::kValid, GetParam(), [&](const Case& value) {
    Tally tally{};
    Agree(value, tally);
    RC_ASSERT(tally == Tally{});
    lost_and_forgiven += JudgeSlowly(value.History(), value.tape.contract).lost.value_or(0) > 0 ? 1 : 0;
  });
  EXPECT_GE(lost_and_forgiven, Demanded(100));
}

INSTANTIATE_TEST_SUITE_P(Part, FastAndSlowChecker, testing::Range(1, 5));

class PlantedAnomaly : public testing::TestWithParam<Anomaly> {};

TEST_P(PlantedAnomaly, IsFoundAndNamedAndNothingElseIs) {
  int planted = 0;
  ForAll(4'000, Drawn::kFinished, 1, [&](const Case& value) {
    PlainHistory history = Simulate(value.tape);
    const auto guilty = Plant(GetParam(), value.choice, history);
    if (!guilty) return;
    ++planted;
    Findings expected = JudgeSlowly(history, value.tape.contract);
    RC_LOG(ToText(history));
    for (std::size_t i = 0; i < kAnomalies; ++i) {
      const bool is_planted = i == static_cast<std::size_t>(GetParam());
      RC_ASSERT(expected.accused[i] == (is_planted ? std::set<WriteName>{*guilty} : std::set<WriteName>{}));
    }
    const std::string disagreement = Disagreement(JudgeText(ToText(history), value.tape.contract), expected);
    if (!disagreement.empty()) RC_FAIL(disagreement);
  });
  EXPECT_GE(planted, Demanded(400));
}

INSTANTIATE_TEST_SUITE_P(Class, PlantedAnomaly,
                         testing::Values(Anomaly::kLost, Anomaly::kHole, Anomaly::kCorrupt, Anomaly::kPhantom,
                                         Anomaly::kDuplicate, Anomaly::kReordered, Anomaly::kStale,
                                         Anomaly::kTwoWriters, Anomaly::kResurrected),
                         [](const testing::TestParamInfo<Anomaly>& anomaly) {
                           std::string name = NameOf(anomaly.param);
                           std::replace(name.begin(), name.end(), ' ', '_');
                           return name;
                         });

void ExpectNoAccusation(const std::string& text, const Contract& contract) {
  const Verdict verdict = JudgeText(text, contract);
  RC_LOG(text);
  if (verdict.judgement == Judgement::kFail) RC_FAIL(verdict.summary);
}

TEST(HonestDatabase, IsAccusedOfNothingWhereverItsHistoryIsCutOff) {
  ForAll(10'000, Drawn::kValid, 1, [](const Case& value) {
    const std::string text = ToText(value.History());
    ExpectNoAccusation(text.substr(0, value.choice.where % (text.size() + 1)), value.tape.contract);
  });
}

TEST(HonestDatabase, IsAccusedOfNothingWhicheverLineIsUnreadable) {
  ForAll(10'000, Drawn::kValid, 1, [](const Case& value) {
    std::string text = ToText(value.History());
    const std::size_t line = text.rfind('\n', value.choice.where % text.size()) + 1;
    ExpectNoAccusation(text.replace(line, 5, "?"), value.tape.contract);
  });
}

TEST(HonestDatabase, IsAccusedOfNothingWhicheverLineStandsThereTwice) {
  ForAll(10'000, Drawn::kValid, 1, [](const Case& value) {
    std::string text = ToText(value.History());
    const std::size_t line = text.rfind('\n', value.choice.where % (text.size() - 1)) + 1;
    ExpectNoAccusation(text.insert(line, text.substr(line, text.find('\n', line) + 1 - line)), value.tape.contract);
  });
}

}  // namespace
}  // namespace holdfast::reference
