// Promise: the CI examples in docs/ci are of the form that their systems take, call what there is, and play every cell
// of the matrix; and their scripts tell what came of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <fstream>
#include <regex>

#include "harness/history/history_builder.h"
#include "harness/host.h"
#include "harness/host/temporary_folder.h"
#include "harness/playing/run_suite.h"
#include "harness/runs/run_folder.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsSubsetOf;
using testing::SizeIs;

const fs::path kExamples = fs::path(HOLDFAST_SOURCE_DIR) / "docs/ci";

std::string TextOf(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  EXPECT_FALSE(text.empty()) << file;
  return text;
}

YAML::Node Load(const char* name) { return YAML::LoadFile((kExamples / name).string()); }

std::vector<std::string> KeysOf(const YAML::Node& mapping) {
  std::vector<std::string> keys;
  for (const auto& entry : mapping) keys.push_back(entry.first.as<std::string>());
  return keys;
}

std::size_t CellsOfTheMatrix() {
  const fs::path suites = fs::path(HOLDFAST_SOURCE_DIR) / "suites";
  const auto order = ReadOrder((suites / "ha_matrix.yaml").string(), (suites / "rigs/embedded_ceph.yaml").string(), {});
  EXPECT_TRUE(order.has_value()) << order.error().message;
  return order->plan.cells.size();
}

std::vector<int> NumbersFromOne(std::size_t count) {
  std::vector<int> numbers;
  for (std::size_t i = 1; i <= count; ++i) numbers.push_back(static_cast<int>(i));
  return numbers;
}

// By the descriptions that GitHub and GitLab themselves use (schemas/README.md).
TEST(ReadyMade, ExamplesConformToWhatTheirSystemsSayOfThem) {
  const auto host = MakePosixHost();
  const auto python = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "/usr/bin/python3");
    const auto output = host->Run({.argv = std::move(arguments), .limit = std::chrono::minutes(1)});
    EXPECT_TRUE(output.has_value()) << output.error().message;
    return output.value_or(Output{.exit_status = -1, .out = "", .err = ""});
  };
  if (python({"-c", "import jsonschema, yaml"}).exit_status != 0) GTEST_SKIP() << "python3-jsonschema is not installed";
  const std::string conforms = fs::path(HOLDFAST_SOURCE_DIR) / "suites/contract/schemas/conforms.py";
  const TemporaryFolder folder;
  const auto conform = [&](const std::string& kind, const std::string& word, const std::string& instead) {
    const std::string text = TextOf(kExamples / (kind + ".yml"));
    EXPECT_THAT(text, HasSubstr(word));
    const std::string changed = std::regex_replace(text, std::regex(word), instead);
    return python({conforms, kind, folder.Write("example.yml", changed)});
  };
  for (const char* kind : {"github-workflow", "gitlab-ci"}) {
    const Output as_it_is = conform(kind, "holdfast", "holdfast");
    EXPECT_EQ(as_it_is.exit_status, 0) << as_it_is.out << as_it_is.err;
  }
  const Output misspelt = conform("github-workflow", "fail-fast", "fail-slow");
  EXPECT_EQ(misspelt.exit_status, 1);
  EXPECT_THAT(misspelt.out, HasSubstr("jobs.cell.strategy: Additional properties are not allowed ('fail-slow' was"));
  const Output unknown = conform("gitlab-ci", "when: always", "when: sometimes");
  EXPECT_EQ(unknown.exit_status, 1);
  EXPECT_THAT(unknown.out, HasSubstr("holdfast-cell.artifacts.when: 'sometimes' is not one of"));
}

TEST(ReadyMade, GitHubWorkflowPlaysEachCellInAJobOfItsOwn) {
  const YAML::Node workflow = Load("github-workflow.yml");
  EXPECT_THAT(KeysOf(workflow), IsSubsetOf({"name", "on", "permissions", "concurrency", "env", "defaults", "jobs"}));
  for (const auto& job : workflow["jobs"]) {
    EXPECT_THAT(KeysOf(job.second), IsSubsetOf({"runs-on", "container", "timeout-minutes", "strategy", "steps", "needs",
                                                "if", "env", "permissions", "outputs"}));
    for (const YAML::Node& step : job.second["steps"]) {
      EXPECT_THAT(KeysOf(step), IsSubsetOf({"name", "id", "if", "uses", "with", "run", "shell", "env"}));
      EXPECT_NE(step["uses"].IsDefined(), step["run"].IsDefined()) << "one of them, and one only";
    }
  }
  const YAML::Node strategy = workflow["jobs"]["cell"]["strategy"];
  EXPECT_FALSE(strategy["fail-fast"].as<bool>());
  EXPECT_EQ(strategy["matrix"]["cell"].as<std::vector<int>>(), NumbersFromOne(CellsOfTheMatrix()));
}

// Trap: the program comes from one cell, and of a night in which that was not played there is no report.
TEST(ReadyMade, GitHubWorkflowReportsWhicheverCellsWerePlayed) {
  const YAML::Node jobs = Load("github-workflow.yml")["jobs"];
  std::size_t uploads = 0, downloads = 0;
  for (const YAML::Node& step : jobs["cell"]["steps"]) {
    if (!step["uses"] || !step["uses"].as<std::string>().starts_with("actions/upload-artifact")) continue;
    ++uploads;
    EXPECT_EQ(step["if"].as<std::string>(""), "always()");
    EXPECT_THAT(step["with"]["name"].as<std::string>(), HasSubstr("${{ matrix.cell }}")) << "each name is taken once";
  }
  EXPECT_EQ(uploads, 2U) << "what was played, and the program";
  for (const YAML::Node& step : jobs["report"]["steps"]) {
    if (!step["uses"] || !step["uses"].as<std::string>().starts_with("actions/download-artifact")) continue;
    ++downloads;
    EXPECT_TRUE(step["with"]["pattern"].IsDefined()) << "one that is named has to be there";
  }
  EXPECT_EQ(downloads, 2U);
}

// A slower night makes the job fail, and is one of those that the next is compared with.
TEST(ReadyMade, NightsAreHandedOnByAJobThatFailed) {
  EXPECT_EQ(Load("gitlab-ci.yml")["holdfast-report"]["cache"]["when"].as<std::string>(), "always");
  const std::string jenkins = TextOf(kExamples / "Jenkinsfile");
  EXPECT_THAT(jenkins, HasSubstr("selector: lastWithArtifacts()"));
  EXPECT_LT(jenkins.find("} finally {"), jenkins.find("archiveArtifacts artifacts: 'runs/nightly/**,baseline/**'"));
  std::string saved;
  for (const YAML::Node& step : Load("github-workflow.yml")["jobs"]["report"]["steps"]) {
    if (step["uses"].as<std::string>("").starts_with("actions/cache/save")) saved = step["if"].as<std::string>("");
  }
  EXPECT_EQ(saved, "always()");
}

TEST(ReadyMade, GitLabPlaysEachCellInAJobOfItsOwn) {
  const YAML::Node pipeline = Load("gitlab-ci.yml");
  for (const auto& job : pipeline) {
    EXPECT_THAT(KeysOf(job.second), IsSubsetOf({"image", "variables", "rules", "extends", "stage", "tags", "parallel",
                                                "timeout", "cache", "script", "artifacts", "when", "needs"}));
  }
  EXPECT_EQ(pipeline["holdfast-cell"]["parallel"].as<std::size_t>(), CellsOfTheMatrix());
  EXPECT_EQ(pipeline["holdfast-report"]["artifacts"]["reports"]["junit"].as<std::string>(), "runs/nightly/junit.xml");
}

TEST(ReadyMade, KubernetesPlaysEachCellUnderAnIndexOfItsOwn) {
  const std::vector<YAML::Node> objects = YAML::LoadAllFromFile((kExamples / "kubernetes.yaml").string());
  ASSERT_THAT(objects, SizeIs(3));
  for (const YAML::Node& object : objects) {
    EXPECT_THAT(KeysOf(object), testing::UnorderedElementsAre("apiVersion", "kind", "metadata", "spec"));
    if (object["kind"].as<std::string>() != "CronJob") continue;
    EXPECT_THAT(KeysOf(object["spec"]), IsSubsetOf({"schedule", "concurrencyPolicy", "jobTemplate"}));
    const YAML::Node job = object["spec"]["jobTemplate"]["spec"];
    EXPECT_THAT(KeysOf(job), IsSubsetOf({"completionMode", "completions", "parallelism", "backoffLimit",
                                         "activeDeadlineSeconds", "template"}));
    const YAML::Node pod = job["template"]["spec"];
    EXPECT_THAT(KeysOf(pod), IsSubsetOf({"restartPolicy", "containers", "volumes"}));
    EXPECT_EQ(pod["restartPolicy"].as<std::string>(), "Never") << "a cell is played once";
    EXPECT_THAT(KeysOf(pod["containers"][0]),
                IsSubsetOf({"name", "image", "command", "args", "securityContext", "resources", "volumeMounts"}));
  }
  const YAML::Node cells = objects[1]["spec"]["jobTemplate"]["spec"];
  EXPECT_EQ(cells["completionMode"].as<std::string>(), "Indexed");
  EXPECT_EQ(cells["completions"].as<std::size_t>(), CellsOfTheMatrix());
}

TEST(ReadyMade, JenkinsPlaysEachCellInABranchOfItsOwn) {
  const std::string text = TextOf(kExamples / "Jenkinsfile");
  std::smatch values;
  ASSERT_TRUE(std::regex_search(text, values, std::regex("values ((?:'\\d+',? )+)")));
  const std::string list = values[1];
  EXPECT_EQ(static_cast<std::size_t>(std::count(list.begin(), list.end(), '\'')), 2 * CellsOfTheMatrix());
  EXPECT_THAT(text, HasSubstr("for (cell in 1.." + std::to_string(CellsOfTheMatrix()) + ")"));
  EXPECT_THAT(text, HasSubstr("--cluster \"cell-$CELL\"")) << "two on one agent would play on one cluster";
}

TEST(ReadyMade, JenkinsfileIsGroovy) {
  ASSERT_TRUE(fs::exists("/usr/bin/groovy")) << "install what .ci/packages lists";
  const TemporaryFolder folder;
  const std::string parse = folder
                                .Write("parse.groovy",
                                       "import org.codehaus.groovy.control.*\n"
                                       "def unit = new CompilationUnit()\n"
                                       "unit.addSource(new File(args[0]))\n"
                                       "unit.compile(Phases.CONVERSION)\n")
                                .string();
  // Debian's start script looks for a Java in a place where not every Java is.
  const std::string script =
      "JAVA_HOME=${JAVA_HOME:-$(dirname \"$(dirname \"$(realpath \"$(command -v java)\")\")\")} "
      "groovy \"$@\"";
  const auto output = MakePosixHost()->Run(
      {.argv = {"bash", "-c", script, "groovy", parse, kExamples / "Jenkinsfile"}, .limit = std::chrono::minutes(2)});
  ASSERT_TRUE(output.has_value()) << output.error().message;
  EXPECT_EQ(output->exit_status, 0) << output->err;
}

// What they run lies in the repository, and reads as a shell reads it.
TEST(ReadyMade, CallsWhatThereIs) {
  static const std::regex kScript(R"(docs/ci/[a-z_]+\.sh)");
  std::size_t calls = 0;
  for (const char* name : {"github-workflow.yml", "gitlab-ci.yml", "Jenkinsfile", "kubernetes.yaml"}) {
    const std::string text = TextOf(kExamples / name);
    for (std::sregex_iterator call(text.begin(), text.end(), kScript), end; call != end; ++call, ++calls) {
      EXPECT_TRUE(fs::exists(fs::path(HOLDFAST_SOURCE_DIR) / call->str())) << name << ": " << call->str();
    }
  }
  EXPECT_EQ(calls, 8U) << "one for the cells and one for the report in each";
}

// A verdict is a result, of which the report tells; a cell that was not played is a failed job.
TEST(CellScript, FailsOnlyIfNothingWasPlayed) {
  const TemporaryFolder folder;
  fs::create_directories(folder.path() / "docs/ci");
  fs::copy(kExamples / "cell.sh", folder.path() / "docs/ci/cell.sh");
  // Ends as it is told to by the last word of --backend, and leaves a verdict unless that is "nothing".
  folder.Write("qualify",
               "#!/bin/bash\n"
               "[ \"$1 $2 $3 $4 $5 $7\" = '--cell 3 --seed 7 --out --backend' ] || exit 9\n"
               "[[ $8 = nothing* ]] || { mkdir -p \"$6/run\" && touch \"$6/run/junit.xml\"; }\n"
               "exit ${8##*-}\n");
  fs::permissions(folder.path() / "qualify", fs::perms::owner_all);
  const auto status_of = [&](const std::string& outcome) {
    const auto output = MakePosixHost()->Run(
        {.argv = {folder.path() / "docs/ci/cell.sh", "3", "7", folder.path() / outcome, "--backend", outcome},
         .limit = std::chrono::minutes(1)});
    EXPECT_TRUE(output.has_value()) << output.error().message;
    return output.has_value() ? output->exit_status : -1;
  };
  for (const char* verdict : {"pass-0", "fail-1", "inconclusive-2"}) EXPECT_EQ(status_of(verdict), 0) << verdict;
  EXPECT_EQ(status_of("usage-3"), 3);
  EXPECT_EQ(status_of("nothing-2"), 2) << "no cluster, no verdict";
}

class NightlyReport : public testing::Test {
 protected:
  void PlayCell(int number, const std::string& night, const Story& story) {
    const auto order = MakeOrder(*ReadRig(folder_.Write("rig.yaml", kRig)),
                                 *ReadSuite(folder_.Write("suite.yaml", kSuite)), {.cells = {number}, .seed = 42});
    CHECK(order.has_value());
    const fs::path folder = folder_.path() / night / "cells" / std::to_string(number) / "run";
    CHECK(MakeRunFolderAt(folder, *order).has_value());
    holdfast::Run run;
    run.suite = "storm";
    run.started = "2026-11-22T10:22:07Z";
    run.took = std::chrono::minutes(1);
    CHECK(WriteRunJson(run, folder / "run.json").has_value());
    Story own = story;
    const std::uint64_t seed = order->plan.cells.front().seed;
    for (holdfast::Mark& mark : own.marks) {
      if (mark.name == kMarkCellBegun) mark.fields["seed"] = std::to_string(seed);
    }
    for (Read& read : own.reads) {
      for (Row& row : read.rows) row.payload = PayloadFor(seed, row.client, row.sequence);
    }
    std::ofstream(folder / "history.jsonl")
        << std::regex_replace(own.Text(), std::regex("\"cell\":1,"), "\"cell\":" + std::to_string(number) + ",");
  }

  Output Report(const std::string& night, const std::string& baseline) {
    const auto output = MakePosixHost()->Run(
        {.argv = {"env", std::string("HOLDFAST=") + HOLDFAST_PROGRAM, kExamples / "report.sh",
                  folder_.path() / night / "nightly", folder_.path() / night / "cells", folder_.path() / baseline},
         .limit = std::chrono::minutes(1)});
    EXPECT_TRUE(output.has_value()) << output.error().message;
    return output.value_or(Output{.exit_status = -1, .out = "", .err = ""});
  }

  static Story LosesAWrite() {
    Story story = HealthyStory();
    story.LastRead().rows.erase(story.LastRead().rows.begin() + 3);
    return story;
  }

  static Story ComesBackAfter(std::chrono::milliseconds outage) {
    using std::chrono::seconds;
    Story story;
    story.Mark(kMarkCellBegun, "", {{"seed", std::to_string(Story::kSeed)}, {"fault", "pod-delete"}});
    story.Acknowledged(seconds(6)).Inject().Bitten("pod ledger-1 is gone").Unanswered(outage).Restart();
    story.Acknowledged(seconds(7)).Recovered().Healed().Whole().Acknowledged(seconds(1)).ReadBack().Ended();
    return story;
  }

  // One more night, in which the gale was over after so long, and the squall as ever.
  Output NextNight(std::chrono::milliseconds gale) {
    const std::string night = "night-" + std::to_string(++nights_);
    // No two nights are the same, and none is always a little longer than the one before.
    const std::chrono::milliseconds noise(nights_ * 7 % 5 * 40);
    PlayCell(1, night, ComesBackAfter(std::chrono::seconds(2) + noise));
    PlayCell(2, night, ComesBackAfter(gale + noise));
    return Report(night, "baseline");
  }
  int NightsKept() const {
    const fs::directory_iterator nights(folder_.path() / "baseline");
    return static_cast<int>(std::distance(begin(nights), end(nights)));
  }

  TemporaryFolder folder_;

 private:
  int nights_ = 0;
  static constexpr char kRig[] = "cluster: {provider: p}\nbackend: {name: b}\nworkload: {name: w}\n";
  static constexpr char kSuite[] = "suite: storm\nscenarios:\n  - {fault: squall}\n  - {fault: gale}\n";
};

TEST_F(NightlyReport, IsOfAllCellsAndComparesThemWithTheBaseline) {
  for (const int cell : {1, 2}) PlayCell(cell, "monday", HealthyStory());
  const Output monday = Report("monday", "none");
  EXPECT_EQ(monday.exit_status, 0) << monday.err;
  EXPECT_THAT(monday.out, HasSubstr("no baseline in " + (folder_.path() / "none").string() + ": nothing compared"));
  EXPECT_TRUE(fs::exists(folder_.path() / "monday/nightly/metrics.prom"));
  PlayCell(1, "tuesday", HealthyStory());
  PlayCell(2, "tuesday", LosesAWrite());
  const Output tuesday = Report("tuesday", "monday/nightly");
  EXPECT_EQ(tuesday.exit_status, 1) << tuesday.err;
  EXPECT_THAT(tuesday.out, HasSubstr("REGRESSION: no-lost-writes of gale"));
}

TEST_F(NightlyReport, KeepsTheGoodNightsToCompareWith) {
  for (const char* night : {"monday", "tuesday", "wednesday"}) {
    PlayCell(1, night, HealthyStory());
    PlayCell(2, night, night == std::string("tuesday") ? LosesAWrite() : HealthyStory());
  }
  EXPECT_EQ(Report("monday", "baseline").exit_status, 0);
  EXPECT_EQ(NightsKept(), 1);
  EXPECT_THAT(Report("tuesday", "baseline").out, HasSubstr("REGRESSION: no-lost-writes of gale"));
  EXPECT_EQ(NightsKept(), 1) << "a bad night is none to compare with";
  EXPECT_THAT(Report("wednesday", "baseline").out, HasSubstr("No regression."));
}

// Trap: many nights pooled against a single one, of which no test can say at 5 % that it is slower.
TEST_F(NightlyReport, FindsARecoveryThatBecameSlowerAndNotASingleSlowNight) {
  constexpr std::chrono::milliseconds kAsEver{2000}, kSlower{3000}, kOnce{20'000};
  for (int night = 0; night < 8; ++night) EXPECT_EQ(NextNight(kAsEver).exit_status, 0) << night;
  const Output once = NextNight(kOnce);
  EXPECT_EQ(once.exit_status, 0) << once.out;
  EXPECT_THAT(once.out, HasSubstr("No regression."));
  EXPECT_THAT(once.out, HasSubstr("base: 4 nights before; run: tonight and the last 4 nights"));
  for (int night = 0; night < 5; ++night) EXPECT_EQ(NextNight(kAsEver).exit_status, 0) << night;
  for (int night = 0; night < 4; ++night) NextNight(kSlower);
  const Output slower = NextNight(kSlower);
  EXPECT_EQ(slower.exit_status, 1) << slower.out;
  EXPECT_THAT(slower.out, HasSubstr("REGRESSION: RTO of gale"));
  EXPECT_THAT(slower.out, testing::Not(HasSubstr("RTO of squall"))) << "which is as it was";
  EXPECT_THAT(slower.out, HasSubstr("gale")) << "over all nights";
  EXPECT_EQ(NightsKept(), 19);
  for (int night = 0; night < 3; ++night) NextNight(kAsEver);
  EXPECT_EQ(NextNight(kAsEver).exit_status, 0) << "mended";
}

TEST_F(NightlyReport, KeepsThirtyNights) {
  constexpr std::chrono::milliseconds kAsEver{2000};
  NextNight(kAsEver);
  const fs::path baseline = folder_.path() / "baseline";
  const fs::path first = fs::directory_iterator(baseline)->path();
  for (int night = 10; night < 42; ++night) fs::copy(first, baseline / ("2026-01-01T00-00-" + std::to_string(night)));
  EXPECT_EQ(NextNight(kAsEver).exit_status, 0);
  EXPECT_EQ(NightsKept(), 30);
  EXPECT_TRUE(fs::exists(first)) << "the oldest go";
}

TEST_F(NightlyReport, SaysWhenACellWasNotPlayed) {
  PlayCell(1, "monday", HealthyStory());
  const Output monday = Report("monday", "none");
  EXPECT_EQ(monday.exit_status, 2);
  EXPECT_THAT(monday.out, HasSubstr("gale"));
  EXPECT_EQ(Report("never", "none").exit_status, 2);
  for (const int cell : {1, 2}) PlayCell(cell, "tuesday", HealthyStory());
  fs::remove(folder_.path() / "tuesday/cells/2/run/run.json");
  const Output tuesday = Report("tuesday", "none");
  EXPECT_EQ(tuesday.exit_status, 2) << "the machine of one cell broke down";
  EXPECT_THAT(tuesday.err, HasSubstr("left out: "));
  EXPECT_TRUE(fs::exists(folder_.path() / "tuesday/nightly/junit.xml"));
}

}  // namespace
}  // namespace holdfast
