// no-lost-writes: what was acknowledged is there, whole, once, in order, and nothing else is (DESIGN: zero data loss).
//
// Every whole read is evidence, not only the last one: what a database shows once, it has shown. A write of unknown
// outcome may be present or absent; if it is present it must be what was written.
//
// The contract `async: T` forgives what was acknowledged in the last T before the fault, and only as a suffix: a hole
// is never forgiven. A hole is looked for within an incarnation of the database, since after the recovery everybody
// goes on writing, and across clients: a write that began after another's acknowledgement comes after it in any order
// in which a database can replay its log.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "harness/accusations.h"
#include "harness/attempts.h"
#include "harness/checker.h"
#include "harness/printable.h"
#include "harness/registry.h"
#include "harness/testimony.h"

namespace holdfast {
namespace {

bool Succeeded(const Read& read) { return read.end && read.error.empty(); }

std::string Difference(const std::string& expected, const std::string& found) {
  const auto [left, right] = std::mismatch(expected.begin(), expected.end(), found.begin(), found.end());
  return fmt::format("{} bytes were written, {} read, the first difference is at byte {}", expected.size(),
                     found.size(), left - expected.begin());
}

class Investigation {
 public:
  Investigation(const CellHistory& history, const Bounds& bounds, std::uint64_t seed)
      : history_(history), bounds_(bounds), seed_(seed), attempts_(history.operations) {}

  Verdict Conclude() {
    ChooseReference();
    for (const Read& read : history_.reads) {
      if (Succeeded(read)) Examine(read);
    }
    ExamineMissing();
    ExamineWriters();
    return ToVerdict();
  }

 private:
  // Of one read: which operations it showed, and by which incarnation they were written.
  struct Shown {
    std::vector<bool> present;                    // by index of the operation
    std::map<std::uint64_t, std::size_t> latest;  // incarnation → the one among its present operations that began last
  };

  // What is absent here is lost; what is absent from another read but present here was stale there.
  void ChooseReference() {
    final_ = FinalRead(history_);
    reference_ = final_;
    for (const Read& read : history_.reads) {
      if (final_ == nullptr && Succeeded(read)) reference_ = &read;
    }
  }

  void Accuse(Anomaly anomaly, int client, std::uint64_t sequence, const std::string& quote) {
    if (accusations_.Add(anomaly, client, sequence) && accusations_.WantsQuote(anomaly)) {
      accusations_.AddQuote(anomaly, quote);
    }
  }
  void Accuse(Anomaly anomaly, const Operation& operation, const std::string& more = "") {
    if (!accusations_.Add(anomaly, operation.client, operation.sequence) || !accusations_.WantsQuote(anomaly)) return;
    accusations_.AddQuote(anomaly, Quote(operation) + more);
  }

  void Examine(const Read& read) {
    Shown shown;
    shown.present.resize(attempts_.size());
    std::map<int, std::uint64_t> highest;  // client → sequence
    for (const Row& row : read.rows) {
      const auto index = attempts_.Find(row.client, row.sequence);
      if (!index || attempts_.At(*index).begin > *read.end) {
        ExaminePhantom(row, read);
        continue;
      }
      const Operation& operation = attempts_.At(*index);
      ExamineContent(operation, row);
      if (operation.completion.outcome == Outcome::kFail) Accuse(Anomaly::kResurrected, operation, ", yet present");
      if (shown.present[*index]) {
        Accuse(Anomaly::kDuplicate, operation, ", present more than once");
        continue;
      }
      shown.present[*index] = true;
      ExamineOrder(operation, highest[row.client]);
      const std::uint64_t incarnation = row.incarnation != 0 ? row.incarnation : operation.completion.incarnation;
      const auto [latest, first] = shown.latest.emplace(incarnation, *index);
      if (!first && attempts_.At(latest->second).begin < operation.begin) latest->second = *index;
    }
    if (&read == reference_) {
      reference_shown_ = std::move(shown);
    } else {
      NoteAbsent(read, shown);
    }
  }

  // A history with unreadable lines cannot say what was never attempted.
  void ExaminePhantom(const Row& row, const Read& read) {
    if (!history_.unreadable.empty()) {
      ++unexplained_;
      return;
    }
    Accuse(Anomaly::kPhantom, row.client, row.sequence,
           fmt::format("client {} #{}, incarnation {}, present in the read of {}, never attempted until then",
                       row.client, row.sequence, row.incarnation, Seconds(read.begin)));
  }

  void ExamineContent(const Operation& operation, const Row& row) {
    const std::string expected = PayloadFor(seed_, row.client, row.sequence);
    if (row.payload != expected) Accuse(Anomaly::kCorrupt, operation, ": " + Difference(expected, row.payload));
    const std::uint64_t acknowledged_by = IsAcknowledged(operation) ? operation.completion.incarnation : 0;
    if (acknowledged_by != 0 && row.incarnation != 0 && row.incarnation != acknowledged_by) {
      Accuse(Anomaly::kCorrupt, operation, fmt::format(": the row says incarnation {}", row.incarnation));
    }
  }

  void ExamineOrder(const Operation& operation, std::uint64_t& highest) {
    if (operation.sequence < highest) {
      Accuse(Anomaly::kReordered, operation, fmt::format(", stands behind the client's #{}", highest));
    }
    highest = std::max(highest, operation.sequence);
  }

  void NoteAbsent(const Read& read, const Shown& shown) {
    for (std::size_t i = 0; i < attempts_.size(); ++i) {
      const Operation& operation = attempts_.At(i);
      if (!IsAcknowledged(operation) || *operation.end >= read.begin || shown.present[i]) continue;
      absent_.emplace_back(i, &read);
    }
  }

  // The reference first: what it lacks is lost. Then the other reads: what they alone lack was stale.
  void ExamineMissing() {
    if (reference_ == nullptr) return;
    for (std::size_t i = 0; i < attempts_.size(); ++i) {
      const Operation& operation = attempts_.At(i);
      if (!IsAcknowledged(operation) || reference_shown_.present[i]) continue;
      if (*operation.end >= reference_->begin) {
        ++uncovered_;
      } else {
        ExamineLost(operation);
      }
    }
    for (const auto& [index, read] : absent_) {
      if (!reference_shown_.present[index]) continue;
      Accuse(Anomaly::kStale, attempts_.At(index),
             fmt::format(", absent from the read of {}, present in that of {}", Seconds(read->begin),
                         Seconds(reference_->begin)));
    }
  }

  void ExamineLost(const Operation& operation) {
    ++lost_;
    oldest_lost_ = std::min(oldest_lost_.value_or(*operation.end), *operation.end);
    newest_lost_ = std::max(newest_lost_.value_or(*operation.end), *operation.end);
    const std::string absent = fmt::format(", absent from the read of {}", Seconds(reference_->begin));
    const auto latest = reference_shown_.latest.find(operation.completion.incarnation);
    if (latest != reference_shown_.latest.end() && attempts_.At(latest->second).begin > *operation.end) {
      Accuse(Anomaly::kHole, operation, absent + ", although later: " + Quote(attempts_.At(latest->second)));
    } else if (!Forgiven(operation)) {
      Accuse(Anomaly::kLost, operation, absent);
    }
  }

  // By the contract async:T. What was acknowledged while the fault was applied but had not bitten is forgiven too;
  // what the database acknowledged after it had come back is not.
  bool Forgiven(const Operation& operation) const {
    const Mark* injecting = FirstMark(history_, kMarkInjecting);
    if (!bounds_.async || injecting == nullptr) return false;
    const Mark* bitten = FirstMark(history_, kMarkBitten, injecting->time);
    return *operation.end >= injecting->time - bounds_.async->count() &&
           *operation.end <= (bitten != nullptr ? bitten->time : injecting->time);
  }

  // An acknowledgement happened at some time between the begin and the end of its operation, so only one that began
  // after the end of another certainly came later.
  void ExamineWriters() {
    std::vector<const Operation*> by_begin;
    for (const Operation& operation : history_.operations) {
      if (IsAcknowledged(operation) && operation.completion.incarnation != 0) by_begin.push_back(&operation);
    }
    std::vector<const Operation*> by_end = by_begin;
    std::sort(by_begin.begin(), by_begin.end(), [](auto* one, auto* other) { return one->begin < other->begin; });
    std::sort(by_end.begin(), by_end.end(), [](auto* one, auto* other) { return *one->end < *other->end; });
    const Operation* newest = nullptr;  // of the highest incarnation among those that ended before
    auto ended = by_end.begin();
    for (const Operation* operation : by_begin) {
      for (; ended != by_end.end() && *(*ended)->end < operation->begin; ++ended) {
        if (newest == nullptr || (*ended)->completion.incarnation > newest->completion.incarnation) newest = *ended;
      }
      if (newest == nullptr || newest->completion.incarnation <= operation->completion.incarnation) continue;
      Accuse(Anomaly::kTwoWriters, *operation, ", after " + Quote(*newest));
    }
  }

  Verdict ToVerdict() const {
    Verdict verdict;
    verdict.checker = "no-lost-writes";
    verdict.figures = Figures();
    const auto acknowledged = verdict.figures["acknowledged"].get<std::size_t>();
    if (accusations_.Total() > 0) {
      verdict.judgement = Judgement::kFail;
      verdict.summary =
          fmt::format("{}; {} of {} acknowledged writes lost", accusations_.Summary(), lost_, acknowledged);
      verdict.because = accusations_.Quotes();
    } else if (std::vector<std::string> doubts = Doubts(acknowledged); !doubts.empty()) {
      verdict.judgement = Judgement::kInconclusive;
      verdict.summary = doubts.front();
      verdict.because = Shortened(std::move(doubts));
    } else {
      verdict.judgement = Judgement::kPass;
      verdict.summary = fmt::format("{} of {} acknowledged writes lost", lost_, acknowledged);
      if (lost_ > 0) {
        verdict.summary += fmt::format(", the last {} before the fault; {} are allowed",
                                       FormatDuration(Duration(Rpo())), FormatDuration(*bounds_.async));
      }
    }
    return verdict;
  }

  std::vector<std::string> Doubts(std::size_t acknowledged) const {
    std::vector<std::string> doubts;
    if (final_ == nullptr) doubts.push_back("no final read: " + WhyNoFinalRead());
    if (acknowledged == 0) doubts.push_back("no write was acknowledged");
    if (uncovered_ > 0) {
      doubts.push_back(fmt::format("{} writes were acknowledged after the final read had begun", uncovered_));
    }
    if (unexplained_ > 0)
      doubts.push_back(fmt::format("{} rows may be phantoms or from unreadable lines", unexplained_));
    for (const std::string& line : history_.unreadable) doubts.push_back("unreadable: " + line);
    return doubts;
  }

  std::string WhyNoFinalRead() const {
    if (history_.reads.empty()) return "the database was not read";
    const Read& last = history_.reads.back();
    if (!last.error.empty()) return Printable(last.error);
    if (!last.end) return fmt::format("the read of {} did not finish", Seconds(last.begin));
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
    std::size_t acknowledged = 0;
    std::size_t failed = 0;
    std::size_t unknown = 0;
    for (const Operation& operation : history_.operations) {
      (IsAcknowledged(operation)                        ? acknowledged
       : operation.completion.outcome == Outcome::kFail ? failed
                                                        : unknown) += 1;
    }
    nlohmann::json figures = {{"acknowledged", acknowledged}, {"failed", failed}, {"unknown", unknown}};
    if (reference_ != nullptr) figures["read"] = reference_->rows.size();
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
  const std::uint64_t seed_;
  const Attempts attempts_;
  const Read* final_ = nullptr;
  const Read* reference_ = nullptr;
  Shown reference_shown_;
  std::vector<std::pair<std::size_t, const Read*>> absent_;  // from reads other than the reference
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
  Verdict Judge(const CellHistory& history, const Bounds& bounds, std::uint64_t seed) const override {
    return Investigation(history, bounds, seed).Conclude();
  }
};

}  // namespace

HOLDFAST_REGISTER(Checker, NoLostWrites, "no-lost-writes");

}  // namespace holdfast
