#include "harness/reporting/cell_command.h"

#include <fmt/format.h>

namespace holdfast {

// By its number, which is that in the plan of the whole command: a scenario named beside --cell would change the plan
// that --cell counts in.
std::string CommandOf(const Run& run, const CellResult& result) {
  const bool stands_alone = result.cell.role == Role::kScenario || result.cell.role == Role::kLatency;
  const bool chosen = run.command.find(" --cell ") != std::string::npos;
  if (run.command.empty() || run.results.size() < 2 || !stands_alone || chosen) return run.command;
  return fmt::format("{} --cell {}", run.command, result.cell.number);
}

}  // namespace holdfast
