// Promise: a dashboard is fed from any run, and never with a figure that nobody measured.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <sstream>

#include "harness/registry.h"
#include "harness/reporter.h"
#include "harness/runs/run_builder.h"

namespace holdfast {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string MetricsOf(const holdfast::Run& run) { return Registry<Reporter>::Make("prometheus", {})->Write(run); }

constexpr char kLabels[] = R"(suite="ha-matrix",backend="ceph-rbd",workload="ledger",provider="uml",profile="tuned")";

std::string OfCell(const std::string& scenario) {
  return std::string("{") + kLabels + ",scenario=\"" + scenario + "\",trial=\"1\"";
}

TEST(PrometheusReport, HasTheRunAndTheFiguresOfEachCell) {
  const std::string text = MetricsOf(SampleRun());
  EXPECT_THAT(text, HasSubstr(std::string("holdfast_run_started_timestamp_seconds{") + kLabels + "} 1795342927\n"));
  EXPECT_THAT(text, HasSubstr(std::string("holdfast_run_duration_seconds{") + kLabels + "} 754\n"));
  EXPECT_THAT(text, HasSubstr(std::string("holdfast_run_cells{") + kLabels + ",judgement=\"fail\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("holdfast_cell_judgement" + OfCell("db-kill") + ",judgement=\"pass\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("holdfast_cell_judgement" + OfCell("db-kill") + ",judgement=\"fail\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("holdfast_cell_rto_seconds" + OfCell("db-kill") + "} 1.2\n"));
  EXPECT_THAT(text, HasSubstr("holdfast_cell_rto_censored" + OfCell("node-power-off") + "} 1\n"));
  EXPECT_THAT(text, HasSubstr("holdfast_cell_lost_writes" + OfCell("node-power-off") + "} 2\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE holdfast_cell_rto_seconds gauge\n"));
}

// Trap: a missing figure drawn as 0.
TEST(PrometheusReport, HasNoSampleOfWhatWasNotMeasured) {
  EXPECT_THAT(MetricsOf(SampleRun()), Not(HasSubstr("holdfast_cell_rto_seconds" + OfCell("pod-delete"))));
  EXPECT_THAT(MetricsOf(holdfast::Run()), Not(HasSubstr("timestamp_seconds")));
}

holdfast::Run RunWithLatency() {
  const nlohmann::json storage = {
      {"jobs",
       {{{"job", "journal"},
         {"volume", {{"p95_us", {{"median", 8000.0}}}, {"p99_us", {{"median", 12100.0}}}, {"p99_9_us", nullptr}}},
         {"local", nullptr},
         {"p99_vs_local", {{"estimate", 4.25}, {"low", 3.0}, {"high", nullptr}}}}}}};
  const nlohmann::json commits = {
      {"conditions",
       {{{"condition", "healthy"}, {"writes", 400}, {"unacknowledged", 3}, {"p50_ms", 8.0}, {"p99_ms", nullptr}}}}};
  holdfast::Run run = SampleRun();
  run.results[0].verdicts[0].figures = {{"storage_latency", storage}, {"commit_latency", commits}};
  return run;
}

TEST(PrometheusReport, HasTheLatenciesThatWereMeasured) {
  const std::string text = MetricsOf(RunWithLatency());
  const std::string cell = OfCell("db-kill");
  EXPECT_THAT(text, HasSubstr("holdfast_storage_latency_seconds" + cell +
                              ",job=\"journal\",medium=\"volume\",quantile=\"0.99\"} 0.0121\n"));
  EXPECT_THAT(text, HasSubstr("holdfast_storage_latency_ratio" + cell + ",job=\"journal\"} 4.25\n"));
  EXPECT_THAT(text,
              HasSubstr("holdfast_commit_latency_seconds" + cell + ",condition=\"healthy\",quantile=\"0.5\"} 0.008\n"));
  EXPECT_THAT(text, HasSubstr("holdfast_commit_latency_writes" + cell + ",condition=\"healthy\"} 400\n"));
  EXPECT_THAT(text, HasSubstr(std::string("holdfast_latency_qualified{") + kLabels + "} 0\n"));
  EXPECT_THAT(text, HasSubstr("job=\"journal\",medium=\"volume\",quantile=\"0.95\"} 0.008\n"));
  for (const char* absent :
       {"medium=\"local\"", "ratio_high{", "condition=\"healthy\",quantile=\"0.99\"", "quantile=\"0.999\""}) {
    EXPECT_THAT(text, Not(HasSubstr(absent)));
  }
  EXPECT_THAT(MetricsOf(SampleRun()), Not(HasSubstr("latency")));
}

// Trap: an alert on the p99 that falls silent when the database is away, as there is no number for "never".
TEST(PrometheusReport, SaysThatACommitNeverEnded) {
  holdfast::Run run = SampleRun();
  run.results[0].verdicts[0].figures = {{"commit_latency",
                                         {{"conditions",
                                           {{{"condition", "hurt"},
                                             {"p50_ms", 8.0},
                                             {"p95_ms", 40.0},
                                             {"p99_ms", nullptr},
                                             {"p99_never", true},
                                             {"p99_9_ms", nullptr},
                                             {"p99_9_unanswered", true}}}}}}};
  const std::string text = MetricsOf(run);
  const std::string series = "holdfast_commit_latency_seconds" + OfCell("db-kill") + ",condition=\"hurt\",quantile=\"";
  EXPECT_THAT(text, HasSubstr(series + "0.95\"} 0.04\n"));
  EXPECT_THAT(text, HasSubstr(series + "0.99\"} +Inf\n"));
  EXPECT_THAT(text, HasSubstr(series + "0.999\"} +Inf\n"));
}

TEST(PrometheusReport, TakesLatenciesOfOthersAsTheyAre) {
  holdfast::Run run = SampleRun();
  for (const nlohmann::json& figure :
       {nlohmann::json("text"), nlohmann::json{{"jobs", {1, "a", {{"job", 3}}}}, {"conditions", 7}},
        nlohmann::json{{"jobs", {{{"job", "a"}, {"volume", {1}}, {"p99_vs_local", 2}}}}}}) {
    run.results[0].verdicts[0].figures = {{"storage_latency", figure}, {"commit_latency", figure}};
    EXPECT_THAT(MetricsOf(run), Not(HasSubstr("latency")));
  }
}

// Every line is one that the exposition format allows, of a metric that was announced, and no series is there twice.
void ExpectWellFormed(const std::string& text) {
  static const std::regex kComment(R"(# (HELP|TYPE) ([a-z_]+) .+)");
  static const std::regex kSample(
      R"re(([a-z_]+)(\{[a-z]+="([^"\\]|\\\\|\\"|\\n)*"(,[a-z]+="([^"\\]|\\\\|\\"|\\n)*")*\}) (-?[0-9.e+-]+|[+-]Inf))re");
  std::istringstream lines(text);
  std::string announced;
  std::set<std::string> series, metrics;
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_match(line, match, kComment)) {
      announced = match[2];
      const bool is_new = match[1] != "TYPE" || metrics.insert(announced).second;
      EXPECT_TRUE(is_new) << "twice: " << line;
      continue;
    }
    ASSERT_TRUE(std::regex_match(line, match, kSample)) << line;
    EXPECT_EQ(match[1], announced) << line;
    EXPECT_TRUE(series.insert(match[1].str() + match[2].str()).second) << "twice: " << line;
  }
  EXPECT_FALSE(series.empty());
  EXPECT_EQ(text.back(), '\n');
}

TEST(PrometheusReport, IsWellFormedWhateverTheTextSays) {
  ExpectWellFormed(MetricsOf(SampleRun()));
  ExpectWellFormed(MetricsOf(RunWithLatency()));
  const std::string hostile = std::string("a\0\\\"}\n{", 7) + "\x1b[31m\xFF\xC3" + std::string(3000, '\\');
  holdfast::Run run = SampleRun();
  run.suite = run.backend = run.workload = run.profile = run.version = run.started = hostile;
  for (CellResult& result : run.results) {
    result.cell.scenario = hostile;
    for (Verdict& verdict : result.verdicts) verdict.figures["lost"] = hostile;
  }
  ExpectWellFormed(MetricsOf(run));
}

}  // namespace
}  // namespace holdfast
