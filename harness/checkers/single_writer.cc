// single-writer: once a new instance of the database has acknowledged, the old one acknowledges nothing any more
// (DESIGN: two writers). It is not left to chance who notices: from before the fault one client writes to the instance
// that was there, wherever the database moves, until the fault is healed and the storage whole again.
//
//     injecting          bitten          new instance acknowledges             healed
//         │ old old old    │                  │ new new new new new …            │   (a zombie returns)
//         └ old old ───────┘ … no answer …    │                      old! ← split brain
//
// An old instance that answers and refuses is fenced, which is the best that can be seen of it. A client that cannot
// reach it proves nothing about it: it may be dead, or alive behind a cut network and writing to the volume. The
// verdict says so; other clients of the real world might have reached it.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "harness/checker.h"
#include "harness/judging/figures.h"
#include "harness/judging/testimony.h"
#include "harness/registry.h"
#include "harness/text/printable.h"

namespace holdfast {
namespace {

class Inquiry {
 public:
  explicit Inquiry(const CellHistory& history)
      : history_(history), injecting_(FirstMark(history, kMarkInjecting)), pinned_(FirstMark(history, kMarkPinned)) {}

  Verdict Conclude() {
    verdict_.checker = "single-writer";
    if (injecting_ == nullptr) return Doubt("the fault was never applied");
    if (!history_.pinned) return Doubt("no client stayed with the old instance" + Because());
    FindInstances();
    Count();
    verdict_.figures = {{"attempts_at_old_instance", attempts_},
                        {"acknowledged_by_old_instance", by_old_},
                        {"refused_by_old_instance", refused_},
                        {"old_instance", Fate()}};
    if (split_brain_ > 0) {
      verdict_.judgement = Judgement::kFail;
      verdict_.summary = fmt::format("split brain: {} writes acknowledged by the old instance{} after the new one",
                                     split_brain_, Place());
      const std::size_t more = split_brain_ - quotes_.size();
      verdict_.because = Shortened(std::move(quotes_), more);
      return std::move(verdict_);
    }
    verdict_.judgement = Judgement::kPass;
    verdict_.summary = Summary();
    return std::move(verdict_);
  }

 private:
  Verdict Doubt(const std::string& summary) {
    verdict_.judgement = Judgement::kInconclusive;
    verdict_.summary = summary;
    return std::move(verdict_);
  }

  std::string Because() const {
    return pinned_ == nullptr || pinned_->text.empty() ? "" : ": " + Printable(pinned_->text);
  }

  std::string Place() const {
    const auto node = pinned_->fields.find("node");
    return node == pinned_->fields.end() ? "" : " on " + Printable(node->second, 100);
  }

  // The old instance is the latest that acknowledged before the fault; the new one is known from its first
  // acknowledgement, to whomever.
  void FindInstances() {
    for (const Operation& operation : history_.operations) {
      if (!history_.IsAcknowledged(operation) || operation.end >= injecting_->time) continue;
      old_ = std::max(old_, history_.CompletionOf(operation).incarnation);
    }
    for (const Operation& operation : history_.operations) {
      if (!history_.IsAcknowledged(operation) || history_.CompletionOf(operation).incarnation <= old_) continue;
      if (first_of_new_ == nullptr || operation.end < first_of_new_->end) first_of_new_ = &operation;
    }
  }

  void Count() {
    const Mark* bitten = FirstMark(history_, kMarkBitten, injecting_->time);
    for (const Operation& operation : history_.operations) {
      // In a soak the same client has stayed with other instances before.
      if (!history_.IsPinned(operation) || operation.begin < pinned_->time) continue;
      ++attempts_;
      const std::uint64_t answered_by = history_.CompletionOf(operation).incarnation;
      const bool acknowledged = history_.IsAcknowledged(operation);
      if (answered_by > old_) later_answers_there_ = true;
      if (answered_by > old_ || (answered_by == 0 && !acknowledged)) continue;
      const bool after_bite = bitten != nullptr && operation.begin > bitten->time;
      if (after_bite) reached_ = true;
      if (after_bite && !acknowledged) ++refused_;
      if (acknowledged) CountAcknowledged(operation, after_bite);
    }
  }

  // An acknowledgement happened at some time between the begin and the end of its operation, so only one that began
  // after the new instance's first had ended certainly came later.
  void CountAcknowledged(const Operation& operation, bool after_bite) {
    ++by_old_;
    if (after_bite) ++by_old_after_bite_;
    last_of_old_ = std::max(last_of_old_, operation.end);
    if (first_of_new_ == nullptr || operation.begin <= first_of_new_->end) return;
    if (++split_brain_ <= kMostEvidence) {
      quotes_.push_back(Quote(history_, operation) + ", although before: " + Quote(history_, *first_of_new_));
    }
  }

  const char* Fate() const {
    if (first_of_new_ == nullptr) return "stayed";
    if (later_answers_there_) return "superseded at its address";
    return reached_ ? "reached" : kUnreached;
  }

  std::string Summary() const {
    if (first_of_new_ == nullptr) {
      return fmt::format(
          "the instance{} stayed the only one: {} of {} writes of the client that stays with it "
          "acknowledged",
          Place(), by_old_, attempts_);
    }
    if (later_answers_there_)
      return fmt::format("a later incarnation answers at the old instance's address{}", Place());
    if (!reached_) {
      return fmt::format(
          "the old instance{} could not be reached after the fault in {} attempts: nothing was seen of a "
          "second writer, and nothing is proved about one",
          Place(), attempts_);
    }
    if (by_old_after_bite_ == 0) {
      return fmt::format("reached the old instance{} after the fault, which refused {} writes and acknowledged none",
                         Place(), refused_);
    }
    return fmt::format("the old instance{} last acknowledged at {}, the new one first at {}{}", Place(),
                       Seconds(last_of_old_), Seconds(first_of_new_->end),
                       refused_ == 0 ? "" : fmt::format("; it refused {} writes", refused_));
  }

  const CellHistory& history_;
  const Mark* injecting_;
  const Mark* pinned_;
  Verdict verdict_;
  std::uint64_t old_ = 0;
  const Operation* first_of_new_ = nullptr;
  std::size_t attempts_ = 0;
  std::size_t by_old_ = 0;
  std::size_t by_old_after_bite_ = 0;
  std::size_t refused_ = 0;  // by the old instance after the fault bit: answered, and not acknowledged
  std::size_t split_brain_ = 0;
  Nanoseconds last_of_old_ = 0;
  bool reached_ = false;
  bool later_answers_there_ = false;  // where the old instance was
  std::vector<std::string> quotes_;
};

class SingleWriter : public Checker {
 public:
  explicit SingleWriter(const Context&) {}
  std::string Name() const override { return "single-writer"; }
  Verdict Judge(const CellHistory& history, const Bounds&) const override { return Inquiry(history).Conclude(); }
};

}  // namespace

HOLDFAST_REGISTER(Checker, SingleWriter, "single-writer");

}  // namespace holdfast
