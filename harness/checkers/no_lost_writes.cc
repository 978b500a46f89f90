// no-lost-writes: what was acknowledged is there, whole, once, in order, and nothing else is (DESIGN: zero data loss).
//
// Every read is evidence, not only the last one: what a database shows once, it has shown, and what a complete read
// lacks was not there. A write of unknown outcome may be present or absent, and may take effect at any time after it
// began; if it is present it must be what was written, and from the end of that read on it is as good as acknowledged
// (known_writes.h).
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

#include "harness/checker.h"
#include "harness/judging/accusations.h"
#include "harness/judging/contract.h"
#include "harness/judging/incarnations.h"
#include "harness/judging/known_writes.h"
#include "harness/judging/survivors.h"
#include "harness/judging/testimony.h"
#include "harness/registry.h"
#include "harness/text/printable.h"

namespace holdfast {
namespace {

class Investigation {
 public:
  Investigation(const CellHistory& history, const Bounds& bounds)
      : history_(history),
        bounds_(bounds),
        incarnations_(history),
        known_(history),
        contract_(history, incarnations_, bounds),
        final_(FinalRead(history)) {}

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
    const std::optional<Known> known = read.IsComplete() ? known_.Of(index) : std::nullopt;
    if (!known) return;
    if (known->at >= read.begin) {
      uncovered_ += &read == reference_ && history_.IsAcknowledged(At(index)) ? 1 : 0;
    } else if (&read == reference_) {
      ExamineLost(index, *known);
    } else if (reference_->Shows(index)) {
      Accuse(Anomaly::kStale, index, [&] {
        return fmt::format("{}, present in that of {}", AbsentFrom(read, index, *known), Seconds(reference_->begin));
      });
    } else if (known->at >= reference_->begin || WasAbsentBeforeItWasForgiven(read, *known)) {
      Accuse(Anomaly::kStale, index, [&] { return AbsentFrom(read, index, *known); });
    }
  }

  std::string AbsentFrom(const ReadFindings& read, OperationIndex index, const Known& known) const {
    const bool acknowledged = history_.IsAcknowledged(At(index));
    return fmt::format("{}, absent from the read of {}",
                       acknowledged ? "" : fmt::format(", present in the read of {}", Seconds(known.since)),
                       Seconds(read.begin));
  }

  // What the fault took is forgiven by the contract; that a read before the fault lacks it, the fault does not explain.
  bool WasAbsentBeforeItWasForgiven(const ReadFindings& read, const Known& known) const {
    const Mark* injecting = FirstMark(history_, kMarkInjecting);
    return injecting != nullptr && read.end < injecting->time && contract_.AgeIfForgiven(known) &&
           !survivors_->LaterThan(known);
  }

  void ExamineLost(OperationIndex index, const Known& known) {
    ++lost_;
    only_shown_ += history_.IsAcknowledged(At(index)) ? 0 : 1;
    oldest_lost_ = std::min(oldest_lost_.value_or(known.at), known.at);
    newest_lost_ = std::max(newest_lost_.value_or(known.at), known.at);
    longest_gone_ = std::max(longest_gone_, GoneBy(known) - known.at);
    const auto absent = [&] { return AbsentFrom(*reference_, index, known); };
    if (const auto later = survivors_->LaterThan(known)) {
      Accuse(Anomaly::kHole, index, [&] { return absent() + ", although later: " + QuoteOf(*later); });
    } else if (const auto age = contract_.AgeIfForgiven(known)) {
      oldest_forgiven_ = std::max(oldest_forgiven_, *age);
    } else {
      Accuse(Anomaly::kLost, index, absent);
    }
  }

  // By when it was lost at the latest: when a later incarnation acknowledged, or when it was looked for.
  Nanoseconds GoneBy(const Known& lost) const {
    const auto successor = incarnations_.SuccessorOf(lost.incarnation);
    const Nanoseconds taken_over = successor ? At(*successor).end : kNever;
    return taken_over > lost.at ? std::min(taken_over, reference_->begin) : reference_->begin;
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
    for (const OperationIndex index : history_.acknowledged) {
      const auto later = incarnations_.SuccessorOf(history_.CompletionOf(At(index)).incarnation);
      if (!later || At(index).begin <= At(*later).end) continue;
      Accuse(Anomaly::kTwoWriters, index, [&] { return ", after " + QuoteOf(*later); });
    }
  }

  Verdict ToVerdict() const {
    Verdict verdict;
    verdict.checker = "no-lost-writes";
    verdict.figures = Figures();
    const std::string lost = Lost();
    if (accusations_.Total() > 0) {
      verdict.judgement = Judgement::kFail;
      verdict.summary = fmt::format("{}; {}", accusations_.Summary(), lost);
      verdict.because = accusations_.Quotes();
    } else if (const Mark* damaged = FirstMark(history_, kMarkDamaged, Fault())) {
      verdict.judgement = Judgement::kFail;
      verdict.summary = fmt::format("what the database stored is damaged: {}", Printable(damaged->text));
      verdict.because = {fmt::format("the database said so when it was read, at {}", Seconds(damaged->time))};
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

  Nanoseconds Fault() const {
    const Mark* injecting = FirstMark(history_, kMarkInjecting);
    return injecting == nullptr ? 0 : injecting->time;
  }

  std::string Lost() const {
    const std::string lost =
        fmt::format("{} of {} acknowledged writes lost", lost_ - only_shown_, history_.acknowledged.size());
    return only_shown_ == 0 ? lost : lost + fmt::format(", and {} that a read had shown", only_shown_);
  }

  std::string Forgiven() const {
    if (lost_ == 0) return "";
    return fmt::format(", the oldest {} before the last one until the fault; {} are allowed",
                       FormatDuration(Duration(oldest_forgiven_)), FormatDuration(*bounds_.async));
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
  // to the newest of these, so that the span of what is lost is never understated. Where that is no span, to when they
  // were lost at the latest: the fault says nothing about it.
  Nanoseconds Rpo() const {
    if (!oldest_lost_) return 0;
    const Mark* injecting = FirstMark(history_, kMarkInjecting);
    const Nanoseconds end = std::max(*newest_lost_, injecting != nullptr ? injecting->time : *newest_lost_);
    return end > *oldest_lost_ ? end - *oldest_lost_ : longest_gone_;
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
    // All that is known and absent, holes and forgiven ones included. Without a read nobody knows.
    figures["lost"] = reference_ != nullptr ? nlohmann::json(lost_) : nlohmann::json();
    figures["rpo_writes"] = figures["lost"];
    figures["rpo_s"] = reference_ != nullptr ? nlohmann::json(InSeconds(Rpo())) : nlohmann::json();
    return figures;
  }

  const CellHistory& history_;
  const Bounds& bounds_;
  const Incarnations incarnations_;
  const KnownWrites known_;
  const Contract contract_;
  const ReadFindings* const final_;
  const ReadFindings* reference_ = nullptr;
  std::optional<Survivors> survivors_;  // of the reference
  Accusations accusations_;
  std::size_t lost_ = 0;        // all of them
  std::size_t only_shown_ = 0;  // of these, never acknowledged
  std::size_t uncovered_ = 0;
  std::size_t unexplained_ = 0;
  std::optional<Nanoseconds> oldest_lost_;
  std::optional<Nanoseconds> newest_lost_;
  Nanoseconds longest_gone_ = 0;     // from when a lost one was known to when it was lost at the latest
  Nanoseconds oldest_forgiven_ = 0;  // AgeIfForgiven
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
