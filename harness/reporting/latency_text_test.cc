// Promise: a report leads with the ratio and its interval, shows the absolute figures below, and never sells a latency
// that no durability verdict stands behind.
#include "harness/reporting/latency_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/latency/commit_latency.h"
#include "harness/latency/storage_latency.h"
#include "harness/registry.h"
#include "harness/reporter.h"
#include "harness/runs/run_builder.h"

namespace holdfast {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

json Spread(double median) { return {{"median", median}, {"least", median / 2}, {"most", median * 2}}; }

json Medium(double p99_us) {
  return {{"iops", Spread(310.4)},    {"p50_us", Spread(p99_us / 4)},   {"p95_us", Spread(p99_us / 2)},
          {"p99_us", Spread(p99_us)}, {"p99_9_us", Spread(p99_us * 2)}, {"max_us", Spread(p99_us * 100)}};
}

CellResult LatencyResult() {
  Verdict storage = SampleVerdict(kStorageLatency, Judgement::kPass, "journal p99 4.2× node-local", {}, json::object());
  storage.figures[kStorageFigure] = {
      {"method", "some method"},
      {"confidence", 0.95},
      {"jobs",
       {{{"job", "journal"},
         {"measured", "fdatasync"},
         {"repetitions", 5},
         {"volume", Medium(12100)},
         {"local", Medium(880)},
         {"p99_vs_local", {{"estimate", 4.21}, {"low", 3.06}, {"high", 5.68}}}},
        {{"job", "read"}, {"volume", Medium(2000)}, {"local", nullptr}, {"p99_vs_local", nullptr}}}}};
  return SampleResult(5, "latency", Judgement::kPass, "journal p99 4.2× node-local", {storage});
}

CellResult CommitResult() {
  Verdict commits = SampleVerdict(kCommitLatency, Judgement::kPass, "commit p99 19.9 ms", {}, json::object());
  commits.figures[kCommitFigure] = {{"arrivals_per_s", 20.0},
                                    {"clients", 4},
                                    {"fault", "disk-loss"},
                                    {"method", "some method"},
                                    {"confidence", 0.95},
                                    {"conditions",
                                     {{{"condition", "healthy"},
                                       {"writes", 400},
                                       {"unacknowledged", 0},
                                       {"never_sent", 0},
                                       {"kept_up", true},
                                       {"p50_ms", 8.1},
                                       {"p95_ms", 12.0},
                                       {"p99_ms", 19.9},
                                       {"p99_never", false},
                                       {"p99_low_ms", 15.0},
                                       {"p99_high_ms", 31.2},
                                       {"p99_9_ms", nullptr},
                                       {"p99_9_never", false},
                                       {"max_ms", 1040.1}},
                                      {{"condition", "hurt"},
                                       {"writes", 70},
                                       {"unacknowledged", 59},
                                       {"never_sent", 59},
                                       {"kept_up", false},
                                       {"p50_ms", nullptr},
                                       {"p50_never", true},
                                       {"p95_ms", nullptr},
                                       {"p95_never", true},
                                       {"p99_ms", nullptr},
                                       {"p99_never", true},
                                       {"p99_low_ms", nullptr},
                                       {"p99_high_ms", nullptr},
                                       {"p99_9_ms", nullptr},
                                       {"p99_9_never", false},
                                       {"max_ms", nullptr},
                                       {"max_never", true}}}}};
  return SampleResult(6, "disk-loss", Judgement::kPass, "commit p99 19.9 ms", {commits});
}

TEST(LatencyText, LeadsWithTheRatioAndItsInterval) {
  EXPECT_EQ(DescribeLatency(SampleRun(), LatencyResult()), R"(
Latency (latency), volume against node-local storage of the same node; medians of the repetitions:
  job           p99 vs local       p50       p95       p99        least – most     p99.9        max   IOPS   local p99   local IOPS
  journal   4.2× (3.1 – 5.7)   3.02 ms   6.05 ms   12.1 ms   6.05 ms – 24.2 ms   24.2 ms     1.21 s    310      880 µs          310
  read                     –    500 µs   1.00 ms   2.00 ms   1.00 ms – 4.00 ms   4.00 ms   200.0 ms    310           –            –
  ×: some method; in brackets the 95 % interval.
)");
}

TEST(LatencyText, SaysWhereAP99IsTheMaximum) {
  CellResult result = LatencyResult();
  EXPECT_THAT(DescribeLatency(SampleRun(), result), Not(HasSubstr("Fewer than")));
  result.verdicts[0].figures[kStorageFigure]["jobs"][0]["volume"]["operations"] = Spread(150);
  EXPECT_THAT(DescribeLatency(SampleRun(), result),
              HasSubstr("\n  Fewer than 100 operations in a repetition, so that its p99 is the "
                        "maximum: journal on volume.\n"));
}

TEST(LatencyText, SaysHowSlowCommitsWereInEachCondition) {
  EXPECT_EQ(DescribeLatency(SampleRun(), CommitResult()), R"(
Commit latency (disk-loss) at 20 writes a second, from when each write was due:
  condition         writes       p50       p95       p99     interval of p99   p99.9      max   unacknowledged   of these never sent
  healthy              400   8.10 ms   12.0 ms   19.9 ms   15.0 ms – 31.2 ms       –   1.04 s                0                     0
  replica missing       70     never     never     never                   –       –    never               59                    59
  Interval of the p99, with 95 % confidence: some method.
  The database did not keep up (replica missing): these are the times of a queue that grew.
)");
}

// Trap: a write that nobody waited for longer than its deadline sold as one that is never acknowledged.
TEST(LatencyText, OfAWriteThatOutlivedItsDeadlineSaysHowLongSomebodyWaited) {
  CellResult result = CommitResult();
  json& figure = result.verdicts[0].figures[kCommitFigure];
  figure["deadline_ms"] = 1000.0;
  json& hurt = figure["conditions"][1];
  for (const char* time : {"p50", "p95", "p99", "max"}) {
    hurt[std::string(time) + "_never"] = false;
    hurt[std::string(time) + "_unanswered"] = true;
  }
  const std::string text = DescribeLatency(SampleRun(), result);
  EXPECT_THAT(text, HasSubstr("  > 1.00 s   > 1.00 s   > 1.00 s "));
  EXPECT_THAT(text, HasSubstr("\n  > 1.00 s: sent, and not acknowledged within the client's deadline.\n"));
  EXPECT_THAT(text, Not(HasSubstr("never  ")));
  EXPECT_THAT(DescribeLatency(SampleRun(), CommitResult()), Not(HasSubstr("deadline")));
}

TEST(LatencyText, NamesAConditionByWhatHurt) {
  CellResult result = CommitResult();
  json& figure = result.verdicts[0].figures[kCommitFigure];
  figure["conditions"].push_back(figure["conditions"][0]);
  figure["conditions"][2]["condition"] = "rebuilding";
  EXPECT_THAT(DescribeLatency(SampleRun(), result), HasSubstr("\n  rebuilding "));
  figure["fault"] = "volume-snapshot";
  EXPECT_THAT(DescribeLatency(SampleRun(), result), HasSubstr("\n  snapshot there "));
  EXPECT_THAT(DescribeLatency(SampleRun(), result), Not(HasSubstr("rebuilding")));
  figure["fault"] = "disk-slow";
  EXPECT_THAT(DescribeLatency(SampleRun(), result), HasSubstr("\n  hurt by disk-slow "));
}

TEST(LatencyText, TakesCommitsOfOlderRunsAsTheyAre) {
  CellResult result = CommitResult();
  json& figure = result.verdicts[0].figures[kCommitFigure];
  figure.erase("method");
  figure["conditions"].erase(1);
  for (const char* key : {"p99_high_ms", "never_sent", "kept_up", "p99_never"}) figure["conditions"][0].erase(key);
  EXPECT_THAT(DescribeLatency(SampleRun(), result), HasSubstr("≥ 15.0 ms"));
  EXPECT_THAT(DescribeLatency(SampleRun(), result), Not(HasSubstr("Interval of the p99, with")));
  EXPECT_THAT(DescribeLatency(SampleRun(), result), Not(HasSubstr("keep up")));
  figure["kept_up"] = false;
  EXPECT_THAT(DescribeLatency(SampleRun(), result), HasSubstr("The database did not keep up (healthy)"));
}

TEST(LatencyText, MarksWhatNoDurabilityVerdictStandsBehind) {
  holdfast::Run run = SampleRun();
  run.bounds.async.reset();
  EXPECT_EQ(DescribeLatency(run), "") << "nothing was measured";
  run.results.push_back(LatencyResult());
  EXPECT_THAT(DescribeLatency(run), HasSubstr("\nUNQUALIFIED latency: acknowledged writes were lost on this rig;"));
  run.results.erase(run.results.begin() + 1);
  EXPECT_THAT(DescribeLatency(run), HasSubstr("UNQUALIFIED latency: no experiment that lost power stands behind it;"));
  run.results[0].cell.memory_loss = MemoryLoss::kPower;
  EXPECT_THAT(DescribeLatency(run), Not(HasSubstr("UNQUALIFIED")));
  run.results.erase(run.results.begin());
  EXPECT_THAT(DescribeLatency(run), HasSubstr("UNQUALIFIED latency: no durability verdict of this rig passed"));
}

TEST(LatencyText, SaysWhyItIsUnqualifiedInTheSameWordsInEveryReport) {
  holdfast::Run run = SampleRun();
  run.bounds.async.reset();
  run.results.resize(1);
  run.results.push_back(LatencyResult());
  for (const char* report : {"text", "junit", "html"}) {
    EXPECT_THAT(Registry<Reporter>::Make(report, {})->Write(run),
                HasSubstr("no experiment that lost power stands behind it"))
        << report;
  }
}

TEST(LatencyText, IsInTheReportsForPeopleAndMachines) {
  holdfast::Run run = SampleRun();
  run.results = {LatencyResult(), CommitResult()};
  MarkQualified(run);
  run.results[0].cell.role = Role::kLatency;
  const std::string text = Registry<Reporter>::Make("text", {})->Write(run);
  EXPECT_THAT(text, Not(HasSubstr("power loss: latency"))) << "it is no evidence of durability at all";
  EXPECT_THAT(text, HasSubstr("4.2× (3.1 – 5.7)"));
  EXPECT_THAT(text, HasSubstr("UNQUALIFIED"));
  const std::string junit = Registry<Reporter>::Make("junit", {})->Write(run);
  EXPECT_THAT(junit, HasSubstr("<property name=\"latency: latency.journal.p99_vs_local\" value=\"4.21\"/>"));
  EXPECT_THAT(junit, HasSubstr("<property name=\"disk-loss: latency.qualified\" value=\"false\"/>"));
  EXPECT_THAT(junit, HasSubstr("Commit latency (disk-loss) at 20 writes a second"));
  EXPECT_THAT(junit, HasSubstr("UNQUALIFIED"));
}

TEST(LatencyText, NamesTheFiguresForMachines) {
  const holdfast::Run run = SampleRun();
  CellResult result = LatencyResult();
  result.verdicts[0].figures[kStorageFigure]["jobs"][0]["volume"]["max_us"]["median"] = 2801.6639999999998;
  const auto properties = LatencyProperties(run, result);
  EXPECT_THAT(properties, Contains(Pair("latency.journal.p99_us", "12100.0")));
  EXPECT_THAT(properties, Contains(Pair("latency.journal.max_us", "2801.664")));
  EXPECT_THAT(properties, Contains(Pair("latency.journal.local_p99_us", "880.0")));
  EXPECT_THAT(properties, Contains(Pair("latency.read.p99_vs_local", ""))) << "never a zero";
  const auto commits = LatencyProperties(run, CommitResult());
  EXPECT_THAT(commits, Contains(Pair("commit.healthy.p99_9_ms", "")));
  EXPECT_THAT(commits, Contains(Pair("commit.hurt.p99_never", "true")));
  EXPECT_THAT(commits, Contains(Pair("commit.hurt.never_sent", "59")));
  EXPECT_THAT(LatencyProperties(run, run.results[0]), IsEmpty());
}

TEST(LatencyText, TakesARunOfOthersAsItIs) {
  CellResult odd = LatencyResult();
  for (const json& figure : {json("text"), json::array({1}), json{{"jobs", 7}}, json{{"jobs", {1, "a", nullptr}}}}) {
    odd.verdicts[0].figures[kStorageFigure] = figure;
    odd.verdicts[0].figures[kCommitFigure] = figure;
    DescribeLatency(SampleRun(), odd);
    LatencyProperties(SampleRun(), odd);
    StorageNotes(SampleRun(), odd);
    CommitNotes(SampleRun(), odd);
  }
  odd.verdicts[0].figures[kStorageFigure] = {{"jobs", {{{"job", "a\nb\x1b"}, {"volume", 3}}}}};
  EXPECT_THAT(DescribeLatency(SampleRun(), odd), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace holdfast
