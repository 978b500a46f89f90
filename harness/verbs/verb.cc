#include "harness/verbs/verb.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <chrono>
#include <cstdio>

#include "harness/host/log.h"
#include "harness/installed.h"
#include "harness/text/spelling.h"

namespace holdfast {
namespace {

constexpr int kUsageStatus = 3;

int ReportError(const Error& error) {
  fmt::print(stderr, "holdfast: {}\n", error.message);
  if (!error.command.empty()) fmt::print(stderr, "to see it again: {}\n", error.command);
  if (!error.output.empty()) fmt::print(stderr, "{}\n", error.output);
  return error.code == ErrorCode::kUsage ? kUsageStatus : kNotDone;
}

// CLI11's own messages may have several lines; ours is one, and it says where to look.
int ReportParseError(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) return app.exit(error);  // --help
  std::string verb = "holdfast";
  for (const CLI::App* at = &app; !at->get_subcommands().empty();) {
    at = at->get_subcommands().front();
    verb += " " + at->get_name();
  }
  if (app.get_subcommands().empty() && !app.remaining().empty() && app.remaining().front().front() != '-') {
    std::vector<std::string> verbs;
    for (const CLI::App* known : app.get_subcommands([](const CLI::App*) { return true; })) {
      verbs.push_back(known->get_name());
    }
    fmt::print(stderr, "holdfast: there is no verb {}; allowed: {}\n", Quoted(app.remaining().front()),
               fmt::join(verbs, ", "));
    return kUsageStatus;
  }
  const std::string message = error.what();
  fmt::print(stderr, "holdfast: {}; see {} --help\n", message.substr(0, message.find('\n')), verb);
  return kUsageStatus;
}

}  // namespace

std::unique_ptr<CLI::App> MakeApp(Work& chosen) {
  auto app = std::make_unique<CLI::App>(
      "Holdfast qualifies a Kubernetes storage backend before a database is trusted to it.\n"
      "Exit status: 0 pass, 1 the storage broke a promise, 2 nothing was proved, 3 bad rig, suite or arguments.",
      "holdfast");
  app->require_subcommand(1);
  AddDoctor(*app, chosen);
  AddList(*app, chosen);
  AddPlan(*app, chosen);
  AddRun(*app, chosen);
  AddJudge(*app, chosen);
  AddReport(*app, chosen);
  AddCompare(*app, chosen);
  AddTrends(*app, chosen);
  AddExport(*app, chosen);
  AddHeal(*app, chosen);
  AddCalibrate(*app, chosen);
  AddCluster(*app, chosen);
  return app;
}

int Main(int argc, const char* const* argv, const std::function<Session()>& open) {
  Work chosen;
  const auto app = MakeApp(chosen);
  try {
    app->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return ReportParseError(*app, error);
  }
  StartLog();
  Session session = open();
  Result<int> status = 0;
  try {
    status = chosen(session);
  } catch (const std::exception& error) {
    // Of the standard library, e.g. where a file system is read-only. Guards have healed on the way here.
    status = Unavailable(error.what());
  }
  return status.has_value() ? *status : ReportError(status.error());
}

CLI::Option* AddRigOption(CLI::App& verb, std::string& rig) {
  rig = DefaultRig().string();
  return verb.add_option("--rig", rig, "what is tested [default: the embedded cluster with Ceph]")->type_name("FILE");
}

CLI::Option* AddSeedOption(CLI::App& verb, std::optional<std::uint64_t>& seed) {
  const auto is_number = [](const std::string& text) -> std::string {
    std::uint64_t number = 0;
    const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (trouble == std::errc() && end == text.data() + text.size()) return "";
    return "'" + text + "' is no seed; allowed: 0 to 18446744073709551615";
  };
  return verb.add_option("--seed", seed, "draws the injection instants [default: from the clock]")
      ->type_name("N")
      ->check(is_number);
}

void AddCellOption(CLI::App& verb, Arguments& arguments) {
  verb.add_option("--cell", arguments.cells,
                  "only the cell of this number in the plan, under which it is reported; may be given several times")
      ->type_name("N")
      ->check(CLI::PositiveNumber)
      ->allow_extra_args(false);
}

void AddSoakOptions(CLI::App& verb, Arguments& arguments) {
  const auto is_duration = [](const std::string& text) -> std::string {
    const Result<Duration> duration = ParseDuration(text);
    if (duration.has_value() && *duration >= std::chrono::seconds(1) && *duration <= kLongestSoak) return "";
    return "'" + text + "' is no duration of a soak; allowed: " + kDurationForm + ", from 1s to 24h";
  };
  verb.add_option_function<std::string>(
          "--duration", [&arguments](const std::string& text) { arguments.duration = ParseDuration(text).value(); },
          "of a soak, instead of the suite's")
      ->type_name("TIME")
      ->check(is_duration);
  verb.add_option("--strikes", arguments.strikes, "of a soak, only the first N of its schedule, however long they take")
      ->type_name("N")
      ->check(CLI::Range(1, kMostStrikes))
      ->excludes("--duration");
  verb.add_option("--without", arguments.without,
                  "of a soak, without strike N of its schedule; may be given several times")
      ->type_name("N")
      ->check(CLI::Range(1, kMostStrikes))
      ->allow_extra_args(false);
}

std::uint64_t SeedFromClock() {
  // A few digits: a seed is read out, typed and part of a folder's name.
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count() % 1'000'000);
}

}  // namespace holdfast
