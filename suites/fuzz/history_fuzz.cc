// What is promised of every text that is given as a history: it is read as far as it can be, and every checker has a
// verdict on what was read, whose quotes are one line each.
#include <cstdint>

#include "harness/check.h"
#include "harness/checker.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

void CheckVerdict(const Verdict& verdict) {
  CHECK(verdict.because.size() <= kMostEvidence + 1);
  CHECK(verdict.summary.find('\n') == std::string::npos);
  for (const std::string& line : verdict.because) CHECK(line.find('\n') == std::string::npos);
}

}  // namespace
}  // namespace holdfast

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holdfast;
  const auto histories = ParseHistory(std::string_view(reinterpret_cast<const char*>(data), size), "history.jsonl");
  CHECK(histories.has_value());
  Bounds async;
  async.async = std::chrono::seconds(2);
  for (const std::string& name : Registry<Checker>::Names()) {
    const auto checker = Registry<Checker>::Make(name, {});
    for (const auto& [cell, history] : *histories) {
      CheckVerdict(checker->Judge(history, Bounds{}));
      CheckVerdict(checker->Judge(history, async));
    }
  }
  return 0;
}
