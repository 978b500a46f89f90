// Promise: report.html is one file that needs nothing else, and what it holds of others is text and nothing more. That
// it can be used, suites/contract/html_report_test.cc asks a browser.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/judging/judged_story.h"
#include "harness/registry.h"
#include "harness/reporter.h"
#include "harness/runs/run_builder.h"
#include "reports/html/page_assets.h"
#include "reports/html/page_data.h"

namespace holdfast {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::string PageOf(const holdfast::Run& run) { return Registry<Reporter>::Make("html", {})->Write(run); }

json DataOf(const std::string& page) {
  constexpr std::string_view kBegin = "<script type=\"application/json\" id=\"data\">";
  const std::size_t begin = page.find(kBegin) + kBegin.size();
  return json::parse(page.substr(begin, page.find("</script>", begin) - begin));
}

holdfast::Run RunWithPictures() {
  holdfast::Run run = SampleRun();
  const CellHistory history = HealthyStory().History();
  run.results[0].pictures = PicturesOf(history, {}, run.bounds);
  return run;
}

std::size_t Count(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

TEST(HtmlReport, AsksForPicturesAndHasAFile) {
  const auto reporter = Registry<Reporter>::Make("html", {});
  EXPECT_EQ(reporter->FileName(), "report.html");
  EXPECT_EQ(reporter->Needs(), Reporter::Need::kPictures);
  EXPECT_EQ(Registry<Reporter>::Make("junit", {})->Needs(), Reporter::Need::kVerdicts);
}

TEST(HtmlReport, IsOneFileThatForbidsItselfTheNetwork) {
  const std::string page = PageOf(RunWithPictures());
  EXPECT_THAT(page, HasSubstr("Content-Security-Policy\" content=\"default-src 'none';"));
  EXPECT_THAT(page, Not(testing::ContainsRegex("[{][{][A-Z0-9]+[}][}]"))) << "a place that was not filled";
  for (const std::string_view own : {page_assets::kPage, page_assets::kStyle, page_assets::kScript, page_assets::kTable,
                                     page_assets::kPlots, page_assets::kPicture, page_assets::kLatency}) {
    for (const char* word : {"http:", "https:", "@import", "url(", " src=", "innerHTML", "fetch(", "eval("}) {
      EXPECT_THAT(std::string(own), Not(HasSubstr(word)));
    }
  }
}

TEST(HtmlReport, HoldsTheLibrariesWithTheirNoticesAndNothingInThemEndsTheirElement) {
  EXPECT_THAT(std::string(page_assets::kD3), testing::StartsWith("// https://d3js.org v7"));
  EXPECT_THAT(std::string(page_assets::kPlot), testing::StartsWith("// @observablehq/plot v0.6"));
  for (const std::string_view script : {page_assets::kD3, page_assets::kPlot, page_assets::kScript, page_assets::kTable,
                                        page_assets::kPlots, page_assets::kPicture, page_assets::kLatency}) {
    EXPECT_EQ(script.find("</script"), std::string_view::npos);
    EXPECT_EQ(script.find("<!--"), std::string_view::npos);
  }
}

TEST(HtmlReport, HoldsWhatTheOtherReportsSay) {
  const json data = DataOf(PageOf(RunWithPictures()));
  EXPECT_EQ(data["judgement"], "fail");
  EXPECT_THAT(data["headline"].get<std::string>(), HasSubstr("broke a promise in 1 of 4 experiments"));
  EXPECT_EQ(data["calibration"], SampleRun().calibration);
  EXPECT_EQ(data["fingerprint"][1], (json{"Ceph", "16.2.15"}));
  ASSERT_THAT(data["cells"], SizeIs(4));
  const json& failed = data["cells"][1];
  EXPECT_EQ(failed["judgement"], "fail");
  EXPECT_EQ(failed["lost"], 2);
  EXPECT_EQ(failed["rto"], "≥ 3 min");
  EXPECT_EQ(failed["censored"], true);
  EXPECT_EQ(failed["verdicts"][1]["because"][0], "lost: client 1 #240, incarnation 1, begun 5.9 s");
  EXPECT_TRUE(data["cells"][2]["rtoSeconds"].is_null()) << "what was not measured is not 0";
  EXPECT_EQ(data["cells"][0]["repeat"], "holdfast run suites/ha_matrix.yaml --seed 42 --cell 1");
}

// Trap: --scenario added to a command that has chosen its cell by number, which then names no cell.
TEST(HtmlReport, RepeatsACellThatWasChosenByItsNumberAsItIs) {
  holdfast::Run run = SampleRun();
  run.command = "holdfast run ha-matrix --cell 3 --seed 7";
  run.results = {run.results[2]};
  EXPECT_EQ(DataOf(PageOf(run))["cells"][0]["repeat"], run.command);
}

TEST(HtmlReport, HoldsAPictureInMillisecondsSinceTheFault) {
  const json picture = DataOf(PageOf(RunWithPictures()))["cells"][0]["pictures"][0];
  EXPECT_EQ(picture["begin"], -6000);
  EXPECT_EQ(picture["moments"][0]["t"], 0);
  EXPECT_EQ(picture["moments"][0]["name"], kMarkInjecting);
  EXPECT_NEAR(picture["away"][0][1].get<double>(), 2000, 20);
  ASSERT_EQ(picture["probes"].size() % 3, 0U);
  EXPECT_EQ(picture["probes"][1], 5000) << "microseconds";
  EXPECT_EQ(picture["probes"][2], 0) << "acknowledged";
}

TEST(HtmlReport, SaysWhatASingleTrialIsWorth) {
  const auto limits = [](const holdfast::Run& run) { return DataOf(PageOf(run))["oneTrial"].get<std::string>(); };
  EXPECT_THAT(limits(SampleRun()), HasSubstr("an example, not a rate. 29 trials of a fault"));
  holdfast::Run twice = SampleRun();
  twice.results.push_back(twice.results[0]);
  EXPECT_THAT(limits(twice), IsEmpty());
  EXPECT_THAT(DataOf(PageOf(twice))["trialsNotes"][0].get<std::string>(),
              HasSubstr("db-kill: 2 trials: RTO min 1.2 s"));
}

TEST(HtmlReport, OfLatencyAloneSpeaksOfNoTrials) {
  holdfast::Run run = SampleRun();
  run.results.resize(1);
  run.results[0].cell.role = Role::kLatency;
  run.results[0].cell.scenario = "latency";
  run.results[0].verdicts.clear();
  const json data = DataOf(PageOf(run));
  EXPECT_THAT(data["oneTrial"].get<std::string>(), IsEmpty());
  EXPECT_THAT(data["trialsNotes"], IsEmpty());
  EXPECT_EQ(data["cells"][0]["repeat"], "holdfast run suites/ha_matrix.yaml --seed 42");
  EXPECT_THAT(data["unqualified"].get<std::string>(), Not(IsEmpty()));
}

TEST(HtmlReport, WithoutScriptsIsTheTextReport) {
  const std::string page = PageOf(SampleRun());
  EXPECT_THAT(page, HasSubstr("<noscript><pre>ha-matrix on ceph-rbd"));
  EXPECT_THAT(page, HasSubstr("1 node(s) had volume node affinity conflict"));
}

TEST(HtmlReport, IsHarmlessWhateverTheTextSays) {
  const std::string hostile = std::string("a\0b", 3) +
                              "\x01\x1b[31m\xFF\xC3 </script><script>alert(1)</script> </pre></noscript> <!-- {{DATA}} "
                              "\xE2\x80\xA8 & \" ' \\u003c" +
                              std::string(300'000, '\x02');
  holdfast::Run run = RunWithPictures();
  const std::string calm = PageOf(run);
  run.suite = run.backend = run.provider = run.fidelity_note = run.started = run.command = run.version = hostile;
  run.fingerprint.emplace_back(hostile, hostile);
  for (CellResult& result : run.results) {
    result.summary = result.cause = result.recovered_by = result.cell.scenario = hostile;
    for (Picture& picture : result.pictures) picture.moments[0].text = hostile;
    for (Verdict& verdict : result.verdicts) {
      verdict.summary = verdict.checker = hostile;
      verdict.because = {hostile, hostile};
      verdict.figures["lost"] = hostile;
    }
  }
  const std::string page = PageOf(run);
  EXPECT_EQ(Count(page, "<script"), Count(calm, "<script"));
  EXPECT_EQ(Count(page, "</script>"), Count(calm, "</script>"));
  EXPECT_EQ(Count(page, "</noscript>"), 1U);
  EXPECT_LT(page.size(), calm.size() + 400'000) << "what is too long is cut";
  EXPECT_THAT(DataOf(page)["cells"][1]["summary"].get<std::string>(), HasSubstr("</script><script>alert(1)"));
  EXPECT_TRUE(DataOf(page)["cells"][1]["lost"].is_null()) << "a figure is a number";
  EXPECT_EQ(std::count_if(page.begin(), page.end(), [](char c) { return c >= 0 && c < 0x20 && c != '\n'; }),
            std::count_if(calm.begin(), calm.end(), [](char c) { return c >= 0 && c < 0x20 && c != '\n'; }));
}

TEST(HtmlReport, OfARunWithoutCellsIsAPageToo) { EXPECT_THAT(DataOf(PageOf(holdfast::Run()))["cells"], IsEmpty()); }

}  // namespace
}  // namespace holdfast
