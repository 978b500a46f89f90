#include "harness/runs/recorded_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "harness/host/text_file.h"
#include "harness/judge.h"
#include "harness/judging/excerpt.h"
#include "harness/latency/storage_latency.h"
#include "harness/registry.h"
#include "harness/reporter.h"
#include "harness/timeline.h"

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

// Every database's history is doubtful then, and with it whatever is judged by a part of it.
void AddStray(const std::string& stray, const Plan& plan, std::map<int, CellHistory>& histories) {
  for (const Cell& cell : plan.cells) {
    const auto history = histories.find(cell.number);
    if (cell.role == Role::kStrike || history == histories.end()) continue;
    history->second.unreadable.push_back({.line = 0, .complaint = stray});
  }
}

// What was kept of a cell that went wrong, by name; what is of the whole before what is of its parts.
std::vector<std::string> FilesOf(const fs::path& folder, const Cell& cell) {
  const std::string prefix = fmt::format("cell-{}-", cell.number);
  std::vector<std::string> files;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder / "logs", error)) {
    if (!entry.path().filename().string().starts_with(prefix)) continue;
    for (const fs::directory_entry& file : fs::recursive_directory_iterator(entry.path(), error)) {
      if (file.is_regular_file(error)) files.push_back(file.path().lexically_relative(folder).string());
    }
  }
  const auto depth = [](const std::string& file) { return std::count(file.begin(), file.end(), '/'); };
  std::sort(files.begin(), files.end(), [&](const std::string& one, const std::string& other) {
    return std::pair(depth(one), one) < std::pair(depth(other), other);
  });
  return files;
}

// What a soak lost of the memory is what its strikes did, as far as they were made.
void AddMemoryLoss(std::vector<CellResult>& results) {
  for (CellResult& soak : results) {
    if (soak.cell.role != Role::kSoak) continue;
    for (const CellResult& other : results) {
      const bool bitten = other.cell.role == Role::kStrike && other.judgement == Judgement::kPass;
      if (bitten) soak.cell.memory_loss = std::max(soak.cell.memory_loss, other.cell.memory_loss);
    }
  }
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
  ASSIGN_OR_RETURN(auto timelines, ReadTimeline(folder / "timeline.jsonl"));
  if (const auto stray = Stray(histories, order.plan)) AddStray(*stray, order.plan, histories);
  run.folder = folder;
  run.bounds = order.rig.bounds;
  run.results.clear();
  const PictureLimits limits = LimitsFor(order.plan.cells.size());
  for (const Cell& cell : order.plan.cells) {
    const Cell& database = order.plan.Database(cell);
    // The schedule is longer than the soak; that it was cut short, the soak's own history tells.
    if (cell.role == Role::kStrike && histories.find(cell.number) == histories.end()) continue;
    const Evidence evidence(cell, order.plan, histories, run.bounds);
    const CellHistory& history = evidence.history();
    run.results.push_back(JudgeCell(cell, history, run.bounds, timelines[database.number]));
    run.results.back().pictures = PicturesOf(history, timelines[database.number], run.bounds, limits);
    run.results.back().steps = PrintStepsOf(order.plan, cell);
    run.results.back().files = FilesOf(folder, cell);
  }
  AddMemoryLoss(run.results);
  MarkQualified(run);
  if (run.took == Duration::zero()) run.took = LastWord(histories);
  return run;
}

bool PassesSoFar(const fs::path& history, const Plan& plan, const Cell& database, const Bounds& bounds) {
  const auto histories = ReadHistory(history);
  if (!histories.has_value()) return false;
  return std::all_of(plan.cells.begin(), plan.cells.end(), [&](const Cell& cell) {
    const bool others = cell.role == Role::kLeftOut || plan.Database(cell).number != database.number;
    const bool never_begun = cell.role == Role::kStrike && histories->find(cell.number) == histories->end();
    if (others || never_begun) return true;
    const Evidence evidence(cell, plan, *histories, bounds);
    const Judgement judgement = JudgeCell(cell, evidence.history(), bounds, {}).judgement;
    return judgement == Judgement::kPass || judgement == Judgement::kSkipped;
  });
}

Status AddPictures(Run& run) {
  ASSIGN_OR_RETURN(const Order order, ReadOrder(run.folder));
  ASSIGN_OR_RETURN(const auto histories, ReadHistory(run.folder / "history.jsonl"));
  ASSIGN_OR_RETURN(auto timelines, ReadTimeline(run.folder / "timeline.jsonl"));
  const PictureLimits limits = LimitsFor(run.results.size());
  for (CellResult& result : run.results) {
    const auto planned = std::find_if(order.plan.cells.begin(), order.plan.cells.end(),
                                      [&](const Cell& cell) { return cell.number == result.cell.number; });
    if (planned == order.plan.cells.end()) continue;
    const Evidence evidence(*planned, order.plan, histories, run.bounds);
    const int database = order.plan.Database(*planned).number;
    result.pictures = PicturesOf(evidence.history(), timelines[database], run.bounds, limits);
  }
  return {};
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
