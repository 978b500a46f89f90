// no-lost-writes: what was acknowledged is there, whole, once, in order, and nothing else is (DESIGN: zero data loss).
//
// Every read is evidence, not only the last one: what a database shows once, it has shown, and what a complete read
// lacks was not there. A write of unknown outcome may be present or absent, and may take effect at any time after it
// began; if it is present it must be what was written.
//
// A hole is looked for within an incarnation of the database, since after the recovery everybody goes on writing, and
// among all that was acknowledged before the fault; and across clients: a write that began after another's
// acknowledgement comes after it in any order in which a database can replay its log. The contract (contract.h)
// forgives no hole. What follows from lines that cannot be read stands in testimony.h.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "harness/accusations.h"
#include "harness/checker.h"
#include "harness/contract.h"
#include "harness/printable.h"
#include "harness/registry.h"
#include "harness/survivors.h"
#include "harness/testimony.h"

namespace holdfast {
namespace {

class Investigation {
 public:
  Investigation(const CellHistory& history, const Bounds& bounds)
      : history_(history), bounds_(bounds), contract_(history, bounds), final_(FinalRead(history)) {}

  Verdict Conclude() {
    ChooseReference();
    for (const ReadFindings& read : history_.reads) Examine(read);
    ExamineStrangers();
    ExamineWriters();
    return ToVerdict();
  }

 private:
  // What is absent here is lost; what is absent from another read but present here was stale there.
  void ChooseReference() {
    reference_ = final_;
    for (const ReadFindings& read : history_.reads) {
      if (final_ == nullptr && read.IsComplete()) reference_ = &read;
    }
    if (reference_ != nullptr) survivors_.emplace(history_, *reference_);
  }

  const Operation& At(OperationIndex index) const { return history_.operations[index]; }
  std::string QuoteOf(OperationIndex index) const { return Quote(history_, At(index)); }

  // `more` is what to say behind the quoted operation.
  template <typename More>
  void Accuse(Anomaly anomaly, OperationIndex index, More more) {
    if (!accusations_.Add(anomaly, index) || !accusations_.WantsQuote(anomaly)) return;
    accusations_.AddQuote(anomaly, QuoteOf(index) + more());
  }

  void Examine(const ReadFindings& read) {
    const auto can_show = [&](OperationIndex index) { return read.CanShow(At(index)); };
    for (OperationIndex i = 0; i < history_.operations.size(); ++i) {
      read.Shows(i) ? ExaminePresent(read, i) : ExamineAbsent(read, i);
    }
    for (const OperationIndex index : read.repeated) {
      if (can_show(index)) Accuse(Anomaly::kDuplicate, index, [] { return ", present more than once"; });
    }
    for (const BehindRow& row : read.behind) {
      if (can_show(row.operation) && can_show(row.later)) ExamineOrder(row);
    }
    for (const DamagedRow& row : read.damaged) {
      if (can_show(row.operation))
        Accuse(Anomaly::kCorrupt, row.operation, [&] { return ": " + Describe(row.damage); });
    }
    for (const WriterRow& row : read.writers) {
      if (can_show(row.operation)) ExamineWriter(row);
    }
  }

  void ExaminePresent(const ReadFindings& read, OperationIndex index) {
    const Operation& operation = At(index);
    if (!read.CanShow(operation)) {
      Accuse(Anomaly::kPhantom, index, [&] {
        return fmt::format(", present in the read of {}, never attempted until then", Seconds(read.begin));
      });
    } else if (history_.CompletionOf(operation).outcome == Outcome::kFail) {
      Accuse(Anomaly::kResurrected, index, [] { return ", yet present"; });
    }
  }

  void ExamineAbsent(const ReadFindings& read, OperationIndex index) {
    const Operation& operation = At(index);
    if (!read.IsComplete() || !history_.IsAcknowledged(operation)) return;
    if (operation.end >= read.begin) {
      uncovered_ += &read == reference_ ? 1 : 0;
    } else if (&read == reference_) {
      ExamineLost(index);
    } else if (reference_->Shows(index)) {
      Accuse(Anomaly::kStale, index, [&] {
        return fmt::format(", absent from the read of {}, present in that of {}", Seconds(read.begin),
                           Seconds(reference_->begin));
      });
    } else if (operation.end >= reference_->begin || WasAbsentBeforeItWasForgiven(read, operation)) {
      Accuse(Anomaly::kStale, index, [&] { return fmt::format(", absent from the read of {}", Seconds(read.begin)); });
    }
  }

  // What the fault took is forgiven by the contract; that a read before the fault lacks it, the fault does not explain.
  bool WasAbsentBeforeItWasForgiven(const ReadFindings& read, const Operation& operation) const {
    const Mark* injecting = FirstMark(history_, kMarkInjecting);
    return injecting != nullptr && read.end < injecting->time && contract_.Forgives(operation) &&
           !survivors_->LaterThan(operation);
  }

  void ExamineLost(OperationIndex index) {
    const Operation& operation = At(index);
    ++lost_;
    oldest_lost_ = std::min(oldest_lost_.value_or(operation.end), operation.end);
    newest_lost_ = std::max(newest_lost_.value_or(operation.end), operation.end);
    const auto absent = [&] { return fmt::format(", absent from the read of {}", Seconds(reference_->begin)); };
    if (const auto later = survivors_->LaterThan(operation)) {
      Accuse(Anomaly::kHole, index, [&] { return absent() + ", although later: " + QuoteOf(*later); });
    } else if (!contract_.Forgives(operation)) {
      Accuse(Anomaly::kLost, index, absent);
    }
  }

  // One whose answer its client did not wait for may come after all, behind what that client wrote then.
  void ExamineOrder(const BehindRow& row) {
    const Operation& operation = At(row.operation);
    if (!history_.IsAcknowledged(operation) || At(row.later).begin < operation.end) return;
    Accuse(Anomaly::kReordered, row.operation,
           [&] { return fmt::format(", stands behind the client's #{}", At(row.later).sequence); });
  }

  void ExamineWriter(const WriterRow& row) {
    const Operation& operation = At(row.operation);
    const std::uint64_t acknowledged_by = history_.CompletionOf(operation).incarnation;
    if (!history_.IsAcknowledged(operation) || acknowledged_by == 0 || acknowledged_by == row.incarnation) return;
    Accuse(Anomaly::kCorrupt, row.operation,
           [&] { return fmt::format(": the row says incarnation {}", row.incarnation); });
  }

  // Rows of writes that are not in the history, each told once.
  void ExamineStrangers() {
    std::uint64_t first_unreadable = UINT64_MAX;
    for (const UnreadableLine& line : history_.unreadable) first_unreadable = std::min(first_unreadable, line.line);
    const auto name = [](const auto& one) { return std::tie(one.row->client, one.row->sequence); };
    struct Seen {
      const StrangeRow* row;
      const ReadFindings* read;
    };
    std::vector<Seen> seen;
    for (const ReadFindings& read : history_.reads) {
      for (const StrangeRow& row : read.strange) seen.push_back({&row, &read});
    }
    std::stable_sort(seen.begin(), seen.end(), [&](auto& one, auto& other) { return name(one) < name(other); });
    for (std::size_t i = 0; i < seen.size(); ++i) {
      if (i > 0 && name(seen[i - 1]) == name(seen[i])) continue;
      ExamineStranger(*seen[i].row, *seen[i].read, first_unreadable);
    }
  }

  void ExamineStranger(const StrangeRow& row, const ReadFindings& read, std::uint64_t first_unreadable) {
    const bool attempted_perhaps = first_unreadable < row.line;  // the begin may be what cannot be read
    if (attempted_perhaps && !row.damage) {
      ++unexplained_;
      return;
    }
    const Anomaly anomaly = attempted_perhaps ? Anomaly::kCorrupt : Anomaly::kPhantom;
    accusations_.AddStranger(anomaly);
    if (!accusations_.WantsQuote(anomaly)) return;
    accusations_.AddQuote(
        anomaly, fmt::format("client {} #{}, incarnation {}, present in the read of {}, {}", row.client, row.sequence,
                             row.incarnation, Seconds(read.begin),
                             attempted_perhaps ? "which it cannot have written: " + Describe(*row.damage)
                                               : "never attempted until then"));
  }

  // An acknowledgement happened at some time between the begin and the end of its operation, so only one that began
  // after the end of another certainly came later. Of those of later incarnations the one that ended first tells.
  void ExamineWriters() {
    std::map<std::uint64_t, OperationIndex> first;  // incarnation → its first acknowledgement
    for (const OperationIndex index : history_.acknowledged) {
      first.emplace(history_.CompletionOf(At(index)).incarnation, index);
    }
    std::map<std::uint64_t, OperationIndex> superseded_by;  // incarnation → the first acknowledgement of a later one
    std::optional<OperationIndex> earliest;
    for (auto entry = first.rbegin(); entry != first.rend() && entry->first != 0; ++entry) {
      if (earliest) superseded_by.emplace(entry->first, *earliest);
      if (!earliest || At(entry->second).end < At(*earliest).end) earliest = entry->second;
    }
    if (superseded_by.empty()) return;
    for (const OperationIndex index : history_.acknowledged) {
      const auto later = superseded_by.find(history_.CompletionOf(At(index)).incarnation);
      if (later == superseded_by.end() || At(index).begin <= At(later->second).end) continue;
      Accuse(Anomaly::kTwoWriters, index, [&] { return ", after " + QuoteOf(later->second); });
    }
  }

  Verdict ToVerdict() const {
    Verdict verdict;
    verdict.checker = "no-lost-writes";
    verdict.figures = Figures();
    const std::string lost = fmt::format("{} of {} acknowledged writes lost", lost_, history_.acknowledged.size());
    if (accusations_.Total() > 0) {
      verdict.judgement = Judgement::kFail;
      verdict.summary = fmt::format("{}; {}", accusations_.Summary(), lost);
      verdict.because = accusations_.Quotes();
    } else if (std::vector<std::string> doubts = Doubts(); !doubts.empty()) {
      verdict.judgement = Judgement::kInconclusive;
      verdict.summary = doubts.front();
      verdict.because = Shortened(std::move(doubts));
    } else {
      verdict.judgement = Judgement::kPass;
      verdict.summary = lost + Forgiven();
    }
    return verdict;
  }

  std::string Forgiven() const {
    if (lost_ == 0) return "";
    return fmt::format(", the oldest {} before the last one until the fault; {} are allowed",
                       FormatDuration(Duration(contract_.last_acknowledged() - *oldest_lost_)),
                       FormatDuration(*bounds_.async));
  }

  std::vector<std::string> Doubts() const {
    std::vector<std::string> doubts;
    if (final_ == nullptr) doubts.push_back("no final read: " + WhyNoFinalRead());
    if (history_.acknowledged.empty()) doubts.push_back("no write was acknowledged");
    if (uncovered_ > 0) {
      doubts.push_back(fmt::format("{} writes were acknowledged after the final read had begun", uncovered_));
    }
    std::uint64_t uncompared = 0;
    for (const ReadFindings& read : history_.reads) uncompared += read.uncompared;
    if (uncompared > 0) {
      doubts.push_back(
          fmt::format("the content of {} rows could not be compared: their seed is not known", uncompared));
    }
    if (unexplained_ > 0)
      doubts.push_back(fmt::format("{} rows may be phantoms or from unreadable lines", unexplained_));
    for (const UnreadableLine& line : history_.unreadable) doubts.push_back("unreadable: " + line.complaint);
    return doubts;
  }

  std::string WhyNoFinalRead() const {
    if (history_.reads.empty()) return "the database was not read";
    const ReadFindings& last = history_.reads.back();
    if (!last.error.empty()) return Printable(last.error);
    if (last.end == kNever) return fmt::format("the read of {} did not finish", Seconds(last.begin));
    return fmt::format("the last read, of {}, was not the one after everything", Seconds(last.begin));
  }

  // From the oldest lost acknowledgement to the fault; if the fault took its time to bite and later ones are lost too,
  // to the newest of these, so that the span of what is lost is never understated.
  Nanoseconds Rpo() const {
    const Mark* injecting = FirstMark(history_, kMarkInjecting);
    if (!oldest_lost_) return 0;
    return std::max(*newest_lost_, injecting != nullptr ? injecting->time : *newest_lost_) - *oldest_lost_;
  }

  nlohmann::json Figures() const {
    std::size_t failed = 0;
    for (const Operation& operation : history_.operations) {
      failed += history_.CompletionOf(operation).outcome == Outcome::kFail ? 1 : 0;
    }
    const std::size_t acknowledged = history_.acknowledged.size();
    nlohmann::json figures = {{"acknowledged", acknowledged},
                              {"failed", failed},
                              {"unknown", history_.operations.size() - acknowledged - failed}};
    if (reference_ != nullptr) figures["read"] = reference_->rows;
    for (std::size_t i = 0; i < kAnomalies; ++i) {
      std::string key = NameOf(static_cast<Anomaly>(i));
      std::replace(key.begin(), key.end(), ' ', '_');
      figures[key] = accusations_.Count(static_cast<Anomaly>(i));
    }
    // All that is acknowledged and absent, holes and forgiven ones included. Without a read nobody knows.
    figures["lost"] = reference_ != nullptr ? nlohmann::json(lost_) : nlohmann::json();
    figures["rpo_writes"] = figures["lost"];
    figures["rpo_s"] = reference_ != nullptr ? nlohmann::json(InSeconds(Rpo())) : nlohmann::json();
    return figures;
  }

  const CellHistory& history_;
  const Bounds& bounds_;
  const Contract contract_;
  const ReadFindings* const final_;
  const ReadFindings* reference_ = nullptr;
  std::optional<Survivors> survivors_;  // of the reference
  Accusations accusations_;
  std::size_t lost_ = 0;
  std::size_t uncovered_ = 0;
  std::size_t unexplained_ = 0;
  std::optional<Nanoseconds> oldest_lost_;
  std::optional<Nanoseconds> newest_lost_;
};

class NoLostWrites : public Checker {
 public:
  explicit NoLostWrites(const Context&) {}
  std::string Name() const override { return "no-lost-writes"; }
  Verdict Judge(const CellHistory& history, const Bounds& bounds) const override {
    return Investigation(history, bounds).Conclude();
  }
};

}  // namespace

HOLDFAST_REGISTER(Checker, NoLostWrites, "no-lost-writes");

}  // namespace holdfast
