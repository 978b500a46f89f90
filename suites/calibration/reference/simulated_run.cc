#include "suites/calibration/reference/simulated_run.h"

#include <algorithm>
#include <array>

#include "harness/history/payload.h"

namespace holdfast::reference {
namespace {

constexpr int kClients = 3;
constexpr int kMostFaults = 3;
constexpr std::int64_t kMillisecond = 1'000'000;
// Often none: then things have equal times.
constexpr std::array<std::int64_t, 8> kPauses = {0, 0, 1, 2, 5, 10, 20, 100};

class Run {
 public:
  explicit Run(const Contract& contract) : contract_(contract) { now_ = kMillisecond; }

  void Take(const Step& step) {
    now_ += kPauses[step.pause % kPauses.size()] * kMillisecond;
    switch (step.act % 16) {
      case 15:
        return Crash(step.how);
      case 14:
        return AdvanceFault(step.how);
      case 13:
      case 12:
        return AdvanceRead(step.how);
      case 11:
        return ArriveLate(step.who);
      default:
        return AdvanceClient(clients_[step.who % kClients], step.who % kClients + 1, step.how);
    }
  }

  void ReadBack() {
    reading_.reset();
    while (!IsBack()) AdvanceClient(clients_[0], 1, 0);
    for (Client& client : clients_) client.stopped = true;
    for (int i = 0; i < kClients; ++i) AdvanceClient(clients_[static_cast<std::size_t>(i)], i + 1, 0);
    for (std::uint8_t stage = 0; stage < 3; ++stage) {
      now_ += kMillisecond;
      AdvanceRead(0);
    }
    history_.reads.back().final = true;
    Mark("cell-ended");
  }

  PlainHistory Finish() { return std::move(history_); }

 private:
  // Where a write is. Only what travels can still be written; nobody will be told of what is silent.
  enum class Place { kTravels, kWritten, kSilent, kGone };
  struct Client {
    std::uint64_t next = 1;
    std::optional<std::size_t> open;  // index of its write
    bool stopped = false;
  };
  struct Entry {
    std::size_t write = 0;
    std::uint64_t incarnation = 0;
    bool shown = false;                                // by a read: nobody may lose it any more
    std::optional<std::int64_t> known = std::nullopt;  // the end of the first read that shows it
  };
  struct Reading {
    std::size_t read = 0;
    bool taken = false;
  };

  void Mark(const char* name) { history_.marks.push_back({.time = now_, .name = name}); }

  void AdvanceClient(Client& client, int number, std::uint8_t how) {
    if (!client.open) return client.stopped ? void() : Begin(client, number);
    const std::size_t write = *client.open;
    switch (places_[write]) {
      case Place::kTravels:
        if (how % 8 == 7) return End(client, Ending::kFail);
        if (how % 8 == 6) return End(client, Ending::kUnknown);
        Append(write);
        if (how % 8 < 4) End(client, Ending::kOk);
        return;
      case Place::kWritten:
        return End(client, how % 4 == 3 ? Ending::kUnknown : Ending::kOk);
      case Place::kSilent:
      case Place::kGone:
        return End(client, Ending::kUnknown);
    }
  }

  void Begin(Client& client, int number) {
    client.open = history_.writes.size();
    history_.writes.push_back({.client = number, .sequence = client.next++, .begin = now_, .end = std::nullopt});
    places_.push_back(Place::kTravels);
  }

  void End(Client& client, Ending ending) {
    PlainWrite& write = history_.writes[*client.open];
    Place& place = places_[*client.open];
    std::uint64_t answered = 0;
    for (const Entry& entry : log_) {
      if (entry.write == *client.open && ending == Ending::kOk) answered = entry.incarnation;
    }
    write.end = PlainWrite::End{.time = now_, .ending = ending, .incarnation = answered};
    if (hit_at_ && (ending == Ending::kOk || write.begin >= *hit_at_)) back_ = true;
    if (ending == Ending::kFail) place = Place::kGone;
    client.open.reset();
  }

  void Append(std::size_t write) {
    log_.push_back({.write = write, .incarnation = incarnation_});
    places_[write] = Place::kWritten;
  }

  // A request whose client gave up reaches the database after all.
  void ArriveLate(std::uint8_t which) {
    std::vector<std::size_t> travelling;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (places_[i] == Place::kTravels && history_.writes[i].end) travelling.push_back(i);
    }
    if (!travelling.empty()) Append(travelling[which % travelling.size()]);
  }

  bool IsAcknowledged(const Entry& entry) const {
    const auto& end = history_.writes[entry.write].end;
    return end && end->ending == Ending::kOk;
  }

  bool HasAcknowledged(std::uint64_t incarnation) const {
    return std::any_of(log_.begin(), log_.end(),
                       [&](const Entry& entry) { return entry.incarnation == incarnation && IsAcknowledged(entry); });
  }

  void Crash(int how) {
    std::size_t least = 0;
    for (std::size_t i = 0; i < log_.size(); ++i) {
      if (log_[i].shown || IsAcknowledged(log_[i])) least = i + 1;
    }
    CutOff(least, how);
  }

  // At least so many entries stay.
  void CutOff(std::size_t least, int how) {
    const std::size_t most_gone = log_.size() - least;
    for (std::size_t gone = static_cast<std::size_t>(how) % (most_gone + 1); gone > 0; --gone) {
      places_[log_.back().write] = Place::kGone;
      log_.pop_back();
    }
    ++incarnation_;
  }

  // A fault is injected, takes effect and is seen to bite, or bites long before it takes effect; before it has bitten,
  // a companion may join it.
  void AdvanceFault(std::uint8_t how) {
    static constexpr std::array<const char*, 4> kMarks = {"bitten", "recovered", "healed", "whole"};
    const int choice = how % 4;
    if (injected_ == 0) {
      // Traffic is awaited before the fault.
      if (HasAcknowledged(incarnation_)) Inject("injecting");
    } else if (hits_ < injected_ && choice < 2) {
      Hit(how / 4);
    } else if (fault_stage_ == 0 && injected_ < kMostFaults && choice == 3) {
      Inject("also-injecting");
    } else if (fault_stage_ < kMarks.size()) {
      PassMark(kMarks[fault_stage_++]);
      if (fault_stage_ > 2) hits_ = injected_;  // healed before it could take effect
    }
  }

  void Inject(const char* mark) {
    PassMark(mark);
    ++injected_;
  }

  // By acknowledgements before and after the fault the contract is counted: none is of its very nanosecond.
  void PassMark(const char* name) {
    now_ += kMillisecond;
    Mark(name);
    now_ += kMillisecond;
  }

  void Hit(int how) {
    ++hits_;
    now_ += kMillisecond;
    if (reading_) FailRead();
    if (!contract_.async) return Crash(how);
    hit_at_ = now_;
    back_ = false;
    std::int64_t last = 0;  // acknowledgement, of what was lost earlier, too
    for (const PlainWrite& write : history_.writes) {
      if (write.end && write.end->ending == Ending::kOk) last = std::max(last, write.end->time);
    }
    std::size_t least = 0;
    for (std::size_t i = 0; i < log_.size(); ++i) {
      const auto known = IsAcknowledged(log_[i]) ? history_.writes[log_[i].write].end->time : log_[i].known;
      if (known && *known < last - *contract_.async) least = i + 1;
    }
    CutOff(least, how);
    // The connections broke: an answer that came now would be one of a database that is gone.
    for (const Entry& entry : log_) {
      if (!history_.writes[entry.write].end) places_[entry.write] = Place::kSilent;
    }
  }

  // Nobody reads a database that was hit before it answers again, or has been seen not to answer.
  bool IsBack() const { return !hit_at_ || back_; }

  void FailRead() {
    PlainRead& read = history_.reads[reading_->read];
    read.error = "connection reset";
    read.rows.clear();
    read.end = now_;
    reading_.reset();
  }

  void AdvanceRead(std::uint8_t how) {
    if (!IsBack()) return;
    if (!reading_) {
      reading_ = Reading{.read = history_.reads.size(), .taken = false};
      history_.reads.push_back({.begin = now_, .end = std::nullopt, .error = "", .final = false, .rows = {}});
      return;
    }
    if (how % 8 == 7) return FailRead();
    PlainRead& read = history_.reads[reading_->read];
    if (!reading_->taken) {
      reading_->taken = true;
      for (Entry& entry : log_) read.rows.push_back(Show(entry));
      return;
    }
    read.end = now_;
    for (const PlainRow& row : read.rows) Remember(row);
    reading_.reset();
  }

  void Remember(const PlainRow& row) {
    for (Entry& entry : log_) {
      const PlainWrite& write = history_.writes[entry.write];
      const bool is_it = write.client == row.client && write.sequence == row.sequence;
      if (is_it && !entry.known) entry.known = now_;
    }
  }

  PlainRow Show(Entry& entry) {
    entry.shown = true;
    const PlainWrite& write = history_.writes[entry.write];
    return {.client = write.client,
            .sequence = write.sequence,
            .incarnation = entry.incarnation,
            .payload = PayloadFor(kSeed, write.client, write.sequence)};
  }

  const Contract contract_;
  PlainHistory history_;
  std::vector<Place> places_;  // by index of the write
  std::array<Client, kClients> clients_;
  std::vector<Entry> log_;
  std::optional<Reading> reading_;
  std::uint64_t incarnation_ = 1;
  int injected_ = 0;  // faults
  int hits_ = 0;      // of these, that took effect
  std::size_t fault_stage_ = 0;
  std::optional<std::int64_t> hit_at_;  // the last time, by the contract async
  bool back_ = false;                   // since then
  std::int64_t now_ = 0;
};

}  // namespace

PlainHistory Simulate(const Tape& tape) {
  Run run(tape.contract);
  for (const Step& step : tape.steps) run.Take(step);
  if (tape.last_act == LastAct::kReadBack) run.ReadBack();
  return run.Finish();
}

}  // namespace holdfast::reference
