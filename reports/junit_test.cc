// Promise: any CI system reads junit.xml, and what failed there is what failed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tinyxml2.h>

#include "harness/registry.h"
#include "harness/reporter.h"
#include "harness/run_builder.h"

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
  EXPECT_STREQ(suite.Attribute("name"), "ha-matrix");
  EXPECT_EQ(suite.IntAttribute("tests"), 4);
  EXPECT_EQ(suite.IntAttribute("failures"), 1);
  EXPECT_EQ(suite.IntAttribute("errors"), 1);
  EXPECT_EQ(suite.IntAttribute("skipped"), 1);
  EXPECT_STREQ(suite.Attribute("time"), "754.000");
  EXPECT_STREQ(suite.Attribute("timestamp"), "2026-11-22T10:22:07Z");
  EXPECT_EQ(Property(suite, "Ceph"), "16.2.15");
  ASSERT_THAT(Cases(suite), SizeIs(4));
  EXPECT_STREQ(Cases(suite)[0]->Attribute("name"), "db-kill");
  EXPECT_STREQ(Cases(suite)[0]->Attribute("classname"), "ha-matrix.ceph-rbd");
  EXPECT_STREQ(Cases(suite)[0]->Attribute("time"), "61.500");
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

TEST_F(JunitReport, CarriesTheFiguresAsProperties) {
  const auto cases = Cases(SuiteOf(SampleRun()));
  EXPECT_EQ(Property(*cases[0], "rto_s"), "1.2");
  EXPECT_EQ(Property(*cases[0], "rto_censored"), "false");
  EXPECT_EQ(Property(*cases[0], "rpo_s"), "0.0");
  EXPECT_EQ(Property(*cases[0], "rpo_writes"), "0");
  EXPECT_EQ(Property(*cases[0], "acknowledged"), "1204");
  EXPECT_EQ(Property(*cases[0], "lost"), "0");
  EXPECT_EQ(Property(*cases[0], "seed"), "18446744073709551601");
  EXPECT_EQ(Property(*cases[0], "fidelity"), "kernel");
  EXPECT_EQ(Property(*cases[0], "profile"), "tuned");
  EXPECT_EQ(Property(*cases[0], "provider"), "uml");
  EXPECT_EQ(Property(*cases[0], "backend"), "ceph-rbd");
  EXPECT_EQ(Property(*cases[1], "rto_censored"), "true");
  EXPECT_EQ(Property(*cases[2], "rto_s"), "") << "what was not measured is not 0";
}

// Trap: a container kill sold as power loss.
TEST_F(JunitReport, SaysWhereACellIsNoEvidenceAboutPowerLoss) {
  const auto cases = Cases(SuiteOf(SampleRun()));
  EXPECT_THAT(cases[0]->FirstChildElement("system-out")->GetText(), HasSubstr("No evidence about power loss"));
  EXPECT_THAT(cases[1]->FirstChildElement("system-out")->GetText(), testing::Not(HasSubstr("No evidence")));
}

TEST_F(JunitReport, IsValidWhateverTheTextSays) {
  const std::string hostile = std::string("a\0b\x01\x1b[31m\xFF\xC3 ]]> <![CDATA[ <x a='1'> & \" \xEF\xBF\xBF\n", 47);
  holdfast::Run run = SampleRun();
  run.suite = run.backend = run.provider = run.fidelity_note = run.started = hostile;
  run.fingerprint.emplace_back(hostile, hostile);
  for (CellResult& result : run.results) {
    result.summary = result.recovered_by = result.cell.scenario = hostile;
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
