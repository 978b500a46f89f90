// Promise: a history is judged in 64 bytes of memory an operation, all included, however long its file is.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <fstream>
#include <new>
#include <sstream>
#include <string>

#include "harness/judge.h"
#include "harness/long_history.h"
#include "harness/temporary_folder.h"

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

// In a process of its own, which this ends.
void JudgeWithin(const std::filesystem::path& file, std::uint64_t bytes) {
  const std::uint64_t limit = MemoryNow() + bytes;
  const rlimit tight{.rlim_cur = limit, .rlim_max = limit};
  CHECK(setrlimit(RLIMIT_DATA, &tight) == 0);
  try {
    const auto histories = ReadHistory(file);
    Cell cell;
    cell.seed = LongHistory::kSeed;
    std::_Exit(JudgeCell(cell, histories->at(1), Bounds{}).judgement == Judgement::kPass ? kPassed : kNotPassed);
  } catch (const std::bad_alloc&) {
    std::_Exit(kOutOfMemory);
  }
}

TEST(MemoryOfAHistory, IsBoundedByItsOperations) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer needs memory of its own";
#endif
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // in a process that has not used memory for other tests
  const TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "history.jsonl";
  LongHistory(file, kOperations).Write();
  EXPECT_EXIT(JudgeWithin(file, kOperations * 64 + kBuffers), testing::ExitedWithCode(kPassed), "");
  EXPECT_EXIT(JudgeWithin(file, kOperations * 16 + kBuffers), testing::ExitedWithCode(kOutOfMemory), "")
      << "the limit is one";
}

}  // namespace
}  // namespace holdfast
