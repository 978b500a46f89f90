// text: the table on the console, then what proves each verdict that is not a pass, then what the passes do not prove.
// Plain text without terminal codes.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "harness/fidelity.h"
#include "harness/figures.h"
#include "harness/printable.h"
#include "harness/registry.h"
#include "harness/reporter.h"
#include "harness/trials.h"

namespace holdfast {
namespace {

constexpr std::size_t kColumns = 7;
constexpr std::size_t kMostInCell = 60;
using Line = std::array<std::string, kColumns>;

enum class Alignment { kLeft, kRight };
constexpr std::array<Alignment, kColumns> kAlignments = {Alignment::kLeft,  Alignment::kLeft,  Alignment::kRight,
                                                         Alignment::kRight, Alignment::kRight, Alignment::kRight,
                                                         Alignment::kLeft};

Line LineOf(const CellResult& result) {
  return {Printable(result.cell.Name(), kMostInCell),
          ToString(result.judgement),
          CountText(result, "acknowledged"),
          CountText(result, "lost"),
          RpoText(result),
          RtoText(result),
          result.recovered_by.empty() ? "–" : Printable(result.recovered_by, kMostInCell)};
}

std::string Table(const Run& run) {
  std::vector<Line> lines = {{"fault", "verdict", "acknowledged", "lost", "RPO", "RTO", "recovered by"}};
  for (const CellResult& result : run.results) lines.push_back(LineOf(result));
  std::array<std::size_t, kColumns> widths{};
  for (const Line& line : lines) {
    for (std::size_t i = 0; i < kColumns; ++i) widths[i] = std::max(widths[i], Columns(line[i]));
  }
  std::string table;
  for (const Line& line : lines) {
    std::string text;
    for (std::size_t i = 0; i < kColumns; ++i) {
      const std::string padding(widths[i] - Columns(line[i]), ' ');
      text += i == 0 ? "  " : "   ";
      text += kAlignments[i] == Alignment::kLeft ? line[i] + padding : padding + line[i];
    }
    text.erase(text.find_last_not_of(' ') + 1);
    table += text + "\n";
  }
  return table;
}

std::string Reasons(const Run& run) {
  std::string text;
  for (const CellResult& result : run.results) {
    if (result.judgement == Judgement::kPass) continue;
    text += fmt::format("\n{}: {}\n", Printable(result.cell.Name()), ToString(result.judgement));
    for (const Verdict& verdict : result.verdicts) {
      if (verdict.judgement == Judgement::kPass) continue;
      text += fmt::format("  {}: {}: {}\n", Printable(verdict.checker), ToString(verdict.judgement),
                          Printable(verdict.summary));
      for (const std::string& line : verdict.because) {
        if (line != verdict.summary) text += "    " + Printable(line) + "\n";
      }
    }
  }
  return text;
}

// Which passes say nothing about power loss, and why; faults for the same reason together.
std::string PowerLossNotes(const Run& run) {
  std::map<std::string, std::vector<std::string>> by_reason;
  for (const CellResult& result : run.results) {
    if (result.judgement != Judgement::kPass) continue;
    const std::string reason = PowerLossNote(result.cell.fault.name, run.fidelity);
    std::vector<std::string>& names = by_reason[reason];
    const std::string name = Printable(result.cell.scenario);
    if (!reason.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  std::string text;
  for (const auto& [reason, names] : by_reason) {
    if (reason.empty()) continue;
    text += fmt::format("No evidence about power loss: {} ({}).\n", fmt::join(names, ", "), reason);
  }
  return text;
}

// Which passes saw nothing of a second writer only because nobody could have seen one.
std::string SecondWriterNote(const Run& run) {
  std::vector<std::string> names;
  for (const CellResult& result : run.results) {
    if (result.judgement != Judgement::kPass || FigureOf(result, "old_instance") != kUnreached) continue;
    const std::string name = Printable(result.cell.scenario);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  if (names.empty()) return "";
  return fmt::format(
      "No evidence about a second writer: {} (the client that stays with the old instance could not reach "
      "it after the fault).\n",
      fmt::join(names, ", "));
}

class Text : public Reporter {
 public:
  explicit Text(const Context&) {}
  std::string FileName() const override { return ""; }

  std::string Write(const Run& run) const override {
    const auto named = [](const std::string& value) { return value.empty() ? "unknown" : Printable(value); };
    std::string text =
        fmt::format("{} on {}, {}, {} (profile {}), seed {}: {}\n\n", named(run.suite), named(run.backend),
                    named(run.workload), named(run.provider), named(run.profile), run.seed, ToString(run.Overall()));
    text += Table(run) + DescribeTrials(run) + Reasons(run);
    text += fmt::format("\nFidelity: {}. {}\n", named(run.fidelity), Printable(run.fidelity_note));
    text += PowerLossNotes(run) + SecondWriterNote(run);
    if (!run.calibration.empty()) text += fmt::format("Calibration: {}.\n", Printable(run.calibration));
    text += fmt::format("Took {}. Everything is in {}\n", FormatDuration(run.took), Printable(run.folder.string()));
    if (!run.command.empty()) text += fmt::format("Again: {}\n", Printable(run.command));
    return text;
  }
};

}  // namespace

HOLDFAST_REGISTER(Reporter, Text, "text");

}  // namespace holdfast
