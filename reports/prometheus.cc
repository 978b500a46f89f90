// prometheus: metrics.prom, in the text exposition format (version 0.0.4), for a node exporter's textfile collector and
// whoever draws dashboards. Figures that were not measured have no sample: there is no number for them. What never
// ended is +Inf. Names do not change from run to run; what a user called something is in a label, escaped.
#include <fmt/format.h>

#include <cmath>
#include <ctime>
#include <functional>
#include <initializer_list>
#include <iomanip>
#include <limits>
#include <set>
#include <sstream>

#include "harness/judging/figures.h"
#include "harness/latency/commit_latency.h"
#include "harness/latency/storage_latency.h"
#include "harness/registry.h"
#include "harness/reporter.h"
#include "harness/text/printable.h"

namespace holdfast {
namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kMostInLabel = 200;

std::string Escaped(const std::string& value) {
  std::string escaped;
  for (const char c : Printable(value, kMostInLabel)) {
    if (c == '\\' || c == '"') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string PrintLabels(const Labels& labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    text += fmt::format("{}{}=\"{}\"", text.empty() ? "" : ",", name, Escaped(value));
  }
  return "{" + text + "}";
}

// One metric with all of its samples, which have to stand together, each only once.
class Family {
 public:
  Family(const std::string& name, const std::string& help)
      : name_(name), head_(fmt::format("# HELP {} {}\n# TYPE {} gauge\n", name, help, name)) {}

  void Add(const Labels& labels, double value) {
    const std::string own = PrintLabels(labels);
    // As the format spells it; fmt would say "inf".
    const std::string number = std::isinf(value) ? (value < 0 ? "-Inf" : "+Inf") : fmt::format("{}", value);
    if (seen_.insert(own).second) samples_ += fmt::format("{}{} {}\n", name_, own, number);
  }
  std::string Text() const { return samples_.empty() ? "" : head_ + samples_; }

 private:
  const std::string name_, head_;
  std::string samples_;
  std::set<std::string> seen_;
};

double Seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

// Of "2026-11-22T10:22:07Z"; nothing of anything else.
std::optional<double> UnixTime(const std::string& utc) {
  std::tm time{};
  std::istringstream in(utc);
  in >> std::get_time(&time, "%Y-%m-%dT%H:%M:%SZ");
  if (in.fail()) return std::nullopt;
  return static_cast<double>(timegm(&time));
}

Labels LabelsOf(const Run& run) {
  return {{"suite", run.suite},
          {"backend", run.backend},
          {"workload", run.workload},
          {"provider", run.provider},
          {"profile", run.profile}};
}

Labels With(Labels labels, const Labels& more) {
  labels.insert(labels.end(), more.begin(), more.end());
  return labels;
}

Labels LabelsOf(const Run& run, const CellResult& result) {
  return With(LabelsOf(run), {{"scenario", result.cell.scenario}, {"trial", std::to_string(result.cell.trial)}});
}

constexpr Judgement kJudgements[] = {Judgement::kPass, Judgement::kFail, Judgement::kInconclusive, Judgement::kSkipped};

std::string OfRun(const Run& run) {
  Family info("holdfast_run_info", "What was run, always 1.");
  info.Add(With(LabelsOf(run), {{"holdfast", run.version}, {"fidelity", run.fidelity}}), 1);
  Family started("holdfast_run_started_timestamp_seconds", "When the run began.");
  if (const auto time = UnixTime(run.started)) started.Add(LabelsOf(run), *time);
  Family took("holdfast_run_duration_seconds", "How long the run took.");
  took.Add(LabelsOf(run), Seconds(run.took));
  Family cells("holdfast_run_cells", "Experiments of the run by judgement.");
  for (const Judgement judgement : kJudgements) {
    int count = 0;
    for (const CellResult& result : run.results) count += result.judgement == judgement ? 1 : 0;
    cells.Add(With(LabelsOf(run), {{"judgement", ToString(judgement)}}), count);
  }
  return info.Text() + started.Text() + took.Text() + cells.Text();
}

std::string Judgements(const Run& run) {
  Family family("holdfast_cell_judgement", "1 for the judgement of the experiment, 0 for the others.");
  for (const CellResult& result : run.results) {
    for (const Judgement judgement : kJudgements) {
      family.Add(With(LabelsOf(run, result), {{"judgement", ToString(judgement)}}),
                 result.judgement == judgement ? 1 : 0);
    }
  }
  return family.Text();
}

struct Metric {
  const char* figure;
  const char* name;
  const char* help;
};
constexpr Metric kMetrics[] = {
    {"rto_s", "holdfast_cell_rto_seconds", "From the fault to the first write of a period that stays up."},
    {"rto_censored", "holdfast_cell_rto_censored", "1 if it had not recovered when the limit ran out."},
    {"rpo_s", "holdfast_cell_rpo_seconds", "Age of the oldest lost write."},
    {"rpo_writes", "holdfast_cell_rpo_writes", "Acknowledged writes that were lost, of the contract's count."},
    {"acknowledged", "holdfast_cell_acknowledged_writes", "Writes that were acknowledged."},
    {"lost", "holdfast_cell_lost_writes", "Acknowledged writes that were not there afterwards."},
    {"redundancy_s", "holdfast_cell_rebuild_seconds", "From the heal until every copy was there again."},
    {"brown_out_s", "holdfast_cell_late_writes_seconds", "Time in which writes were acknowledged, but late."}};

std::string Figures(const Run& run) {
  std::string text;
  for (const Metric& metric : kMetrics) {
    Family family(metric.name, metric.help);
    for (const CellResult& result : run.results) {
      const nlohmann::json figure = FigureOf(result, metric.figure);
      if (figure.is_number()) family.Add(LabelsOf(run, result), figure.get<double>());
      if (figure.is_boolean()) family.Add(LabelsOf(run, result), figure.get<bool>() ? 1 : 0);
    }
    text += family.Text();
  }
  return text;
}

// A run.json of others may hold anything in place of what is expected.
nlohmann::json At(const nlohmann::json& object, std::initializer_list<const char*> path) {
  const nlohmann::json* place = &object;
  for (const char* key : path) {
    if (!place->is_object() || !place->contains(key)) return nullptr;
    place = &place->at(key);
  }
  return *place;
}

void AddNumber(Family& family, const Labels& labels, const nlohmann::json& number, double unit = 1) {
  if (number.is_number()) family.Add(labels, number.get<double>() * unit);
}

// How a label spells it, and how the figures' keys do.
struct Quantile {
  const char* label;
  const char* key;
};
constexpr Quantile kQuantiles[] = {{"0.5", "p50"}, {"0.95", "p95"}, {"0.99", "p99"}, {"0.999", "p99_9"}};

// Each of the list with the labels of its cell and its own.
void ForEach(const Run& run, const char* figure, const char* list, const char* label,
             const std::function<void(const Labels&, const nlohmann::json&)>& add) {
  for (const CellResult& result : run.results) {
    const nlohmann::json value = FigureOf(result, figure);
    if (!value.is_object() || !value.contains(list) || !value[list].is_array()) continue;
    for (const nlohmann::json& one : value[list]) {
      if (!one.is_object() || !one.contains(label) || !one[label].is_string()) continue;
      add(With(LabelsOf(run, result), {{label, one[label].get<std::string>()}}), one);
    }
  }
}

std::string StorageLatency(const Run& run) {
  constexpr double kMicrosecond = 1e-6;
  Family latency("holdfast_storage_latency_seconds", "Median of the repetitions' quantiles.");
  Family ratio("holdfast_storage_latency_ratio", "99th percentile on the volume over that on the node's own disk.");
  Family low("holdfast_storage_latency_ratio_low", "Lower limit of its confidence interval.");
  Family high("holdfast_storage_latency_ratio_high", "Upper limit of its confidence interval.");
  ForEach(run, kStorageFigure, "jobs", "job", [&](const Labels& labels, const nlohmann::json& job) {
    for (const char* medium : {"volume", "local"}) {
      for (const auto& [label, key] : kQuantiles) {
        const std::string name = std::string(key) + "_us";
        AddNumber(latency, With(labels, {{"medium", medium}, {"quantile", label}}),
                  At(job, {medium, name.c_str(), "median"}), kMicrosecond);
      }
    }
    AddNumber(ratio, labels, At(job, {"p99_vs_local", "estimate"}));
    AddNumber(low, labels, At(job, {"p99_vs_local", "low"}));
    AddNumber(high, labels, At(job, {"p99_vs_local", "high"}));
  });
  return latency.Text() + ratio.Text() + low.Text() + high.Text();
}

// What was never acknowledged, or not before its client gave up, took for ever: without a sample an alert on a
// threshold would fall silent just then.
std::string CommitLatency(const Run& run) {
  constexpr double kMillisecond = 1e-3;
  Family latency("holdfast_commit_latency_seconds",
                 "Quantiles of the commits' latency, from when each was due; +Inf without an end.");
  Family writes("holdfast_commit_latency_writes", "Writes that were due.");
  Family unacknowledged("holdfast_commit_latency_unacknowledged_writes",
                        "Of these, those not acknowledged within the deadline.");
  ForEach(run, kCommitFigure, "conditions", "condition", [&](const Labels& labels, const nlohmann::json& condition) {
    for (const auto& [label, key] : kQuantiles) {
      const Labels own = With(labels, {{"quantile", label}});
      const std::string name(key);
      const bool has_end =
          At(condition, {(name + "_never").c_str()}) != true && At(condition, {(name + "_unanswered").c_str()}) != true;
      if (!has_end) {
        latency.Add(own, std::numeric_limits<double>::infinity());
      } else {
        AddNumber(latency, own, At(condition, {(name + "_ms").c_str()}), kMillisecond);
      }
    }
    AddNumber(writes, labels, At(condition, {"writes"}));
    AddNumber(unacknowledged, labels, At(condition, {"unacknowledged"}));
  });
  return latency.Text() + writes.Text() + unacknowledged.Text();
}

std::string Latency(const Run& run) {
  const std::string text = StorageLatency(run) + CommitLatency(run);
  if (text.empty()) return "";
  Family qualified("holdfast_latency_qualified", "1 if durability stands behind the latencies of the run.");
  qualified.Add(LabelsOf(run), WhyUnqualified(run) ? 0 : 1);
  return text + qualified.Text();
}

class Prometheus : public Reporter {
 public:
  explicit Prometheus(const Context&) {}
  std::string FileName() const override { return "metrics.prom"; }
  std::string Write(const Run& run) const override {
    return OfRun(run) + Judgements(run) + Figures(run) + Latency(run);
  }
};

}  // namespace

HOLDFAST_REGISTER(Reporter, Prometheus, "prometheus");

}  // namespace holdfast
