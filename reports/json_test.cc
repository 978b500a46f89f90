// Promise: run.json is the run.
#include <gtest/gtest.h>

#include "harness/registry.h"
#include "harness/reporter.h"
#include "harness/runs/run_builder.h"
#include "harness/runs/run_json.h"

namespace holdfast {
namespace {

TEST(JsonReport, IsWhatARunIsReadFrom) {
  const auto reporter = Registry<Reporter>::Make("json", {});
  EXPECT_EQ(reporter->FileName(), "run.json");
  const Result<holdfast::Run> run = RunFromJson(reporter->Write(SampleRun()));
  ASSERT_TRUE(run.has_value()) << run.error().message;
  EXPECT_EQ(run->results.size(), SampleRun().results.size());
}

}  // namespace
}  // namespace holdfast
