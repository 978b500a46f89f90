#include "suites/calibration/reference/reference_checker.h"

#include <algorithm>
#include <limits>

#include "harness/history/payload.h"

namespace holdfast::reference {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

WriteName NameOf(const PlainWrite& write) { return {write.client, write.sequence}; }
bool IsOf(const PlainRow& row, const PlainWrite& write) {
  return row.client == write.client && row.sequence == write.sequence;
}
bool Acknowledged(const PlainWrite& write) { return write.end && write.end->ending == Ending::kOk; }
bool Failed(const PlainWrite& write) { return write.end && write.end->ending == Ending::kFail; }
bool IsWhole(const PlainRead& read) { return read.end && read.error.empty(); }

class Reference {
 public:
  Reference(const PlainHistory& history, const Contract& contract) : history_(history), contract_(contract) {}

  Findings Judge() const {
    Findings findings;
    for (const PlainWrite& write : history_.writes) {
      const auto accuse = [&](Anomaly anomaly) {
        findings.accused[static_cast<std::size_t>(anomaly)].insert(NameOf(write));
      };
      if (IsHole(write)) accuse(Anomaly::kHole);
      if (IsLost(write)) accuse(Anomaly::kLost);
      if (IsCorrupt(write)) accuse(Anomaly::kCorrupt);
      if (IsDuplicate(write)) accuse(Anomaly::kDuplicate);
      if (IsReordered(write)) accuse(Anomaly::kReordered);
      if (IsStale(write)) accuse(Anomaly::kStale);
      if (IsSecondWriter(write)) accuse(Anomaly::kTwoWriters);
      if (IsResurrected(write)) accuse(Anomaly::kResurrected);
    }
    findings.accused[static_cast<std::size_t>(Anomaly::kPhantom)] = Phantoms();
    findings.acknowledged = static_cast<std::size_t>(std::count_if(
        history_.writes.begin(), history_.writes.end(), [](const auto& write) { return Acknowledged(write); }));
    findings.lost = Lost();
    findings.rpo = Rpo();
    findings.judgement = Conclude(findings);
    return findings;
  }

 private:
  // Words.

  std::optional<std::int64_t> Fault() const { return FirstMark("injecting"); }

  std::optional<std::int64_t> FirstMark(const std::string& name) const {
    std::optional<std::int64_t> first;
    for (const PlainMark& mark : history_.marks) {
      if (mark.name == name && (!first || mark.time < *first)) first = mark.time;
    }
    return first;
  }

  // The row that shows the write.
  const PlainRow* RowIn(const PlainRead& read, const PlainWrite& write) const {
    if (read.end && write.begin > *read.end) return nullptr;
    for (const PlainRow& row : read.rows) {
      if (IsOf(row, write)) return &row;
    }
    return nullptr;
  }
  bool Shows(const PlainRead& read, const PlainWrite& write) const { return RowIn(read, write) != nullptr; }

  // The first read to show a write of which the client did not learn what came of it.
  const PlainRead* FirstToShow(const PlainWrite& write) const {
    const PlainRead* first = nullptr;
    if (Acknowledged(write) || Failed(write)) return nullptr;
    for (const PlainRead& read : history_.reads) {
      if (read.end && Shows(read, write) && (first == nullptr || *read.end < *first->end)) first = &read;
    }
    return first;
  }

  std::optional<std::int64_t> KnownAt(const PlainWrite& write) const {
    if (Acknowledged(write)) return write.end->time;
    const PlainRead* read = FirstToShow(write);
    return read != nullptr ? read->end : std::nullopt;
  }

  std::uint64_t WrittenBy(const PlainWrite& write) const {
    if (Acknowledged(write)) return write.end->incarnation;
    for (const PlainRow& row : FirstToShow(write)->rows) {
      if (IsOf(row, write) && row.incarnation != 0) return row.incarnation;
    }
    return 0;
  }

  bool Lacks(const PlainRead& read, const PlainWrite& write) const {
    const auto known = KnownAt(write);
    return IsWhole(read) && known && *known < read.begin && !Shows(read, write);
  }

  bool IsFinal(const PlainRead& read) const {
    return read.final && IsWhole(read) && (!Fault() || read.begin > *Fault());
  }

  const PlainRead* Final() const {
    const PlainRead* last = nullptr;
    for (const PlainRead& read : history_.reads) {
      if (IsFinal(read) && (last == nullptr || *read.end >= *last->end)) last = &read;
    }
    return last;
  }

  const PlainRead* Witness() const {
    if (Final() != nullptr) return Final();
    const PlainRead* last = nullptr;
    for (const PlainRead& read : history_.reads) {
      if (IsWhole(read) && (last == nullptr || *read.end >= *last->end)) last = &read;
    }
    return last;
  }

  bool WitnessLacks(const PlainWrite& write) const { return Witness() != nullptr && Lacks(*Witness(), write); }

  // Classes.

  bool IsHole(const PlainWrite& write) const {
    if (!WitnessLacks(write)) return false;
    for (const PlainWrite& later : history_.writes) {
      if (!Shows(*Witness(), later) || later.begin <= *KnownAt(write)) continue;
      if (WroteIt(WrittenBy(write), later)) return true;
      if (Fault() && Acknowledged(later) && later.end->time < *Fault()) return true;
    }
    return false;
  }

  bool WroteIt(std::uint64_t incarnation, const PlainWrite& write) const {
    if (incarnation == 0) return false;
    if (Acknowledged(write) && write.end->incarnation == incarnation) return true;
    return std::any_of(Witness()->rows.begin(), Witness()->rows.end(),
                       [&](const PlainRow& row) { return IsOf(row, write) && row.incarnation == incarnation; });
  }

  bool IsLost(const PlainWrite& write) const { return WitnessLacks(write) && !IsHole(write) && !IsForgiven(write); }

  bool IsForgiven(const PlainWrite& write) const {
    if (!contract_.async || !Fault() || !WitnessLacks(write) || IsHole(write)) return false;
    const std::int64_t known = *KnownAt(write);
    const std::int64_t since = Acknowledged(write) ? known : FirstToShow(write)->begin;
    const auto took_it = [&](std::int64_t last, std::int64_t end) {
      return known >= last - *contract_.async && since < end;
    };
    bool outage = false;
    for (const PlainWrite& takeover : history_.writes) {
      if (!TookOver(takeover)) continue;
      outage = true;
      if (took_it(LastBefore(takeover.end->time), takeover.end->time)) return true;
    }
    if (WasAwayAtTheEnd()) return took_it(LastBefore(kNever), kNever);
    return !outage && took_it(LastBefore(Bite() + 1), Bite() + 1);
  }

  bool TookOver(const PlainWrite& write) const {
    if (!Acknowledged(write) || write.end->incarnation == 0 || write.end->time < *Fault()) return false;
    bool from_another = false;
    for (const PlainWrite& other : history_.writes) {
      if (!Acknowledged(other) || other.end->incarnation == 0) continue;
      const bool before = other.end->time < write.end->time;
      if (other.end->incarnation < write.end->incarnation) from_another = from_another || before;
      if (other.end->incarnation == write.end->incarnation && before) return false;
      if (other.end->incarnation > write.end->incarnation && other.end->time <= write.end->time) return false;
    }
    return from_another;
  }

  bool WasAwayAtTheEnd() const {
    return LastBefore(kNever) > 0 &&
           std::any_of(history_.writes.begin(), history_.writes.end(),
                       [&](const PlainWrite& write) { return write.end && write.begin > LastBefore(kNever); });
  }

  std::int64_t LastBefore(std::int64_t time) const {
    std::int64_t last = 0;
    for (const PlainWrite& write : history_.writes) {
      if (Acknowledged(write) && write.end->time < time) last = std::max(last, write.end->time);
    }
    return last;
  }

  std::int64_t Bite() const {
    std::optional<std::int64_t> bite;
    for (const PlainMark& mark : history_.marks) {
      if (mark.name != "bitten" || mark.time < *Fault()) continue;
      if (!bite || mark.time < *bite) bite = mark.time;
    }
    return bite.value_or(*Fault());
  }

  bool IsCorrupt(const PlainWrite& write) const {
    for (const PlainRead& read : history_.reads) {
      if (!Shows(read, write)) continue;
      for (const PlainRow& row : read.rows) {
        if (!IsOf(row, write)) continue;
        if (row.payload != PayloadFor(kSeed, write.client, write.sequence)) return true;
        const std::uint64_t acknowledged_by = Acknowledged(write) ? write.end->incarnation : 0;
        if (acknowledged_by != 0 && row.incarnation != 0 && row.incarnation != acknowledged_by) return true;
      }
    }
    return false;
  }

  bool IsDuplicate(const PlainWrite& write) const {
    for (const PlainRead& read : history_.reads) {
      if (!Shows(read, write)) continue;
      const auto rows =
          std::count_if(read.rows.begin(), read.rows.end(), [&](const auto& row) { return IsOf(row, write); });
      if (rows > 1) return true;
    }
    return false;
  }

  bool IsReordered(const PlainWrite& write) const {
    if (!Acknowledged(write)) return false;
    for (const PlainRead& read : history_.reads) {
      const PlainRow* row = RowIn(read, write);
      for (const PlainWrite& other : history_.writes) {
        const PlainRow* front = RowIn(read, other);
        if (row == nullptr || front == nullptr || other.client != write.client) continue;
        // Rows of one read lie in one array.
        if (front < row && other.sequence > write.sequence && other.begin >= write.end->time) return true;
      }
    }
    return false;
  }

  bool IsStale(const PlainWrite& write) const {
    for (const PlainRead& read : history_.reads) {
      if (&read == Witness() || !Lacks(read, write)) continue;
      if (!WitnessLacks(write)) return true;
      if (IsForgiven(write) && *read.end < *Fault()) return true;
    }
    return false;
  }

  bool IsSecondWriter(const PlainWrite& write) const {
    if (!Acknowledged(write) || write.end->incarnation == 0) return false;
    for (const PlainWrite& other : history_.writes) {
      if (!Acknowledged(other) || other.end->incarnation <= write.end->incarnation) continue;
      if (other.end->time < write.begin) return true;
    }
    return false;
  }

  bool IsResurrected(const PlainWrite& write) const {
    return Failed(write) && std::any_of(history_.reads.begin(), history_.reads.end(),
                                        [&](const PlainRead& read) { return Shows(read, write); });
  }

  std::set<WriteName> Phantoms() const {
    std::set<WriteName> phantoms;
    for (const PlainRead& read : history_.reads) {
      for (const PlainRow& row : read.rows) {
        const bool attempted = std::any_of(
            history_.writes.begin(), history_.writes.end(),
            [&](const PlainWrite& write) { return IsOf(row, write) && (!read.end || write.begin <= *read.end); });
        if (!attempted) phantoms.emplace(row.client, row.sequence);
      }
    }
    return phantoms;
  }

  // Figures.

  std::optional<std::size_t> Lost() const {
    if (Witness() == nullptr) return std::nullopt;
    return static_cast<std::size_t>(std::count_if(history_.writes.begin(), history_.writes.end(),
                                                  [&](const auto& write) { return WitnessLacks(write); }));
  }

  std::optional<std::int64_t> Rpo() const {
    if (Witness() == nullptr) return std::nullopt;
    std::int64_t rpo = 0;
    std::int64_t gone = 0;
    for (const PlainWrite& oldest : history_.writes) {
      if (!WitnessLacks(oldest)) continue;
      for (const PlainWrite& newest : history_.writes) {
        if (WitnessLacks(newest)) rpo = std::max(rpo, *KnownAt(newest) - *KnownAt(oldest));
      }
      if (Fault()) rpo = std::max(rpo, *Fault() - *KnownAt(oldest));
      gone = std::max(gone, GoneBy(oldest) - *KnownAt(oldest));
    }
    return rpo > 0 ? rpo : gone;
  }

  std::int64_t GoneBy(const PlainWrite& lost) const {
    std::optional<std::int64_t> taken_over;
    for (const PlainWrite& write : history_.writes) {
      const bool later = Acknowledged(write) && WrittenBy(lost) != 0 && write.end->incarnation > WrittenBy(lost);
      if (later && (!taken_over || write.end->time < *taken_over)) taken_over = write.end->time;
    }
    if (!taken_over || *taken_over <= *KnownAt(lost)) return Witness()->begin;
    return std::min(*taken_over, Witness()->begin);
  }

  Judgement Conclude(const Findings& findings) const {
    for (const auto& accused : findings.accused) {
      if (!accused.empty()) return Judgement::kFail;
    }
    if (Final() == nullptr || findings.acknowledged == 0) return Judgement::kInconclusive;
    for (const PlainWrite& write : history_.writes) {
      const bool out_of_sight = Acknowledged(write) && write.end->time >= Final()->begin && !Shows(*Final(), write);
      if (out_of_sight) return Judgement::kInconclusive;
    }
    return Judgement::kPass;
  }

  const PlainHistory& history_;
  const Contract& contract_;
};

}  // namespace

Findings JudgeSlowly(const PlainHistory& history, const Contract& contract) {
  return Reference(history, contract).Judge();
}

}  // namespace holdfast::reference
