// text: the table on the console, then where the time of each outage went and where writes were late, then what proves
// each verdict that is not a pass, then what the passes do not prove. Plain text without terminal codes.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/judging/figures.h"
#include "harness/judging/phases.h"
#include "harness/judging/proof_limits.h"
#include "harness/registry.h"
#include "harness/reporter.h"
#include "harness/reporting/latency_text.h"
#include "harness/statistics/trials.h"
#include "harness/text/printable.h"
#include "harness/text/table.h"

namespace holdfast {
namespace {

constexpr std::size_t kColumns = 7;
constexpr std::size_t kMostInCell = 60;
using Line = std::vector<std::string>;

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
  return PrintTable(lines, {kAlignments.begin(), kAlignments.end()});
}

// Of each fault whose outage was watched: the RTO as the sum of its phases.
std::string Phases(const Run& run) {
  std::string text;
  for (const CellResult& result : run.results) {
    const std::vector<Phase> phases = PhasesFromJson(FigureOf(result, "phases"));
    if (phases.empty()) continue;
    text +=
        fmt::format("  {}: {}; slowest: {}\n", Printable(result.cell.Name()), Describe(phases), Slowest(phases).name);
  }
  return text.empty() ? "" : "\nWhere the time went:\n" + text;
}

// Of each fault after which the database answered, but late.
std::string BrownOuts(const Run& run) {
  std::string text;
  for (const CellResult& result : run.results) {
    const nlohmann::json count = FigureOf(result, "brown_outs");
    const nlohmann::json seconds = FigureOf(result, "brown_out_s");
    if (!count.is_number_integer() || !seconds.is_number() || count == 0) continue;
    text += fmt::format("  {}: {} times, {:.1f} s in all\n", Printable(result.cell.Name()), count.get<std::uint64_t>(),
                        seconds.get<double>());
  }
  if (text.empty()) return "";
  return fmt::format("\nBrown-outs, in which writes were acknowledged, but only after more than {}:\n{}",
                     FormatDuration(run.bounds.brown_out), text);
}

std::string Reasons(const Run& run) {
  std::string text;
  for (const CellResult& result : run.results) {
    if (result.judgement == Judgement::kPass) continue;
    text += fmt::format("\n{}: {}\n", Printable(result.cell.Name()), ToString(result.judgement));
    if (!result.cause.empty()) text += fmt::format("  cause: {}\n", Printable(result.cause));
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

class Text : public Reporter {
 public:
  explicit Text(const Context&) {}
  std::string FileName() const override { return ""; }

  std::string Write(const Run& run) const override {
    const auto named = [](const std::string& value) { return value.empty() ? "unknown" : Printable(value); };
    std::string text =
        fmt::format("{} on {}, {}, {} (profile {}), seed {}: {}\n\n", named(run.suite), named(run.backend),
                    named(run.workload), named(run.provider), named(run.profile), run.seed, ToString(run.Overall()));
    text += Table(run) + DescribeTrials(run) + Phases(run) + BrownOuts(run) + DescribeLatency(run) + Reasons(run);
    text += fmt::format("\nFidelity: {}. {}\n", named(run.fidelity), Printable(run.fidelity_note));
    for (const std::string& limit : ProofLimits(run)) text += limit + "\n";
    if (!run.calibration.empty()) text += fmt::format("Calibration: {}.\n", Printable(run.calibration));
    text += fmt::format("Took {}. Everything is in {}\n", FormatDuration(run.took), Printable(run.folder.string()));
    if (!run.command.empty()) text += fmt::format("Again: {}\n", Printable(run.command));
    return text;
  }
};

}  // namespace

HOLDFAST_REGISTER(Reporter, Text, "text");

}  // namespace holdfast
