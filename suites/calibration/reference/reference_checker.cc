#include "suites/calibration/reference/reference_checker.h"

#include <algorithm>

#include "harness/payload.h"

namespace holdfast::reference {
namespace {

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

  bool Lacks(const PlainRead& read, const PlainWrite& write) const {
    return IsWhole(read) && Acknowledged(write) && write.end->time < read.begin && !Shows(read, write);
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
      if (!Shows(*Witness(), later) || later.begin <= write.end->time) continue;
      if (WroteIt(write.end->incarnation, later)) return true;
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
    return write.end->time >= Last() - *contract_.async && write.end->time <= Last();
  }

  std::int64_t Bite() const {
    std::optional<std::int64_t> bite;
    for (const PlainMark& mark : history_.marks) {
      if (mark.name != "bitten" || mark.time < *Fault()) continue;
      if (!bite || mark.time < *bite) bite = mark.time;
    }
    return bite.value_or(*Fault());
  }

  std::uint64_t MetByTheFault() const {
    std::uint64_t met = 0;
    const PlainWrite* first = nullptr;
    for (const PlainWrite& write : history_.writes) {
      if (!Acknowledged(write)) continue;
      if (write.end->time < *Fault()) met = std::max(met, write.end->incarnation);
      if (first == nullptr || write.end->time < first->end->time) first = &write;
    }
    return first != nullptr && first->end->time >= *Fault() ? first->end->incarnation : met;
  }

  std::int64_t Last() const {
    std::optional<std::int64_t> last;
    for (const PlainWrite& write : history_.writes) {
      if (!Acknowledged(write)) continue;
      const bool before = write.end->time < *Fault();
      const bool meanwhile = write.end->time <= Bite() && write.end->incarnation <= MetByTheFault();
      if ((before || meanwhile) && (!last || write.end->time > *last)) last = write.end->time;
    }
    return last.value_or(*Fault());
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
    for (const PlainWrite& oldest : history_.writes) {
      if (!WitnessLacks(oldest)) continue;
      for (const PlainWrite& newest : history_.writes) {
        if (WitnessLacks(newest)) rpo = std::max(rpo, newest.end->time - oldest.end->time);
      }
      if (Fault()) rpo = std::max(rpo, *Fault() - oldest.end->time);
    }
    return rpo;
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
