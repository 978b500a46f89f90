// The ways in which published suites of this field passed when they should not have, and by which tests Holdfast is
// kept from each. Every test named here exists: ctest is asked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>

#include "harness/host.h"
#include "harness/verbs/verb.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;
using testing::Not;

struct Trap {
  const char* name;
  // Full names of ctest; one that ends in '/' stands for all whose names begin so.
  std::vector<std::string> caught_by;
};

void PrintTo(const Trap& trap, std::ostream* stream) { *stream << trap.name; }

const Trap kTraps[] = {
    {"01_AnAssertionThatCannotFail",
     {"calibration/EveryChecker.RejectsAHistoryAndPassesAnother",
      "calibration/Which/KnownBadStorage.IsCaughtAtEverySeed/",
      "calibration/Class/PlantedAnomaly.IsFoundAndNamedAndNothingElseIs/",
      "contract/Registry/FaultContract.AnInjectionThatHasNoEffectNeverBites/"}},
    {"02_OnlyTheFirstOneIsChecked",
     {"calibration/LossOfASingleWrite.IsFoundWhicheverItIs",
      "unit/RecoveryTime.DoesNotPassIfOneClientIsNeverAnsweredAgain", "unit/Run.IsAsBadAsItsWorstCell",
      "unit/CephStatus.AMissingMonitorIsNotWhole"}},
    {"03_LossJudgedByCountsAndNotByWhatWasAcknowledged", {"unit/NoLostWrites.IsNotComfortedByTheRightNumberOfRows"}},
    {"04_CoarseBinsInWhichShortOutagesVanish",
     {"unit/RecoveryTime.SeesARestartThatIsShorterThanAnyPauseThreshold",
      "unit/Pacing.AnOutageThatSwallowsEverythingIsProbedTwentyTimesASecond",
      "unit/RecoveryTime.IsInconclusiveIfProbesWereTooSparse"}},
    {"05_LoadDuringTheFaultThatIsNeitherSyncedNorVerified",
     {"calibration/LossOfASingleWrite.IsFoundIfItWasAcknowledgedDuringTheFault",
      "unit/NoLostWrites.IsInconclusiveIfClientsWroteOnAfterTheFinalReadHadBegun",
      "unit/GroupCommit.AcknowledgesOnlyAfterTheSync", "calibration/LiarIsCaught.NodePowerOff/ceph-rbd"}},
    {"06_AChecksumThatIsRetriedUntilItMatches",
     {"unit/NoLostWrites.FindsAStaleReadAlthoughALaterOneIsComplete",
      "unit/NoLostWrites.FindsACorruptRowAlthoughALaterReadShowsItWhole",
      "unit/PlayTest.TheFinalReadIsRetriedOnlyWhileTheDatabaseCannotBeRead",
      "unit/PlayTest.TheFirstReadAfterTheRecoveryIsRetriedOnlyWhileTheDatabaseCannotBeRead",
      "unit/ParseRows.WhatIsWrongWithAWholeAnswerIsTheDatabasesWord"}},
    {"07_TheLongestLatencyOfWhatCompleted",
     {"unit/RecoveryTime.FailsIfEveryWriteHangsForEver",
      "unit/RecoveryTime.IsCensoredAndFailsIfNothingIsAcknowledgedAnyMore",
      "calibration/StorageThatHangsForEver.IsCaught"}},
    {"08_ReplicasThatAgreeTakenForDurability",
     {"calibration/ReplicasThatAgree.DoNotHideThatTheyLostAWrite",
      "unit/NoLostWrites.CallsAWriteLostAndNotStaleThatNoReadShows"}},
    {"09_ALeftoverThatSatisfiesTheCheckOrAnErrorThatIsIgnored",
     {"unit/HistoryFile.OfAnotherRunIsNeverContinued", "unit/NoLostWrites.DoesNotAcceptAFinalReadFromBeforeTheFault",
      "unit/Judge.DoesNotAcceptABackendThatWasWholeBeforeTheHeal",
      "unit/RecoveryTime.DoesNotAcceptABiteFromBeforeTheFault", "unit/Judge.DoesNotJudgeTheHistoryOfAnotherSeed",
      "unit/HistoryFile.EndsAtTheFirstWriteThatFailsAndCloseSaysSo",
      "unit/GroupCommit.AfterAFailedSyncAllIsUnknownAndNothingMoreIsAdmitted",
      "unit/UndoLogTest.WhatCannotBeWrittenIsAnErrorSoThatTheFaultIsNotInjected"}},
    {"10_AVerifyPhaseThatIsNeverReached",
     {"unit/NoLostWrites.IsInconclusiveWithoutAFinalRead", "unit/Judge.IsInconclusiveWithoutReadBack",
      "unit/Judge.IsInconclusiveIfTheDatabaseWasBackAndOnlyTheFinalReadWorked",
      "unit/RecordedRunTest.ARunThatWasCutOffIsJudgedAsInconclusive",
      "unit/NoLostWrites.IsInconclusiveIfNothingWasAcknowledged"}},
    {"11_AnIntegrityCheckThatIsOptionalOrSkipped",
     {"unit/Judge.AsksEveryCheckerThatThereIs", "contract/Registries.HoldWhatIsOnDisk/Checkers",
      "calibration/Checkers.CannotBeSwitchedOff"}},
    {"12_AFaultWeakerThanItsName",
     {"contract/Registry/FaultContract.AnInjectionThatHasNoEffectNeverBites/",
      "contract/Registry/FaultContract.ArmingTouchesNothingAndDoesNotBite/", "unit/DbKillTest.AGracefulEndIsNotAKill",
      "unit/NodePowerOffTest.ANodeThatIsNotReadyButHasPowerDoesNotBite",
      "unit/DiskLossTest.DoesNotBiteWhileTheStorageHasNotNoticed", "unit/Judge.IsInconclusiveIfTheFaultDidNotBite",
      "unit/Judge.IsInconclusiveIfNobodySawWhetherTheFaultBit", "calibration/DudFaultProvesNothing.Nothing/ceph-rbd",
      "calibration/RecordedRuns.ComeToWhatIsExpectedOfThem"}},
    {"13_AThresholdExceededAndExitStatus0",
     {"contract/ProgramExit.", "unit/ExitStatus.IsZeroOnlyForAPassOrAnAllowedSkip",
      "unit/RecoveryTime.FailsBeyondTheBound", "unit/Judge.FailsIfTheBackendBecomesWholeTooLate",
      "calibration/SlowStorage.IsCaught"}},
    {"14_APassAtThirtyToEightyPercentSuccess",
     {"unit/RecoveryTime.FailsIfTheDatabaseRefusesEveryThirdWriteAfterwards",
      "unit/Judge.DoesNotPassADatabaseThatRefusesHalfOfTheWritesAllTheTime",
      "calibration/NoTrafficProvesNothing.PodDelete/ceph-rbd", "calibration/RecordedRuns.ComeToWhatIsExpectedOfThem"}},
    {"15_ALatencyBenchmarkThatDoesNotMeasureLatency",
     {"unit/FioJob.NeverReducesWhatIsTimed", "unit/FioOutput.OfACommitIsThatOfItsSync",
      "unit/CommitLatency.IsCountedFromWhenTheWriteWasDue",
      "unit/CommitLatency.AWriteThatWasDueAndNeverSentTookForEver",
      "unit/StorageLatency.AMeasurementThatWasCutOffIsNoPass",
      "unit/StorageLatency.IsQualifiedByADurabilityVerdictOfTheSameRunOnly",
      "unit/StorageLatency.IsNotQualifiedByAnExperimentThatLostNoPower",
      "unit/LatencyText.MarksWhatNoDurabilityVerdictStandsBehind",
      "calibration/LatencyBenchmark.TimesTheSyncByDefaultAndHasDurabilityBesideIt",
      "cluster/LatencyIsMeasured.Latency/ceph-rbd"}},
    {"16_ADefectOfTheToolTakenForOneOfTheProductOrTheReverse",
     {"calibration/HonestStorage.IsNotAccused", "calibration/Part/FastAndSlowChecker.AgreeOnValidHistories/",
      "calibration/Part/FastAndSlowChecker.AgreeOnTamperedHistories/",
      "calibration/HonestDatabase.IsAccusedOfNothingWhereverItsHistoryIsCutOff",
      "unit/RecoveryTime.AccusesNobodyIfTheHarnessWasInTroubleMeanwhile",
      "unit/Judge.IsInconclusiveAfterHarnessTrouble", "calibration/LiarIsCaught.NodePowerOff/ceph-rbd",
      "calibration/NodeBoundStorageIsCaught.NodeDrain/local", "calibration/NodeBoundStorageSurvivesItsPod.DbKill/local",
      "cluster/AcknowledgedWritesSurvive.NodePowerOff/ceph-rbd"}},
    {"17_AContainerKillSoldAsPowerLoss",
     {"unit/PowerLossNote.SaysThatAKilledContainerKeepsItsPageCache",
      "unit/PowerLossNote.SaysThatAKilledProcessLosesNothingAtAnyLevel",
      "unit/FidelityNote.SaysOfContainersThatTheyProveNothingAboutPowerLoss",
      "unit/JunitReport.SaysWhereACellIsNoEvidenceAboutPowerLoss",
      "unit/TextReport.NamesThePassesThatProveNothingAboutPowerLoss"}},
};

// Every test that ctest would run.
const std::vector<std::string>& KnownTests() {
  static const std::vector<std::string> known = [] {
    std::vector<std::string> names;
    const auto host = MakePosixHost();
    const auto list =
        RunForOutput(*host, {.argv = {HOLDFAST_CTEST, "--test-dir", HOLDFAST_BINARY_DIR, "--show-only=json-v1"},
                             .limit = std::chrono::minutes(1)});
    EXPECT_TRUE(list.has_value()) << list.error().message;
    const auto parsed = nlohmann::json::parse(list.value_or("{}"), nullptr, /*allow_exceptions=*/false);
    for (const auto& test : parsed.value("tests", nlohmann::json::array())) names.push_back(test.at("name"));
    return names;
  }();
  return known;
}

bool IsKnown(const std::string& wanted) {
  return std::any_of(KnownTests().begin(), KnownTests().end(), [&](const std::string& known) {
    const bool is_family = wanted.back() == '/' || wanted.back() == '.';
    return is_family ? known.rfind(wanted, 0) == 0 : known == wanted;
  });
}

// ctest knows the tests of a program only once it is built.
std::string NotBuilt() {
  for (const std::string& known : KnownTests()) {
    if (known.find("_NOT_BUILT") != std::string::npos) return known;
  }
  return "";
}

class FalsePass : public testing::TestWithParam<Trap> {};

TEST_P(FalsePass, IsPreventedByTestsThatExist) {
  ASSERT_THAT(KnownTests(), Not(IsEmpty()));
  if (const std::string missing = NotBuilt(); !missing.empty()) {
    GTEST_SKIP() << missing << ": build all test programs first";
  }
  ASSERT_THAT(GetParam().caught_by, Not(IsEmpty()));
  for (const std::string& test : GetParam().caught_by) EXPECT_TRUE(IsKnown(test)) << "ctest knows no " << test;
}

INSTANTIATE_TEST_SUITE_P(Trap, FalsePass, testing::ValuesIn(kTraps),
                         [](const testing::TestParamInfo<Trap>& trap) { return trap.param.name; });

TEST(LatencyBenchmark, TimesTheSyncByDefaultAndHasDurabilityBesideIt) {
  EXPECT_EQ(MeasuredIn(kJournalJob), "sync");
  const Result<Suite> suite = ReadSuite(HOLDFAST_SOURCE_DIR "/suites/ha_matrix.yaml");
  ASSERT_TRUE(suite.has_value()) << suite.error().message;
  int measured = 0;
  int durable = 0;
  for (const Scenario& scenario : suite->scenarios) {
    if (!scenario.fio) {
      ++durable;
      continue;
    }
    ++measured;
    EXPECT_THAT(scenario.fio->jobs, testing::Contains(kJournalJob));
  }
  EXPECT_EQ(measured, 1);
  EXPECT_GE(durable, 5);
}

}  // namespace
}  // namespace holdfast
