// Promise: a history is judged in 64 bytes of memory an operation, all included, however long its file is.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <new>
#include <string>

#include "harness/history/long_history.h"
#include "harness/host/temporary_folder.h"
#include "harness/runs/recorded_run.h"
#include "harness/runs/run_folder.h"
#include "harness/runs/run_json.h"

namespace holdfast {
namespace {

constexpr std::uint64_t kOperations = 200'000;
constexpr std::uint64_t kBuffers = std::uint64_t{4} << 20;  // of the file, whatever its size

enum Exit { kPassed = 0, kNotPassed = 1, kOutOfMemory = 2 };

std::uint64_t MemoryNow() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("VmData:", 0) == 0) return std::stoull(line.substr(7)) << 10;
  }
  CHECK_UNREACHABLE();
}

int Judged(const std::filesystem::path& folder) {
  try {
    return JudgeRun(folder).value().results.at(0).judgement == Judgement::kPass ? kPassed : kNotPassed;
  } catch (const std::bad_alloc&) {
    return kOutOfMemory;
  }
}

// In a process of its own, which this ends. It played the test from its beginning, so that `all` is its own, too.
void JudgeWithin(const std::filesystem::path& all, const std::filesystem::path& run, std::uint64_t bytes) {
  rlimit limit{};
  CHECK(getrlimit(RLIMIT_DATA, &limit) == 0);
  const rlimit tight{.rlim_cur = MemoryNow() + bytes, .rlim_max = limit.rlim_max};
  CHECK(setrlimit(RLIMIT_DATA, &tight) == 0);
  const int exit_status = Judged(run);
  CHECK(setrlimit(RLIMIT_DATA, &limit) == 0);
  std::filesystem::remove_all(all);
  std::_Exit(exit_status);
}

// As `holdfast judge` finds it.
std::filesystem::path MakeRun(const TemporaryFolder& folder) {
  const Rig rig =
      ReadRig(folder.Write("rig.yaml", "cluster: {provider: p}\nbackend: {name: b}\nworkload: {name: w}\n")).value();
  const Suite suite = ReadSuite(folder.Write("suite.yaml", "suite: s\nscenarios:\n  - {fault: f}\n")).value();
  const Order order = MakeOrder(rig, suite, {.seed = 42}).value();
  const std::filesystem::path run =
      MakeRunFolder(folder.path() / "runs", order, std::chrono::system_clock::time_point()).value();
  CHECK(WriteRunJson(Run(), run / "run.json").has_value());
  LongHistory(run / "history.jsonl", kOperations, order.plan.cells.at(0).seed).Write();
  return run;
}

TEST(MemoryOfAHistory, IsBoundedByItsOperations) {
#ifdef HOLDFAST_SANITIZED
  GTEST_SKIP() << "a sanitizer needs memory of its own";
#endif
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // in a process that has not used memory for other tests
  const TemporaryFolder folder;
  const std::filesystem::path run = MakeRun(folder);
  EXPECT_EXIT(JudgeWithin(folder.path(), run, kOperations * 64 + kBuffers), testing::ExitedWithCode(kPassed), "");
  EXPECT_EXIT(JudgeWithin(folder.path(), run, kOperations * 16 + kBuffers), testing::ExitedWithCode(kOutOfMemory), "")
      << "the limit is one";
}

}  // namespace
}  // namespace holdfast
