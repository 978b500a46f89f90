// Promise: a person sees at one glance what was lost, for how long the database was away and what proves it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/judging/phases.h"
#include "harness/registry.h"
#include "harness/reporter.h"
#include "harness/runs/run_builder.h"

namespace holdfast {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string TextOf(const Run& run) { return Registry<Reporter>::Make("text", {})->Write(run); }

TEST(TextReport, IsATableThenTheReasonsThenWhatItProves) {
  EXPECT_EQ(TextOf(SampleRun()), R"(ha-matrix on ceph-rbd, ledger, uml (profile tuned), seed 42: fail

  fault            verdict        acknowledged   lost                RPO       RTO   recovered by
  db-kill          pass                   1204      0                  0     1.2 s   container restarted on n1
  node-power-off   fail                    980      2   2 writes, 750 ms   ≥ 3 min   –
  pod-delete       inconclusive              –      –                  –         –   –
  disk-loss        skipped                   –      –                  –         –   –

node-power-off: fail
  no-lost-writes: fail: 2 lost; 2 of 980 acknowledged writes lost
    lost: client 1 #240, incarnation 1, begun 5.9 s
    lost: client 2 #240, incarnation 1, begun 5.9 s
  recovery-time: fail: no recovery: RTO ≥ 3 min; 1 min 30 s allowed
    given up at 186.000000 s: 1 node(s) had volume node affinity conflict

pod-delete: inconclusive
  experiment: inconclusive: the fault did not bite: pod is still ready
    there is no final read

disk-loss: skipped
  experiment: skipped: provider k3d has no Disks

Fidelity: kernel. A node is a kernel of its own.
No evidence about power loss: db-kill (no machine lost power: the kernel under the database survived and kept unsynced writes in its page cache).
Calibration: 14 of 14 planted defects caught, 0 of 7 healthy runs accused.
Took 12 min 34 s. Everything is in runs/sample
Again: holdfast run suites/ha_matrix.yaml --seed 42
)");
}

TEST(TextReport, SaysOfEachOutageThatWasWatchedWhereItsTimeWent) {
  holdfast::Run run = SampleRun();
  constexpr Nanoseconds kMs = 1'000'000;
  const std::vector<Phase> phases = {{.name = kPhaseStart, .begin = 0, .end = 400 * kMs, .until = "x"},
                                     {.name = kPhaseRecovery, .begin = 400 * kMs, .end = 1200 * kMs, .until = "x"}};
  run.results[0].verdicts[2].figures["phases"] = PhasesToJson(phases);
  EXPECT_THAT(TextOf(run), HasSubstr("\n\nWhere the time went:\n"
                                     "  db-kill: start 400 ms, database recovery 800 ms; slowest: database recovery\n"
                                     "\nnode-power-off: fail\n"));
}

TEST(TextReport, SaysBesideTheVerdictWhyARecoveryWasLate) {
  holdfast::Run run = SampleRun();
  run.results[1].cause = "61 % of the RTO of ≥ 3 min was detach/attach: the volume stayed attached to n1";
  EXPECT_THAT(TextOf(run), HasSubstr("\nnode-power-off: fail\n"
                                     "  cause: 61 % of the RTO of ≥ 3 min was detach/attach: the volume stayed "
                                     "attached to n1\n"
                                     "  no-lost-writes: fail"));
  EXPECT_THAT(TextOf(SampleRun()), Not(HasSubstr("cause:")));
}

TEST(TextReport, SaysWhenCellsWerePlayedSideBySide) {
  holdfast::Run run = SampleRun();
  run.at_a_time = 3;
  EXPECT_THAT(TextOf(run), HasSubstr("\nPlayed 3 at a time on this machine: clusters that share it slow each other "
                                     "down.\n"));
  EXPECT_THAT(TextOf(SampleRun()), Not(HasSubstr("at a time")));
}

TEST(TextReport, NamesThePassesThatProveNothingAboutPowerLoss) {
  holdfast::Run run = SampleRun();
  run.results[1].judgement = Judgement::kPass;
  EXPECT_THAT(TextOf(run), HasSubstr("No evidence about power loss: db-kill (no machine lost power"));
  run.fidelity = "container";
  EXPECT_THAT(TextOf(run), HasSubstr("No evidence about power loss: node-power-off (the node is a container"));
}

TEST(TextReport, NamesThePassesInWhichNobodyCouldSeeASecondWriter) {
  holdfast::Run run = SampleRun();
  Verdict verdict;
  verdict.checker = "single-writer";
  verdict.judgement = Judgement::kPass;
  verdict.figures["old_instance"] = "reached";
  run.results[0].verdicts.push_back(verdict);
  EXPECT_THAT(TextOf(run), Not(HasSubstr("second writer")));
  run.results[0].verdicts.back().figures["old_instance"] = "unreached";
  EXPECT_THAT(TextOf(run), HasSubstr("No evidence about a second writer: db-kill (the client that stays"));
}

TEST(TextReport, StaysOneLineACellWhateverTheTextSays) {
  holdfast::Run run = SampleRun();
  run.results.resize(1);
  const std::string calm = TextOf(run);
  run.results[0].recovered_by = "n1\n\x1b[31m\xFF";
  run.results[0].cell.scenario = "db\nkill";
  const std::string text = TextOf(run);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), std::count(calm.begin(), calm.end(), '\n'));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(TextReport, IsForTheConsoleOnly) { EXPECT_EQ(Registry<Reporter>::Make("text", {})->FileName(), ""); }

}  // namespace
}  // namespace holdfast
