#include "harness/history/jepsen.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>
#include <vector>

namespace holdfast {
namespace {

constexpr std::uint64_t kSequences = 1'000'000'000;  // of a client, by which the next client's elements are apart

// In EDN a string is written as in JSON.
std::string Quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// A mark's name comes from the file and could be anything.
std::string Keyword(const std::string& name) {
  const bool is_word =
      !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
  return is_word && name.front() != '-' ? ":" + name : ":mark";
}

const char* TypeOf(Outcome outcome) {
  return outcome == Outcome::kOk ? ":ok" : outcome == Outcome::kFail ? ":fail" : ":info";
}

class Writer {
 public:
  Writer(const CellHistory& history, std::ostream& out) : history_(history), out_(out) {
    for (const Operation& operation : history.operations) threads_.try_emplace(operation.client);
    std::size_t number = 0;
    for (auto& [client, thread] : threads_) thread.process = number++;
    reader_.process = number++;
    concurrency_ = number;
    processes_.resize(history.operations.size() + history.reads.size());
  }

  void Write() {
    Collect();
    for (const Event& event : events_) {
      switch (event.what) {
        case What::kBegin:
          Begin(event);
          break;
        case What::kMark:
          PrintMark(event.time, history_.marks[event.place]);
          break;
        case What::kEnd:
          End(event);
          break;
      }
    }
  }

 private:
  enum class What : std::uint8_t { kBegin, kMark, kEnd };  // in this order at the same time
  struct Event {
    Nanoseconds time = 0;
    What what = What::kMark;
    std::size_t place = 0;  // of the mark; of the operation or, behind all of these, of the read
  };
  // A client, or the reader.
  struct Thread {
    std::size_t process = 0;
    bool busy = false;
  };

  void Collect() {
    const auto add = [&](Nanoseconds begin, Nanoseconds end, std::size_t place) {
      events_.push_back({.time = begin, .what = What::kBegin, .place = place});
      if (end != kNever) events_.push_back({.time = end, .what = What::kEnd, .place = place});
    };
    std::size_t place = 0;
    for (const Operation& operation : history_.operations) add(operation.begin, operation.end, place++);
    for (const ReadFindings& read : history_.reads) add(read.begin, read.end, place++);
    for (std::size_t i = 0; i < history_.marks.size(); ++i) {
      events_.push_back({.time = history_.marks[i].time, .what = What::kMark, .place = i});
    }
    std::stable_sort(events_.begin(), events_.end(), [](const Event& one, const Event& other) {
      return std::pair(one.time, one.what) < std::pair(other.time, other.what);
    });
  }

  bool IsRead(std::size_t place) const { return place >= history_.operations.size(); }
  const ReadFindings& ReadAt(std::size_t place) const { return history_.reads[place - history_.operations.size()]; }
  Thread& ThreadOf(std::size_t place) {
    return IsRead(place) ? reader_ : threads_.at(history_.operations[place].client);
  }

  // A process that has not been answered cannot ask again.
  void Begin(const Event& event) {
    Thread& thread = ThreadOf(event.place);
    if (thread.busy) thread.process += concurrency_;
    thread.busy = true;
    processes_[event.place] = thread.process;
    if (IsRead(event.place)) {
      Print(event, ":invoke", ":read", "nil");
    } else {
      Print(event, ":invoke", ":add", ElementAt(event.place));
    }
  }

  void End(const Event& event) {
    Thread& thread = ThreadOf(event.place);
    const bool goes_on = thread.process == processes_[event.place];
    if (IsRead(event.place)) {
      EndRead(event, ReadAt(event.place));
      if (goes_on) thread.busy = false;
      return;
    }
    const Completion& completion = history_.CompletionOf(history_.operations[event.place]);
    if (goes_on) thread.busy = completion.outcome == Outcome::kUnknown;
    Print(event, TypeOf(completion.outcome), ":add", ElementAt(event.place) + Error(completion.error));
  }

  // A read that failed changed nothing, whatever it came to.
  void EndRead(const Event& event, const ReadFindings& read) {
    if (!read.error.empty()) return Print(event, ":fail", ":read", "nil" + Error(read.error));
    std::string elements;
    const auto add = [&](const std::string& element) { elements += (elements.empty() ? "" : " ") + element; };
    for (OperationIndex i = 0; i < history_.operations.size(); ++i) {
      if (read.Shows(i)) add(ElementAt(i));
    }
    for (const OperationIndex again : read.repeated) add(ElementAt(again));
    for (const StrangeRow& row : read.strange) add(JepsenElement(row.client, row.sequence));
    Print(event, ":ok", ":read", "[" + elements + "]");
  }

  std::string ElementAt(std::size_t place) const {
    return JepsenElement(history_.operations[place].client, history_.operations[place].sequence);
  }
  static std::string Error(const std::string& error) { return error.empty() ? "" : ", :error " + Quoted(error); }

  void Print(const Event& event, const char* type, const char* f, const std::string& value) {
    out_ << fmt::format("{{:index {}, :time {}, :type {}, :process {}, :f {}, :value {}}}\n", index_++, event.time,
                        type, processes_[event.place], f, value);
  }
  void PrintMark(Nanoseconds time, const Mark& mark) {
    out_ << fmt::format("{{:index {}, :time {}, :type :info, :process :nemesis, :f {}, :value {}}}\n", index_++, time,
                        Keyword(mark.name), Quoted(mark.text));
  }

  const CellHistory& history_;
  std::ostream& out_;
  std::vector<Event> events_;
  std::map<int, Thread> threads_;
  Thread reader_;
  std::size_t concurrency_ = 0;
  std::vector<std::size_t> processes_;  // that did it; by place
  std::size_t index_ = 0;
};

}  // namespace

void WriteJepsen(const CellHistory& history, std::ostream& out) { Writer(history, out).Write(); }

std::string JepsenElement(int client, std::uint64_t sequence) {
  if (client >= 0 && sequence < kSequences) {
    return std::to_string(static_cast<std::uint64_t>(client) * kSequences + sequence);
  }
  // Eleven digits of the client, so that none of these is one of the others; N is EDN's for a number of any length.
  const std::int64_t prefix = 10'000'000'000 + std::abs(static_cast<std::int64_t>(client));
  return fmt::format("{}{}{:020}N", client < 0 ? "-" : "", prefix, sequence);
}

}  // namespace holdfast
