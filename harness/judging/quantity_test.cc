// Promise: what is compared is what was measured, in seconds, and nothing else.
#include "harness/judging/quantity.h"

#include <gtest/gtest.h>

#include "harness/check.h"
#include "harness/runs/run_builder.h"
#include "harness/statistics/trials.h"

namespace holdfast {
namespace {

const Quantity& Named(const std::string& name) {
  for (const Quantity& quantity : Quantities()) {
    if (name == quantity.name) return quantity;
  }
  CHECK_UNREACHABLE();
}

CellResult With(Judgement judgement, nlohmann::json figures) {
  return SampleResult(1, "db-kill", judgement, "", {SampleVerdict("checker", judgement, "", {}, std::move(figures))});
}

TEST(QuantityTest, IsTheFigureInSeconds) {
  EXPECT_EQ(ValueOf(With(Judgement::kPass, {{"rto_s", 5.4}, {"rto_censored", false}}), kRto), 5.4);
  EXPECT_EQ(ValueOf(With(Judgement::kFail, {{"rto_s", 180}, {"rto_censored", true}}), kRto), kNeverRecovered);
  EXPECT_EQ(ValueOf(With(Judgement::kPass, {{"redundancy_s", 12}}), Named("rebuild")), 12);
}

TEST(QuantityTest, IsFoundInAFigureThatHoldsAList) {
  const nlohmann::json commits = {
      {"conditions", {{{"condition", "striking"}, {"p99_ms", 900.0}}, {{"condition", "healthy"}, {"p99_ms", 12.5}}}}};
  EXPECT_EQ(ValueOf(With(Judgement::kPass, {{"commit_latency", commits}}), Named("commit p99")), 0.0125);
  const nlohmann::json jobs = {
      {"jobs", {{{"job", "journal"}, {"volume", {{"p99_us", {{"median", 250}, {"least", 200}}}}}}}}};
  EXPECT_DOUBLE_EQ(*ValueOf(With(Judgement::kPass, {{"storage_latency", jobs}}), Named("journal p99")), 250e-6);
}

nlohmann::json Commits(const char* condition, nlohmann::json figures) {
  figures["condition"] = condition;
  return {{"commit_latency", {{"conditions", {figures}}}}};
}

nlohmann::json Jobs(const char* job, double ratio) {
  return {{"storage_latency",
           {{"jobs",
             {{{"job", job},
               {"volume", {{"p50_us", {{"median", 30}}}}},
               {"local", {{"p50_us", {{"median", 10}}}}},
               {"p99_vs_local", {{"estimate", ratio}}}}}}}}};
}

TEST(QuantityTest, IsOfEachConditionAndOfEachJobAsARatio) {
  EXPECT_EQ(ValueOf(With(Judgement::kPass, Commits("hurt", {{"p99_ms", 50}})), Named("commit p99 hurt")), 0.05);
  EXPECT_EQ(ValueOf(With(Judgement::kPass, Commits("rebuilding", {{"p99_ms", 50}})), Named("commit p99 rebuilding")),
            0.05);
  EXPECT_EQ(ValueOf(With(Judgement::kPass, Jobs("journal", 4.2)), Named("journal p99 vs local")), 4.2);
  EXPECT_EQ(ValueOf(With(Judgement::kPass, Jobs("pages-qd16", 7)), Named("pages-qd16 p99 vs local")), 7);
  EXPECT_DOUBLE_EQ(*ValueOf(With(Judgement::kPass, Jobs("journal", 4.2)), OfOwnDisk(Named("journal p50"))), 1e-5);
}

// Trap: commits that are never acknowledged left out of the comparison.
TEST(QuantityTest, IsNeverWhereTheFigureSaysSo) {
  EXPECT_EQ(ValueOf(With(Judgement::kPass, Commits("healthy", {{"p99_ms", nullptr}, {"p99_never", true}})),
                    Named("commit p99")),
            kNeverRecovered);
  EXPECT_EQ(ValueOf(With(Judgement::kPass, Commits("healthy", {{"p99_ms", nullptr}, {"p99_never", false}})),
                    Named("commit p99")),
            std::nullopt)
      << "too few writes to tell";
}

// Trap: what became so slow that its bound is undecided is no longer compared.
TEST(QuantityTest, OfALatencyIsMeasuredAlsoWhereItsBoundIsUndecided) {
  CellResult result = With(Judgement::kInconclusive, Commits("healthy", {{"p99_ms", 200}}));
  EXPECT_EQ(ValueOf(result, Named("commit p99")), 0.2);
  EXPECT_EQ(ValueOf(With(Judgement::kInconclusive, Jobs("journal", 4.2)), Named("journal p99 vs local")), 4.2);
  result.verdicts.push_back(SampleVerdict("experiment", Judgement::kPass, "", {}, nlohmann::json::object()));
  EXPECT_EQ(ValueOf(result, Named("commit p99")), 0.2);
  result.verdicts.back().judgement = Judgement::kInconclusive;
  EXPECT_EQ(ValueOf(result, Named("commit p99")), std::nullopt) << "the experiment was none";
  EXPECT_EQ(ValueOf(With(Judgement::kSkipped, Commits("healthy", {{"p99_ms", 200}})), Named("commit p99")),
            std::nullopt);
}

// Trap: a figure of an experiment that proved nothing taken for a measurement.
TEST(QuantityTest, IsNothingWhereNothingWasMeasured) {
  EXPECT_EQ(ValueOf(With(Judgement::kInconclusive, {{"rto_s", 5.4}}), kRto), std::nullopt);
  EXPECT_EQ(ValueOf(With(Judgement::kSkipped, nlohmann::json::object()), kRto), std::nullopt);
  EXPECT_EQ(ValueOf(With(Judgement::kPass, {{"rto_s", nullptr}}), kRto), std::nullopt);
  for (const nlohmann::json& odd :
       std::vector<nlohmann::json>{7,
                                   "text",
                                   nlohmann::json::array(),
                                   {{"conditions", 7}},
                                   {{"conditions", {7, "healthy"}}},
                                   {{"conditions", {{{"condition", "healthy"}, {"p99_ms", {1, 2}}}}}},
                                   {{"conditions", {{{"condition", "healthy"}}}}},
                                   {{"conditions", {{{"condition", "healthy"}, {"p99_ms", nullptr}}}}}}) {
    EXPECT_EQ(ValueOf(With(Judgement::kPass, {{"commit_latency", odd}}), Named("commit p99")), std::nullopt) << odd;
  }
}

TEST(QuantityTest, OfAWriteThatNobodyWaitedForIsBehindAllThatWereAnswered) {
  const nlohmann::json p99 = {{"p99_ms", nullptr}, {"p99_never", false}, {"p99_unanswered", true}};
  EXPECT_EQ(ValueOf(With(Judgement::kPass, Commits("healthy", p99)), Named("commit p99")), kNeverRecovered);
  EXPECT_EQ(ValueText(Named("commit p99"), kNeverRecovered), "unanswered");
  EXPECT_EQ(ShiftText(Named("commit p99"), kNeverRecovered), "no longer answered");
  EXPECT_EQ(ShiftText(Named("commit p99"), -kNeverRecovered), "answered again");
}

// Trap: the removal of a snapshot taken for a rebuild, and compared with one.
TEST(QuantityTest, IsCalledByWhatHurts) {
  CellResult result = With(Judgement::kPass, Commits("rebuilding", {{"p99_ms", 50}}));
  result.cell.fault.name = "disk-loss";
  EXPECT_EQ(NameOf(Named("commit p99 hurt"), result.cell), "commit p99 replica missing");
  EXPECT_EQ(NameOf(Named("commit p99 rebuilding"), result.cell), "commit p99 rebuilding");
  EXPECT_EQ(NameOf(Named("commit p99"), result.cell), "commit p99");
  EXPECT_EQ(NameOf(Named("rebuild"), result.cell), "rebuild");
  EXPECT_EQ(ValueOf(result, Named("commit p99 rebuilding")), 0.05);
  result.cell.fault.name = "volume-snapshot";
  EXPECT_EQ(NameOf(Named("commit p99 hurt"), result.cell), "commit p99 snapshot there");
  EXPECT_EQ(ValueOf(result, Named("commit p99 rebuilding")), std::nullopt);
}

TEST(QuantityTest, IsSaidAsATimeOrAsNever) {
  EXPECT_EQ(SecondsText(5.44), "5.4 s");
  EXPECT_EQ(SecondsText(kNeverRecovered), "never");
  EXPECT_EQ(SecondsShiftText(1.25), "+1.3 s");
  EXPECT_EQ(SecondsShiftText(-0.0125), "−13 ms");
  EXPECT_EQ(SecondsShiftText(kNeverRecovered), "no longer ends");
  EXPECT_EQ(SecondsShiftText(-kNeverRecovered), "ends again");
  EXPECT_EQ(SecondsShiftText(0), "0 s");
  EXPECT_EQ(ValueText(Named("journal p99 vs local"), 4.24), "4.2×");
  EXPECT_EQ(ValueText(Named("journal p99 vs local"), 240.4), "240×");
  EXPECT_EQ(ShiftText(Named("journal p99 vs local"), -0.3), "−0.3×");
  EXPECT_EQ(ShiftText(Named("commit p99"), 0.02), "+20 ms");
}

}  // namespace
}  // namespace holdfast
