#include "harness/comparing/side_by_side.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/check.h"
#include "harness/comparing/comparison.h"
#include "harness/judging/figures.h"
#include "harness/judging/quantity.h"
#include "harness/statistics/two_samples.h"
#include "harness/text/printable.h"
#include "harness/text/table.h"

namespace holdfast {
namespace {

constexpr std::size_t kMostInCell = 40;
constexpr char kAbsent[] = "–";

std::uint64_t CountOf(const CellResult& result, const char* key) {
  const nlohmann::json count = FigureOf(result, key);
  return count.is_number_integer() && count >= 0 ? count.get<std::uint64_t>() : 0;
}

// A strike's writes are part of its soak's, which counts them all.
std::uint64_t CountOf(const Run& run, const char* key) {
  std::uint64_t count = 0;
  for (const CellResult& result : run.results) {
    if (result.cell.role != Role::kStrike) count += CountOf(result, key);
  }
  return count;
}

std::vector<std::string> ScenariosOf(const std::vector<Run>& runs) {
  std::vector<std::string> scenarios;
  for (const Run& run : runs) {
    for (const CellResult& result : run.results) {
      const std::string& scenario = result.cell.scenario;
      if (std::find(scenarios.begin(), scenarios.end(), scenario) == scenarios.end()) scenarios.push_back(scenario);
    }
  }
  return scenarios;
}

std::optional<double> MedianIfAny(const std::vector<double>& values) {
  if (values.empty()) return std::nullopt;
  return MedianOf(values);
}

// The widest that the trials allow; empty of what has none.
std::string IntervalIn(const std::vector<const CellResult*>& trials, const Quantity& quantity) {
  if (quantity.kind != Quantity::Kind::kRatio) return "";
  std::vector<double> limits;
  for (const CellResult* result : trials) {
    for (const char* member : {"/p99_vs_local/low", "/p99_vs_local/high"}) {
      Quantity limit = quantity;
      limit.member = member;
      if (const auto value = ValueOf(*result, limit)) limits.push_back(*value);
    }
  }
  if (limits.empty()) return "";
  const auto [low, high] = std::minmax_element(limits.begin(), limits.end());
  return fmt::format(" ({} – {})", ValueText(quantity, *low), ValueText(quantity, *high));
}

std::vector<const CellResult*> TrialsOf(const Run& run, const std::string& scenario) {
  std::vector<const CellResult*> trials;
  for (const CellResult& result : run.results) {
    if (result.cell.scenario == scenario) trials.push_back(&result);
  }
  return trials;
}

// kAbsent if it was not measured.
std::string QuantityText(const Run& run, const std::string& scenario, const Quantity& quantity) {
  const std::vector<const CellResult*> trials = TrialsOf(run, scenario);
  std::vector<double> values;
  for (const CellResult* result : trials) {
    if (const auto value = ValueOf(*result, quantity)) values.push_back(*value);
  }
  if (values.empty()) return kAbsent;
  return ValueText(quantity, MedianOf(values)) + IntervalIn(trials, quantity) +
         MarkOf(quantity, WhyLatencyUnqualified(run));
}

// Of the first run that has the scenario.
std::string NameIn(const std::vector<Run>& runs, const std::string& scenario, const Quantity& quantity) {
  for (const Run& run : runs) {
    const std::vector<const CellResult*> trials = TrialsOf(run, scenario);
    if (!trials.empty()) return Printable(scenario, kMostInCell) + ": " + NameOf(quantity, trials.front()->cell);
  }
  return quantity.name;
}

// Of what was measured in any run.
std::vector<SumRow> QuantityRows(const std::vector<Run>& runs, const std::vector<std::string>& scenarios) {
  std::vector<SumRow> rows;
  for (const std::string& scenario : scenarios) {
    for (std::size_t i = 1; i < Quantities().size(); ++i) {  // the RTO is the first
      SumRow row{.name = NameIn(runs, scenario, Quantities()[i]), .texts = {}};
      for (const Run& run : runs) row.texts.push_back(QuantityText(run, scenario, Quantities()[i]));
      const bool known =
          std::any_of(row.texts.begin(), row.texts.end(), [](const auto& text) { return text != kAbsent; });
      if (known) rows.push_back(std::move(row));
    }
  }
  return rows;
}

Standing StandingOf(const Run& run, const std::string& scenario) {
  Standing standing;
  standing.scenario = scenario;
  std::vector<double> rto_s;
  for (const CellResult& result : run.results) {
    if (result.cell.scenario != scenario) continue;
    standing.worst = standing.trials == 0 ? result.judgement : std::max(standing.worst, result.judgement);
    ++standing.trials;
    standing.passed += result.judgement == Judgement::kPass ? 1 : 0;
    standing.lost += CountOf(result, "lost");
    if (const auto value = ValueOf(result, kRto)) rto_s.push_back(*value);
  }
  standing.rto_s = MedianIfAny(rto_s);
  return standing;
}

// What tells a run from the others: the backend, and as much more as is needed.
std::vector<std::string> TitlesOf(const std::vector<Run>& runs) {
  const auto titles_by = [&](const auto& title) {
    std::vector<std::string> titles;
    for (const Run& run : runs) titles.push_back(Printable(title(run), kMostInCell));
    return titles;
  };
  const auto differ = [](const std::vector<std::string>& titles) {
    return std::set<std::string>(titles.begin(), titles.end()).size() == titles.size();
  };
  std::vector<std::string> titles = titles_by([](const Run& run) { return run.backend; });
  if (differ(titles)) return titles;
  titles = titles_by([](const Run& run) { return run.backend + ", " + run.workload; });
  if (differ(titles)) return titles;
  return titles_by([](const Run& run) { return run.backend + ", " + run.started; });
}

Column ColumnOf(const Run& run, const std::vector<std::string>& scenarios, const std::string& title) {
  Column column;
  column.title = title;
  column.folder = run.folder.string();
  column.fidelity = Printable(run.fidelity, kMostInCell);
  for (const std::string& scenario : scenarios) column.standings.push_back(StandingOf(run, scenario));
  column.acknowledged = CountOf(run, "acknowledged");
  column.lost = CountOf(run, "lost");
  for (const CellResult& result : run.results) {
    ++column.trials;
    column.passed += result.judgement == Judgement::kPass ? 1 : 0;
    column.unproved += result.judgement == Judgement::kInconclusive ? 1 : 0;
    column.skipped += result.judgement == Judgement::kSkipped ? 1 : 0;
    if (const auto rto_s = ValueOf(result, kRto)) column.worst_rto_s = std::max(column.worst_rto_s.value_or(0), *rto_s);
  }
  column.why_unqualified = WhyLatencyUnqualified(run);
  return column;
}

std::string TextOf(const Standing& standing) {
  if (standing.trials == 0) return kAbsent;
  std::string text = ToString(standing.worst);
  if (standing.trials > 1 && standing.passed < standing.trials) {
    text += fmt::format(" ({} of {} pass)", standing.passed, standing.trials);
  }
  if (standing.rto_s) text += ", " + SecondsText(*standing.rto_s);
  if (standing.lost > 0) text += fmt::format(", {} lost", standing.lost);
  return text;
}

std::string PassedText(const Column& column) {
  std::string text = fmt::format("{} of {}", column.passed, column.trials);
  if (column.unproved > 0) text += fmt::format(", {} unproved", column.unproved);
  if (column.skipped > 0) text += fmt::format(", {} skipped", column.skipped);
  return text;
}

std::map<std::string, std::set<std::string>> ExperimentsOf(const Run& run) {
  std::map<std::string, std::set<std::string>> by_scenario;
  for (const CellResult& result : run.results) by_scenario[result.cell.scenario].insert(ExperimentOf(result.cell));
  return by_scenario;
}

// Scenarios of one name that are not the same experiment.
std::vector<std::string> OtherExperiments(const Run& base, const Run& run) {
  std::vector<std::string> other;
  const auto before = ExperimentsOf(base);
  for (const auto& [scenario, experiments] : ExperimentsOf(run)) {
    const auto found = before.find(scenario);
    if (found != before.end() && found->second != experiments) other.push_back(scenario + ": other faults or settings");
  }
  return other;
}

// Beside the backend, which is what is chosen.
std::vector<std::string> Unlike(const Run& base, const Run& run) {
  std::vector<std::string> unlike = UnlikeGround(base, run);
  std::erase_if(unlike, [](const std::string& line) { return line.starts_with("backend: "); });
  for (const auto& more : {OtherVersions(base, run), OtherExperiments(base, run)}) {
    unlike.insert(unlike.end(), more.begin(), more.end());
  }
  return unlike;
}

}  // namespace

std::vector<SumRow> SumRows(const SideBySide& table) {
  std::vector<SumRow> rows;
  const auto add = [&](const std::string& name, const auto& text) {
    rows.push_back({.name = name, .texts = {}});
    for (const Column& column : table.columns) rows.back().texts.push_back(text(column));
  };
  add("passed", PassedText);
  add("lost writes", [](const Column& column) { return fmt::format("{} of {}", column.lost, column.acknowledged); });
  add("longest RTO",
      [](const Column& column) { return column.worst_rto_s ? SecondsText(*column.worst_rto_s) : kAbsent; });
  add("fidelity", [](const Column& column) { return column.fidelity.empty() ? kAbsent : column.fidelity; });
  rows.insert(rows.end(), table.quantities.begin(), table.quantities.end());
  return rows;
}

std::vector<std::string> Unqualified(const SideBySide& table) {
  std::vector<std::string> lines;
  for (const Column& column : table.columns) {
    if (!column.why_unqualified.empty()) lines.push_back(column.title + ": " + column.why_unqualified);
  }
  return lines;
}

SideBySide PutSideBySide(const std::vector<Run>& runs) {
  CHECK(!runs.empty());
  SideBySide table;
  table.scenarios = ScenariosOf(runs);
  table.quantities = QuantityRows(runs, table.scenarios);
  const std::vector<std::string> titles = TitlesOf(runs);
  std::set<std::string> unlike;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    table.columns.push_back(ColumnOf(runs[i], table.scenarios, titles[i]));
    for (const std::string& line : Unlike(runs.front(), runs[i])) unlike.insert(line);
  }
  table.unlike.assign(unlike.begin(), unlike.end());
  return table;
}

std::string Describe(const SideBySide& table) {
  std::vector<std::vector<std::string>> lines = {{"fault"}};
  for (const Column& column : table.columns) lines.front().push_back(column.title);
  for (std::size_t i = 0; i < table.scenarios.size(); ++i) {
    lines.push_back({Printable(table.scenarios[i], kMostInCell)});
    for (const Column& column : table.columns) lines.back().push_back(TextOf(column.standings[i]));
  }
  lines.emplace_back(table.columns.size() + 1);
  for (const SumRow& row : SumRows(table)) {
    lines.push_back({row.name});
    lines.back().insert(lines.back().end(), row.texts.begin(), row.texts.end());
  }
  std::string text = PrintTable(lines, std::vector(table.columns.size() + 1, Alignment::kLeft));
  text += "\nEach cell: the worst verdict of the trials, the median RTO, lost writes if there are any.\n";
  if (!table.quantities.empty()) text += kQuantitiesNote + std::string("\n");
  for (const std::string& line : Unqualified(table))
    text += fmt::format("UNQUALIFIED latencies, {}\n", Printable(line));
  for (const std::string& line : table.unlike) text += fmt::format("Not the same ground, {}\n", Printable(line));
  return text;
}

}  // namespace holdfast
