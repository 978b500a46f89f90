#include "harness/judging/testimony.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/plan.h"
#include "harness/text/printable.h"
#include "harness/verdict.h"

namespace holdfast {

const Mark* FirstMark(const CellHistory& history, const char* name, Nanoseconds since) {
  const auto found = std::find_if(history.marks.begin(), history.marks.end(),
                                  [&](const Mark& mark) { return mark.name == name && mark.time >= since; });
  return found == history.marks.end() ? nullptr : &*found;
}

const Mark* LastMark(const CellHistory& history, const char* name) {
  const auto found =
      std::find_if(history.marks.rbegin(), history.marks.rend(), [&](const Mark& mark) { return mark.name == name; });
  return found == history.marks.rend() ? nullptr : &*found;
}

std::string FieldOf(const Mark& mark, const char* key) {
  const auto found = mark.fields.find(key);
  return found == mark.fields.end() ? "" : found->second;
}

const ReadFindings* FinalRead(const CellHistory& history) {
  const Mark* injecting = FirstMark(history, kMarkInjecting);
  const auto found = std::find_if(history.reads.rbegin(), history.reads.rend(), [&](const ReadFindings& read) {
    return read.final && read.IsComplete() && (injecting == nullptr || read.begin > injecting->time);
  });
  return found == history.reads.rend() ? nullptr : &*found;
}

std::size_t FirstAcknowledged(const CellHistory& history, Nanoseconds time) {
  const auto found = std::partition_point(history.acknowledged.begin(), history.acknowledged.end(),
                                          [&](OperationIndex index) { return history.operations[index].end < time; });
  return static_cast<std::size_t>(found - history.acknowledged.begin());
}

const UnreadableLine* UnreadableWithin(const CellHistory& history, Nanoseconds from, Nanoseconds to) {
  const auto found = std::find_if(history.unreadable.begin(), history.unreadable.end(),
                                  [&](const UnreadableLine& line) { return line.after < to && line.before > from; });
  return found == history.unreadable.end() ? nullptr : &*found;
}

std::optional<std::string> LacksTraffic(const CellHistory& history, const Bounds& bounds) {
  const Mark* injecting = FirstMark(history, kMarkInjecting);
  if (injecting == nullptr) return "the fault was never applied";
  const std::size_t acknowledged = FirstAcknowledged(history, injecting->time);
  if (acknowledged < static_cast<std::size_t>(std::max(bounds.least_writes, 1))) {
    return fmt::format("too little traffic: {} writes acknowledged before the fault, at least {} are needed",
                       acknowledged, std::max(bounds.least_writes, 1));
  }
  const Answers answers = AnswersWithin(history, injecting->time - bounds.stable_for.count(), injecting->time);
  if (!answers.Enough()) {
    return fmt::format("not healthy before the fault: {} of {} writes acknowledged in the last {}",
                       answers.acknowledged, answers.attempts, FormatDuration(bounds.stable_for));
  }
  return std::nullopt;
}

std::optional<std::string> LacksBite(const CellHistory& history) {
  const Mark* injecting = FirstMark(history, kMarkInjecting);
  if (injecting == nullptr) return "the fault was never applied";
  const Mark* not_bitten = LastMark(history, kMarkNotBitten);
  if (not_bitten != nullptr) return "the fault did not bite: " + Printable(not_bitten->text);
  if (FirstMark(history, kMarkBitten, injecting->time) != nullptr) return std::nullopt;
  return "nobody saw the fault take effect";
}

bool DemandsRecovery(const CellHistory& history) {
  const Mark* begun = FirstMark(history, kMarkCellBegun);
  if (begun == nullptr) return true;
  const auto demands = begun->fields.find("demands");
  return demands == begun->fields.end() || demands->second != ToString(Demands::kSafety);
}

Answers AnswersWithin(const CellHistory& history, Nanoseconds from, Nanoseconds to) {
  Answers answers;
  std::map<int, const Operation*> latest;  // of each client
  const auto add = [&](const Operation& operation, Nanoseconds until) {
    answers.time += until - operation.begin;
    if (history.IsAcknowledged(operation)) answers.acknowledged_time += until - operation.begin;
  };
  const auto first = std::partition_point(history.operations.begin(), history.operations.end(),
                                          [&](const Operation& operation) { return operation.begin < from; });
  for (auto operation = first; operation != history.operations.end() && operation->begin <= to; ++operation) {
    if (operation->end > to || history.IsPinned(*operation)) continue;
    ++answers.attempts;
    answers.acknowledged += history.IsAcknowledged(*operation) ? 1 : 0;
    const Operation*& before = latest[operation->client];
    if (before != nullptr) add(*before, operation->begin);
    before = &*operation;
  }
  for (const auto& [client, last] : latest) add(*last, last->end);
  return answers;
}

std::string Quote(const CellHistory& history, const Operation& operation) {
  const Completion& completion = history.CompletionOf(operation);
  std::string quote = fmt::format("client {} #{}", operation.client, operation.sequence);
  if (completion.incarnation != 0) quote += fmt::format(", incarnation {}", completion.incarnation);
  quote += ", begun " + Seconds(operation.begin);
  if (operation.end == kNever) return quote + ", never ended";
  const std::string end = Seconds(operation.end);
  switch (completion.outcome) {
    case Outcome::kOk:
      return quote + ", acknowledged " + end;
    case Outcome::kFail:
      return quote + ", failed " + end + " (" + completion.error + ")";
    case Outcome::kUnknown:
      break;
  }
  return quote + ", unknown since " + end + " (" + completion.error + ")";
}

double InSeconds(Nanoseconds time) { return static_cast<double>(time) / 1e9; }

std::string Seconds(Nanoseconds time) { return fmt::format("{:.6f} s", InSeconds(time)); }

std::vector<std::string> Shortened(std::vector<std::string> lines, std::size_t more) {
  if (lines.size() > kMostEvidence) {
    more += lines.size() - kMostEvidence;
    lines.resize(kMostEvidence);
  }
  if (more > 0) lines.push_back(fmt::format("... and {} more", more));
  return lines;
}

}  // namespace holdfast
