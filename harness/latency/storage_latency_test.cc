// Promise: the headline is a ratio with its interval; a bound that lies in the interval is not decided; and no latency
// is sold without a durability verdict.
#include "harness/latency/storage_latency.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/judge.h"
#include "harness/latency/commit_latency.h"
#include "harness/latency/fio_job.h"

namespace holdfast {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// As fio prints them; all percentiles by the p99.
std::string Printed(double p99_us, const std::string& kind = "sync", int operations = 500) {
  const double ns = p99_us * 1000;
  const json latency = {
      {"N", operations},
      {"mean", ns / 3},
      {"max", ns * 3},
      {"percentile", {{"50.000000", ns / 4}, {"95.000000", ns / 2}, {"99.000000", ns}, {"99.900000", ns * 2}}}};
  json job = {{"jobname", "job"}, {"error", 0}, {"write", {{"iops", 100.5}}}};
  job[kind][kind == "sync" ? "lat_ns" : "clat_ns"] = latency;
  return json{{"jobs", {job}}}.dump();
}

class Measured {
 public:
  Measured& Add(const std::string& job, Medium medium, int repetition, const std::string& text,
                const char* name = kMarkFio) {
    history_.marks.push_back(
        {.time = ++time_,
         .name = name,
         .text = text,
         .fields = {{"job", job}, {"on", ToString(medium)}, {"repetition", std::to_string(repetition)}}});
    return *this;
  }
  // The journal: five pairs, the volume so many times as slow, with some spread.
  Measured& Journal(double ratio, double spread, int operations = 500) {
    for (int repetition = 1; repetition <= 5; ++repetition) {
      const double disturbed = 1000.0 * repetition;  // both alike
      const double off = 1 + spread * (repetition - 3) / 2;
      Add("journal", Medium::kVolume, repetition, Printed(disturbed * ratio * off, "sync", operations));
      Add("journal", Medium::kLocal, repetition, Printed(disturbed));
    }
    return *this;
  }
  Measured& Planned(const std::vector<std::string>& jobs, int repetitions) {
    cell_.fio = FioSettings{.jobs = jobs, .repetitions = repetitions};
    return *this;
  }
  // Without the last so many marks.
  Measured& CutOff(std::size_t marks) {
    history_.marks.resize(history_.marks.size() - marks);
    return *this;
  }
  Verdict Judge(std::optional<double> bound = std::nullopt) const {
    Bounds bounds;
    bounds.journal_p99_vs_local = bound;
    return JudgeStorageLatency(cell_, history_, bounds);
  }
  const CellHistory& history() const { return history_; }

 private:
  Cell cell_ = {.role = Role::kLatency, .fio = FioSettings{.jobs = {"journal"}, .repetitions = 5}};
  CellHistory history_;
  Nanoseconds time_ = 0;
};

TEST(StorageLatency, IsARatioWithItsIntervalAndTheFiguresBelow) {
  const Verdict verdict = Measured().Journal(4, 0.2).Judge();
  EXPECT_EQ(verdict.judgement, Judgement::kPass);
  EXPECT_THAT(verdict.summary, HasSubstr("journal p99 4.0× node-local (3."));
  const json& job = verdict.figures.at(kStorageFigure).at("jobs").at(0);
  EXPECT_EQ(job.at("job"), "journal");
  EXPECT_EQ(job.at("measured"), "fdatasync after 8 KiB");
  EXPECT_EQ(job.at("repetitions"), 5);
  EXPECT_NEAR(job.at("volume").at("p99_us").at("median").get<double>(), 12000, 1e-6);
  EXPECT_NEAR(job.at("volume").at("p99_us").at("least").get<double>(), 3200, 1e-6);
  EXPECT_NEAR(job.at("local").at("p99_us").at("most").get<double>(), 5000, 1e-6);
  EXPECT_NEAR(job.at("local").at("max_us").at("median").get<double>(), 9000, 1e-6);
  EXPECT_DOUBLE_EQ(job.at("volume").at("iops").at("median").get<double>(), 100.5);
  EXPECT_EQ(job.at("volume").at("operations").at("least"), 500);
  EXPECT_TRUE(job.at("volume").at("p99_9_us").is_null()) << "of 500 operations there is none beyond it";
  const json& ratio = job.at("p99_vs_local");
  EXPECT_LT(ratio.at("low"), ratio.at("estimate"));
  EXPECT_LT(ratio.at("estimate"), ratio.at("high"));
  EXPECT_NEAR(ratio.at("estimate").get<double>(), 3.96, 0.02);
}

TEST(StorageLatency, WithinTheBoundPassesAndBeyondItFails) {
  const Measured measured = Measured().Journal(4, 0.1);
  EXPECT_EQ(measured.Judge(5).judgement, Judgement::kPass);
  EXPECT_THAT(measured.Judge(5).summary, HasSubstr("5× allowed"));
  EXPECT_EQ(measured.Judge(3).judgement, Judgement::kFail);
  EXPECT_THAT(measured.Judge(3).summary, HasSubstr("too slow: journal p99 4.0×"));
  EXPECT_THAT(measured.Judge(3).because, ElementsAre(HasSubstr("3× allowed")));
}

TEST(StorageLatency, ABoundInTheIntervalIsNotDecided) {
  const Verdict verdict = Measured().Journal(4, 0.5).Judge(4.1);
  EXPECT_EQ(verdict.judgement, Judgement::kInconclusive);
  EXPECT_THAT(verdict.summary, HasSubstr("the bound lies in the interval"));
}

TEST(StorageLatency, JobsStandInTheOrderOfTheirListWhateverWasDrawn) {
  Measured measured;
  measured.Planned({"read"}, 2);
  for (const int repetition : {1, 2}) {
    measured.Add("read", Medium::kLocal, repetition, Printed(10, "read"));
    measured.Add("read", Medium::kVolume, repetition, Printed(20, "read"));
  }
  // `read` has its rate where it reads.
  EXPECT_EQ(measured.Judge().judgement, Judgement::kInconclusive);
  const Verdict verdict = measured.Journal(2, 0).Judge();
  EXPECT_EQ(verdict.figures.at(kStorageFigure).at("jobs").at(0).at("job"), "journal");
}

TEST(StorageLatency, WhatWasNotMeasuredIsNoPass) {
  EXPECT_EQ(Measured().Judge().judgement, Judgement::kInconclusive);
  EXPECT_EQ(Measured().Judge().summary, "nothing was measured");
  const Verdict failed =
      Measured().Journal(4, 0.1).Add("journal", Medium::kLocal, 6, "no space", kMarkFioFailed).Judge(5);
  EXPECT_EQ(failed.judgement, Judgement::kInconclusive);
  EXPECT_EQ(failed.summary, "not everything was measured: journal on local, repetition 6: no space");
  const Verdict cut = Measured().Journal(4, 0.1).Add("journal", Medium::kLocal, 6, "{\"jobs\":").Judge();
  EXPECT_THAT(cut.because, ElementsAre(HasSubstr("repetition 6: fio printed no whole document")));
  const Verdict once = Measured()
                           .Planned({"journal"}, 1)
                           .Add("journal", Medium::kVolume, 1, Printed(2))
                           .Add("journal", Medium::kLocal, 1, Printed(1))
                           .Judge();
  EXPECT_EQ(once.judgement, Judgement::kInconclusive);
  EXPECT_THAT(once.summary, HasSubstr("fewer than two times"));
}

TEST(StorageLatency, AMeasurementThatWasCutOffIsNoPass) {
  const Verdict cut = Measured().Journal(4, 0.1).CutOff(3).Judge(5);
  EXPECT_EQ(cut.judgement, Judgement::kInconclusive);
  EXPECT_EQ(cut.summary, "not everything was measured: 7 of 10 readings");
  EXPECT_FALSE(cut.figures.at(kStorageFigure).at("jobs").empty()) << "what there is, is shown";
  // A whole job is missing, and nothing that is there says so.
  const Verdict lacking = Measured().Journal(4, 0.1).Planned({"journal", "read"}, 5).Judge();
  EXPECT_EQ(lacking.judgement, Judgement::kInconclusive);
  EXPECT_EQ(lacking.summary, "not everything was measured: 10 of 20 readings");
}

TEST(StorageLatency, NoBoundIsHeldAgainstAMaximum) {
  const Measured few = Measured().Journal(4, 0.1, 66);
  EXPECT_EQ(few.Judge().judgement, Judgement::kPass) << "without a bound it is a figure";
  for (const double bound : {3, 5}) {
    EXPECT_EQ(few.Judge(bound).judgement, Judgement::kInconclusive);
    EXPECT_THAT(few.Judge(bound).summary, HasSubstr("too few operations to tell their p99, 66 in a repetition and not "
                                                    "100, a longer runtime would do: journal p99 4.0×"));
  }
}

TEST(StorageLatency, AFileThatCouldNotBeLaidOutIsTold) {
  const Verdict verdict =
      Measured().Journal(4, 0.1).Add(kLayout, Medium::kVolume, 0, "no space left", kMarkFioFailed).Judge();
  EXPECT_THAT(verdict.summary, HasSubstr("layout on volume, repetition 0: no space left"));
}

TEST(StorageLatency, ABoundOfTheJournalNeedsTheJournal) {
  Measured measured;
  measured.Planned({"wal-group"}, 2);
  for (const int repetition : {1, 2}) {
    measured.Add("wal-group", Medium::kLocal, repetition, Printed(10));
    measured.Add("wal-group", Medium::kVolume, repetition, Printed(20));
  }
  EXPECT_EQ(measured.Judge().judgement, Judgement::kPass);
  EXPECT_THAT(measured.Judge().summary, HasSubstr("wal-group p99 2.0×"));
  EXPECT_EQ(measured.Judge(5).judgement, Judgement::kInconclusive);
  EXPECT_THAT(measured.Judge(5).summary, HasSubstr("the journal was not measured"));
}

TEST(StorageLatency, OfACellIsJudgedFromItsMarksAlone) {
  const Cell cell = {
      .number = 1, .role = Role::kLatency, .scenario = "latency", .fio = FioSettings{.jobs = {"journal"}}, .seed = 1};
  CellHistory history = Measured().Journal(4, 0.1).history();
  EXPECT_EQ(JudgeCell(cell, history, {}).judgement, Judgement::kPass);
  history.marks.push_back({.time = 99, .name = kMarkHarnessTrouble, .text = "deploy fio: no such image", .fields = {}});
  const CellResult troubled = JudgeCell(cell, history, {});
  EXPECT_EQ(troubled.judgement, Judgement::kInconclusive);
  EXPECT_EQ(troubled.summary, "harness trouble: deploy fio: no such image");
  EXPECT_EQ(JudgeCell(cell, CellHistory{}, {}).judgement, Judgement::kInconclusive);
}

CellResult ResultWith(const std::vector<std::pair<std::string, Judgement>>& verdicts) {
  CellResult result;
  for (const auto& [checker, judgement] : verdicts) {
    result.verdicts.emplace_back();
    result.verdicts.back().checker = checker;
    result.verdicts.back().judgement = judgement;
  }
  return result;
}

CellResult LatencyResult() {
  CellResult result = ResultWith({{kStorageLatency, Judgement::kPass}});
  result.verdicts[0].figures[kStorageFigure] = json::object();
  return result;
}

CellResult Durable(MemoryLoss loss = MemoryLoss::kPower) {
  CellResult result = ResultWith({{"experiment", Judgement::kPass}, {"no-lost-writes", Judgement::kPass}});
  result.cell.memory_loss = loss;
  return result;
}

holdfast::Run RunOf(std::vector<CellResult> results) {
  holdfast::Run run;
  run.fidelity = "kernel";
  run.results = std::move(results);
  run.results.push_back(LatencyResult());
  return run;
}

// Empty if it is qualified.
std::string Why(holdfast::Run run) {
  MarkQualified(run);
  const std::optional<std::string> why = WhyUnqualified(run);
  EXPECT_EQ(run.results.back().verdicts[0].figures.at(kQualified), !why.has_value());
  return why.value_or("");
}

TEST(StorageLatency, IsQualifiedByADurabilityVerdictOfTheSameRunOnly) {
  const CellResult lossy = ResultWith({{"experiment", Judgement::kPass}, {"no-lost-writes", Judgement::kFail}});
  CellResult dud = ResultWith({{"experiment", Judgement::kInconclusive}, {"no-lost-writes", Judgement::kPass}});
  dud.cell.memory_loss = MemoryLoss::kPower;
  const std::string none = "no durability verdict of this rig passed in this run";
  EXPECT_EQ(Why(RunOf({})), none);
  EXPECT_EQ(Why(RunOf({dud})), none);
  EXPECT_EQ(Why(RunOf({Durable(), lossy})), "acknowledged writes were lost on this rig");
  EXPECT_EQ(Why(RunOf({Durable()})), "");
  EXPECT_EQ(Why(RunOf({dud, Durable()})), "");
}

// Trap: storage that acknowledges before it stores, found durable by faults after which every memory is still there.
TEST(StorageLatency, IsNotQualifiedByAnExperimentThatLostNoPower) {
  const std::string none = "no experiment that lost power stands behind it";
  EXPECT_EQ(Why(RunOf({Durable(MemoryLoss::kNone)})), none);
  EXPECT_EQ(Why(RunOf({Durable(MemoryLoss::kNone), Durable()})), "");
  holdfast::Run containers = RunOf({Durable()});
  containers.fidelity = "container";
  EXPECT_EQ(Why(containers), none);
}

TEST(StorageLatency, IsNotQualifiedUnderAnAsynchronousContract) {
  holdfast::Run run = RunOf({Durable()});
  run.bounds.async = std::chrono::seconds(2);
  EXPECT_EQ(Why(run), "its contract is asynchronous");
}

// Every report takes its words from these two: what is not marked here is marked nowhere.
TEST(StorageLatency, ThatIsUnqualifiedSaysSoInFrontOfTheSummaryOfVerdictAndCell) {
  holdfast::Run run = RunOf({});
  run.results[0].verdicts[0].summary = "too slow: journal p99 9.0× node-local";
  run.results[0].summary = "proven; too slow: journal p99 9.0× node-local";
  MarkQualified(run);
  MarkQualified(run);
  const std::string mark = "UNQUALIFIED, no durability verdict of this rig passed in this run: ";
  EXPECT_EQ(run.results[0].verdicts[0].summary, mark + "too slow: journal p99 9.0× node-local");
  EXPECT_EQ(run.results[0].summary, "proven; " + mark + "too slow: journal p99 9.0× node-local");
  holdfast::Run qualified = RunOf({Durable()});
  qualified.results[1].verdicts[0].summary = qualified.results[1].summary = "journal p99 4.2× node-local";
  MarkQualified(qualified);
  EXPECT_EQ(qualified.results[1].summary, "journal p99 4.2× node-local");
}

TEST(StorageLatency, NothingElseIsMarked) {
  holdfast::Run run;
  run.results = {ResultWith({{"recovery-time", Judgement::kPass}})};
  MarkQualified(run);
  EXPECT_THAT(run.results[0].verdicts[0].figures, IsEmpty());
}

}  // namespace
}  // namespace holdfast
