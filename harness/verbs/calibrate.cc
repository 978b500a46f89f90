#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <array>
#include <deque>
#include <future>
#include <mutex>
#include <regex>

#include "harness/calibration.h"
#include "harness/cluster_use.h"
#include "harness/installed.h"
#include "harness/options.h"
#include "harness/parts.h"
#include "harness/run_suite.h"
#include "harness/text_file.h"
#include "harness/verbs/verb.h"
#include "harness/version.h"

namespace holdfast {
namespace {

constexpr int kFullRuns = 3;

struct CalibrateOptions {
  std::string only;
  std::string rig;  // where it is played; empty: as cells.yaml says
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

// The rig of a cell, on the cluster of another rig: what is planted in storage and database stays the cell's own.
Result<std::filesystem::path> RigOnGround(const std::filesystem::path& own, const std::filesystem::path& ground,
                                          const std::filesystem::path& folder) {
  RETURN_IF_ERROR(ReadRig(own));
  RETURN_IF_ERROR(ReadRig(ground));
  YAML::Node rig = YAML::LoadFile(own.string());
  rig["cluster"] = YAML::LoadFile(ground.string())["cluster"];
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const std::filesystem::path file = folder / own.filename();
  RETURN_IF_ERROR(WriteText(file, YAML::Dump(rig) + "\n"));
  return file;
}

// The steps of a run beside another would be two stories in one: only what stays is told, with the run's name.
class Beside : public Progress {
 public:
  Beside(Progress& progress, std::string name) : progress_(progress), name_(std::move(name)) {}
  Status Step(const std::string&, std::chrono::seconds, const std::function<Status()>& work) override { return work(); }
  void Say(const std::string& line) override { progress_.Say(name_ + ": " + line); }

 private:
  Progress& progress_;
  const std::string name_;
};

class Calibrator {
 public:
  Calibrator(Session& session, const CalibrateOptions& options) : session_(session), options_(options) {}

  Result<int> Calibrate() {
    ASSIGN_OR_RETURN(std::vector<ExpectedCell> cells, ChooseCells(options_));
    for (ExpectedCell& cell : cells) {
      if (options_.rig.empty()) break;
      ASSIGN_OR_RETURN(cell.rig, RigOnGround(cell.rig, options_.rig, std::filesystem::path(options_.out) / "rigs"));
    }
    ASSIGN_OR_RETURN(Rig rig, ReadRig(cells.front().rig));
    if (!options_.cluster.empty()) rig.cluster = options_.cluster;
    ASSIGN_OR_RETURN(const Parts parts, MakeParts(session_.host, rig));
    ASSIGN_OR_RETURN(const bool was_up, parts.provider->IsUp());
    calibration_.ground = {.version = Version(), .provider = rig.provider.name, .profile = parts.provider->Profile()};
    calibration_.when = PrintUtc(std::chrono::system_clock::now());
    const Status played = options_.from.empty() ? PlayAll(cells) : ReadAll(cells);
    if (!was_up && options_.from.empty() && options_.afterwards == Afterwards::kTearDown) {
      RETURN_IF_ERROR(TearDown(rig.cluster, *parts.provider));
    }
    fmt::print("{}", PrintCalibration(calibration_));
    RETURN_IF_ERROR(played);
    // A part of it is no calibration.
    if (options_.only.empty()) RETURN_IF_ERROR(KeepCalibration(calibration_));
    return calibration_.Trustworthy() ? kDone : 1;
  }

 private:
  // Those that hurt the whole cluster one by one; then the others, two at a time, which is what a small one bears.
  Status PlayAll(const std::vector<ExpectedCell>& cells) {
    std::deque<ExpectedCell> alone;
    for (ExpectedCell cell : cells) {
      for (cell.seed = 1; cell.seed <= options_.runs; ++cell.seed) {
        (cell.company == ExpectedCell::Company::kOthers ? waiting_ : alone).push_back(cell);
      }
    }
    total_ = alone.size() + waiting_.size();
    begin_ = session_.host.Now();
    for (const ExpectedCell& cell : alone) RETURN_IF_ERROR(PlayOne(cell, session_.progress));
    std::array<std::future<Status>, 2> places;
    for (std::future<Status>& place : places) place = std::async(std::launch::async, [this] { return PlayWaiting(); });
    Status played;
    for (std::future<Status>& place : places) {
      if (Status status = place.get(); !status.has_value()) played = status;
    }
    return played;
  }

  Status PlayWaiting() {
    while (true) {
      std::unique_lock lock(mutex_);
      if (waiting_.empty()) return {};
      const ExpectedCell cell = waiting_.front();
      waiting_.pop_front();
      lock.unlock();
      Beside progress(session_.progress, TitleOf(cell));
      RETURN_IF_ERROR(PlayOne(cell, progress));
    }
  }

  static std::string TitleOf(const ExpectedCell& cell) { return fmt::format("{}.{}", cell.promise, cell.TestName()); }

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
  Status PlayOne(const ExpectedCell& cell, Progress& progress) {
    if (session_.host.Interrupted()) return Fail(ErrorCode::kInterrupted, "interrupted");
    session_.progress.Say(fmt::format("{}: {}", TitleOf(cell), cell.planted.empty() ? "healthy" : cell.planted));
    RunOptions run;
    run.suite = cell.suite.string();
    run.rig = cell.rig.string();
    run.arguments.scenarios = {cell.scenario};
    run.arguments.seed = static_cast<std::uint64_t>(cell.seed);
    if (!options_.cluster.empty()) run.arguments.cluster = options_.cluster;
    run.out = options_.out;
    run.afterwards = Afterwards::kLeaveUp;
    run.company = cell.company;
    const Result<FinishedRun> finished = RunSuite(session_.host, progress, run);
    if (finished && finished->stopped && finished->stopped->code == ErrorCode::kInterrupted) {
      return tl::unexpected(*finished->stopped);
    }
    const std::lock_guard lock(mutex_);
    if (finished) {
      AddRun(calibration_, cell, finished->run.results.front());
    } else {
      AddTrouble(calibration_, cell, finished.error().message);
    }
    SayHowFar(cell, finished ? Surprises(cell, finished->run.results.front())
                             : std::vector<std::string>{finished.error().message});
    return {};
  }

  void SayHowFar(const ExpectedCell& cell, const std::vector<std::string>& surprises) {
    ++played_;
    const Duration elapsed = session_.host.Now() - begin_;
    session_.progress.Say(fmt::format(
        "{} of {} played, {}: {}; {} so far, about {} to go", played_, total_, TitleOf(cell),
        surprises.empty() ? "as expected" : "NOT AS EXPECTED: " + surprises.front(), FormatDuration(elapsed),
        FormatDuration(elapsed / static_cast<int>(played_) * static_cast<int>(total_ - played_))));
  }

  Status TearDown(const std::string& cluster, Provider& provider) {
    const Shielded shielded;
    const Result<ClusterUse> use = ClusterUse::Alone(cluster);
    if (use) return provider.Destroy(session_.progress);
    session_.progress.Say(fmt::format("cluster '{}' is left up: another run is at work on it", cluster));
    return {};
  }

  Session& session_;
  const CalibrateOptions options_;
  std::size_t total_ = 0;
  Time begin_{};
  std::mutex mutex_;
  std::deque<ExpectedCell> waiting_;
  std::size_t played_ = 0;
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
  verb.add_flag_callback(
      "--full", [options] { options->runs = kFullRuns; }, fmt::format("--runs {}", kFullRuns));
  verb.add_option("--rig", options->rig, "play on the cluster of this rig")->type_name("FILE");
  verb.add_option("--cluster", options->cluster, "name of the cluster, instead of the rig's")->type_name("NAME");
  verb.add_option("--out", options->out, "where the runs' folders are made")->type_name("DIR")->capture_default_str();
  verb.add_option("--from", options->from, "play nothing, look at the runs that ctest left in this folder")
      ->type_name("DIR");
  verb.add_flag_callback(
      "--keep", [options] { options->afterwards = Afterwards::kLeaveUp; }, "leave the cluster running");
  verb.footer(
      "Every report of this version on this kind of cluster carries the result.\n"
      "Exit status: 0 all caught and nobody accused, 1 not so, 2 it could not be found out.\n\n"
      "Examples:\n  holdfast calibrate\n  holdfast calibrate --full\n  holdfast calibrate --only 'before it syncs' "
      "--runs 5");
  verb.callback([options, &chosen] {
    chosen = [options](Session& session) { return Calibrator(session, *options).Calibrate(); };
  });
}

}  // namespace holdfast
