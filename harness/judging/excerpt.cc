#include "harness/judging/excerpt.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "harness/judging/known_writes.h"
#include "harness/judging/testimony.h"

namespace holdfast {
namespace {

constexpr OperationIndex kDropped = std::numeric_limits<OperationIndex>::max();

// What is to be left of a history.
struct Cut {
  Nanoseconds until = kNever;  // writes that began later are dropped; those that ended later are open
  std::vector<const ReadFindings*> reads;
  const ReadFindings* final = nullptr;   // one of them, or none
  const ReadFindings* before = nullptr;  // what it told is told
};

class Cutter {
 public:
  Cutter(const CellHistory& whole, const Cut& cut) : whole_(whole), cut_(cut), known_(whole) {}

  CellHistory Make() {
    FindTold();
    KeepOperations();
    for (const ReadFindings* read : cut_.reads) KeepRead(*read);
    // The final read is written when it has ended.
    const Nanoseconds until = cut_.final != nullptr ? cut_.final->end : cut_.until;
    for (const UnreadableLine& line : whole_.unreadable) {
      if (line.after <= until) kept_.unreadable.push_back(line);
    }
    return std::move(kept_);
  }

 private:
  // The read before lacks it, and so does the final one: else it was stale there, which is nobody's but this excerpt's.
  bool IsMissed(OperationIndex index) const {
    if (cut_.before->Shows(index) || (cut_.final != nullptr && cut_.final->Shows(index))) return false;
    const std::optional<Known> known = known_.Of(index);
    return known && known->at < cut_.before->begin;
  }

  bool IsResurrected(OperationIndex index) const {
    return whole_.CompletionOf(whole_.operations[index]).outcome == Outcome::kFail && cut_.before->Shows(index);
  }

  void FindTold() {
    told_.resize(whole_.operations.size());
    if (cut_.before == nullptr) return;
    for (OperationIndex i = 0; i < whole_.operations.size(); ++i) told_[i] = IsMissed(i) || IsResurrected(i);
    for (const OperationIndex index : cut_.before->repeated) told_[index] = true;
    for (const BehindRow& row : cut_.before->behind) told_[row.operation] = true;
    for (const DamagedRow& row : cut_.before->damaged) told_[row.operation] = true;
    for (const WriterRow& row : cut_.before->writers) {
      const Operation& operation = whole_.operations[row.operation];
      if (operation.end < cut_.before->begin && whole_.IsAcknowledged(operation)) told_[row.operation] = true;
    }
    for (const StrangeRow& row : cut_.before->strange) strangers_.emplace(row.client, row.sequence);
  }

  void KeepOperations() {
    kept_.cell = whole_.cell;
    kept_.seed = whole_.seed;
    kept_.completions = whole_.completions;
    places_.assign(whole_.operations.size(), kDropped);
    for (OperationIndex i = 0; i < whole_.operations.size(); ++i) {
      Operation operation = whole_.operations[i];
      if (told_[i] || operation.begin >= cut_.until) continue;
      if (operation.end >= cut_.until) {
        operation.end = kNever;
        operation.completion = 0;
      }
      places_[i] = static_cast<OperationIndex>(kept_.operations.size());
      kept_.operations.push_back(operation);
    }
    for (const OperationIndex index : whole_.acknowledged) {
      const OperationIndex place = places_[index];
      if (place != kDropped && kept_.operations[place].end != kNever) kept_.acknowledged.push_back(place);
    }
  }

  bool IsKept(OperationIndex index) const { return places_[index] != kDropped; }

  void KeepRead(const ReadFindings& read) {
    ReadFindings& kept = kept_.reads.emplace_back();
    kept.begin = read.begin;
    kept.end = read.end;
    kept.error = read.error;
    kept.final = &read == cut_.final;
    kept.rows = read.rows;
    kept.uncompared = read.uncompared;
    kept.present.resize(kept_.operations.size());
    for (OperationIndex i = 0; i < read.present.size(); ++i) {
      if (read.present[i] && IsKept(i)) kept.present[places_[i]] = true;
    }
    KeepOddRows(read, kept);
  }

  void KeepOddRows(const ReadFindings& read, ReadFindings& kept) {
    for (const OperationIndex index : read.repeated) {
      if (IsKept(index)) kept.repeated.push_back(places_[index]);
    }
    for (const BehindRow& row : read.behind) {
      if (IsKept(row.operation) && IsKept(row.later)) {
        kept.behind.push_back({.operation = places_[row.operation], .later = places_[row.later]});
      }
    }
    for (const DamagedRow& row : read.damaged) {
      if (IsKept(row.operation)) kept.damaged.push_back({.operation = places_[row.operation], .damage = row.damage});
    }
    for (const WriterRow& row : read.writers) {
      if (IsKept(row.operation)) {
        kept.writers.push_back({.operation = places_[row.operation], .incarnation = row.incarnation});
      }
    }
    for (const StrangeRow& row : read.strange) {
      if (strangers_.count({row.client, row.sequence}) == 0) kept.strange.push_back(row);
    }
  }

  const CellHistory& whole_;
  const Cut& cut_;
  const KnownWrites known_;
  CellHistory kept_;
  std::vector<bool> told_;                                      // by operation
  std::set<std::pair<std::int32_t, std::uint64_t>> strangers_;  // told
  std::vector<OperationIndex> places_;                          // by operation: where it is kept
};

struct Span {
  Nanoseconds begin = 0;
  Nanoseconds end = 0;
};
Span SpanOf(const CellHistory& history) {
  const auto [first, last] =
      std::minmax_element(history.marks.begin(), history.marks.end(),
                          [](const Mark& one, const Mark& other) { return one.time < other.time; });
  return {.begin = first->time, .end = last->time};
}

// The last complete one that began within the span.
const ReadFindings* LastRead(const CellHistory& database, const Span& span) {
  const ReadFindings* last = nullptr;
  for (const ReadFindings& read : database.reads) {
    if (read.IsComplete() && read.begin >= span.begin && read.begin <= span.end) last = &read;
  }
  return last;
}

CellHistory ExcerptOf(const CellHistory& strike, const CellHistory& database) {
  const Span span = SpanOf(strike);
  const Mark* healed = LastMark(strike, kMarkHealed);
  Cut cut;
  if (healed != nullptr) cut.final = LastRead(database, {.begin = healed->time, .end = span.end});
  cut.before = LastRead(database, {.begin = 0, .end = span.begin});
  cut.until = cut.final != nullptr ? cut.final->begin : span.end;
  for (const ReadFindings& read : database.reads) {
    const bool within = read.begin >= span.begin && read.begin <= cut.until;
    if (within || &read == cut.before) cut.reads.push_back(&read);
  }
  CellHistory excerpt = Cutter(database, cut).Make();
  excerpt.cell = strike.cell;
  excerpt.pinned = strike.pinned;
  excerpt.marks = strike.marks;
  excerpt.unreadable.insert(excerpt.unreadable.end(), strike.unreadable.begin(), strike.unreadable.end());
  return excerpt;
}

// Of the strikes: that they were made, and what the harness could not do. Not their times, by which a contract would
// forgive: what it forgave is not here any more, or was judged strike by strike.
void AddMarksOf(const CellHistory& strike, CellHistory& soak) {
  for (const Mark& mark : strike.marks) {
    if (mark.name == kMarkInjected || mark.name == kMarkHarnessTrouble) soak.marks.push_back(mark);
  }
  soak.unreadable.insert(soak.unreadable.end(), strike.unreadable.begin(), strike.unreadable.end());
}

CellHistory SoakOf(const CellHistory& database, const Bounds& bounds, const ReadFindings* last_of_strikes) {
  if (!bounds.async || last_of_strikes == nullptr) return database;
  Cut cut;
  cut.final = FinalRead(database);
  cut.before = last_of_strikes;
  for (const ReadFindings& read : database.reads) cut.reads.push_back(&read);
  CellHistory soak = Cutter(database, cut).Make();
  soak.marks = database.marks;
  return soak;
}

const CellHistory& At(const std::map<int, CellHistory>& histories, int cell) {
  static const CellHistory kNothing;
  const auto found = histories.find(cell);
  return found == histories.end() ? kNothing : found->second;
}

}  // namespace

Evidence::Evidence(const Cell& cell, const Plan& plan, const std::map<int, CellHistory>& histories,
                   const Bounds& bounds)
    : own_(At(histories, cell.number)) {
  const CellHistory& database = At(histories, plan.Database(cell).number);
  if (cell.role == Role::kStrike && !own_.marks.empty()) made_ = ExcerptOf(own_, database);
  if (cell.role != Role::kSoak) return;
  const ReadFindings* last = nullptr;
  for (const ReadFindings& read : database.reads) {
    if (read.IsComplete() && !read.final) last = &read;
  }
  made_ = SoakOf(database, bounds, last);
  for (const Cell& other : plan.cells) {
    if (other.role == Role::kStrike) AddMarksOf(At(histories, other.number), *made_);
  }
}

}  // namespace holdfast
