// Promise: the table from which one chooses a backend shows each as what it is.
#include "harness/comparing/side_by_side.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tinyxml2.h>

#include "harness/runs/run_builder.h"
#include "harness/statistics/trials.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

holdfast::Run Of(const std::string& backend) {
  holdfast::Run run = SampleRun();
  run.backend = backend;
  return run;
}

TEST(SideBySideTest, HasAColumnForEachRunAndALineForEachFault) {
  holdfast::Run local = Of("local");
  local.results.erase(local.results.begin());
  EXPECT_EQ(Describe(PutSideBySide({Of("ceph-rbd"), local})),
            R"(  fault            ceph-rbd                        local
  db-kill          pass, 1.2 s                     –
  node-power-off   fail, never, 2 lost             fail, never, 2 lost
  pod-delete       inconclusive                    inconclusive
  disk-loss        skipped                         skipped

  passed           1 of 4, 1 unproved, 1 skipped   0 of 3, 1 unproved, 1 skipped
  lost writes      2 of 2184                       2 of 980
  longest RTO      never                           never
  fidelity         kernel                          kernel

Each cell: the worst verdict of the trials, the median RTO, lost writes if there are any.
)");
}

// Trap: a median of what was measured while a replica was missing and while a snapshot was there.
TEST(SideBySideTest, HasTheMedianOfEachQuantityOfEachScenario) {
  holdfast::Run run = Of("ceph-rbd");
  run.results[0].verdicts[0].figures["redundancy_s"] = 4;
  run.results[0].cell.scenario = "replica";
  run.results[0].cell.fault.name = "disk-loss";
  run.results.push_back(run.results[0]);
  run.results[4].cell.scenario = "snapshot";
  run.results[4].cell.fault.name = "volume-snapshot";
  for (const std::size_t place : {0U, 4U}) {
    const nlohmann::json hurt = {{"condition", "hurt"}, {"p99_ms", place == 0 ? 20 : 600}};
    run.results[place].verdicts[0].figures["commit_latency"] = {{"conditions", {hurt}}};
  }
  run.results[4].verdicts[0].figures["redundancy_s"] = 2;
  const std::string text = Describe(PutSideBySide({run, Of("local")}));
  EXPECT_THAT(text, HasSubstr("replica: rebuild                      4 s "));
  EXPECT_THAT(text, HasSubstr("snapshot: rebuild                     2 s "));
  EXPECT_THAT(text, HasSubstr("replica: commit p99 replica missing   20 ms (UNQUALIFIED)"));
  EXPECT_THAT(text, HasSubstr("snapshot: commit p99 snapshot there   600 ms (UNQUALIFIED)"));
  EXPECT_THAT(text, HasSubstr(kQuantitiesNote));
}

// Trap: one lucky trial of three shown as a pass.
TEST(SideBySideTest, IsAsBadAsTheWorstTrial) {
  holdfast::Run run = Of("ceph-rbd");
  for (int trial = 2; trial <= 3; ++trial) {
    run.results.push_back(run.results[0]);
    run.results.back().cell.trial = trial;
  }
  run.results.back().judgement = Judgement::kFail;
  const SideBySide table = PutSideBySide({run});
  EXPECT_EQ(table.columns[0].standings[0].worst, Judgement::kFail);
  EXPECT_EQ(table.columns[0].standings[0].rto_s, 1.2);
  EXPECT_THAT(Describe(table), HasSubstr("fail (2 of 3 pass), 1.2 s"));
}

TEST(SideBySideTest, SaysWhereTheGroundIsNotTheSame) {
  holdfast::Run other = Of("local");
  other.profile = "stock";
  other.version = "0.2.0";
  EXPECT_THAT(PutSideBySide({Of("ceph-rbd"), other}).unlike,
              ElementsAre("Holdfast: 0.1.0+4f1c22a09b1d and 0.2.0", "profile: tuned and stock"));
  EXPECT_THAT(PutSideBySide({Of("ceph-rbd"), Of("local")}).unlike, IsEmpty()) << "the backend is what is chosen";
}

// Trap: the database that acknowledges before it syncs beside another one, without a word.
TEST(SideBySideTest, SaysWhereADatabaseOrAnExperimentIsAnother) {
  holdfast::Run base = Of("ceph-rbd");
  base.fingerprint.emplace_back("ledger", "ledger, acknowledges after fdatasync");
  holdfast::Run other = Of("local");
  other.fingerprint.emplace_back("ledger", "ledger, ACKNOWLEDGES BEFORE IT SYNCS (calibration)");
  other.fingerprint.emplace_back("local", "a program that only this one has");
  other.results[0].cell.commits = CommitSettings{};
  EXPECT_THAT(PutSideBySide({base, other}).unlike,
              ElementsAre("db-kill: other faults or settings", HasSubstr("ACKNOWLEDGES BEFORE IT SYNCS")));
}

TEST(SideBySideTest, MarksLatenciesThatAreUnqualified) {
  holdfast::Run run = Of("ceph-rbd");
  const nlohmann::json job = {{"job", "journal"}, {"p99_vs_local", {{"estimate", 4.2}, {"low", 3.1}, {"high", 5.7}}}};
  run.results[0].verdicts.push_back(
      SampleVerdict("storage-latency", Judgement::kPass, "", {}, {{"storage_latency", {{"jobs", {job}}}}}));
  const SideBySide table = PutSideBySide({run, Of("local")});
  EXPECT_THAT(Describe(table), HasSubstr("db-kill: journal p99 vs local   4.2× (3.1× – 5.7×) (UNQUALIFIED)"));
  EXPECT_THAT(Describe(table), HasSubstr("UNQUALIFIED latencies, ceph-rbd: acknowledged writes were lost"));
  EXPECT_THAT(HtmlPage(table, "choose.html"), HasSubstr("<td>4.2× (3.1× – 5.7×) (UNQUALIFIED)</td><td>–</td>"));
  EXPECT_THAT(HtmlPage(table, "choose.html"), HasSubstr("<li>ceph-rbd: acknowledged writes were lost"));
}

TEST(SideBySideTest, TellsRunsOfOneBackendApart) {
  holdfast::Run later = Of("ceph-rbd");
  later.started = "2026-11-23T10:22:07Z";
  const SideBySide table = PutSideBySide({Of("ceph-rbd"), later});
  EXPECT_EQ(table.columns[0].title, "ceph-rbd, 2026-11-22T10:22:07Z");
  EXPECT_EQ(table.columns[1].title, "ceph-rbd, 2026-11-23T10:22:07Z");
  holdfast::Run etcd = Of("ceph-rbd");
  etcd.workload = "etcd";
  EXPECT_EQ(PutSideBySide({Of("ceph-rbd"), etcd}).columns[1].title, "ceph-rbd, etcd");
}

TEST(SideBySideTest, StaysOneLineARowWhateverTheTextSays) {
  holdfast::Run run = Of("a\nb\x1b[31m");
  run.results[0].cell.scenario = "c\nd";
  const std::string text = Describe(PutSideBySide({run}));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 12);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

tinyxml2::XMLError Parse(const std::string& page, tinyxml2::XMLDocument& document) {
  return document.Parse(page.c_str(), page.size());
}

TEST(SideBySidePage, ShowsTheSameTableWithALinkToEachReport) {
  holdfast::Run local = Of("local");
  local.folder = "/nightly/runs/local";
  const std::string page = HtmlPage(PutSideBySide({Of("ceph-rbd"), local}), "/nightly/choose.html");
  tinyxml2::XMLDocument document;
  ASSERT_EQ(Parse(page, document), tinyxml2::XML_SUCCESS) << document.ErrorStr();
  EXPECT_THAT(page, HasSubstr("<a href=\"runs/local/report.html\">local</a>"));
  EXPECT_THAT(page, HasSubstr("<th scope=\"row\">node-power-off</th><td class=\"fail\"><b>fail</b>"));
  EXPECT_THAT(page, HasSubstr("2 lost"));
  EXPECT_THAT(page, HasSubstr("<th scope=\"row\">lost writes</th><td>2 of 2184</td>"));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
}

TEST(SideBySidePage, IsWellFormedWhateverTheTextSays) {
  holdfast::Run run = Of("]]> <script>alert('x')</script> & \" \x01\xFF");
  run.folder = "javascript:alert(1)/\"><b>";
  run.results[0].cell.scenario = "<b>&amp;\n";
  holdfast::Run other = run;
  other.backend = "b";
  other.profile = "<i>";
  const std::string page = HtmlPage(PutSideBySide({run, other}), "choose.html");
  tinyxml2::XMLDocument document;
  ASSERT_EQ(Parse(page, document), tinyxml2::XML_SUCCESS) << document.ErrorStr();
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("href=\"javascript:")));
  EXPECT_THAT(page, Not(HasSubstr("<i>")));
}

}  // namespace
}  // namespace holdfast
