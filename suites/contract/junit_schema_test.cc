// Promise: junit.xml is what the parsers of Jenkins and GitLab expect, whatever a system under test said. Asked of
// xmllint, with the schema in reports/junit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/host.h"
#include "harness/host/temporary_folder.h"
#include "harness/registry.h"
#include "harness/reporter.h"
#include "harness/runs/run_builder.h"

namespace holdfast {
namespace {

class JunitSchema : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists("/usr/bin/xmllint")) GTEST_SKIP() << "xmllint (libxml2-utils) is not installed";
  }

  // Empty if `xml` is valid, else what is wrong with it.
  std::string ComplaintAbout(const std::string& xml) {
    const std::string file = folder_.Write("junit.xml", xml).string();
    const Result<Output> output =
        host_->Run({.argv = {"xmllint", "--noout", "--huge", "--schema",
                             std::string(HOLDFAST_SOURCE_DIR) + "/reports/junit/junit.xsd", file},
                    .limit = std::chrono::minutes(1)});
    if (!output.has_value()) return output.error().message;
    return output->exit_status == 0 ? "" : output->err;
  }
  std::string ComplaintAbout(const holdfast::Run& run) {
    return ComplaintAbout(Registry<Reporter>::Make("junit", {})->Write(run));
  }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<Host> host_ = MakePosixHost();
};

TEST_F(JunitSchema, HoldsForARunWithEveryJudgement) { EXPECT_EQ(ComplaintAbout(SampleRun()), ""); }

TEST_F(JunitSchema, HoldsForARunWithoutAnything) { EXPECT_EQ(ComplaintAbout(holdfast::Run()), ""); }

// A schema that takes everything would prove nothing.
TEST_F(JunitSchema, RefusesWhatJenkinsRefuses) {
  std::string xml = Registry<Reporter>::Make("junit", {})->Write(SampleRun());
  const std::size_t first = xml.find("<testcase ");
  ASSERT_NE(first, std::string::npos);
  EXPECT_NE(ComplaintAbout(std::string(xml).insert(xml.find('>', first) + 1, "<properties/>")), "");
  EXPECT_NE(ComplaintAbout(std::string(xml).insert(first, "<verdict/>")), "");
  EXPECT_NE(ComplaintAbout(xml.substr(0, xml.size() / 2)), "");
  EXPECT_NE(ComplaintAbout(std::string(xml).insert(first, "\x01")), "");
}

TEST_F(JunitSchema, HoldsWhateverTheTextSays) {
  const std::vector<std::string> texts = {
      "",
      std::string("a\0b\x01\x08\x1b[31m\x7f", 11),
      "]]> <![CDATA[ <!-- & ]]&gt; --> <?xml?> ' \"",
      "\xFF\xFE \xC3\x28 \xED\xA0\x80 \xF4\x90\x80\x80 \xEF\xBF\xBE \xEF\xBF\xBF \xC2\x85",
      std::string(5'000'000, '<'),
      std::string(5'000'000, '\x02') + "]]>",
      "\n\r\t [[ATTACHMENT|/etc/passwd]]",
  };
  for (const std::string& text : texts) {
    holdfast::Run run = SampleRun();
    run.suite = run.backend = run.workload = run.provider = run.profile = run.version = run.command = text;
    run.fidelity = run.fidelity_note = run.started = run.calibration = text;
    run.fingerprint.emplace_back(text, text);
    for (CellResult& result : run.results) {
      result.summary = result.cause = result.recovered_by = result.cell.scenario = text;
      result.steps = result.files = {text};
      result.took = Duration::min();
      for (Verdict& verdict : result.verdicts) {
        verdict.summary = verdict.checker = text;
        verdict.because = {text};
        verdict.figures["lost"] = text;
      }
    }
    EXPECT_EQ(ComplaintAbout(run), "") << testing::PrintToString(text.substr(0, 40));
  }
}

}  // namespace
}  // namespace holdfast
