// Trends: what became of each scenario from run to run, over a folder of nightly runs: its verdicts, and of each of
// HeadlineQuantities() (quantity.h) that was measured the course. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/judging/quantity.h"
#include "harness/run.h"
#include "harness/statistics/change_point.h"

namespace holdfast {

inline constexpr double kTrendAlpha = 0.05;

struct TrendPoint {
  std::string started;
  std::string version;  // of Holdfast
  Judgement worst = Judgement::kInconclusive;
  int trials = 0;               // 0: this run did not play it
  std::optional<double> value;  // of the quantity, the median of those measured
};

// One for each quantity that was measured; one, of the RTO, where none was.
struct Trend {
  std::string scenario;
  std::string experiment;  // scenarios of one name may be several (comparison.h)
  Quantity quantity{};
  bool unqualified = false;           // latencies of which some run did not show what they are worth
  std::vector<TrendPoint> points;     // one of each run
  std::optional<std::size_t> change;  // the point from which on the quantity is another, if that is shown
  Adjusted adjusted = {};             // of that, by Holm's procedure over the trends of all series
};

// Runs that are comparable with each other (comparison.h).
struct Series {
  std::string title;
  std::vector<std::string> started;  // of each run, oldest first
  std::vector<Trend> trends;
};

struct Trends {
  std::vector<Series> series;
  int enough_runs = 0;  // so that a change in any of them could be shown
};

// `runs` oldest first; the series in the order of their first runs.
Trends TrendsOf(const std::vector<Run>& runs);
std::string Describe(const Trends& trends);

}  // namespace holdfast
