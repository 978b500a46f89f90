// What is promised of every text that is given as a history: it is read as far as it can be, every checker and the
// judge have a verdict on what was read, whose quotes are one line each, and it can be exported.
#include <cstdint>
#include <sstream>

#include "harness/check.h"
#include "harness/checker.h"
#include "harness/history/jepsen.h"
#include "harness/judge.h"
#include "harness/judging/excerpt.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

using Histories = std::map<int, CellHistory>;

void CheckVerdict(const Verdict& verdict) {
  CHECK(verdict.because.size() <= kMostEvidence + 1);
  CHECK(verdict.summary.find('\n') == std::string::npos);
  for (const std::string& line : verdict.because) CHECK(line.find('\n') == std::string::npos);
}

void AskCheckers(const Histories& histories, const Bounds& bounds) {
  const std::vector<std::string> names = Registry<Checker>::Names();
  CHECK(names.size() == HOLDFAST_CHECKERS);  // else one was not linked
  for (const std::string& name : names) {
    const auto checker = Registry<Checker>::Make(name, {});
    for (const auto& [cell, history] : histories) CheckVerdict(checker->Judge(history, bounds));
  }
}

// The same cells once as ordinary ones, once as the strikes of a soak.
Plan PlanOf(const Histories& histories, Role role) {
  Plan plan;
  if (role == Role::kStrike) plan.cells.push_back({.number = 1, .role = Role::kSoak});
  for (const auto& [number, history] : histories) {
    if (role == Role::kStrike && number == 1) continue;
    plan.cells.push_back({.number = number, .role = role, .seed = history.seed.value_or(0)});
  }
  return plan;
}

void AskJudge(const Histories& histories, Role role, const Bounds& bounds) {
  const Plan plan = PlanOf(histories, role);
  for (const Cell& cell : plan.cells) {
    const Evidence evidence(cell, plan, histories, bounds);
    for (const Verdict& verdict : JudgeCell(cell, evidence.history(), bounds).verdicts) CheckVerdict(verdict);
  }
}

}  // namespace
}  // namespace holdfast

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holdfast;
  const auto histories = ParseHistory(std::string_view(reinterpret_cast<const char*>(data), size), "history.jsonl");
  CHECK(histories.has_value());
  Bounds async;
  async.async = std::chrono::seconds(2);
  for (const Bounds& bounds : {Bounds{}, async}) {
    AskCheckers(*histories, bounds);
    AskJudge(*histories, Role::kScenario, bounds);
    AskJudge(*histories, Role::kStrike, bounds);
  }
  for (const auto& [cell, history] : *histories) {
    std::ostringstream exported;
    WriteJepsen(history, exported);
    CHECK(history.operations.empty() || !exported.str().empty());
  }
  return 0;
}
