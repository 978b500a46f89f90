// Promise: any CI system reads junit.xml, and what failed there is what failed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tinyxml2.h>

#include "harness/registry.h"
#include "harness/reporter.h"
#include "harness/runs/run_builder.h"

namespace holdfast {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class JunitReport : public testing::Test {
 protected:
  const tinyxml2::XMLElement& SuiteOf(const holdfast::Run& run) {
    const std::string text = Registry<Reporter>::Make("junit", {})->Write(run);
    EXPECT_EQ(document_.Parse(text.c_str(), text.size()), tinyxml2::XML_SUCCESS) << document_.ErrorStr();
    for (const char c : text)
      EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n') << "no control characters";
    return *document_.FirstChildElement("testsuites")->FirstChildElement("testsuite");
  }

  static std::vector<const tinyxml2::XMLElement*> Cases(const tinyxml2::XMLElement& suite) {
    std::vector<const tinyxml2::XMLElement*> cases;
    for (auto* one = suite.FirstChildElement("testcase"); one != nullptr; one = one->NextSiblingElement("testcase")) {
      cases.push_back(one);
    }
    return cases;
  }

  static std::string Property(const tinyxml2::XMLElement& element, const std::string& name) {
    const auto* properties = element.FirstChildElement("properties");
    for (auto* one = properties->FirstChildElement(); one != nullptr; one = one->NextSiblingElement()) {
      if (one->Attribute("name") == name) return one->Attribute("value");
    }
    return "(absent)";
  }

  tinyxml2::XMLDocument document_;
};

TEST_F(JunitReport, IsASuiteWithACaseForEachCell) {
  const auto& suite = SuiteOf(SampleRun());
  EXPECT_STREQ(suite.Attribute("name"), "ha-matrix.ceph-rbd.ledger");
  EXPECT_EQ(suite.IntAttribute("tests"), 4);
  EXPECT_EQ(suite.IntAttribute("failures"), 1);
  EXPECT_EQ(suite.IntAttribute("errors"), 1);
  EXPECT_EQ(suite.IntAttribute("skipped"), 1);
  EXPECT_STREQ(suite.Attribute("time"), "754.000");
  EXPECT_STREQ(suite.Attribute("timestamp"), "2026-11-22T10:22:07Z");
  EXPECT_EQ(Property(suite, "Ceph"), "16.2.15");
  EXPECT_EQ(Property(suite, "fidelity"), "kernel");
  EXPECT_EQ(Property(suite, "profile"), "tuned");
  EXPECT_EQ(Property(suite, "provider"), "uml");
  EXPECT_EQ(Property(suite, "command"), "holdfast run suites/ha_matrix.yaml --seed 42");
  ASSERT_THAT(Cases(suite), SizeIs(4));
  EXPECT_STREQ(Cases(suite)[0]->Attribute("name"), "db-kill");
  EXPECT_STREQ(Cases(suite)[0]->Attribute("classname"), "ha-matrix.ceph-rbd.ledger");
  EXPECT_STREQ(Cases(suite)[0]->Attribute("time"), "61.500");
}

// Trap: Jenkins takes what stands before the last dot for a package.
TEST_F(JunitReport, GroupsBySuiteAndBackendWhateverTheirNames) {
  holdfast::Run run = SampleRun();
  run.suite = "v1.2";
  run.backend = "";
  EXPECT_STREQ(Cases(SuiteOf(run))[0]->Attribute("classname"), "v1_2.unknown.ledger");
}

// Trap: a skipped or inconclusive run shown green.
TEST_F(JunitReport, ShowsEachJudgementAsWhatItIs) {
  const auto cases = Cases(SuiteOf(SampleRun()));
  const std::vector<std::string> expected = {"", "failure", "error", "skipped"};
  for (std::size_t i = 0; i < cases.size(); ++i) {
    for (const std::string element : {"failure", "error", "skipped"}) {
      EXPECT_EQ(cases[i]->FirstChildElement(element.c_str()) != nullptr, element == expected[i]) << i << element;
    }
  }
  const auto* failure = cases[1]->FirstChildElement("failure");
  EXPECT_STREQ(failure->Attribute("message"), "2 lost; 2 of 980 acknowledged writes lost");
  EXPECT_STREQ(failure->Attribute("type"), "no-lost-writes");
  EXPECT_THAT(failure->GetText(), HasSubstr("lost: client 1 #240, incarnation 1"));
  EXPECT_THAT(failure->GetText(), HasSubstr("volume node affinity conflict"));
  EXPECT_STREQ(cases[3]->FirstChildElement("skipped")->Attribute("message"), "provider k3d has no Disks");
}

// Of the suite: Jenkins' xUnit plugin refuses properties of a test case.
TEST_F(JunitReport, CarriesTheFiguresOfEachCellAsProperties) {
  const auto& suite = SuiteOf(SampleRun());
  EXPECT_EQ(Property(suite, "db-kill: rto_s"), "1.2");
  EXPECT_EQ(Property(suite, "db-kill: rto_censored"), "false");
  EXPECT_EQ(Property(suite, "db-kill: rpo_s"), "0.0");
  EXPECT_EQ(Property(suite, "db-kill: rpo_writes"), "0");
  EXPECT_EQ(Property(suite, "db-kill: acknowledged"), "1204");
  EXPECT_EQ(Property(suite, "db-kill: lost"), "0");
  EXPECT_EQ(Property(suite, "db-kill: seed"), "18446744073709551601");
  EXPECT_EQ(Property(suite, "node-power-off: rto_censored"), "true");
  EXPECT_EQ(Property(suite, "pod-delete: rto_s"), "(absent)") << "what was not measured is not 0";
  for (const auto* one : Cases(suite)) EXPECT_EQ(one->FirstChildElement("properties"), nullptr);
}

TEST_F(JunitReport, SaysWhatWasPlannedAndHowToRepeatIt) {
  holdfast::Run run = SampleRun();
  run.results[1].steps = {"14 inject node-power-off, at once, within 2 min"};
  const std::string output = Cases(SuiteOf(run))[1]->FirstChildElement("system-out")->GetText();
  EXPECT_THAT(output, HasSubstr("\nPlan:\n  14 inject node-power-off, at once, within 2 min\n"));
  EXPECT_THAT(output, HasSubstr("\nAgain:\n  holdfast run suites/ha_matrix.yaml --seed 42 --cell 2\n"));
  EXPECT_THAT(output, HasSubstr("\nFigures:\n  rto_s: 180.0\n"));
}

// As Jenkins' JUnit Attachments plugin and GitLab read it: by itself on a line, the path seen from where CI works.
TEST_F(JunitReport, AttachesWhatWasKept) {
  holdfast::Run run = SampleRun();
  run.results[1].files = {"logs/cell-2-not-recovered/pods.txt", "logs/cell-2-not-recovered/a]]b", "logs/a\nb"};
  run.results[1].summary = "[[ATTACHMENT|/etc/passwd]]";
  const std::string output = Cases(SuiteOf(run))[1]->FirstChildElement("system-out")->GetText();
  EXPECT_THAT(output, HasSubstr("\n[ [ATTACHMENT|/etc/passwd]]\n")) << "said by the system under test";
  EXPECT_THAT(output, HasSubstr("\n[[ATTACHMENT|runs/sample/logs/cell-2-not-recovered/pods.txt]]\n"));
  EXPECT_EQ(output.find("[[ATTACHMENT"), output.rfind("[[ATTACHMENT")) << "what cannot be told in a line is left out";
}

TEST_F(JunitReport, SaysBesideTheVerdictWhyARecoveryWasLateAndHowTheRunWasPlayed) {
  holdfast::Run run = SampleRun();
  run.results[1].cause = "61 % of the RTO was detach/attach";
  run.at_a_time = 2;
  const auto& suite = SuiteOf(run);
  EXPECT_EQ(Property(suite, "played_at_a_time"), "2");
  EXPECT_EQ(Property(suite, "node-power-off: cause"), "61 % of the RTO was detach/attach");
  EXPECT_THAT(Cases(suite)[1]->FirstChildElement("failure")->GetText(), HasSubstr("cause: 61 % of the RTO"));
}

// Trap: a container kill sold as power loss.
TEST_F(JunitReport, SaysWhereACellIsNoEvidenceAboutPowerLoss) {
  const auto cases = Cases(SuiteOf(SampleRun()));
  EXPECT_THAT(cases[0]->FirstChildElement("system-out")->GetText(), HasSubstr("No evidence about power loss"));
  EXPECT_THAT(cases[1]->FirstChildElement("system-out")->GetText(), testing::Not(HasSubstr("No evidence")));
}

TEST_F(JunitReport, IsValidWhateverTheTextSays) {
  const std::string hostile =
      std::string("a\0b", 3) + "\x01\x1b[31m\xFF\xC3 ]]> <![CDATA[ <x a='1'> & \" \xEF\xBF\xBF\n";
  holdfast::Run run = SampleRun();
  run.suite = run.backend = run.provider = run.fidelity_note = run.started = hostile;
  run.fingerprint.emplace_back(hostile, hostile);
  for (CellResult& result : run.results) {
    result.summary = result.cause = result.recovered_by = result.cell.scenario = hostile;
    for (Verdict& verdict : result.verdicts) {
      verdict.summary = verdict.checker = hostile;
      verdict.because = {hostile, hostile + std::string(3'000'000, '\x02')};
      verdict.figures["lost"] = hostile;
    }
  }
  const auto cases = Cases(SuiteOf(run));
  ASSERT_THAT(cases, SizeIs(4));
  const std::string body = cases[1]->FirstChildElement("failure")->GetText();
  EXPECT_THAT(body, HasSubstr(" ]]> <![CDATA[ <x a='1'> & \" "));
  EXPECT_THAT(body, HasSubstr("bytes cut)"));
  EXPECT_LT(body.size(), 100'000U);
}

TEST_F(JunitReport, OfARunWithoutCellsIsValidToo) { EXPECT_EQ(SuiteOf(holdfast::Run()).IntAttribute("tests"), 0); }

}  // namespace
}  // namespace holdfast
