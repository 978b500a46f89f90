// Promise: run.json holds the whole run, and every later step can be redone from it.
#include "harness/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/host/temporary_folder.h"
#include "harness/runs/run_builder.h"
#include "harness/runs/run_json.h"

namespace holdfast {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

TEST(RunJson, ComesBackAsItWasWritten) {
  const TemporaryFolder folder;
  holdfast::Run run = SampleRun();
  run.folder = folder.path();
  run.at_a_time = 2;
  run.results[1].steps = {"3 deploy ledger, within 3 min"};
  run.results[1].files = {"logs/cell-2-not-recovered/pods.txt"};
  run.results[1].cause = "61 % of the RTO was detach/attach";
  const std::filesystem::path file = folder.path() / "run.json";
  ASSERT_TRUE(WriteRunJson(run, file).has_value());
  const Result<holdfast::Run> read = ReadRunJson(file);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(RunToJson(*read), RunToJson(run));
  EXPECT_EQ(read->folder, run.folder);

  EXPECT_EQ(read->seed, run.seed);
  EXPECT_EQ(read->bounds.async, run.bounds.async);
  EXPECT_EQ(read->fingerprint, run.fingerprint);
  EXPECT_EQ(read->took, run.took);
  EXPECT_EQ(read->at_a_time, 2);
  ASSERT_THAT(read->results, SizeIs(4));
  const CellResult& result = read->results[1];
  EXPECT_EQ(result.cell.seed, 0xFFFFFFFFFFFFFFF2U) << "64 bits, unsigned";
  EXPECT_EQ(result.cell.fault.options.values().at("grace").where, "suite.yaml:7");
  EXPECT_EQ(result.judgement, Judgement::kFail);
  EXPECT_EQ(result.took, run.results[1].took);
  EXPECT_EQ(result.cause, run.results[1].cause);
  EXPECT_EQ(result.steps, run.results[1].steps);
  EXPECT_EQ(result.files, run.results[1].files);
  EXPECT_EQ(result.verdicts[1].because, run.results[1].verdicts[1].because);
  EXPECT_EQ(result.verdicts[2].figures, run.results[1].verdicts[2].figures);
}

// Runs of this version were written before there were steps and files; nightly folders are full of them.
TEST(RunJson, OfBeforeStepsAndFilesIsReadToo) {
  nlohmann::json value = nlohmann::json::parse(RunToJson(SampleRun()));
  for (nlohmann::json& result : value["results"]) {
    result.erase("steps");
    result.erase("files");
  }
  const Result<holdfast::Run> run = RunFromJson(value.dump());
  ASSERT_TRUE(run.has_value()) << run.error().message;
  EXPECT_TRUE(run->results[1].files.empty());
}

TEST(RunJson, KeepsBoundsAndCellsOfLatency) {
  holdfast::Run run = SampleRun();
  run.bounds.commit_p99 = std::chrono::milliseconds(20);
  run.bounds.journal_p99_vs_local = 2.5;
  run.results[0].cell.role = Role::kLatency;
  run.results[0].cell.fio = FioSettings{.jobs = {"journal", "read"},
                                        .repetitions = 3,
                                        .runtime = std::chrono::seconds(2),
                                        .warm_up = std::chrono::milliseconds(500),
                                        .size_mib = 16};
  run.results[1].cell.commits = CommitSettings{.hold = std::chrono::seconds(15), .rate = 400};
  const Result<holdfast::Run> read = RunFromJson(RunToJson(run));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->bounds.commit_p99, run.bounds.commit_p99);
  EXPECT_EQ(read->bounds.journal_p99_vs_local, 2.5);
  EXPECT_EQ(read->results[0].cell.role, Role::kLatency);
  EXPECT_EQ(RunToJson(*read), RunToJson(run));
  ASSERT_TRUE(read->results[0].cell.fio.has_value());
  EXPECT_EQ(read->results[0].cell.fio->jobs, run.results[0].cell.fio->jobs);
  EXPECT_EQ(read->results[0].cell.fio->repetitions, 3);
  EXPECT_EQ(read->results[0].cell.fio->runtime, std::chrono::seconds(2));
  EXPECT_EQ(read->results[0].cell.fio->warm_up, std::chrono::milliseconds(500));
  EXPECT_EQ(read->results[0].cell.fio->size_mib, 16);
  ASSERT_TRUE(read->results[1].cell.commits.has_value());
  EXPECT_EQ(read->results[1].cell.commits->hold, std::chrono::seconds(15));
  EXPECT_EQ(read->results[1].cell.commits->rate, 400);
  EXPECT_FALSE(read->results[2].cell.fio.has_value());
  EXPECT_FALSE(read->results[2].cell.commits.has_value());
  EXPECT_FALSE(RunFromJson(RunToJson(SampleRun()))->bounds.commit_p99.has_value());
}

TEST(RunJson, IsSilentAboutNoBound) {
  holdfast::Run run = SampleRun();
  run.bounds.async.reset();
  EXPECT_FALSE(RunFromJson(RunToJson(run))->bounds.async.has_value());
}

TEST(RunJson, IsValidWhateverADatabaseSaid) {
  holdfast::Run run = SampleRun();
  run.results[0].summary = std::string("\xFF\0", 2) + "\x1b[31m";
  EXPECT_TRUE(RunFromJson(RunToJson(run)).has_value());
}

TEST(RunJson, OfAnotherVersionIsRefused) {
  nlohmann::json value = nlohmann::json::parse(RunToJson(SampleRun()));
  value["version"] = 7;
  const Result<holdfast::Run> run = RunFromJson(value.dump());
  ASSERT_FALSE(run.has_value());
  EXPECT_EQ(run.error().message, "is of version 7, this program reads version 4");
}

TEST(RunJson, ThatLacksSomethingOrIsCutOffIsRefused) {
  const std::string text = RunToJson(SampleRun());
  EXPECT_FALSE(RunFromJson(text.substr(0, text.size() / 2)).has_value());
  EXPECT_FALSE(RunFromJson("").has_value());
  EXPECT_FALSE(RunFromJson("[]").has_value());
  nlohmann::json value = nlohmann::json::parse(text);
  value["results"][0]["judgement"] = "perhaps";
  EXPECT_THAT(RunFromJson(value.dump()).error().message, HasSubstr("perhaps"));
  const nlohmann::json whole = nlohmann::json::parse(text);
  for (const auto& [key, member] : whole.items()) {
    if (key == "judgement") continue;  // follows from the rest
    value = whole;
    value.erase(key);
    EXPECT_FALSE(RunFromJson(value.dump()).has_value()) << "without " << key;
  }
}

// Statistics cannot be done with them, and a report is no place to find out.
TEST(RunJson, WithAShareThatIsNoneIsRefused) {
  const nlohmann::json whole = nlohmann::json::parse(RunToJson(SampleRun()));
  for (const char* key : {"quantile", "confidence"}) {
    for (const double share : {-1.0, 0.0, 1.0, 1.5, 5.0}) {
      nlohmann::json value = whole;
      value["bounds"][key] = share;
      const Result<holdfast::Run> run = RunFromJson(value.dump());
      ASSERT_FALSE(run.has_value()) << key << " " << share;
      EXPECT_THAT(run.error().message, HasSubstr("is no share between 0 and 1"));
    }
  }
}

TEST(RunJson, ErrorsNameTheFile) {
  const TemporaryFolder folder;
  EXPECT_THAT(ReadRunJson(folder.path() / "absent.json").error().message, HasSubstr("absent.json"));
  folder.Write("run.json", "{");
  EXPECT_THAT(ReadRunJson(folder.path() / "run.json").error().message, HasSubstr("run.json: is not a run"));
  EXPECT_FALSE(WriteRunJson(SampleRun(), folder.path() / "absent" / "run.json").has_value());
}

TEST(Run, IsAsBadAsItsWorstCell) {
  holdfast::Run run = SampleRun();
  EXPECT_EQ(run.Overall(), Judgement::kFail);
  run.results.erase(run.results.begin() + 1);
  EXPECT_EQ(run.Overall(), Judgement::kInconclusive);
  run.results.erase(run.results.begin() + 1);
  EXPECT_EQ(run.Overall(), Judgement::kSkipped);
  run.results.pop_back();
  EXPECT_EQ(run.Overall(), Judgement::kPass);
}

TEST(Run, WithoutASingleCellProvesNothing) { EXPECT_EQ(holdfast::Run().Overall(), Judgement::kInconclusive); }

}  // namespace
}  // namespace holdfast
