#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <deque>
#include <future>
#include <mutex>
#include <regex>

#include "harness/host/text_file.h"
#include "harness/installed.h"
#include "harness/options.h"
#include "harness/parts.h"
#include "harness/playing/cluster_use.h"
#include "harness/playing/lanes.h"
#include "harness/playing/run_suite.h"
#include "harness/runs/calibration.h"
#include "harness/runs/cell_recording.h"
#include "harness/verbs/verb.h"
#include "harness/version.h"

namespace holdfast {
namespace {

constexpr int kFullRuns = 3;
constexpr int kNotFoundOut = 2;  // exit status

struct CalibrateOptions {
  std::string only;
  std::string rig;  // where it is played; empty: as cells.yaml says
  std::string cluster;
  std::string out = kRunsFolder;
  std::string from;
  int runs = 1;
  int parallel = 1;
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
      if (cell.ring == kThoroughRing || cell.ring == kLibraryRing) continue;
      if (std::regex_search(name, only)) chosen.push_back(cell);
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

// One of the clusters that are played on.
struct Place {
  std::string cluster;
  Parts parts;
  bool was_up = false;
};

// Each like the first and, after it, named as the lanes of a run are.
Result<std::vector<Place>> FindPlaces(Session& session, Rig rig, int parallel, std::size_t cells) {
  std::vector<Place> places;
  std::vector<std::uint64_t> needs;
  const std::string first = rig.cluster;
  for (int number = 1; number <= parallel; ++number) {
    rig.cluster = LaneName(first, number);
    ASSIGN_OR_RETURN(Parts parts, MakeParts(session.host, rig));
    ASSIGN_OR_RETURN(const bool up, parts.provider->IsUp());
    needs.push_back(MemoryOfLane(*parts.provider));
    places.push_back({.cluster = rig.cluster, .parts = std::move(parts), .was_up = up});
  }
  ASSIGN_OR_RETURN(const std::size_t fit, FitLanes(session.host, session.progress, parallel, cells, needs));
  places.resize(fit);
  return places;
}

// The first thing that went wrong, once all are done.
Status AwaitAll(std::vector<std::future<Status>>& players) {
  Status first;
  for (std::future<Status>& player : players) {
    if (Status status = player.get(); !status.has_value() && first.has_value()) first = status;
  }
  return first;
}

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
    QueueCells(cells);
    ASSIGN_OR_RETURN(const Parts parts, MakeParts(session_.host, rig));
    calibration_.ground = {.version = Version(), .provider = rig.provider.name, .profile = parts.provider->Profile()};
    if (options_.from.empty()) calibration_.when = PrintUtc(std::chrono::system_clock::now());
    const Status done = options_.from.empty() ? Play(rig) : ReadAll(cells);
    fmt::print("{}", PrintCalibration(calibration_));
    RETURN_IF_ERROR(done);
    // A part of it is no calibration.
    if (!whole_) {
      fmt::print("Not kept: not everything was played.\n");
      return surprised_ ? 1 : kNotFoundOut;
    }
    if (options_.only.empty()) {
      ASSIGN_OR_RETURN(const bool kept, KeepCalibration(calibration_));
      if (!kept) fmt::print("Kept is an earlier one of this version, of more runs.\n");
    }
    return calibration_.Trustworthy() ? kDone : 1;
  }

 private:
  void QueueCells(const std::vector<ExpectedCell>& cells) {
    for (ExpectedCell cell : cells) {
      for (cell.seed = 1; cell.seed <= options_.runs; ++cell.seed) {
        (cell.company == ExpectedCell::Company::kOthers ? in_company_ : alone_).push_back(cell);
      }
    }
    total_ = alone_.size() + in_company_.size();
  }

  Status Play(const Rig& rig) {
    ASSIGN_OR_RETURN(const std::vector<Place> places, FindPlaces(session_, rig, options_.parallel, total_));
    const Status played = PlayAll(places);
    if (options_.afterwards == Afterwards::kTearDown) RETURN_IF_ERROR(TearDown(places));
    return played;
  }

  Status PlayAll(const std::vector<Place>& places) {
    begin_ = session_.host.Now();
    std::vector<std::future<Status>> players;
    for (const Place& place : places) {
      players.push_back(std::async(std::launch::async, [&] { return PlayOn(place.cluster, places.size() > 1); }));
    }
    return AwaitAll(players);
  }

  // Those that hurt the whole cluster one by one; then the others, as many at a time as the machine bears.
  Status PlayOn(const std::string& cluster, bool beside_another) {
    RETURN_IF_ERROR(PlayThose(alone_, cluster, beside_another));
    std::vector<std::future<Status>> players;
    const std::size_t at_a_time = beside_another ? 1 : CellsAtATime();
    for (std::size_t player = 0; player < at_a_time; ++player) {
      players.push_back(std::async(std::launch::async, [this, &cluster, beside = beside_another || at_a_time > 1] {
        return PlayThose(in_company_, cluster, beside);
      }));
    }
    return AwaitAll(players);
  }

  // As many as the others of this queue leave.
  Status PlayThose(std::deque<ExpectedCell>& queue, const std::string& cluster, bool beside_another) {
    while (true) {
      std::unique_lock lock(mutex_);
      if (queue.empty()) return {};
      const ExpectedCell cell = queue.front();
      queue.pop_front();
      lock.unlock();
      Beside beside(session_.progress, TitleOf(cell));
      RETURN_IF_ERROR(PlayOne(cell, cluster, beside_another ? beside : session_.progress));
    }
  }

  static std::string TitleOf(const ExpectedCell& cell) { return fmt::format("{}.{}", cell.promise, cell.TestName()); }

  // What was played already; it is as old as the latest of it. A recording stands for what this version did not play,
  // never for what it began to play and did not end.
  Status ReadAll(const std::vector<ExpectedCell>& cells) {
    for (const ExpectedCell& cell : cells) {
      const std::filesystem::path folder = std::filesystem::path(options_.from) / cell.Folder();
      const std::vector<std::filesystem::path> runs = ListRuns(folder);
      if (!runs.empty()) {
        ReadPlayed(cell, runs.back());
      } else if (std::filesystem::exists(folder)) {
        AddNotPlayed(cell, "left no run");
      } else {
        ReadRecording(cell, "was not played");
      }
      if (session_.host.Interrupted()) return Fail(ErrorCode::kInterrupted, "interrupted");
    }
    return {};
  }

  void ReadPlayed(const ExpectedCell& cell, const std::filesystem::path& folder) {
    const Result<Run> run = ReadRunJson(folder / "run.json");
    if (!run) return AddNotPlayed(cell, run.error().message);
    if (run->version != calibration_.ground.version) {
      return ReadRecording(cell, "was played by version " + run->version);
    }
    if (run->results.empty() || run->took == Duration::zero()) return AddNotPlayed(cell, "was cut off");
    calibration_.when = std::max(calibration_.when, run->started);
    Add(cell, *run, Source::kPlayed);
  }

  // `instead`: why there is no run.
  void ReadRecording(const ExpectedCell& cell, const std::string& instead) {
    if (cell.recording.empty()) return AddNotPlayed(cell, instead);
    const Result<Run> run =
        JudgeRecording(session_.host, cell, std::filesystem::path(options_.from) / "recordings" / cell.Folder());
    if (!run) return AddNotPlayed(cell, run.error().message);
    Add(cell, *run, Source::kRecording);
  }

  void Add(const ExpectedCell& cell, const Run& run, Source source) {
    const CalibrationGround& ground = calibration_.ground;
    if (run.provider != ground.provider || run.profile != ground.profile) {
      return AddNotPlayed(cell, fmt::format("was played on {}, {}", run.provider, run.profile));
    }
    surprised_ = surprised_ || !Surprises(cell, run.results.front()).empty();
    AddRun(calibration_, cell, run.results.front(), source);
  }

  // Only an interruption ends the calibration; what else goes wrong is a result of this cell.
  Status PlayOne(const ExpectedCell& cell, const std::string& cluster, Progress& progress) {
    if (session_.host.Interrupted()) return Fail(ErrorCode::kInterrupted, "interrupted");
    session_.progress.Say(fmt::format("{}: {}", TitleOf(cell), cell.planted.empty() ? "healthy" : cell.planted));
    RunOptions run;
    run.suite = cell.suite.string();
    run.rig = cell.rig.string();
    run.arguments.scenarios = {cell.scenario};
    run.arguments.seed = static_cast<std::uint64_t>(cell.seed);
    run.arguments.cluster = cluster;
    run.out = options_.out;
    run.afterwards = Afterwards::kLeaveUp;
    run.company = cell.company;
    const Result<FinishedRun> finished = RunSuite(session_.host, progress, run);
    if (finished && finished->stopped && finished->stopped->code == ErrorCode::kInterrupted) {
      return tl::unexpected(*finished->stopped);
    }
    const std::lock_guard lock(mutex_);
    std::vector<std::string> surprises;
    if (!finished || finished->stopped) {
      surprises.push_back(finished ? finished->stopped->message : finished.error().message);
      AddNotPlayed(cell, surprises.front());
    } else {
      surprises = Surprises(cell, finished->run.results.front());
      Add(cell, finished->run, Source::kPlayed);
    }
    SayHowFar(cell, surprises);
    return {};
  }

  void AddNotPlayed(const ExpectedCell& cell, const std::string& why) {
    AddTrouble(calibration_, cell, why);
    whole_ = false;
  }

  void SayHowFar(const ExpectedCell& cell, const std::vector<std::string>& surprises) {
    ++played_;
    const Duration elapsed = session_.host.Now() - begin_;
    session_.progress.Say(fmt::format(
        "{} of {} played, {}: {}; {} so far, about {} to go", played_, total_, TitleOf(cell),
        surprises.empty() ? "as expected" : "NOT AS EXPECTED: " + surprises.front(), FormatDuration(elapsed),
        FormatDuration(elapsed / static_cast<int>(played_) * static_cast<int>(total_ - played_))));
  }

  // What was not up before.
  Status TearDown(const std::vector<Place>& places) {
    const Shielded shielded;
    Status first;
    for (const Place& place : places) {
      if (place.was_up) continue;
      const Result<ClusterUse> use = ClusterUse::Alone(place.cluster);
      if (!use) {
        session_.progress.Say(fmt::format("cluster '{}' is left up: another run is at work on it", place.cluster));
      } else if (Status status = place.parts.provider->Destroy(session_.progress); !status && first) {
        first = status;
      }
    }
    return first;
  }

  Session& session_;
  const CalibrateOptions options_;
  std::size_t total_ = 0;
  Time begin_{};
  std::mutex mutex_;
  std::deque<ExpectedCell> alone_;
  std::deque<ExpectedCell> in_company_;
  std::size_t played_ = 0;
  Calibration calibration_;
  bool surprised_ = false;  // by a run that came to a result
  bool whole_ = true;       // each cell was played and came to a result
};

}  // namespace

void AddCalibrate(CLI::App& app, Work& chosen) {
  auto options = std::make_shared<CalibrateOptions>();
  CLI::App& verb = *app.add_subcommand(
      "calibrate", "put the instrument on trial: plant defects, see each caught and no healthy system accused");
  verb.add_option("--only", options->only, "cells whose name or planted defect matches; the result is not kept")
      ->type_name("REGEX");
  verb.add_option("--out", options->out, "where the runs' folders are made")->type_name("DIR")->capture_default_str();
  verb.add_option("--cluster", options->cluster, "name of the cluster, instead of the rig's")->type_name("NAME");
  CLI::Option* const from =
      verb.add_option("--from", options->from,
                      "play nothing: look at the runs that ctest left in this folder and, where it left none, at "
                      "recordings, which are unpacked there")
          ->type_name("DIR");
  const std::vector<CLI::Option*> of_play = {
      verb.add_option("--runs", options->runs, "of each cell, with seeds from 1")
          ->type_name("N")
          ->check(CLI::Range(1, 100)),
      verb.add_flag_callback(
          "--full", [options] { options->runs = kFullRuns; }, fmt::format("--runs {}", kFullRuns)),
      verb.add_option("--parallel", options->parallel,
                      "play on up to so many clusters side by side; as many as there is memory for")
          ->type_name("N")
          ->check(CLI::Range(1, kMostLanes)),
      verb.add_option("--rig", options->rig, "play on the cluster of this rig")->type_name("FILE"),
      verb.add_flag_callback(
          "--keep", [options] { options->afterwards = Afterwards::kLeaveUp; }, "leave the cluster running")};
  for (CLI::Option* const option : of_play) from->excludes(option);
  verb.footer(
      "Every report of this version on this kind of cluster carries the result.\n"
      "Exit status: 0 all caught and nobody accused, 1 not so, 2 it could not be found out.\n\n"
      "Examples:\n  holdfast calibrate\n  holdfast calibrate --full --parallel 2\n  holdfast calibrate --only "
      "'before it syncs' --runs 5");
  verb.callback([options, &chosen] {
    chosen = [options](Session& session) { return Calibrator(session, *options).Calibrate(); };
  });
}

}  // namespace holdfast
