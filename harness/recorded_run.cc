#include "harness/recorded_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "harness/judge.h"
#include "harness/registry.h"
#include "harness/reporter.h"

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
  ASSIGN_OR_RETURN(const auto histories, ReadHistory(folder / "history.jsonl"));
  run.folder = folder;
  run.bounds = order.rig.bounds;
  run.results.clear();
  for (const Cell& cell : order.plan.cells) {
    const auto history = histories.find(cell.number);
    CellHistory nothing;
    nothing.cell = cell.number;
    run.results.push_back(JudgeCell(cell, history == histories.end() ? nothing : history->second, run.bounds));
  }
  if (run.took == Duration::zero()) run.took = LastWord(histories);
  return run;
}

Status WriteReports(const Run& run) {
  RETURN_IF_ERROR(WriteRunJson(run, run.folder / "run.json"));
  for (const std::string& name : Registry<Reporter>::Names()) {
    const auto reporter = Registry<Reporter>::Make(name, {});
    if (reporter->FileName().empty()) continue;
    const fs::path file = run.folder / reporter->FileName();
    std::ofstream out(file);
    out << reporter->Write(run);
    out.close();
    if (!out) return Unavailable(fmt::format("{}: cannot be written: {}", file.string(), std::strerror(errno)));
  }
  return {};
}

}  // namespace holdfast
