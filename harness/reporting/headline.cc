#include "harness/reporting/headline.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "harness/judging/figures.h"
#include "harness/latency/storage_latency.h"
#include "harness/options.h"
#include "harness/text/printable.h"

namespace holdfast {
namespace {

constexpr std::size_t kMostInSentence = 160;

std::string Count(std::size_t count, const std::string& noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

using Results = std::vector<const CellResult*>;

Results ResultsWhere(const Run& run, bool (*holds)(Role)) {
  Results results;
  for (const CellResult& result : run.results) {
    if (holds(result.cell.role)) results.push_back(&result);
  }
  return results;
}

bool IsMeasuring(Role role) { return role == Role::kLatency; }
// The soak itself is none beside its strikes.
bool IsExperiment(Role role) { return role != Role::kSoak && !IsMeasuring(role); }

std::size_t CountOf(const Results& results, Judgement judgement) {
  return static_cast<std::size_t>(
      std::count_if(results.begin(), results.end(), [&](const auto* one) { return one->judgement == judgement; }));
}

// A soak has counted what all its strikes count.
std::uint64_t Total(const Run& run, const std::string& key) {
  const bool soak = std::any_of(run.results.begin(), run.results.end(),
                                [](const CellResult& result) { return result.cell.role == Role::kSoak; });
  std::uint64_t total = 0;
  for (const CellResult& result : run.results) {
    const nlohmann::json figure = FigureOf(result, key);
    if (soak && result.cell.role != Role::kSoak) continue;
    if (figure.is_number_integer()) total += figure.get<std::uint64_t>();
  }
  return total;
}

// "node-power-off: 2 of 980 acknowledged writes lost", and how many more.
std::string FirstWith(const Results& results, Judgement judgement) {
  std::string text;
  std::size_t more = 0;
  for (const CellResult* result : results) {
    if (result->judgement != judgement) continue;
    if (!text.empty()) {
      ++more;
    } else {
      text = fmt::format("{}: {}", Printable(result->cell.Name(), kMostInSentence),
                         Printable(result->summary, kMostInSentence));
    }
  }
  return more == 0 ? text : fmt::format("{}, and {} more", text, more);
}

std::string Recovery(const Run& run, const Results& experiments) {
  const CellResult* slowest = nullptr;
  double most = 0;
  for (const CellResult* result : experiments) {
    const nlohmann::json rto = FigureOf(*result, "rto_s");
    if (!rto.is_number() || FigureOf(*result, "outage_begin_s").is_null() || rto.get<double>() < most) continue;
    slowest = result;
    most = rto.get<double>();
  }
  if (slowest == nullptr) return "";
  return fmt::format("; the database was away for {} at most, {} are allowed", RtoText(*slowest),
                     FormatDuration(run.bounds.rto));
}

std::string Passed(const Run& run, const Results& experiments) {
  const std::size_t passed = CountOf(experiments, Judgement::kPass);
  const std::uint64_t acknowledged = Total(run, "acknowledged");
  const std::uint64_t lost = Total(run, "lost");
  const std::string what =
      lost == 0
          ? fmt::format("lost none of {} acknowledged writes", acknowledged)
          : fmt::format("lost {} of {} acknowledged writes, as its asynchronous contract allows,", lost, acknowledged);
  std::string text = fmt::format("{} in {}{}", what, Count(passed, "experiment"), Recovery(run, experiments));
  const Results measured = ResultsWhere(run, IsMeasuring);
  if (CountOf(measured, Judgement::kPass) > 0) text += "; " + FirstWith(measured, Judgement::kPass);
  const Results all = ResultsWhere(run, [](Role role) { return role != Role::kSoak; });
  if (const std::size_t skipped = CountOf(all, Judgement::kSkipped); skipped > 0) {
    text += fmt::format("; {} did not apply to it", Count(skipped, "more"));
  }
  return text;
}

// Where no experiment is as bad as the run: a soak may fail as a whole and none of its strikes, and what was measured
// be too slow.
std::string OfTheRest(const Run& run, const std::string& backend) {
  const Judgement overall = run.Overall();
  const Results measured = ResultsWhere(run, IsMeasuring);
  const bool is_slow = CountOf(measured, overall) > 0;
  if (overall == Judgement::kFail && is_slow) {
    return fmt::format("{} broke a promise: {}.", backend, FirstWith(measured, overall));
  }
  if (overall == Judgement::kFail) {
    return fmt::format("{} broke a promise over the whole run: {}.", backend,
                       run.results.empty() ? "" : Printable(run.results.front().summary, kMostInSentence));
  }
  if (is_slow) {
    return fmt::format("Nothing is proved about how slow {} is: {}.", backend, FirstWith(measured, overall));
  }
  return fmt::format("Nothing is proved about {}: the soak as a whole proved nothing.", backend);
}

// Of a run that did nothing but measure.
std::string OfMeasuring(const Run& run, const Results& measured, const std::string& backend) {
  const Judgement overall = run.Overall();
  if (overall == Judgement::kSkipped) {
    return fmt::format("Nothing was played on {}: {}.", backend, FirstWith(measured, overall));
  }
  if (overall != Judgement::kPass) return OfTheRest(run, backend);
  return fmt::format("{}: {}.", backend, FirstWith(measured, overall));
}

}  // namespace

std::string Headline(const Run& run) {
  const Results experiments = ResultsWhere(run, IsExperiment);
  const std::string backend = run.backend.empty() ? "The storage" : Printable(run.backend, kMostInSentence);
  const Judgement overall = run.Overall();
  const std::size_t count = CountOf(experiments, overall);
  const Results measured = ResultsWhere(run, IsMeasuring);
  if (experiments.empty() && !measured.empty()) return OfMeasuring(run, measured, backend);
  if (experiments.empty() && overall != Judgement::kFail) return "Nothing was played, so nothing is proved.";
  const std::string of_all = fmt::format("{} of {}", count, Count(experiments.size(), "experiment"));
  switch (overall) {
    case Judgement::kPass:
      return fmt::format("{} {}.", backend, Passed(run, experiments));
    case Judgement::kFail:
      if (count == 0) return OfTheRest(run, backend);
      return fmt::format("{} broke a promise in {}: {}.", backend, of_all, FirstWith(experiments, overall));
    case Judgement::kInconclusive:
      if (count == 0) return OfTheRest(run, backend);
      return fmt::format("Nothing is proved about {}, since {} proved nothing: {}.", backend, of_all,
                         FirstWith(experiments, overall));
    case Judgement::kSkipped:
      if (count < experiments.size()) return fmt::format("{} {}.", backend, Passed(run, experiments));
      break;
  }
  return fmt::format("Nothing was played on {}: {}.", backend, FirstWith(experiments, overall));
}

}  // namespace holdfast
