#include "harness/judging/proof_limits.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <map>

#include "harness/judging/fidelity.h"
#include "harness/judging/figures.h"
#include "harness/reporting/flush_note.h"
#include "harness/text/printable.h"

namespace holdfast {
namespace {

// The scenarios of the passes for which there is a reason, by reason, each once.
std::map<std::string, std::vector<std::string>> PassesByReason(
    const Run& run, const std::function<std::string(const CellResult&)>& reason_of) {
  std::map<std::string, std::vector<std::string>> by_reason;
  for (const CellResult& result : run.results) {
    if (result.judgement != Judgement::kPass) continue;
    const std::string reason = reason_of(result);
    if (reason.empty()) continue;
    std::vector<std::string>& names = by_reason[reason];
    const std::string name = Printable(result.cell.scenario);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return by_reason;
}

// It saw nothing of a second writer only because nobody could have seen one.
std::string SecondWriterNote(const CellResult& result) {
  if (FigureOf(result, "old_instance") != kUnreached) return "";
  return "the client that stays with the old instance could not reach it after the fault";
}

}  // namespace

std::string PowerLossLimit(const Run& run, const CellResult& result) {
  // Measuring latency proves nothing about durability anyway.
  if (result.cell.role == Role::kLatency) return "";
  return PowerLossNote(result.cell.memory_loss, run.fidelity);
}

std::vector<std::string> ProofLimits(const Run& run) {
  std::vector<std::string> limits;
  const auto add = [&](const std::string& subject, const std::function<std::string(const CellResult&)>& reason_of) {
    for (const auto& [reason, names] : PassesByReason(run, reason_of)) {
      limits.push_back(fmt::format("No evidence about {}: {} ({}).", subject, fmt::join(names, ", "), reason));
    }
  };
  add("power loss", [&](const CellResult& one) { return PowerLossLimit(run, one); });
  add("a second writer", SecondWriterNote);
  if (const std::string note = FlushNoteOnPowerLoss(run); !note.empty()) limits.push_back(note);
  if (run.at_a_time > 1) {
    limits.push_back(fmt::format("Played {} at a time on this machine: clusters that share it slow each other down.",
                                 run.at_a_time));
  }
  return limits;
}

}  // namespace holdfast
