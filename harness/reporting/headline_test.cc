// Promise: whoever reads one sentence is not misled.
#include "harness/reporting/headline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/latency/storage_latency.h"
#include "harness/runs/run_builder.h"

namespace holdfast {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

holdfast::Run RunOfFirst(std::size_t cells) {
  holdfast::Run run = SampleRun();
  run.results.resize(cells);
  return run;
}

TEST(Headline, OfAPassSaysWhatWasKeptAndForHowLongTheDatabaseWasAway) {
  EXPECT_EQ(Headline(RunOfFirst(1)),
            "ceph-rbd lost none of 1204 acknowledged writes in 1 experiment; the database was away for 1.2 s at most, "
            "1 min 30 s are allowed.");
}

TEST(Headline, OfAFailureNamesTheFirstAndHowManyMore) {
  holdfast::Run run = SampleRun();
  EXPECT_EQ(Headline(run),
            "ceph-rbd broke a promise in 1 of 4 experiments: node-power-off: 2 lost; 2 of 980 acknowledged writes "
            "lost.");
  run.results[0].judgement = Judgement::kFail;
  EXPECT_THAT(Headline(run), HasSubstr("in 2 of 4 experiments: db-kill: "));
  EXPECT_THAT(Headline(run), HasSubstr(", and 1 more."));
}

// Trap: an inconclusive run sold as a pass.
TEST(Headline, OfAnInconclusiveRunSaysThatNothingIsProved) {
  holdfast::Run run = SampleRun();
  run.results.erase(run.results.begin() + 1);
  EXPECT_EQ(Headline(run),
            "Nothing is proved about ceph-rbd, since 1 of 3 experiments proved nothing: pod-delete: the fault did not "
            "bite: pod is still ready.");
  EXPECT_EQ(Headline(holdfast::Run()), "Nothing was played, so nothing is proved.");
}

TEST(Headline, SaysWhatDidNotApply) {
  holdfast::Run run = SampleRun();
  run.results.erase(run.results.begin() + 1, run.results.begin() + 3);
  EXPECT_THAT(Headline(run), HasSubstr("lost none of 1204 acknowledged writes in 1 experiment"));
  EXPECT_THAT(Headline(run), HasSubstr("; 1 more did not apply to it."));
  run.results.erase(run.results.begin());
  EXPECT_EQ(Headline(run), "Nothing was played on ceph-rbd: disk-loss: provider k3d has no Disks.");
}

TEST(Headline, OfALossThatTheContractAllowsDoesNotCallItNone) {
  holdfast::Run run = RunOfFirst(1);
  run.results[0].verdicts[1].figures["lost"] = 3;
  EXPECT_THAT(Headline(run), StartsWith("ceph-rbd lost 3 of 1204 acknowledged writes, as its asynchronous contract"));
}

TEST(Headline, CountsTheWritesOfASoakOnce) {
  holdfast::Run run = RunOfFirst(1);
  run.results.push_back(run.results[0]);
  run.results[0].cell.role = Role::kSoak;
  run.results[1].cell.role = Role::kStrike;
  EXPECT_THAT(Headline(run), StartsWith("ceph-rbd lost none of 1204 acknowledged writes in 1 experiment;"));
  run.results[0].judgement = Judgement::kFail;
  run.results[0].summary = "1 lost";
  EXPECT_EQ(Headline(run), "ceph-rbd broke a promise over the whole run: 1 lost.");
}

CellResult Measured(Judgement judgement, const std::string& summary) {
  CellResult result = SampleResult(
      6, "latency", judgement, summary,
      {SampleVerdict(kStorageLatency, judgement, summary, {}, {{kStorageFigure, nlohmann::json::object()}})});
  result.cell.role = Role::kLatency;
  return result;
}

// Trap: a run that hurt nothing, praised for having lost nothing.
TEST(Headline, OfARunThatOnlyMeasuredSaysHowSlowItIsAndWhatThatIsWorth) {
  holdfast::Run run = SampleRun();
  run.bounds.async.reset();
  run.results = {Measured(Judgement::kPass, "journal p99 4.2× node-local (3.1 to 5.7 with 95 % confidence)")};
  MarkQualified(run);
  EXPECT_EQ(Headline(run),
            "ceph-rbd: latency: UNQUALIFIED, no durability verdict of this rig passed in this run: journal p99 4.2× "
            "node-local (3.1 to 5.7 with 95 % confidence).");
  run.results = {Measured(Judgement::kFail, "too slow")};
  MarkQualified(run);
  EXPECT_THAT(Headline(run), StartsWith("ceph-rbd broke a promise: latency: UNQUALIFIED, no durability verdict of this "
                                        "rig passed in this run: too slow."));
  run.results = {Measured(Judgement::kInconclusive, "nothing was measured")};
  EXPECT_THAT(Headline(run),
              StartsWith("Nothing is proved about how slow ceph-rbd is: latency: nothing was measured."));
  run.results = {Measured(Judgement::kSkipped, "no image with fio")};
  EXPECT_EQ(Headline(run), "Nothing was played on ceph-rbd: latency: no image with fio.");
}

TEST(Headline, CountsNoMeasuringAsAnExperiment) {
  holdfast::Run run = RunOfFirst(1);
  run.results.push_back(Measured(Judgement::kPass, "journal p99 4.2× node-local"));
  EXPECT_EQ(Headline(run),
            "ceph-rbd lost none of 1204 acknowledged writes in 1 experiment; the database was away for 1.2 s at most, "
            "1 min 30 s are allowed; latency: journal p99 4.2× node-local.");
  run.results[1] = Measured(Judgement::kFail, "too slow");
  EXPECT_EQ(Headline(run), "ceph-rbd broke a promise: latency: too slow.");
  run.results[1] = Measured(Judgement::kInconclusive, "nothing was measured");
  EXPECT_EQ(Headline(run), "Nothing is proved about how slow ceph-rbd is: latency: nothing was measured.");
  run.results[1] = Measured(Judgement::kSkipped, "no image with fio");
  EXPECT_THAT(Headline(run), HasSubstr("in 1 experiment;"));
  EXPECT_THAT(Headline(run), HasSubstr("; 1 more did not apply to it."));
}

TEST(Headline, IsOneLineWhateverTheTextSays) {
  holdfast::Run run = SampleRun();
  run.backend = run.results[1].summary = "a\n\x1b[31m\xFF" + std::string(1'000'000, 'x');
  EXPECT_EQ(Headline(run).find('\n'), std::string::npos);
  EXPECT_LT(Headline(run).size(), 1000U);
}

}  // namespace
}  // namespace holdfast
