#include "harness/latency/commit_latency.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>
#include <optional>

#include "harness/judging/testimony.h"
#include "harness/latency/condition_words.h"
#include "harness/latency/latency_plan.h"
#include "harness/options.h"
#include "harness/statistics/ratio.h"
#include "harness/text/printable.h"

namespace holdfast {
namespace {

using nlohmann::json;

constexpr double kNever_ms = std::numeric_limits<double>::infinity();
// Sent, and not acknowledged within the client's deadline: nobody waited for longer. Behind all that were acknowledged,
// before what never is.
constexpr double kUnanswered_ms = std::numeric_limits<double>::max();
constexpr char kHealthy[] = "healthy";
constexpr char kMethod[] =
    "Student's t-interval of the logarithms of the p99 of four blocks of writes, of 5 s at least each, widened until "
    "it "
    "held the truth in simulations as often";

// What a commit takes depends on those before it, as over a checkpoint, and is still to be seen after 2 s. Few long
// blocks depend on each other less than many short ones, and hold the truth more often.
constexpr std::size_t kBlocks = 4;
constexpr Duration kLeastBlock = std::chrono::seconds(5);
constexpr std::size_t kLeastOfBlock = 100;  // writes: with fewer there is none beyond the p99

// A client that is free has begun its write so long after it was due; if it has not, it was stopped before.
constexpr Nanoseconds kAwake = 50'000'000;
constexpr Nanoseconds kLeastInterval = 1'000'000;
constexpr std::size_t kMostOfCondition = 10'000'000;  // writes: memory for whatever a history says

struct Write {
  Nanoseconds due = 0;
  double ms = kNever_ms;
};

struct Condition {
  std::string name;
  Nanoseconds from = 0;
  Nanoseconds to = 0;
  std::vector<Write> writes = {};  // that were due in it
  std::size_t never_sent = 0;      // of these
  std::vector<double> ascending_ms = {};
};

// Of one client: when its first write was due, and the last one that it began.
struct Sent {
  Nanoseconds first_due = 0;
  std::uint64_t last = 0;
};

Nanoseconds IntervalOf(const Mark& arrivals) {
  return std::strtoll(FieldOf(arrivals, "interval_ns").c_str(), nullptr, 10);
}

// 0 of runs of before it was marked.
Nanoseconds DeadlineOf(const Mark& arrivals) {
  return std::strtoll(FieldOf(arrivals, "deadline_ns").c_str(), nullptr, 10);
}

bool IsTime(double ms) { return ms < kUnanswered_ms; }

int ClientsOf(const Mark& arrivals) { return std::atoi(FieldOf(arrivals, "clients").c_str()); }

// Writes that become due in a second.
double RateOf(const Mark& arrivals) { return 1e9 * ClientsOf(arrivals) / static_cast<double>(IntervalOf(arrivals)); }

Nanoseconds DueAt(const Sent& client, std::uint64_t sequence, Nanoseconds interval) {
  return client.first_due + static_cast<Nanoseconds>(sequence - 1) * interval;
}

// By client; without the one that stays with the old instance.
std::map<std::int32_t, Sent> SentBy(const CellHistory& history, Nanoseconds interval) {
  std::map<std::int32_t, Sent> clients;
  for (const Operation& operation : history.operations) {
    if (history.IsPinned(operation)) continue;
    const auto before = static_cast<Nanoseconds>(operation.sequence - 1);
    const auto [client, is_first] =
        clients.emplace(operation.client, Sent{.first_due = operation.begin - before * interval});
    client->second.last = std::max(client->second.last, operation.sequence);
  }
  return clients;
}

void AddCondition(std::vector<Condition>& conditions, const char* name, const Mark* from, const Mark* to) {
  if (from != nullptr && to != nullptr && from->time < to->time) {
    conditions.push_back({.name = name, .from = from->time, .to = to->time});
  }
}

// A time in which the player changed nothing and asked for nothing. Runs of before it was marked have none.
struct Hold {
  const Mark* begin = nullptr;
  const Mark* end = nullptr;
};

// The first one that begins after `since` and has ended by `until`.
std::optional<Hold> HoldWithin(const CellHistory& history, Nanoseconds since, Nanoseconds until) {
  const Mark* begin = FirstMark(history, kMarkHolding, since);
  if (begin == nullptr) return std::nullopt;
  const Mark* end = FirstMark(history, kMarkHeld, begin->time);
  if (end == nullptr || end->time > until) return std::nullopt;
  return Hold{.begin = begin, .end = end};
}

// Between recovery and heal the player also reads everything, and the heal itself does its work: neither is of what
// hurts, and what is done to heal is part of the rebuild.
void AddHurt(const CellHistory& history, const Mark& arrivals, const Mark* recovered,
             std::vector<Condition>& conditions) {
  const Mark* healed = FirstMark(history, kMarkHealed, FirstMark(history, kMarkInjecting)->time);
  if (healed == nullptr) return;
  std::optional<Hold> hold;
  if (recovered != nullptr) hold = HoldWithin(history, recovered->time, healed->time);
  if (hold) {
    AddCondition(conditions, "hurt", hold->begin, hold->end);
  } else {
    AddCondition(conditions, "hurt", recovered, healed);
  }
  if (!LeavesSomethingToRebuild(FieldOf(arrivals, "fault"))) return;
  AddCondition(conditions, "rebuilding", hold ? hold->end : healed, FirstMark(history, kMarkWhole, healed->time));
}

// Cut at the marks; one that never came to its end is none.
std::vector<Condition> ConditionsOf(const CellHistory& history, const Mark& arrivals) {
  const Mark* injecting = FirstMark(history, kMarkInjecting);
  if (injecting == nullptr) return {};
  std::vector<Condition> conditions;
  const Nanoseconds settled = arrivals.time + Duration(kSettling).count();
  const std::optional<Hold> hold = HoldWithin(history, settled, injecting->time);
  if (hold) {
    AddCondition(conditions, kHealthy, hold->begin, hold->end);
  } else if (settled < injecting->time) {
    conditions.push_back({.name = kHealthy, .from = settled, .to = injecting->time});
  }
  const Mark* recovered = FirstMark(history, kMarkRecovered, injecting->time);
  AddCondition(conditions, "striking", injecting, recovered);
  AddHurt(history, arrivals, recovered, conditions);
  return conditions;
}

// A client that is late sends what it owes one after the other, until it is stopped: what it still owed then was due
// all the same. Left out, the slowest would be missing.
void AddNeverSent(const Sent& client, Nanoseconds interval, Nanoseconds end, Condition& condition) {
  Nanoseconds due = DueAt(client, client.last + 1, interval);
  if (due < condition.from) due += (condition.from - due + interval - 1) / interval * interval;
  for (; due < std::min(condition.to, end) && condition.writes.size() < kMostOfCondition; due += interval) {
    condition.writes.push_back({.due = due});
    ++condition.never_sent;
  }
}

void Sort(Condition& condition) {
  std::stable_sort(condition.writes.begin(), condition.writes.end(),
                   [](const Write& one, const Write& other) { return one.due < other.due; });
  for (const Write& write : condition.writes) condition.ascending_ms.push_back(write.ms);
  std::sort(condition.ascending_ms.begin(), condition.ascending_ms.end());
}

// When the database last acknowledged anything to those who are measured.
Nanoseconds LastAcknowledgement(const CellHistory& history) {
  for (auto one = history.acknowledged.rbegin(); one != history.acknowledged.rend(); ++one) {
    const Operation& operation = history.operations[*one];
    if (!history.IsPinned(operation)) return operation.end;
  }
  return 0;
}

// From when it was due. What was sent and not acknowledged took longer than the client's deadline; whether for ever is
// known only of an outage that did not end.
double TimeOf(const CellHistory& history, const Operation& operation, Nanoseconds due, Nanoseconds deadline,
              Nanoseconds last_acknowledgement) {
  if (history.IsAcknowledged(operation)) return static_cast<double>(operation.end - due) / 1e6;
  const bool ended = operation.end != kNever && operation.begin <= last_acknowledgement;
  return deadline > 0 && ended ? kUnanswered_ms : kNever_ms;
}

void Distribute(const CellHistory& history, const Mark& arrivals, std::vector<Condition>& conditions) {
  const Nanoseconds interval = IntervalOf(arrivals);
  const Nanoseconds deadline = DeadlineOf(arrivals);
  const Nanoseconds last_acknowledgement = LastAcknowledgement(history);
  const std::map<std::int32_t, Sent> clients = SentBy(history, interval);
  for (const Operation& operation : history.operations) {
    if (history.IsPinned(operation)) continue;
    const Nanoseconds due = DueAt(clients.at(operation.client), operation.sequence, interval);
    const double ms = TimeOf(history, operation, due, deadline, last_acknowledgement);
    for (Condition& condition : conditions) {
      if (due >= condition.from && due < condition.to) condition.writes.push_back({.due = due, .ms = ms});
    }
  }
  // The clients are stopped after the last condition.
  Nanoseconds end = 0;
  for (const Condition& condition : conditions) end = std::max(end, condition.to - kAwake);
  for (Condition& condition : conditions) {
    for (const auto& [number, client] : clients) AddNeverSent(client, interval, end, condition);
    Sort(condition);
  }
}

// A quantile beyond the largest value of a sample cannot be told from it.
bool IsEnoughFor(double quantile, const Condition& condition) {
  return static_cast<double>(condition.writes.size()) * (1 - quantile) + 1e-9 >= 1;
}

void AddTime(const std::string& name, double ms, json& figures) {
  figures[name + "_ms"] = IsTime(ms) ? json(ms) : json();
  figures[name + "_never"] = std::isinf(ms);
  figures[name + "_unanswered"] = ms == kUnanswered_ms;
}

void AddQuantile(const std::string& name, double quantile, const Condition& condition, json& figures) {
  AddTime(name, IsEnoughFor(quantile, condition) ? QuantileOf(condition.ascending_ms, quantile) : std::nan(""),
          figures);
}

// How long it takes until there are blocks that tell a p99.
Duration LeastSpan(double rate) {
  const std::chrono::duration<double> for_writes(static_cast<double>(kLeastOfBlock) / std::max(rate, 1.0));
  return static_cast<Duration::rep>(kBlocks) * std::max(kLeastBlock, std::chrono::duration_cast<Duration>(for_writes));
}

// Nothing if the time was too short.
std::optional<Interval> P99Of(const Condition& condition, double confidence) {
  const bool is_long = Duration(condition.to - condition.from) >= static_cast<Duration::rep>(kBlocks) * kLeastBlock;
  if (!is_long || condition.writes.size() < kBlocks * kLeastOfBlock) return std::nullopt;
  std::vector<double> in_order;
  for (const Write& write : condition.writes) in_order.push_back(IsTime(write.ms) ? write.ms : kNever_ms);
  return QuantileInterval(in_order, 0.99, kBlocks, confidence);
}

// Half of the writes were acknowledged before their client had its next one.
bool KeptUp(const Condition& condition, Nanoseconds interval) {
  return QuantileOf(condition.ascending_ms, 0.5) < static_cast<double>(interval) / 1e6;
}

json FiguresOf(const Condition& condition, Nanoseconds interval, double confidence) {
  const std::optional<Interval> p99 = P99Of(condition, confidence);
  const bool is_limited = p99 && std::isfinite(p99->high);
  json figures = {{"condition", condition.name},
                  {"writes", condition.writes.size()},
                  {"unacknowledged", std::count_if(condition.ascending_ms.begin(), condition.ascending_ms.end(),
                                                   [](double ms) { return !IsTime(ms); })},
                  {"never_sent", condition.never_sent},
                  {"kept_up", KeptUp(condition, interval)},
                  {"p99_low_ms", is_limited ? json(p99->low) : json()},
                  {"p99_high_ms", is_limited ? json(p99->high) : json()}};
  AddQuantile("p50", 0.5, condition, figures);
  AddQuantile("p95", 0.95, condition, figures);
  AddQuantile("p99", 0.99, condition, figures);
  AddQuantile("p99_9", 0.999, condition, figures);
  AddTime("max", condition.ascending_ms.back(), figures);
  return figures;
}

std::string MsText(double ms) { return fmt::format("{:.1f} ms", ms); }

std::string MsText(double ms, const Mark& arrivals) {
  if (IsTime(ms)) return MsText(ms);
  return std::isinf(ms) ? "never" : "> " + FormatDuration(Duration(DeadlineOf(arrivals))) + " (the deadline)";
}

Verdict Doubt(Verdict verdict, const std::string& summary) {
  verdict.judgement = Judgement::kInconclusive;
  verdict.summary = summary;
  return verdict;
}

// The bound against the interval of the healthy p99.
Verdict HoldAgainst(Duration bound, const Condition& healthy, const Mark& arrivals, double confidence,
                    Verdict verdict) {
  const double bound_ms = std::chrono::duration<double, std::milli>(bound).count();
  const double estimate = QuantileOf(healthy.ascending_ms, 0.99);
  const std::optional<Interval> p99 = P99Of(healthy, confidence);
  std::string limits = "p99 while healthy " + MsText(estimate, arrivals);
  if (p99 && std::isfinite(p99->high)) {
    limits +=
        fmt::format(" ({} to {} with {:.0f} % confidence)", MsText(p99->low), MsText(p99->high), confidence * 100);
  }
  limits += fmt::format(", {} allowed", MsText(bound_ms));
  verdict.because.push_back(limits);
  if (!p99) {
    return Doubt(std::move(verdict), fmt::format("too short to tell, needs {} of writes while healthy: {}",
                                                 FormatDuration(LeastSpan(RateOf(arrivals))), limits));
  }
  if (p99->high <= bound_ms) return verdict;
  if (p99->low <= bound_ms) {
    return Doubt(std::move(verdict), "the bound lies in the interval, more writes would decide: " + limits);
  }
  verdict.judgement = Judgement::kFail;
  verdict.summary = "commits are too slow: " + limits;
  return verdict;
}

}  // namespace

Verdict JudgeCommits(const CellHistory& history, const Bounds& bounds) {
  Verdict verdict;
  verdict.checker = kCommitLatency;
  const Mark* arrivals = FirstMark(history, kMarkArrivals);
  const Nanoseconds interval = arrivals == nullptr ? 0 : IntervalOf(*arrivals);
  if (interval < kLeastInterval) return Doubt(std::move(verdict), "nothing says when writes were due");
  std::vector<Condition> conditions = ConditionsOf(history, *arrivals);
  Distribute(history, *arrivals, conditions);
  std::erase_if(conditions, [](const Condition& condition) { return condition.writes.empty(); });
  json figure = {
      {"arrivals_per_s", RateOf(*arrivals)},
      {"clients", ClientsOf(*arrivals)},
      {"fault", Printable(FieldOf(*arrivals, "fault"), 100)},
      {"deadline_ms", DeadlineOf(*arrivals) > 0 ? json(static_cast<double>(DeadlineOf(*arrivals)) / 1e6) : json()},
      {"method", kMethod},
      {"confidence", bounds.confidence},
      {"conditions", json::array()}};
  for (const Condition& condition : conditions) {
    figure["conditions"].push_back(FiguresOf(condition, interval, bounds.confidence));
  }
  verdict.figures[kCommitFigure] = figure;
  if (conditions.empty() || conditions.front().name != kHealthy) {
    return Doubt(std::move(verdict), "no commit was measured before the fault");
  }
  const Condition& healthy = conditions.front();
  verdict.judgement = Judgement::kPass;
  verdict.summary = "commit p99 " + MsText(QuantileOf(healthy.ascending_ms, 0.99), *arrivals);
  const bool kept_up = KeptUp(healthy, interval);
  verdict.figures[kCommitFigure]["kept_up"] = kept_up;
  if (!kept_up) verdict.summary += fmt::format(": it did not keep up with {:g} writes a second", RateOf(*arrivals));
  if (!bounds.commit_p99) return verdict;
  return HoldAgainst(*bounds.commit_p99, healthy, *arrivals, bounds.confidence, std::move(verdict));
}

}  // namespace holdfast
