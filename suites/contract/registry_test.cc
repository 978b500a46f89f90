// Promise: adding an implementation is adding a file. What the build links is what is on disk, and a newcomer's file
// needs no edit elsewhere.
#include "harness/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "harness/backend.h"
#include "harness/bench.h"
#include "harness/checker.h"
#include "harness/fault.h"
#include "harness/reporter.h"
#include "harness/workload.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

struct Noun {
  std::string name;
  std::string folder;
  enum class Unit { kFile, kFolder } unit;
  std::function<std::vector<std::string>()> registered;
};

void PrintTo(const Noun& noun, std::ostream* stream) { *stream << noun.folder; }

bool IsImplementation(const fs::path& file) {
  const std::string stem = file.stem().string();
  const auto ends_with = [&](const std::string& end) {
    return stem.size() >= end.size() && stem.compare(stem.size() - end.size(), end.size(), end) == 0;
  };
  return file.extension() == ".cc" && !ends_with("_test") && !ends_with("_bench") && !ends_with("_main");
}

// node_power_off.cc is node-power-off.
std::string KebabCase(std::string stem) {
  std::replace(stem.begin(), stem.end(), '_', '-');
  return stem;
}

std::vector<std::string> OnDisk(const Noun& noun) {
  std::set<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(fs::path(HOLDFAST_SOURCE_DIR) / noun.folder)) {
    const bool is_unit = noun.unit == Noun::Unit::kFolder ? entry.is_directory() : IsImplementation(entry.path());
    if (is_unit) names.insert(KebabCase(entry.path().stem().string()));
  }
  return {names.begin(), names.end()};
}

class Registries : public testing::TestWithParam<Noun> {};

TEST_P(Registries, HoldWhatIsOnDisk) {
  const std::vector<std::string> on_disk = OnDisk(GetParam());
  EXPECT_THAT(on_disk, testing::Not(testing::IsEmpty()));
  EXPECT_EQ(GetParam().registered(), on_disk)
      << "file and registered name differ, or the last line of a file does not register it (HOLDFAST_REGISTER)";
}

INSTANTIATE_TEST_SUITE_P(
    , Registries,
    testing::Values(Noun{"Faults", "harness/faults", Noun::Unit::kFile, &Registry<Fault>::Names},
                    Noun{"Checkers", "harness/checkers", Noun::Unit::kFile, &Registry<Checker>::Names},
                    Noun{"Reporters", "reports", Noun::Unit::kFile, &Registry<Reporter>::Names},
                    Noun{"Providers", "clusters", Noun::Unit::kFolder, &Registry<Provider>::Names},
                    Noun{"Backends", "fixtures/backends", Noun::Unit::kFolder, &Registry<Backend>::Names},
                    Noun{"Benches", "fixtures/benches", Noun::Unit::kFolder, &Registry<Bench>::Names},
                    Noun{"Workloads", "fixtures/workloads", Noun::Unit::kFolder, &Registry<Workload>::Names}),
    [](const testing::TestParamInfo<Noun>& noun) { return noun.param.name; });

std::string RunOrDie(Host& host, const std::vector<std::string>& argv) {
  const Result<std::string> output = RunForOutput(host, {.argv = argv, .limit = std::chrono::minutes(2)});
  EXPECT_TRUE(output.has_value()) << output.error().message << "\n" << output.error().output;
  return output.value_or("");
}

TEST(Newcomers, AddAFaultAndABackendWithOneFileEach) {
  const auto host = MakePosixHost();
  const fs::path here = fs::path(HOLDFAST_SOURCE_DIR) / "suites/contract/newcomer";
  const fs::path scratch = fs::path(HOLDFAST_BINARY_DIR) / "newcomer";
  ASSERT_FALSE(Registry<Fault>::Has("newcomer-fault"));
  std::string program = RunOrDie(
      *host, {(here / "build_with.sh").string(), HOLDFAST_SOURCE_DIR, HOLDFAST_BINARY_DIR, scratch.string(),
              (here / "newcomer_fault.cc").string() + "=harness/faults/newcomer_fault.cc",
              (here / "newcomer_backend.cc").string() + "=fixtures/backends/newcomer_backend/newcomer_backend.cc", "--",
              "-DCMAKE_BUILD_TYPE=" HOLDFAST_BUILD_TYPE, "-DHOLDFAST_SANITIZE=" HOLDFAST_SANITIZE});
  program.erase(program.find_last_not_of('\n') + 1);

  EXPECT_THAT(RunOrDie(*host, {program, "list", "faults"}), testing::HasSubstr("newcomer-fault"));
  EXPECT_THAT(RunOrDie(*host, {program, "list", "backends"}), testing::HasSubstr("newcomer-backend"));
  fs::remove_all(scratch);
}

}  // namespace
}  // namespace holdfast
