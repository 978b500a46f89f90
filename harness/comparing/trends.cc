#include "harness/comparing/trends.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "harness/comparing/comparison.h"
#include "harness/judging/quantity.h"
#include "harness/statistics/two_samples.h"
#include "harness/text/printable.h"
#include "harness/text/table.h"

namespace holdfast {
namespace {

constexpr std::size_t kMostInCell = 40;
constexpr std::size_t kDate = 10;  // of "2026-11-22T10:22:07Z"

// Of those the trend is of.
bool Concerns(const Trend& trend, const CellResult& result) {
  return result.cell.scenario == trend.scenario && ExperimentOf(result.cell) == trend.experiment;
}

TrendPoint PointOf(const Run& run, const Trend& trend) {
  TrendPoint point;
  point.started = run.started;
  point.version = run.version;
  std::vector<double> values;
  for (const CellResult& result : run.results) {
    if (!Concerns(trend, result)) continue;
    point.worst = point.trials == 0 ? result.judgement : std::max(point.worst, result.judgement);
    ++point.trials;
    if (const auto value = ValueOf(result, trend.quantity)) values.push_back(*value);
  }
  if (!values.empty()) point.value = MedianOf(values);
  return point;
}

// The measured points of a trend, by their place in it.
std::vector<std::size_t> Measured(const Trend& trend) {
  std::vector<std::size_t> measured;
  for (std::size_t i = 0; i < trend.points.size(); ++i) {
    if (trend.points[i].value) measured.push_back(i);
  }
  return measured;
}

Trend TrendOf(const std::vector<const Run*>& runs, const CellResult& first, const Quantity& quantity) {
  Trend trend{.scenario = first.cell.scenario,
              .experiment = ExperimentOf(first.cell),
              .quantity = quantity,
              .points = {},
              .change = {}};
  for (const Run* run : runs) {
    trend.points.push_back(PointOf(*run, trend));
    const bool unqualified = !MarkOf(quantity, WhyLatencyUnqualified(*run)).empty();
    trend.unqualified = trend.unqualified || (unqualified && trend.points.back().value.has_value());
  }
  return trend;
}

std::vector<Trend> TrendsOfSeries(const std::vector<const Run*>& runs) {
  std::vector<Trend> trends;
  for (const Run* run : runs) {
    for (const CellResult& result : run->results) {
      if (std::any_of(trends.begin(), trends.end(), [&](const Trend& one) { return Concerns(one, result); })) continue;
      const std::size_t before = trends.size();
      for (const Quantity& quantity : HeadlineQuantities()) {
        Trend trend = TrendOf(runs, result, quantity);
        if (!Measured(trend).empty()) trends.push_back(std::move(trend));
      }
      if (trends.size() == before) trends.push_back(TrendOf(runs, result, kRto));
    }
  }
  return trends;
}

// All at once, as the tests of all series are one family.
void FindChanges(Trends& all) {
  std::vector<Trend*> trends;
  std::vector<std::size_t> places;
  std::vector<PValue> tests;
  for (Series& series : all.series) {
    for (Trend& trend : series.trends) {
      const std::vector<std::size_t> measured = Measured(trend);
      if (measured.size() < 2) continue;
      std::vector<double> values;
      for (const std::size_t i : measured) values.push_back(*trend.points[i].value);
      const ChangePoint change = FindChangePoint(values);
      trends.push_back(&trend);
      places.push_back(measured[change.first]);
      tests.push_back(change.p);
    }
  }
  all.enough_runs = ValuesToShow(tests.size(), kTrendAlpha);
  const std::vector<Adjusted> adjusted = AdjustTogether(tests, kTrendAlpha);
  for (std::size_t i = 0; i < trends.size(); ++i) {
    trends[i]->adjusted = adjusted[i];
    if (adjusted[i].able && adjusted[i].p <= kTrendAlpha) trends[i]->change = places[i];
  }
}

char LetterOf(const TrendPoint& point) {
  if (point.trials == 0) return ' ';
  switch (point.worst) {
    case Judgement::kPass:
      return '.';
    case Judgement::kFail:
      return 'F';
    case Judgement::kInconclusive:
      return '?';
    case Judgement::kSkipped:
      return 's';
  }
  return ' ';
}

// Each value as a bar between the least and the greatest; one that was not measured is a space, one that never ended ×.
std::string Bars(const Trend& trend) {
  static constexpr std::array<const char*, 8> kBars = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  double least = INFINITY, most = 0;
  for (const TrendPoint& point : trend.points) {
    if (!point.value || std::isinf(*point.value)) continue;
    least = std::min(least, *point.value);
    most = std::max(most, *point.value);
  }
  std::string text;
  for (const TrendPoint& point : trend.points) {
    if (!point.value || std::isinf(*point.value)) {
      text += point.value ? "×" : " ";
      continue;
    }
    const double height = most > least ? (*point.value - least) / (most - least) : 0;
    text += kBars.at(static_cast<std::size_t>(std::lround(height * (kBars.size() - 1))));
  }
  return text;
}

std::string MedianBetween(const Trend& trend, std::size_t first, std::size_t end) {
  std::vector<double> values;
  for (std::size_t i = first; i < end; ++i) {
    if (trend.points[i].value) values.push_back(*trend.points[i].value);
  }
  return values.empty() ? "–" : ValueText(trend.quantity, MedianOf(values));
}

std::string ChangeText(const Trend& trend) {
  if (Measured(trend).empty()) return "";
  if (!trend.adjusted.able) return "too few runs to tell";
  if (!trend.change) return "";
  const TrendPoint& point = trend.points[*trend.change];
  std::string text = fmt::format("{} → {} since {} (p {:.3f})", MedianBetween(trend, 0, *trend.change),
                                 MedianBetween(trend, *trend.change, trend.points.size()),
                                 Printable(point.started.substr(0, kDate)), trend.adjusted.p);
  if (*trend.change > 0 && trend.points[*trend.change - 1].version != point.version) {
    text += fmt::format(", when Holdfast became {}", Printable(point.version));
  }
  return text;
}

std::string DescribeSeries(const Series& series) {
  std::vector<std::vector<std::string>> lines = {
      {"fault", "verdicts", "quantity", "course", "last", "median", "change"}};
  for (const Trend& trend : series.trends) {
    std::string verdicts;
    for (const TrendPoint& point : trend.points) verdicts += LetterOf(point);
    const std::vector<std::size_t> measured = Measured(trend);
    lines.push_back({Printable(trend.scenario, kMostInCell), verdicts,
                     trend.quantity.name + (trend.unqualified ? kUnqualifiedMark : ""), Bars(trend),
                     measured.empty() ? "–" : ValueText(trend.quantity, *trend.points[measured.back()].value),
                     MedianBetween(trend, 0, trend.points.size()), ChangeText(trend)});
  }
  const std::string span = series.started.size() == 1 ? Printable(series.started.front())
                                                      : fmt::format("{} to {}", Printable(series.started.front()),
                                                                    Printable(series.started.back()));
  return fmt::format("{}: {} run{}, {}\n", series.title, series.started.size(), series.started.size() == 1 ? "" : "s",
                     span) +
         PrintTable(lines, {Alignment::kLeft, Alignment::kLeft, Alignment::kLeft, Alignment::kLeft, Alignment::kRight,
                            Alignment::kRight, Alignment::kLeft});
}

}  // namespace

Trends TrendsOf(const std::vector<Run>& runs) {
  std::vector<std::vector<const Run*>> groups;
  for (const Run& run : runs) {
    const auto like = std::find_if(groups.begin(), groups.end(), [&](const std::vector<const Run*>& group) {
      return UnlikeGround(*group.front(), run).empty();
    });
    if (like == groups.end()) {
      groups.push_back({&run});
    } else {
      like->push_back(&run);
    }
  }
  Trends all;
  for (const std::vector<const Run*>& group : groups) {
    Series series;
    series.title = TitleOf(*group.front());
    for (const Run* run : group) series.started.push_back(run->started);
    series.trends = TrendsOfSeries(group);
    all.series.push_back(std::move(series));
  }
  FindChanges(all);
  return all;
}

std::string Describe(const Trends& trends) {
  std::string text;
  bool few = false;
  for (const Series& series : trends.series) {
    text += DescribeSeries(series) + "\n";
    few = few || std::any_of(series.trends.begin(), series.trends.end(),
                             [](const Trend& trend) { return !trend.adjusted.able && !Measured(trend).empty(); });
  }
  text += fmt::format(
      "Oldest first, one column a run: . pass, F fail, ? inconclusive, s skipped; bars from the least to the greatest "
      "value, × never.\nA change is shown by Pettitt's test at {:g} %, p by Holm's procedure over all lines.\n",
      100 * kTrendAlpha);
  if (few) text += fmt::format("It takes {} runs to show a change in any of so many lines.\n", trends.enough_runs);
  return text;
}

}  // namespace holdfast
