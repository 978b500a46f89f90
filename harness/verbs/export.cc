#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>

#include "harness/history/jepsen.h"
#include "harness/runs/run_folder.h"
#include "harness/verbs/verb.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

struct ExportOptions {
  std::string run;
  std::string format = "jepsen";
  int cell = 0;     // 0: all of them
  std::string out;  // empty: standard output
};

// What is missing here must not be taken for missing in the database.
void WarnOfUnreadable(const CellHistory& history) {
  if (history.unreadable.empty()) return;
  fmt::print(stderr, "holdfast: lines of cell {} cannot be used and are not in the export: {}\n", history.cell,
             history.unreadable.front().complaint);
}

Status WriteFile(const CellHistory& history, const fs::path& file) {
  std::ofstream out(file, std::ios::binary);
  WriteJepsen(history, out);
  out.close();
  if (!out) return Unavailable(fmt::format("{}: cannot be written: {}", file.string(), std::strerror(errno)));
  return {};
}

// history.edn of cell 3 is history-3.edn, where there are several.
fs::path OfCell(const fs::path& file, int cell) {
  fs::path name = file.stem();
  name += fmt::format("-{}", cell);
  name += file.extension();
  return file.parent_path() / name;
}

Result<int> ExportOne(const CellHistory& history, const std::string& out) {
  WarnOfUnreadable(history);
  if (!out.empty()) {
    RETURN_IF_ERROR(WriteFile(history, out));
    return kDone;
  }
  WriteJepsen(history, std::cout);
  std::cout.flush();
  if (!std::cout) return Unavailable("standard output: cannot be written");
  return kDone;
}

Result<int> Export(const ExportOptions& options) {
  ASSIGN_OR_RETURN(const fs::path folder, FindRun(options.run));
  ASSIGN_OR_RETURN(const auto histories, ReadHistory(folder / "history.jsonl"));
  const std::string where = (folder / "history.jsonl").string();
  if (histories.empty()) return Unavailable(where + ": holds nothing of any cell");
  if (options.cell != 0) {
    const auto history = histories.find(options.cell);
    if (history != histories.end()) return ExportOne(history->second, options.out);
    return UsageError(fmt::format("{}: holds nothing of cell {}; allowed: {} to {}", where, options.cell,
                                  histories.begin()->first, histories.rbegin()->first));
  }
  if (histories.size() == 1) return ExportOne(histories.begin()->second, options.out);
  if (options.out.empty()) {
    return UsageError(
        fmt::format("{}: holds {} cells; allowed: one of them with --cell N, or --out FILE for a file each", where,
                    histories.size()));
  }
  for (const auto& [cell, history] : histories) {
    WarnOfUnreadable(history);
    RETURN_IF_ERROR(WriteFile(history, OfCell(options.out, cell)));
  }
  return kDone;
}

}  // namespace

void AddExport(CLI::App& app, Work& chosen) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App& verb = *app.add_subcommand("export", "write a run's history for the checkers of others");
  verb.add_option("run", options->run, "folder of a run, or its name in runs/")->required()->type_name("RUN");
  verb.add_option("--format", options->format, "jepsen: EDN for jepsen.checker/set and set-full")
      ->check(CLI::IsMember({"jepsen"}))
      ->capture_default_str();
  verb.add_option("--cell", options->cell, "only the cell of this number in the plan")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  verb.add_option("--out", options->out, "instead of standard output; of several cells, FILE-1, FILE-2 …")
      ->type_name("FILE");
  verb.footer(
      "A write is the element client × 10⁹ + sequence of a set. Torn, reordered and second writers' writes cannot be\n"
      "told in a set; see no-lost-writes for these.\n\n"
      "Example:\n"
      "  holdfast export runs/2026-11-22T10-22-07_ha-matrix_uml_ceph-rbd_s42 --format jepsen --cell 4 --out "
      "history.edn");
  verb.callback([options, &chosen] { chosen = [options](Session&) { return Export(*options); }; });
}

}  // namespace holdfast
