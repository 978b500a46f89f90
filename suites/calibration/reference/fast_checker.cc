#include "suites/calibration/reference/fast_checker.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "harness/check.h"
#include "harness/checker.h"
#include "harness/registry.h"

namespace holdfast::reference {
namespace {

using Accused = std::set<WriteName>;

// "lost: client 2 #17, incarnation 1, …"
Accused Quoted(const Verdict& verdict, Anomaly anomaly) {
  Accused accused;
  const std::string prefix = fmt::format("{}: client ", NameOf(anomaly));
  for (const std::string& line : verdict.because) {
    WriteName name;
    if (line.compare(0, prefix.size(), prefix) != 0) continue;
    CHECK(std::sscanf(line.c_str() + prefix.size(), "%d #%lu", &name.first, &name.second) == 2);
    accused.insert(name);
  }
  return accused;
}

std::string Print(const Accused& accused) {
  std::string text;
  for (const auto& [client, sequence] : accused) text += fmt::format(" {}#{}", client, sequence);
  return text.empty() ? " none" : text;
}

std::string Figure(const Verdict& verdict, std::string key) {
  std::replace(key.begin(), key.end(), ' ', '_');
  return verdict.figures.contains(key) ? verdict.figures[key].dump() : "absent";
}

std::string CompareClass(const Verdict& verdict, const Findings& findings, Anomaly anomaly, bool all_are_quoted) {
  const Accused& expected = findings.accused[static_cast<std::size_t>(anomaly)];
  const Accused quoted = Quoted(verdict, anomaly);
  const bool fits = all_are_quoted ? quoted == expected
                                   : std::includes(expected.begin(), expected.end(), quoted.begin(), quoted.end());
  // The figure `lost` counts holes and what is forgiven too.
  const bool counted = anomaly == Anomaly::kLost || Figure(verdict, NameOf(anomaly)) == std::to_string(expected.size());
  if (fits && counted) return "";
  return fmt::format("{}: expected{}, found{} ({} of them); ", NameOf(anomaly), Print(expected), Print(quoted),
                     Figure(verdict, NameOf(anomaly)));
}

std::string CompareText(const char* what, const std::string& expected, const std::string& found) {
  return expected == found ? "" : fmt::format("{}: expected {}, found {}; ", what, expected, found);
}

}  // namespace

Verdict JudgeText(const std::string& text, const Contract& contract) {
  const auto histories = ParseHistory(text, "history.jsonl");
  CHECK(histories.has_value() && histories->size() <= 1);
  Bounds bounds;
  if (contract.async) bounds.async = Duration(*contract.async);
  return Registry<Checker>::Make("no-lost-writes", {})
      ->Judge(histories->empty() ? CellHistory{} : histories->begin()->second, bounds);
}

std::string Disagreement(const Verdict& verdict, const Findings& findings) {
  std::size_t total = 0;
  for (const Accused& accused : findings.accused) total += accused.size();
  std::string text;
  for (std::size_t i = 0; i < kAnomalies; ++i) {
    text += CompareClass(verdict, findings, static_cast<Anomaly>(i), total <= kMostEvidence);
  }
  text += CompareText("judgement", ToString(findings.judgement), ToString(verdict.judgement));
  text += CompareText("acknowledged", std::to_string(findings.acknowledged), Figure(verdict, "acknowledged"));
  text += CompareText("lost", findings.lost ? std::to_string(*findings.lost) : "null", Figure(verdict, "lost"));
  const nlohmann::json rpo = findings.rpo ? nlohmann::json(static_cast<double>(*findings.rpo) / 1e9) : nlohmann::json();
  text += CompareText("rpo_s", rpo.dump(), Figure(verdict, "rpo_s"));
  return text;
}

}  // namespace holdfast::reference
