// A verb of the binary: one file, which adds its subcommand with its options and says what is to be done.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "harness/host.h"
#include "harness/host/progress.h"
#include "harness/runs/arguments.h"

namespace holdfast {

// What a verb works with. Results go to standard output; progress and logs to standard error.
struct Session {
  Host& host;
  Progress& progress;
};

// Exit status, see DESIGN: 0 pass, 1 fail, 2 inconclusive. An Error becomes 3 if it is kUsage, else 2.
using Work = std::function<Result<int>(Session&)>;
inline constexpr int kDone = 0;
inline constexpr int kNotDone = 2;

// Each adds its subcommand to `app`; when it is the one that the user chose, `chosen` becomes what it does.
void AddDoctor(CLI::App& app, Work& chosen);
void AddList(CLI::App& app, Work& chosen);
void AddPlan(CLI::App& app, Work& chosen);
void AddRun(CLI::App& app, Work& chosen);
void AddJudge(CLI::App& app, Work& chosen);
void AddReport(CLI::App& app, Work& chosen);
void AddCompare(CLI::App& app, Work& chosen);
void AddTrends(CLI::App& app, Work& chosen);
void AddExport(CLI::App& app, Work& chosen);
void AddHeal(CLI::App& app, Work& chosen);
void AddCalibrate(CLI::App& app, Work& chosen);
void AddCluster(CLI::App& app, Work& chosen);

// All of them.
std::unique_ptr<CLI::App> MakeApp(Work& chosen);

// Parses and works; prints errors as one line on standard error. Returns the exit status.
int Main(int argc, const char* const* argv, const std::function<Session()>& open);

// --rig with its default.
CLI::Option* AddRigOption(CLI::App& verb, std::string& rig);
// --seed; CLI11 by itself takes -1 for the largest number.
CLI::Option* AddSeedOption(CLI::App& verb, std::optional<std::uint64_t>& seed);
// --cell.
void AddCellOption(CLI::App& verb, Arguments& arguments);
// --duration, --strikes and --without: of a soak.
void AddSoakOptions(CLI::App& verb, Arguments& arguments);
// Different at each call, for a user who gave none.
std::uint64_t SeedFromClock();

}  // namespace holdfast
