// Promise: the paths and commands that ARCHITECTURE.md, CONTRIBUTING.md and README.md name are there, and the report
// that is shown is one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>

#include "harness/host.h"
#include "harness/run.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

// Of the tree, folders with a slash at their end.
std::vector<std::string> Paths() {
  const fs::path root = HOLDFAST_SOURCE_DIR;
  std::vector<std::string> paths;
  for (fs::recursive_directory_iterator entry(root), end; entry != end; ++entry) {
    const std::string path = entry->path().lexically_relative(root);
    if (path == ".git" || path == "build" || path == "runs") entry.disable_recursion_pending();
    paths.push_back(path + (entry->is_directory() ? "/" : ""));
  }
  return paths;
}

// "harness/faults/*.cc", "clusters/*/", or the end of a path.
bool IsThere(const std::string& name, const std::vector<std::string>& paths) {
  const std::string escaped = std::regex_replace(name, std::regex("\\."), "\\.");
  const std::regex path("(.*/)?" + std::regex_replace(escaped, std::regex("\\*"), "[^/]*"));
  return std::any_of(paths.begin(), paths.end(), [&](const auto& one) { return std::regex_match(one, path); });
}

std::string TextOf(const char* document) {
  std::ifstream in(fs::path(HOLDFAST_SOURCE_DIR) / document);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Documents, NamePathsThatAreThere) {
  // A path in backticks, or a name that ends as the files of the tree do; but one that a reader gives, or a run makes.
  static const std::regex kPath(R"(`(?:\./)?(\w[\w./*-]*/[\w./*-]*|[\w-]+\.(?:cc|h|js|sh|md|yaml|html|css|xsd))`)");
  static const std::regex kOther(
      R"(.*\bmy_.*|x(_\w+)?\.cc|topology\.kubernetes\.io/zone|(build|runs)/.*|report\.html)");
  const std::vector<std::string> paths = Paths();
  for (const char* document : {"ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"}) {
    const std::string text = TextOf(document);
    std::set<std::string> named;
    for (std::sregex_iterator match(text.begin(), text.end(), kPath), end; match != end; ++match) {
      if (!std::regex_match(match->str(1), kOther)) named.insert(match->str(1));
    }
    EXPECT_FALSE(named.empty()) << document;
    for (const std::string& name : named) EXPECT_TRUE(IsThere(name, paths)) << document << ": " << name;
  }
}

// In a line of its own or in backticks; without what a comment behind it says.
TEST(Documents, NameCommandsThatTheProgramTakes) {
  static const std::regex kCommand(R"((?:`|\n    )(?:build/release/)?holdfast ([a-z]+)([^`\n#]*))");
  static const std::regex kOption("--[a-z-]+");
  const auto host = MakePosixHost();
  std::map<std::string, std::string> help;
  for (const char* document : {"README.md", "CONTRIBUTING.md"}) {
    const std::string text = TextOf(document);
    for (std::sregex_iterator command(text.begin(), text.end(), kCommand), end; command != end; ++command) {
      const std::string verb = command->str(1), rest = command->str(2);
      if (help.count(verb) == 0) {
        const auto output = host->Run({.argv = {HOLDFAST_PROGRAM, verb, "--help"}, .limit = std::chrono::minutes(1)});
        ASSERT_TRUE(output.has_value()) << output.error().message;
        EXPECT_EQ(output->exit_status, 0) << document << ": holdfast " << verb;
        help[verb] = output->out;
      }
      for (std::sregex_iterator option(rest.begin(), rest.end(), kOption); option != end; ++option) {
        EXPECT_THAT(help[verb], testing::HasSubstr(option->str())) << document << ": " << command->str();
      }
    }
  }
  EXPECT_GE(help.size(), 8U);
}

// Its run.json is still read, the page is that run's, and README.md leads to it.
TEST(Documents, ShowTheReportOfARealRun) {
  const Result<holdfast::Run> run = ReadRunJson(fs::path(HOLDFAST_SOURCE_DIR) / "docs/example-report/run.json");
  ASSERT_TRUE(run.has_value()) << run.error().message;
  EXPECT_EQ(run->suite + " on " + run->backend + ", " + run->provider, "ha-matrix on ceph-rbd, uml");
  std::vector<std::string> scenarios;
  for (const CellResult& result : run->results) {
    scenarios.push_back(result.cell.scenario);
    EXPECT_NE(result.judgement, Judgement::kInconclusive) << result.cell.scenario << " shows nothing";
  }
  EXPECT_THAT(scenarios,
              testing::ElementsAre("db-kill", "pod-delete", "node-drain", "node-power-off", "disk-loss", "latency"));
  const std::string page = TextOf("docs/example-report/report.html");
  EXPECT_THAT(page, testing::HasSubstr(run->version));
  EXPECT_THAT(page, testing::HasSubstr(run->started));
  const std::string readme = TextOf("README.md");
  for (const char* shown : {"docs/example-report/report.html", "docs/example-report/screenshot.png"}) {
    EXPECT_THAT(readme, testing::HasSubstr(shown));
    EXPECT_TRUE(fs::exists(fs::path(HOLDFAST_SOURCE_DIR) / shown)) << shown;
  }
}

}  // namespace
}  // namespace holdfast
