// SideBySide: several runs of one suite in one table, a column each, none of them the base: the table from which a
// backend is chosen. Pure.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/run.h"

namespace holdfast {

// What one run says of one scenario, over its trials.
struct Standing {
  std::string scenario;
  Judgement worst = Judgement::kInconclusive;
  int trials = 0;  // 0: not played
  int passed = 0;
  std::optional<double> rto_s;  // the median of those measured; kNeverRecovered if that is censored
  std::uint64_t lost = 0;
};

struct Column {
  std::string title;  // the backend's name, and what else tells it from the others
  std::string folder;
  std::string fidelity;             // what its power failures are worth
  std::vector<Standing> standings;  // as SideBySide::scenarios
  int passed = 0, unproved = 0, skipped = 0, trials = 0;
  std::uint64_t acknowledged = 0, lost = 0;
  std::optional<double> worst_rto_s;  // of all trials that were measured
  std::string why_unqualified;        // its latencies; empty if they are not, or there are none
};

// A text for each column.
struct SumRow {
  std::string name;
  std::vector<std::string> texts;
};

struct SideBySide {
  std::vector<std::string> scenarios;  // in the order of the first run that has them
  // "node-power-off: rebuild", the median of the trials, of a ratio with its interval. A row for each scenario, since
  // what is measured while a replica is missing has no median with what is measured while a snapshot is there.
  std::vector<SumRow> quantities;
  std::vector<Column> columns;      // in the order of the runs
  std::vector<std::string> unlike;  // what the runs do not have in common beside the backend, one line each
};

// At least one run.
SideBySide PutSideBySide(const std::vector<Run>& runs);

// What stands below the scenarios: sums over all trials, then the quantities.
std::vector<SumRow> SumRows(const SideBySide& table);
inline constexpr char kQuantitiesNote[] =
    "Each quantity of a scenario: the median of its trials; a ratio to the node's own disk with its interval, of "
    "several trials the widest.";
// The columns whose latencies are worth little, and why, a line each.
std::vector<std::string> Unqualified(const SideBySide& table);

std::string Describe(const SideBySide& table);
// The same as one page for a browser, in one file without scripts; well-formed XML, too. Reports are linked where they
// are, as seen from `page`, the file that it will be.
std::string HtmlPage(const SideBySide& table, const std::filesystem::path& page);

}  // namespace holdfast
