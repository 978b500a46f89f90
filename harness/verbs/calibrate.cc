#include <fmt/format.h>

#include <regex>

#include "harness/calibration.h"
#include "harness/installed.h"
#include "harness/parts.h"
#include "harness/run_suite.h"
#include "harness/verbs/verb.h"
#include "harness/version.h"

namespace holdfast {
namespace {

struct CalibrateOptions {
  std::string only;
  std::string cluster;
  std::string out = kRunsFolder;
  std::string from;
  int runs = 1;
  Afterwards afterwards = Afterwards::kTearDown;
};

// What is played: the known-bad systems, and the healthy ones on the same ground.
Result<std::vector<ExpectedCell>> ChooseCells(const CalibrateOptions& options) {
  ASSIGN_OR_RETURN(const std::vector<ExpectedCell> all, ReadCells(SuitesFolder() / "calibration" / "cells.yaml"));
  std::vector<ExpectedCell> chosen;
  try {
    const std::regex only(options.only, std::regex::icase);
    for (const ExpectedCell& cell : all) {
      const std::string name = cell.promise + "." + cell.Name() + " " + cell.planted;
      if (cell.ring != kThoroughRing && std::regex_search(name, only)) chosen.push_back(cell);
    }
  } catch (const std::regex_error&) {
    return UsageError(fmt::format("--only '{}' is no regular expression", options.only));
  }
  if (!chosen.empty()) return chosen;
  std::string known;
  for (const ExpectedCell& cell : all) known += (known.empty() ? "" : ", ") + cell.promise;
  return UsageError(fmt::format("--only '{}' matches none of: {}", options.only, known));
}

class Calibrator {
 public:
  Calibrator(Session& session, const CalibrateOptions& options) : session_(session), options_(options) {}

  Result<int> Calibrate() {
    ASSIGN_OR_RETURN(const std::vector<ExpectedCell> cells, ChooseCells(options_));
    ASSIGN_OR_RETURN(Rig rig, ReadRig(cells.front().rig));
    if (!options_.cluster.empty()) rig.cluster = options_.cluster;
    ASSIGN_OR_RETURN(const Parts parts, MakeParts(session_.host, rig));
    ASSIGN_OR_RETURN(const bool was_up, parts.provider->IsUp());
    calibration_.ground = {.version = Version(), .provider = rig.provider.name, .profile = parts.provider->Profile()};
    calibration_.when = PrintUtc(std::chrono::system_clock::now());
    const Status played = options_.from.empty() ? PlayAll(cells) : ReadAll(cells);
    if (!was_up && options_.from.empty() && options_.afterwards == Afterwards::kTearDown) {
      const Shielded shielded;
      RETURN_IF_ERROR(parts.provider->Destroy(session_.progress));
    }
    fmt::print("{}", PrintCalibration(calibration_));
    RETURN_IF_ERROR(played);
    // A part of it is no calibration.
    if (options_.only.empty()) RETURN_IF_ERROR(KeepCalibration(calibration_));
    return calibration_.Trustworthy() ? kDone : 1;
  }

 private:
  Status PlayAll(const std::vector<ExpectedCell>& cells) {
    std::size_t number = 0;
    for (ExpectedCell cell : cells) {
      ++number;
      for (cell.seed = 1; cell.seed <= options_.runs; ++cell.seed) {
        if (session_.host.Interrupted()) return Fail(ErrorCode::kInterrupted, "interrupted");
        session_.progress.Say(fmt::format("{}/{} {}.{}: {}", number, cells.size(), cell.promise, cell.TestName(),
                                          cell.planted.empty() ? "healthy" : cell.planted));
        RETURN_IF_ERROR(PlayOne(cell));
      }
    }
    return {};
  }

  // What was played already.
  Status ReadAll(const std::vector<ExpectedCell>& cells) {
    for (const ExpectedCell& cell : cells) {
      const std::vector<std::filesystem::path> runs = ListRuns(std::filesystem::path(options_.from) / cell.Folder());
      if (runs.empty()) {
        AddTrouble(calibration_, cell, "was not played");
        continue;
      }
      ASSIGN_OR_RETURN(const Run run, ReadRunJson(runs.back() / "run.json"));
      if (run.version != calibration_.ground.version || run.results.empty()) {
        AddTrouble(calibration_, cell, "was played by version " + run.version);
        continue;
      }
      AddRun(calibration_, cell, run.results.front());
    }
    return {};
  }

  // Only an interruption ends the calibration; what else goes wrong is a result of this cell.
  Status PlayOne(const ExpectedCell& cell) {
    RunOptions run;
    run.suite = cell.suite.string();
    run.rig = cell.rig.string();
    run.arguments.scenarios = {cell.scenario};
    run.arguments.seed = static_cast<std::uint64_t>(cell.seed);
    if (!options_.cluster.empty()) run.arguments.cluster = options_.cluster;
    run.out = options_.out;
    run.afterwards = Afterwards::kLeaveUp;
    const Result<FinishedRun> finished = RunSuite(session_.host, session_.progress, run);
    if (!finished) {
      AddTrouble(calibration_, cell, finished.error().message);
      return {};
    }
    if (finished->stopped && finished->stopped->code == ErrorCode::kInterrupted) {
      return tl::unexpected(*finished->stopped);
    }
    AddRun(calibration_, cell, finished->run.results.front());
    return {};
  }

  Session& session_;
  const CalibrateOptions options_;
  Calibration calibration_;
};

}  // namespace

void AddCalibrate(CLI::App& app, Work& chosen) {
  auto options = std::make_shared<CalibrateOptions>();
  CLI::App& verb = *app.add_subcommand(
      "calibrate", "put the instrument on trial: plant defects, see each caught and no healthy system accused");
  verb.add_option("--only", options->only, "cells whose name or planted defect matches; the result is not kept")
      ->type_name("REGEX");
  verb.add_option("--runs", options->runs, "of each cell, with seeds from 1")
      ->type_name("N")
      ->check(CLI::Range(1, 100));
  verb.add_option("--cluster", options->cluster, "name of the cluster, instead of the rigs'")->type_name("NAME");
  verb.add_option("--out", options->out, "where the runs' folders are made")->type_name("DIR")->capture_default_str();
  verb.add_option("--from", options->from, "play nothing, look at the runs that ctest left in this folder")
      ->type_name("DIR");
  verb.add_flag_callback(
      "--keep", [options] { options->afterwards = Afterwards::kLeaveUp; }, "leave the cluster running");
  verb.footer(
      "Every report of this version on this kind of cluster carries the result.\n"
      "Exit status: 0 all caught and nobody accused, 1 not so, 2 it could not be found out.\n\n"
      "Examples:\n  holdfast calibrate\n  holdfast calibrate --only 'before it syncs' --runs 5");
  verb.callback([options, &chosen] {
    chosen = [options](Session& session) { return Calibrator(session, *options).Calibrate(); };
  });
}

}  // namespace holdfast
