#include "harness/playing/soak_shrinker.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "harness/check.h"

namespace holdfast {
namespace {

std::set<std::string> FailedCheckers(const Run& run) {
  std::set<std::string> checkers;
  for (const CellResult& result : run.results) {
    for (const Verdict& verdict : result.verdicts) {
      if (verdict.judgement == Judgement::kFail) checkers.insert(verdict.checker);
    }
  }
  return checkers;
}

std::vector<std::string> NamesOf(const Strikes& strikes, const Run& run) {
  std::vector<std::string> names;
  for (const CellResult& result : run.results) {
    const bool wanted = std::find(strikes.begin(), strikes.end(), result.cell.strike) != strikes.end();
    if (result.cell.role == Role::kStrike && wanted) names.push_back(result.cell.Name());
  }
  return names;
}

}  // namespace

RunOptions OnlyStrikes(RunOptions options, const Strikes& strikes) {
  CHECK(!strikes.empty());
  options.arguments.duration.reset();
  options.arguments.strikes = strikes.back();
  options.arguments.without.clear();
  for (int strike = 1; strike < strikes.back(); ++strike) {
    if (!std::binary_search(strikes.begin(), strikes.end(), strike)) options.arguments.without.push_back(strike);
  }
  return options;
}

Strikes PlayedStrikes(const Run& run) {
  Strikes strikes;
  for (const CellResult& result : run.results) {
    if (result.cell.role == Role::kStrike) strikes.push_back(result.cell.strike);
  }
  return strikes;
}

int FirstFailed(const Run& run) {
  for (const CellResult& result : run.results) {
    if (result.cell.role == Role::kStrike && result.judgement == Judgement::kFail) return result.cell.strike;
  }
  const Strikes played = PlayedStrikes(run);
  CHECK(!played.empty());
  return played.back();
}

bool FailsAlike(const Run& run, const Run& first) {
  const std::set<std::string> before = FailedCheckers(first);
  const std::set<std::string> now = FailedCheckers(run);
  return std::any_of(now.begin(), now.end(), [&](const std::string& checker) { return before.count(checker) != 0; });
}

Shrunk ShrinkSoak(Host& host, Progress& progress, const RunOptions& options, const Run& failed) {
  CHECK(failed.Overall() == Judgement::kFail);
  return Shrink(PlayedStrikes(failed), FirstFailed(failed), [&](const Strikes& strikes) -> Result<bool> {
    progress.Say(fmt::format("shrink: once more with {} of its strikes: {}", strikes.size(),
                             fmt::join(NamesOf(strikes, failed), ", ")));
    ASSIGN_OR_RETURN(const FinishedRun replay, RunSuite(host, progress, OnlyStrikes(options, strikes)));
    if (replay.stopped) return tl::unexpected(*replay.stopped);
    const bool fails = FailsAlike(replay.run, failed);
    progress.Say(fmt::format("shrink: {} strikes {}: {}", strikes.size(), fails ? "fail" : "do not fail",
                             replay.run.folder.string()));
    return fails;
  });
}

std::string Describe(const Shrunk& shrunk, const Run& failed, const RunOptions& options) {
  const std::size_t of = PlayedStrikes(failed).size();
  std::string text;
  if (shrunk.reproduced) {
    text = fmt::format("Shrunk to {} of {} strikes in {} replays: {}\n  again: {}\n", shrunk.strikes.size(), of,
                       shrunk.replays, fmt::join(NamesOf(shrunk.strikes, failed), ", "),
                       CommandOf(OnlyStrikes(options, shrunk.strikes)));
  } else {
    text = fmt::format("Not shrunk: {} replays of the {} strikes did not fail again\n", shrunk.replays, of);
  }
  if (shrunk.stopped) text += fmt::format("  the search was cut short: {}\n", shrunk.stopped->message);
  return text;
}

}  // namespace holdfast
