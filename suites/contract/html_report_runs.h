// Runs for the tests of report.html: judged from stories, with their pictures.
#pragma once

#include <fmt/format.h>

#include <string>

#include "harness/history/history_builder.h"
#include "harness/judging/judged_story.h"
#include "harness/registry.h"
#include "harness/reporter.h"
#include "harness/reporting/picture.h"
#include "harness/runs/run_builder.h"

namespace holdfast {

inline std::string PageOf(const Run& run) { return Registry<Reporter>::Make("html", {})->Write(run); }

inline Timeline SomeTimeline() {
  constexpr Nanoseconds kSecond = 1'000'000'000;
  return {.entries = {{.cell = 1, .time = 21 * kSecond, .kind = kOfNode, .name = "n1", .what = kWhatNotReady},
                      {.cell = 1, .time = 21 * kSecond, .kind = kOfPod, .name = "db-1", .what = kWhatDeleting},
                      {.cell = 1, .time = 22 * kSecond, .kind = kOfEvent, .name = "db-2", .what = "Pulled"}},
          .unreadable = {}};
}

// SampleRun, the first two of whose cells have a story: one that recovered, and one that never did.
inline Run RunWithPictures() {
  using std::chrono::seconds;
  Run run = SampleRun();
  Story recovers;
  recovers.Acknowledged(seconds(20)).Inject().Bitten("gone").Unanswered(seconds(2)).Restart();
  recovers.Acknowledged(seconds(20)).Recovered().Healed().Whole().ReadBack().Ended();
  run.results[0].pictures = PicturesOf(recovers.History(), SomeTimeline(), run.bounds);
  Story stays_away;
  stays_away.Acknowledged(seconds(6)).Inject().Bitten("gone").Refused(seconds(20)).Unanswered(seconds(160));
  stays_away.NotRecovered("1 node(s) had volume node affinity conflict").Healed().Acknowledged(seconds(6)).ReadBack();
  for (std::uint64_t write = 60; write < 65; ++write) stays_away.Drop(1, write);
  run.results[1].pictures = PicturesOf(stays_away.Ended().History(), SomeTimeline(), run.bounds);
  return run;
}

inline Run RunOfTrials(int trials) {
  Run run = SampleRun();
  CellResult trial = JudgeOf(HealthyStory());
  trial.pictures =
      PicturesOf(HealthyStory().History(), SomeTimeline(), run.bounds, LimitsFor(static_cast<std::size_t>(trials)));
  run.results.clear();
  for (int number = 1; number <= trials; ++number) {
    trial.cell.number = trial.cell.trial = number;
    for (Verdict& verdict : trial.verdicts) {
      if (verdict.figures.contains("rto_s")) verdict.figures["rto_s"] = 2.0 + number % 97 / 10.0;
    }
    run.results.push_back(trial);
  }
  return run;
}

// The database was not back when the limit ran out.
inline void NeverRecovers(CellResult& result) {
  result.judgement = Judgement::kFail;
  result.summary = "no recovery: RTO ≥ 3 min; 1 min 30 s allowed";
  for (Verdict& verdict : result.verdicts) {
    if (!verdict.figures.contains("rto_s")) continue;
    verdict.judgement = Judgement::kFail;
    verdict.figures["rto_s"] = 180.0;
    verdict.figures["rto_censored"] = true;
  }
}

// Of a rig of which latency was measured too, as storage_latency.h and commit_latency.h describe their figures.
inline Run RunWithLatency() {
  using nlohmann::json;
  const auto spread = [](double median) {
    return json{{"median", median}, {"least", median / 2}, {"most", median * 2}};
  };
  const auto medium = [&](double us) {
    return json{{"operations", spread(140)}, {"iops", spread(300)},      {"p50_us", spread(us)},
                {"p95_us", spread(us * 2)},  {"p99_us", spread(us * 4)}, {"p99_9_us", spread(us * 8)},
                {"max_us", spread(us * 16)}};
  };
  const json storage = {
      {"method", "geometric mean"},
      {"confidence", 0.95},
      {"jobs",
       {{{"job", "journal"},
         {"volume", medium(3000)},
         {"local", medium(700)},
         {"p99_vs_local", {{"estimate", 4.2}, {"low", 3.1}, {"high", 5.7}}}},
        {{"job", "random-read"}, {"volume", medium(900)}, {"local", nullptr}, {"p99_vs_local", nullptr}}}}};
  const json commits = {{"arrivals_per_s", 40},
                        {"method", "batch quantiles"},
                        {"confidence", 0.95},
                        {"conditions",
                         {{{"condition", "healthy"},
                           {"writes", 400},
                           {"unacknowledged", 0},
                           {"never_sent", 0},
                           {"kept_up", true},
                           {"p50_ms", 8.1},
                           {"p95_ms", 12.0},
                           {"p99_ms", 19.9},
                           {"p99_never", false},
                           {"p99_low_ms", 15.0},
                           {"p99_high_ms", 31.2},
                           {"p99_9_ms", nullptr},
                           {"max_ms", 40.1}},
                          {{"condition", "rebuilding"},
                           {"writes", 947},
                           {"unacknowledged", 345},
                           {"never_sent", 345},
                           {"kept_up", false},
                           {"p50_ms", 11790.0},
                           {"p95_ms", nullptr},
                           {"p95_never", true},
                           {"p99_ms", nullptr},
                           {"p99_never", true},
                           {"p99_low_ms", nullptr},
                           {"p99_high_ms", nullptr},
                           {"p99_9_ms", nullptr},
                           {"max_ms", nullptr},
                           {"max_never", true}}}}};
  Run run = SampleRun();
  run.results[0].verdicts.push_back(SampleVerdict("storage-latency", Judgement::kPass,
                                                  "journal p99 4.2× node-local (3.1 to 5.7 with 95 % confidence)", {},
                                                  {{"storage_latency", storage}}));
  run.results[0].verdicts.push_back(
      SampleVerdict("commit-latency", Judgement::kPass, "commit p99 19.9 ms", {}, {{"commit_latency", commits}}));
  return run;
}

// One database, hurt every half minute.
inline Run RunOfSoak(Duration lasts) {
  Story story;
  while (story.now + std::chrono::seconds(30) <= lasts) {
    story.Acknowledged(std::chrono::seconds(20)).Inject().Mark(kMarkInjected).Bitten("gone");
    story.Unanswered(std::chrono::seconds(2))
        .Restart()
        .Acknowledged(std::chrono::seconds(8))
        .Recovered()
        .Healed()
        .Whole();
  }
  story.ReadBack().Ended();
  Run run = SampleRun();
  Cell cell;
  cell.number = 1;
  cell.role = Role::kSoak;
  cell.scenario = "soak";
  cell.seed = Story::kSeed;
  const CellHistory history = story.History();
  run.results = {JudgeCell(cell, history, run.bounds)};
  run.results[0].pictures = PicturesOf(history, SomeTimeline(), run.bounds);
  return run;
}

}  // namespace holdfast
