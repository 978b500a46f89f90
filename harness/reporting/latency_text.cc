#include "harness/reporting/latency_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "harness/judging/figures.h"
#include "harness/latency/commit_latency.h"
#include "harness/latency/condition_words.h"
#include "harness/latency/storage_latency.h"
#include "harness/reporting/flush_note.h"
#include "harness/text/printable.h"
#include "harness/text/table.h"

namespace holdfast {
namespace {

using nlohmann::json;
using Table = std::vector<std::vector<std::string>>;

constexpr char kAbsent[] = "–";
constexpr std::size_t kLongestWord = 200;

// The first column to the left, the others to the right.
std::string Aligned(const Table& table) {
  std::vector<Alignment> alignments(table.front().size(), Alignment::kRight);
  alignments.front() = Alignment::kLeft;
  return PrintTable(table, alignments);
}

std::string TimeText(double us) {
  if (us < 1000) return fmt::format("{:.0f} µs", us);
  if (us < 10'000) return fmt::format("{:.2f} ms", us / 1000);
  if (us < 1'000'000) return fmt::format("{:.1f} ms", us / 1000);
  return fmt::format("{:.2f} s", us / 1'000'000);
}

// A run.json of others may hold anything in place of a number.
json At(const json& object, const char* key) { return object.is_object() ? object.value(key, json()) : json(); }

std::string Time(const json& us) { return us.is_number() ? TimeText(us.get<double>()) : kAbsent; }

std::string TimeMs(const json& ms) { return ms.is_number() ? TimeText(ms.get<double>() * 1000) : kAbsent; }

// `name` is "p99": what was never acknowledged, or not within the deadline, was measured all the same.
std::string CommitTime(const json& figure, const json& condition, const std::string& name) {
  if (At(condition, (name + "_never").c_str()) == true) return "never";
  if (At(condition, (name + "_unanswered").c_str()) == true) return "> " + TimeMs(At(figure, "deadline_ms"));
  return TimeMs(At(condition, (name + "_ms").c_str()));
}

bool HasUnanswered(const json& condition) {
  const auto names = {"p50", "p95", "p99", "p99_9", "max"};
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return At(condition, (name + "_unanswered").c_str()) == true; });
}

std::string CountIn(const json& object, const char* key) {
  const json count = At(object, key);
  return count.is_number_integer() ? count.dump() : kAbsent;
}

std::string Median(const json& medium, const char* key) { return Time(At(At(medium, key), "median")); }

std::string Iops(const json& medium) {
  const json median = At(At(medium, "iops"), "median");
  return median.is_number() ? fmt::format("{:.0f}", median.get<double>()) : kAbsent;
}

std::string Spread(const json& medium, const char* key) {
  const json spread = At(medium, key);
  if (!At(spread, "least").is_number()) return kAbsent;
  return fmt::format("{} – {}", Time(At(spread, "least")), Time(At(spread, "most")));
}

std::string Ratio(const json& ratio) {
  for (const char* key : {"estimate", "low", "high"}) {
    if (!At(ratio, key).is_number()) return kAbsent;
  }
  return fmt::format("{:.1f}× ({:.1f} – {:.1f})", At(ratio, "estimate").get<double>(), At(ratio, "low").get<double>(),
                     At(ratio, "high").get<double>());
}

std::string Word(const json& object, const char* key) {
  const json word = At(object, key);
  return word.is_string() ? Printable(word.get<std::string>(), kLongestWord) : kAbsent;
}

std::string Percent(const json& share) {
  return share.is_number() ? fmt::format("{:.0f} %", share.get<double>() * 100) : kAbsent;
}

json ListAt(const json& object, const char* key) {
  json list = At(object, key);
  return list.is_array() ? list : json::array();
}

// Of which jobs the p99 is the slowest of all.
std::vector<std::string> JobsWithFewOperations(const json& figure) {
  std::vector<std::string> jobs;
  for (const json& job : ListAt(figure, "jobs")) {
    for (const char* medium : {"volume", "local"}) {
      const json least = At(At(At(job, medium), "operations"), "least");
      if (least.is_number() && least.get<double>() < kLeastForP99) jobs.push_back(Word(job, "job") + " on " + medium);
    }
  }
  return jobs;
}

// Runs of before each condition told it of itself tell it of the healthy one alone.
std::vector<std::string> ConditionsNotKeptUpWith(const json& figure) {
  std::vector<std::string> conditions;
  for (const json& condition : ListAt(figure, "conditions")) {
    if (At(condition, "kept_up") == false) conditions.push_back(Word(condition, "condition"));
  }
  if (conditions.empty() && At(figure, "kept_up") == false) conditions.emplace_back("healthy");
  return conditions;
}

std::string Indented(const std::vector<std::string>& notes) {
  std::string text;
  for (const std::string& note : notes) text += "  " + note + "\n";
  return text;
}

std::string StorageTable(const Run& run, const CellResult& result, const json& figure) {
  Table table = {
      {"job", "p99 vs local", "p50", "p95", "p99", "least – most", "p99.9", "max", "IOPS", "local p99", "local IOPS"}};
  for (const json& job : ListAt(figure, "jobs")) {
    const json volume = At(job, "volume");
    const json local = At(job, "local");
    table.push_back({Word(job, "job"), Ratio(At(job, "p99_vs_local")), Median(volume, "p50_us"),
                     Median(volume, "p95_us"), Median(volume, "p99_us"), Spread(volume, "p99_us"),
                     Median(volume, "p99_9_us"), Median(volume, "max_us"), Iops(volume), Median(local, "p99_us"),
                     Iops(local)});
  }
  if (table.size() == 1) return "";
  return fmt::format(
      "\nLatency ({}), volume against node-local storage of the same node; medians of the repetitions:\n{}{}",
      Printable(result.cell.Name()), Aligned(table), Indented(StorageNotes(run, result)));
}

// Runs of before may have a lower limit alone.
std::string Limits(const json& low_ms, const json& high_ms) {
  if (high_ms.is_number()) return fmt::format("{} – {}", TimeMs(low_ms), TimeMs(high_ms));
  return low_ms.is_number() ? "≥ " + TimeMs(low_ms) : kAbsent;
}

std::string CommitTable(const Run& run, const CellResult& result, const json& figure) {
  Table table = {{"condition", "writes", "p50", "p95", "p99", "interval of p99", "p99.9", "max", "unacknowledged",
                  "of these never sent"}};
  for (const json& condition : ListAt(figure, "conditions")) {
    table.push_back({Word(condition, "condition"), CountIn(condition, "writes"), CommitTime(figure, condition, "p50"),
                     CommitTime(figure, condition, "p95"), CommitTime(figure, condition, "p99"),
                     Limits(At(condition, "p99_low_ms"), At(condition, "p99_high_ms")),
                     CommitTime(figure, condition, "p99_9"), CommitTime(figure, condition, "max"),
                     CountIn(condition, "unacknowledged"), CountIn(condition, "never_sent")});
  }
  if (table.size() == 1) return "";
  const json rate = At(figure, "arrivals_per_s");
  return fmt::format("\nCommit latency ({}) at {:g} writes a second, from when each write was due:\n{}{}",
                     Printable(result.cell.Name()), rate.is_number() ? rate.get<double>() : 0, Aligned(table),
                     Indented(CommitNotes(run, result)));
}

using Properties = std::vector<std::pair<std::string, std::string>>;

// To a thousandth, which is less than anybody measured.
void Add(Properties& properties, const std::string& name, const json& value) {
  if (value.is_number_float()) {
    properties.emplace_back(name, json(std::round(value.get<double>() * 1000) / 1000).dump());
  } else {
    properties.emplace_back(name, value.is_number() || value.is_boolean() ? value.dump() : "");
  }
}

void AddStorage(Properties& properties, const json& figure) {
  for (const json& job : ListAt(figure, "jobs")) {
    const std::string name = "latency." + Word(job, "job") + ".";
    for (const char* key : {"iops", "p50_us", "p95_us", "p99_us", "p99_9_us", "max_us"}) {
      Add(properties, name + key, At(At(At(job, "volume"), key), "median"));
    }
    Add(properties, name + "local_p99_us", At(At(At(job, "local"), "p99_us"), "median"));
    const json ratio = At(job, "p99_vs_local");
    Add(properties, name + "p99_vs_local", At(ratio, "estimate"));
    Add(properties, name + "p99_vs_local_low", At(ratio, "low"));
    Add(properties, name + "p99_vs_local_high", At(ratio, "high"));
  }
}

void AddCommits(Properties& properties, const json& figure) {
  for (const json& condition : ListAt(figure, "conditions")) {
    const std::string name = "commit." + Word(condition, "condition") + ".";
    for (const char* key : {"writes", "unacknowledged", "never_sent", "kept_up", "p50_ms", "p95_ms", "p99_ms",
                            "p99_never", "p99_unanswered", "p99_9_ms", "max_ms"}) {
      Add(properties, name + key, At(condition, key));
    }
  }
}

}  // namespace

std::string DescribeLatency(const Run& run, const CellResult& result) {
  return StorageTable(run, result, FigureOf(result, kStorageFigure)) +
         CommitTable(run, result, InWords(FigureOf(result, kCommitFigure)));
}

std::string DescribeLatency(const Run& run) {
  std::string text;
  for (const CellResult& result : run.results) text += DescribeLatency(run, result);
  const std::optional<std::string> why = WhyUnqualified(run);
  if (text.empty() || !why) return text;
  return text + fmt::format("UNQUALIFIED latency: {}; storage that acknowledges before it stores is fast.\n", *why);
}

std::vector<std::string> StorageNotes(const Run& run, const CellResult& result) {
  const json figure = FigureOf(result, kStorageFigure);
  std::vector<std::string> notes = {
      fmt::format("×: {}; in brackets the {} interval.", Word(figure, "method"), Percent(At(figure, "confidence")))};
  if (const std::vector<std::string> jobs = JobsWithFewOperations(figure); !jobs.empty()) {
    notes.push_back(fmt::format("Fewer than {:.0f} operations in a repetition, so that its p99 is the maximum: {}.",
                                kLeastForP99, fmt::join(jobs, ", ")));
  }
  if (const std::string note = FlushNoteOnLatency(run); !note.empty()) notes.push_back(note);
  return notes;
}

std::vector<std::string> CommitNotes(const Run& run, const CellResult& result) {
  const json figure = InWords(FigureOf(result, kCommitFigure));
  std::vector<std::string> notes;
  if (At(figure, "method").is_string()) {
    notes.push_back(fmt::format("Interval of the p99, with {} confidence: {}.", Percent(At(figure, "confidence")),
                                Word(figure, "method")));
  }
  if (const std::vector<std::string> conditions = ConditionsNotKeptUpWith(figure); !conditions.empty()) {
    notes.push_back(fmt::format("The database did not keep up ({}): these are the times of a queue that grew.",
                                fmt::join(conditions, ", ")));
  }
  const json all = ListAt(figure, "conditions");
  if (std::any_of(all.begin(), all.end(), HasUnanswered)) {
    notes.push_back(fmt::format("> {}: sent, and not acknowledged within the client's deadline.",
                                TimeMs(At(figure, "deadline_ms"))));
  }
  if (const std::string note = FlushNoteOnLatency(run); !note.empty()) notes.push_back(note);
  return notes;
}

json InWords(json commits) {
  if (!At(commits, "fault").is_string() || !At(commits, "conditions").is_array()) return commits;
  const std::string fault = commits["fault"].get<std::string>();
  json told = json::array();
  for (json condition : commits["conditions"]) {
    const json name = At(condition, "condition");
    if (name == "rebuilding" && !LeavesSomethingToRebuild(fault)) continue;
    if (name.is_string()) condition["condition"] = ConditionInWords(name.get<std::string>(), fault);
    told.push_back(condition);
  }
  commits["conditions"] = told;
  return commits;
}

std::vector<std::pair<std::string, std::string>> LatencyProperties(const Run& run, const CellResult& result) {
  Properties properties;
  AddStorage(properties, FigureOf(result, kStorageFigure));
  AddCommits(properties, FigureOf(result, kCommitFigure));
  if (!properties.empty()) {
    properties.emplace_back("latency.qualified", WhyUnqualified(run) ? "false" : "true");
  }
  return properties;
}

}  // namespace holdfast
