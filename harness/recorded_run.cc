#include "harness/recorded_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "harness/judge.h"
#include "harness/registry.h"
#include "harness/reporter.h"
#include "harness/text_file.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

// A killed harness could not write how long it ran; its history's last word tells.
Duration LastWord(const std::map<int, CellHistory>& histories) {
  Nanoseconds last = 0;
  for (const auto& [number, history] : histories) {
    for (const Operation& operation : history.operations) {
      last = std::max(last, operation.end != kNever ? operation.end : operation.begin);
    }
    for (const Mark& mark : history.marks) last = std::max(last, mark.time);
  }
  return Duration(last);
}

// What is told of a cell that the plan does not have belongs to one that it has; to which, nobody knows.
std::optional<std::string> Stray(const std::map<int, CellHistory>& histories, const Plan& plan) {
  for (const auto& [number, history] : histories) {
    const bool planned = std::any_of(plan.cells.begin(), plan.cells.end(),
                                     [cell = number](const Cell& one) { return one.number == cell; });
    if (!planned) return fmt::format("history.jsonl: lines of a cell {}, which the plan does not have", number);
  }
  return std::nullopt;
}

}  // namespace

Result<Order> ReadOrder(const fs::path& folder) {
  ASSIGN_OR_RETURN(const Rig rig, ReadRig(folder / "rig.yaml"));
  ASSIGN_OR_RETURN(const Suite suite, ReadSuite(folder / "suite.yaml"));
  ASSIGN_OR_RETURN(const Arguments arguments, ReadArguments(folder / "arguments.json"));
  return MakeOrder(rig, suite, arguments);
}

Result<Run> JudgeRun(const fs::path& folder) {
  ASSIGN_OR_RETURN(const Order order, ReadOrder(folder));
  ASSIGN_OR_RETURN(Run run, ReadRunJson(folder / "run.json"));
  ASSIGN_OR_RETURN(auto histories, ReadHistory(folder / "history.jsonl"));
  const auto stray = Stray(histories, order.plan);
  run.folder = folder;
  run.bounds = order.rig.bounds;
  run.results.clear();
  for (const Cell& cell : order.plan.cells) {
    CellHistory& history = histories[cell.number];
    if (stray) history.unreadable.push_back({.line = 0, .complaint = *stray});
    run.results.push_back(JudgeCell(cell, history, run.bounds));
  }
  if (run.took == Duration::zero()) run.took = LastWord(histories);
  return run;
}

Status WriteReports(const Run& run) {
  for (const std::string& name : Registry<Reporter>::Names()) {
    const auto reporter = Registry<Reporter>::Make(name, {});
    if (reporter->FileName().empty()) continue;
    RETURN_IF_ERROR(ReplaceText(run.folder / reporter->FileName(), reporter->Write(run)));
  }
  return {};
}

}  // namespace holdfast
