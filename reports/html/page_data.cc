#include "reports/html/page_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "harness/judging/figures.h"
#include "harness/judging/phases.h"
#include "harness/judging/proof_limits.h"
#include "harness/latency/commit_latency.h"
#include "harness/latency/storage_latency.h"
#include "harness/options.h"
#include "harness/reporting/cell_command.h"
#include "harness/reporting/headline.h"
#include "harness/reporting/latency_text.h"
#include "harness/statistics/trials.h"
#include "harness/text/printable.h"

namespace holdfast {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestName = 200;
constexpr std::size_t kLongestNote = 1000;
constexpr Nanoseconds kMillisecond = 1'000'000;
constexpr Nanoseconds kMicrosecond = 1'000;
constexpr int kAbsent = 3;  // of a probe, in place of its outcome

double InSeconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

json Lines(const std::vector<std::string>& lines) {
  json printable = json::array();
  for (const std::string& line : lines) printable.push_back(Printable(line));
  return printable;
}

class PictureData {
 public:
  explicit PictureData(const Picture& picture) : picture_(picture) {}

  json ToJson() const {
    json rate = json::array();
    for (const std::uint32_t count : picture_.acknowledged) rate.push_back(count);
    json probes = json::array();
    for (const Picture::Probe& probe : picture_.probes) {
      probes.push_back(At(probe.begin));
      probes.push_back(probe.took / kMicrosecond);
      probes.push_back(probe.is_absent ? kAbsent : static_cast<int>(probe.outcome));
    }
    return {{"begin", At(picture_.begin)},
            {"end", At(picture_.end)},
            {"excerpt", picture_.is_excerpt},
            {"away", Spans(picture_.away)},
            {"late", Spans(picture_.late)},
            {"bucket", picture_.bucket / kMillisecond},
            {"rate", rate},
            {"probes", probes},
            {"attempts", picture_.attempts},
            {"moments", Moments()},
            {"events", Events()},
            {"leftOut", picture_.left_out}};
  }

 private:
  Nanoseconds At(Nanoseconds time) const { return (time - picture_.origin) / kMillisecond; }

  json Spans(const std::vector<Picture::Span>& spans) const {
    json all = json::array();
    for (const Picture::Span& span : spans) all.push_back({At(span.begin), At(span.end)});
    return all;
  }

  json Moments() const {
    json all = json::array();
    for (const Picture::Moment& moment : picture_.moments) {
      all.push_back({{"t", At(moment.time)}, {"name", moment.name}, {"text", Printable(moment.text, kLongestName)}});
    }
    return all;
  }

  json Events() const {
    json all = json::array();
    for (const TimelineEntry& event : picture_.events) {
      std::string text = Printable(event.name, kLongestName) + " " + Printable(event.what, kLongestName);
      if (!event.text.empty()) text += ": " + Printable(event.text, kLongestName);
      all.push_back({{"t", At(event.time)}, {"kind", Printable(event.kind, kLongestName)}, {"text", text}});
    }
    return all;
  }

  const Picture& picture_;
};

json VerdictData(const Verdict& verdict) {
  return {{"checker", Printable(verdict.checker, kLongestName)},
          {"judgement", ToString(verdict.judgement)},
          {"summary", Printable(verdict.summary)},
          {"because", Lines(verdict.because)}};
}

// Relative to the first picture's fault, like the pictures; the first phase begins there.
json PhaseData(const CellResult& result) {
  json all = json::array();
  const std::vector<Phase> phases = PhasesFromJson(FigureOf(result, "phases"));
  for (const Phase& phase : phases) {
    const Nanoseconds fault = phases.front().begin;
    all.push_back({{"name", phase.name},
                   {"begin", (phase.begin - fault) / kMillisecond},
                   {"end", (phase.end - fault) / kMillisecond},
                   {"took", FormatDuration(Duration(phase.end - phase.begin))},
                   {"ended", phase.ended},
                   {"until", Printable(phase.until)}});
  }
  return all;
}

json CellData(const Run& run, const CellResult& result) {
  json verdicts = json::array();
  for (const Verdict& verdict : result.verdicts) verdicts.push_back(VerdictData(verdict));
  json pictures = json::array();
  for (const Picture& picture : result.pictures) pictures.push_back(PictureData(picture).ToJson());
  return {{"number", result.cell.number},
          {"name", Printable(result.cell.Name(), kLongestName)},
          {"scenario", Printable(result.cell.scenario, kLongestName)},
          {"role", ToString(result.cell.role)},
          {"judgement", ToString(result.judgement)},
          {"summary", Printable(result.summary)},
          {"cause", Printable(result.cause)},
          {"recoveredBy", Printable(result.recovered_by, kLongestName)},
          {"acknowledged", FigureOf(result, "acknowledged").is_number() ? FigureOf(result, "acknowledged") : json()},
          {"lost", FigureOf(result, "lost").is_number() ? FigureOf(result, "lost") : json()},
          {"rpo", RpoText(result)},
          {"rpoSeconds", FigureOf(result, "rpo_s").is_number() ? FigureOf(result, "rpo_s") : json()},
          {"rto", RtoText(result)},
          {"rtoSeconds", FigureOf(result, "rto_s").is_number() ? FigureOf(result, "rto_s") : json()},
          {"censored", FigureOf(result, "rto_censored") == true},
          {"took", FormatDuration(result.took)},
          {"seed", std::to_string(result.cell.seed)},
          {"limit", result.judgement == Judgement::kPass ? PowerLossLimit(run, result) : ""},
          {"repeat", Printable(CommandOf(run, result), kLongestNote)},
          {"phases", PhaseData(result)},
          {"verdicts", verdicts},
          {"pictures", pictures}};
}

json TrialsData(const Run& run) {
  json all = json::array();
  for (const Trials& trials : TrialsOf(run)) {
    if (trials.rto_s.empty()) continue;
    json seconds = json::array();
    for (const double rto : trials.rto_s) seconds.push_back(rto == kNeverRecovered ? json() : json(rto));
    const auto limit = UpperLimit(trials.rto_s, run.bounds.quantile, run.bounds.confidence);
    all.push_back({{"scenario", Printable(trials.scenario, kLongestName)},
                   {"seconds", seconds},
                   {"unmeasured", trials.unmeasured},
                   {"limit", limit ? json(*limit) : json()}});
  }
  return all;
}

// One a scenario: what continues a line is indented.
json TrialsNotes(const Run& run) {
  std::vector<std::string> notes;
  std::istringstream lines(DescribeTrials(run));
  for (std::string line; std::getline(lines, line);) {
    if (notes.empty() || !line.starts_with(' ')) {
      notes.push_back(line);
    } else {
      notes.back() += "." + line.substr(1);
    }
  }
  return Lines(notes);
}

// What a single recovery is worth, where no scenario has more: an example, and no rate.
std::string WorthOfOneTrial(const Run& run) {
  const std::vector<Trials> all = TrialsOf(run);
  const bool single = !all.empty() && std::all_of(all.begin(), all.end(), [](const Trials& one) {
    return one.rto_s.size() + static_cast<std::size_t>(one.unmeasured) < 2;
  });
  if (!single) return "";
  const int needed = TrialsToProve(0, 0, run.bounds.quantile, run.bounds.confidence);
  return fmt::format(
      "Each fault was tried once: an example, not a rate. {} trials of a fault, all within {}, would "
      "prove with {:.0f} % confidence that {:.0f} % of its recoveries are (--trials {}).",
      needed, FormatDuration(run.bounds.rto), run.bounds.confidence * 100, run.bounds.quantile * 100, needed);
}

std::string SummaryOf(const CellResult& result, const char* checker) {
  for (const Verdict& verdict : result.verdicts) {
    if (verdict.checker == checker) return Printable(verdict.summary);
  }
  return "";
}

// The figures as they are, of which the page takes what it knows, with the sentences of the other reports.
json LatencyData(const Run& run) {
  json all = json::array();
  for (const CellResult& result : run.results) {
    const json storage = FigureOf(result, kStorageFigure);
    const json commits = InWords(FigureOf(result, kCommitFigure));
    if (!storage.is_object() && !commits.is_object()) continue;
    all.push_back({{"cell", Printable(result.cell.Name(), kLongestName)},
                   {"storage", storage.is_object() ? storage : json()},
                   {"storageSummary", SummaryOf(result, kStorageLatency)},
                   {"storageNotes", Lines(StorageNotes(run, result))},
                   {"commits", commits.is_object() ? commits : json()},
                   {"commitSummary", SummaryOf(result, kCommitLatency)},
                   {"commitNotes", Lines(CommitNotes(run, result))}});
  }
  return all;
}

json RunData(const Run& run) {
  json fingerprint = json::array();
  for (const auto& [program, version] : run.fingerprint) {
    fingerprint.push_back({Printable(program, kLongestName), Printable(version, kLongestNote)});
  }
  json cells = json::array();
  for (const CellResult& result : run.results) cells.push_back(CellData(run, result));
  return {{"judgement", ToString(run.Overall())},
          {"headline", Headline(run)},
          {"suite", Printable(run.suite, kLongestName)},
          {"backend", Printable(run.backend, kLongestName)},
          {"workload", Printable(run.workload, kLongestName)},
          {"provider", Printable(run.provider, kLongestName)},
          {"profile", Printable(run.profile, kLongestName)},
          {"holdfast", Printable(run.version, kLongestName)},
          {"started", Printable(run.started, kLongestName)},
          {"took", FormatDuration(run.took)},
          {"seed", std::to_string(run.seed)},
          {"command", Printable(run.command, kLongestNote)},
          {"folder", Printable(run.folder.string(), kLongestNote)},
          {"fidelity", Printable(run.fidelity, kLongestName)},
          {"fidelityNote", Printable(run.fidelity_note, kLongestNote)},
          {"calibration", Printable(run.calibration, kLongestNote)},
          {"limits", Lines(ProofLimits(run))},
          {"trialsNotes", TrialsNotes(run)},
          {"oneTrial", WorthOfOneTrial(run)},
          {"rtoBound", InSeconds(run.bounds.rto)},
          {"rtoBoundText", FormatDuration(run.bounds.rto)},
          {"lateBound", InSeconds(run.bounds.brown_out)},
          {"durability", run.bounds.async ? "the last " + FormatDuration(*run.bounds.async) + " may be missing"
                                          : std::string("every acknowledged write must be there")},
          {"quantile", run.bounds.quantile},
          {"confidence", run.bounds.confidence},
          {"fingerprint", fingerprint},
          {"trials", TrialsData(run)},
          {"latency", LatencyData(run)},
          {"unqualified", WhyUnqualified(run).value_or("")},
          {"cells", cells}};
}

}  // namespace

std::string PageData(const Run& run) {
  const std::string text = RunData(run).dump(-1, ' ', /*ensure_ascii=*/true, json::error_handler_t::replace);
  std::string harmless;
  harmless.reserve(text.size());
  for (const char c : text) {
    // In JSON it stands in strings alone.
    if (c == '<') {
      harmless += "\\u003c";
    } else {
      harmless += c;
    }
  }
  return harmless;
}

}  // namespace holdfast
