// Story: histories for tests, told in order. Time stands at `now` and moves on with each span of traffic; four clients
// begin a write every 50 ms each, in turn, so that a write begins every 12.5 ms.
//
//     Story story;
//     story.Acknowledged(3s).Inject().Bitten("pod gone").Unanswered(2s).Restart().Acknowledged(6s).Recovered();
//     story.Healed().Whole().ReadBack().Ended();
//     EXPECT_EQ(JudgeOf(story.History()).judgement, Judgement::kPass);
//
// What is told can be changed at will (operations, reads, marks, garbage) before it is written down, as a recorder
// would have written it, and read back.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/check.h"
#include "harness/history.h"
#include "harness/history/history_line.h"
#include "harness/host.h"

namespace holdfast {

class Story {
 public:
  static constexpr std::uint64_t kSeed = 42;
  static constexpr int kCell = 1;
  static constexpr int kClients = 4;
  static constexpr int kPinned = 5;
  static constexpr Duration kPace = std::chrono::microseconds(12500);

  struct Attempt {
    int client = 0;
    std::uint64_t sequence = 0;
    Nanoseconds begin = 0;
    Nanoseconds end = kNever;
    Completion completion;
  };

  std::vector<Attempt> operations;
  std::vector<Read> reads;
  std::vector<holdfast::Mark> marks;
  std::vector<std::pair<Nanoseconds, std::string>> garbage;  // when, and the line
  Duration now{};
  std::uint64_t incarnation = 1;

  Story& Acknowledged(Duration span) {
    return Traffic(span, {.outcome = Outcome::kOk, .incarnation = incarnation, .error = ""},
                   std::chrono::milliseconds(5));
  }
  Story& Unanswered(Duration span) {
    return Traffic(span, {.outcome = Outcome::kUnknown, .incarnation = 0, .error = "connection refused"},
                   std::chrono::milliseconds(20));
  }
  Story& Refused(Duration span) {
    return Traffic(span, {.outcome = Outcome::kFail, .incarnation = incarnation, .error = "read-only"},
                   std::chrono::milliseconds(5));
  }
  // Each client begins one write, which does not end; but for the harness that is killed, a client gives it up at last.
  Story& Hang(Duration span) {
    for (int client = 1; client <= kClients; ++client) Write(client, FreeFrom(client), Duration(kNever), {});
    now += span;
    return *this;
  }
  // Nobody even tries.
  Story& Silence(Duration span) {
    now += span;
    return *this;
  }
  Story& Restart() {
    ++incarnation;
    return *this;
  }

  Story& Mark(const char* name, const std::string& text = "", std::map<std::string, std::string> fields = {}) {
    marks.push_back({.time = now.count(), .name = name, .text = text, .fields = std::move(fields)});
    return *this;
  }
  // One client stays with the instance of now.
  Story& Pin() {
    return Mark(kMarkPinned, "", {{"client", std::to_string(kPinned)}, {"pod", "ledger-1"}, {"node", "n1"}});
  }
  Story& Inject() { return Pin().Mark(kMarkInjecting); }
  Story& Bitten(const std::string& evidence = "seen") { return Mark(kMarkBitten, evidence); }
  Story& Recovered() { return Mark(kMarkRecovered); }
  Story& NotRecovered(const std::string& trouble) { return Mark(kMarkNotRecovered, trouble); }
  Story& Healed() { return Mark(kMarkHealed); }
  Story& Whole() { return Mark(kMarkWhole, "HEALTH_OK"); }
  Story& Ended() { return Mark(kMarkCellEnded); }

  // All that was acknowledged until now, in the order of the acknowledgements.
  Story& ReadNow() { return AddRead(/*final=*/false); }
  Story& ReadBack() { return AddRead(/*final=*/true); }

  Story& Garbage(const std::string& line = "garbage") {
    garbage.emplace_back(now.count(), line);
    return *this;
  }

  // Outside the pace: one write, its sequence the client's next.
  Attempt& Write(int client, Duration begin, Duration end, const Completion& completion) {
    operations.push_back({.client = client,
                          .sequence = ++sequences_[client],
                          .begin = begin.count(),
                          .end = end.count(),
                          .completion = completion});
    return operations.back();
  }

  Read& LastRead() { return reads.back(); }
  Attempt& At(int client, std::uint64_t sequence) {
    const auto found = std::find_if(operations.begin(), operations.end(), [&](const Attempt& one) {
      return one.client == client && one.sequence == sequence;
    });
    CHECK(found != operations.end());
    return *found;
  }
  // What the last read shows of it.
  Row& RowOf(int client, std::uint64_t sequence) { return *Find(client, sequence); }
  void Drop(int client, std::uint64_t sequence) { LastRead().rows.erase(Find(client, sequence)); }
  std::uint64_t LastOf(int client) { return sequences_[client]; }

  // history.jsonl, and what is read from it.
  std::string Text() const {
    std::string text;
    for (const std::string& line : Sorted()) text += line;
    return text;
  }
  CellHistory History() const {
    auto histories = ParseHistory(Text(), "history.jsonl");
    CHECK(histories.has_value());
    return std::move((*histories)[kCell]);
  }

  static Row MakeRow(int client, std::uint64_t sequence, std::uint64_t of_incarnation) {
    return {.client = client,
            .sequence = sequence,
            .incarnation = of_incarnation,
            .payload = PayloadFor(kSeed, client, sequence)};
  }

 private:
  Story& Traffic(Duration span, const Completion& completion, Duration takes) {
    const Duration until = now + span;
    for (; now < until; now += kPace) {
      turn_ = turn_ % kClients + 1;
      Write(turn_, now, now + takes, completion);
    }
    now = until;
    return *this;
  }

  Story& AddRead(bool final) {
    if (final) GiveUp();
    now += std::chrono::milliseconds(100);
    Read read;
    read.begin = now.count();
    now += std::chrono::milliseconds(100);
    read.end = now.count();
    read.final = final;
    for (const Attempt& operation : operations) {
      if (operation.completion.outcome != Outcome::kOk) continue;
      read.rows.push_back(MakeRow(operation.client, operation.sequence, operation.completion.incarnation));
    }
    reads.push_back(std::move(read));
    return *this;
  }

  // A client begins nothing before what it did last has ended.
  Duration FreeFrom(int client) const {
    Duration free = now;
    for (const Attempt& one : operations) {
      if (one.client == client && one.end != kNever) free = std::max(free, Duration(one.end));
    }
    return free;
  }

  // The clients stop before the final read.
  void GiveUp() {
    for (Attempt& one : operations) {
      if (one.end != kNever) continue;
      one.end = now.count();
      one.completion = {.outcome = Outcome::kUnknown, .incarnation = 0, .error = "no answer"};
    }
  }

  // By time; of the same time, as they came.
  std::vector<std::string> Sorted() const {
    std::vector<std::pair<Nanoseconds, std::string>> lines;
    const bool begun = !marks.empty() && marks.front().name == kMarkCellBegun;
    if (!begun && !(marks.empty() && operations.empty() && reads.empty())) lines.emplace_back(-1, SeedLine());
    for (const holdfast::Mark& mark : marks) lines.emplace_back(mark.time, MarkLine(kCell, mark));
    for (const Attempt& one : operations) {
      const WriteRequest request{.client = one.client, .sequence = one.sequence, .payload = ""};
      lines.emplace_back(one.begin, BeginLine(kCell, one.begin, request));
      if (one.end != kNever) lines.emplace_back(one.end, EndLine(kCell, one.end, request, one.completion));
    }
    int number = 0;
    for (const Read& read : reads)
      lines.emplace_back(read.end == kNever ? now.count() : read.end, TextOf(read, ++number));
    for (const auto& [time, line] : garbage) lines.emplace_back(time, line + "\n");
    std::stable_sort(lines.begin(), lines.end(),
                     [](const auto& one, const auto& other) { return one.first < other.first; });
    std::vector<std::string> sorted;
    for (auto& [time, line] : lines) sorted.push_back(std::move(line));
    return sorted;
  }

  static std::string SeedLine() {
    return MarkLine(kCell,
                    {.time = 0, .name = kMarkCellBegun, .text = "", .fields = {{"seed", std::to_string(kSeed)}}});
  }

  static std::string TextOf(const Read& read, int number) {
    std::string text = ReadLine(kCell, number, read);
    std::uint64_t position = 0;
    for (const Row& row : read.rows) text += RowLine(kCell, number, ++position, row);
    if (read.end != kNever) return text + ReadEndLine(kCell, number, read.end, read.rows.size(), read.error);
    return read.error.empty() ? text : text + ReadFailedLine(kCell, number, read);
  }

  std::vector<Row>::iterator Find(int client, std::uint64_t sequence) {
    const auto found = std::find_if(LastRead().rows.begin(), LastRead().rows.end(),
                                    [&](const Row& row) { return row.client == client && row.sequence == sequence; });
    CHECK(found != LastRead().rows.end());
    return found;
  }

  std::map<int, std::uint64_t> sequences_;
  int turn_ = 0;
};

// A database that was away for about two seconds, came back as a new incarnation and lost nothing.
inline Story HealthyStory() {
  using std::chrono::seconds;
  Story story;
  story.Mark(kMarkCellBegun, "", {{"seed", std::to_string(Story::kSeed)}, {"fault", "pod-delete"}});
  story.Acknowledged(seconds(6)).Inject().Bitten("pod ledger-1 is gone").Unanswered(seconds(2));
  story.Restart().Acknowledged(seconds(7)).Recovered().Healed().Whole().Acknowledged(seconds(1));
  story.ReadBack().Ended();
  return story;
}

}  // namespace holdfast
