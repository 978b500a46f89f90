// Story: histories for tests, told in order. Time stands at `now` and moves on with each span of traffic; four clients
// begin a write every 50 ms each, in turn, so that a write begins every 12.5 ms.
//
//     Story story;
//     story.Acknowledged(3s).Inject().Bitten("pod gone").Unanswered(2s).Restart().Acknowledged(6s).Recovered();
//     story.Healed().Whole().ReadBack().Ended();
//     EXPECT_EQ(JudgeOf(story.history).judgement, Judgement::kPass);
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "harness/check.h"
#include "harness/history.h"

namespace holdfast {

class Story {
 public:
  static constexpr std::uint64_t kSeed = 42;
  static constexpr int kClients = 4;
  static constexpr int kPinned = 5;
  static constexpr Duration kPace = std::chrono::microseconds(12500);

  CellHistory history;
  Duration now{};
  std::uint64_t incarnation = 1;

  Story() { history.cell = 1; }

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
  // Each client begins one write, which never ends.
  Story& Hang(Duration span) {
    for (int client = 1; client <= kClients; ++client) Write(client, now, std::nullopt, {});
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
    history.marks.push_back({.time = now.count(), .name = name, .text = text, .fields = std::move(fields)});
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

  // Outside the pace: one write, its sequence the client's next.
  Operation& Write(int client, Duration begin, std::optional<Duration> end, const Completion& completion) {
    history.operations.push_back({.client = client,
                                  .sequence = ++sequences_[client],
                                  .begin = begin.count(),
                                  .end = end ? std::optional(end->count()) : std::nullopt,
                                  .completion = completion});
    return history.operations.back();
  }

  Read& LastRead() { return history.reads.back(); }
  Operation& At(int client, std::uint64_t sequence) {
    const auto found = std::find_if(history.operations.begin(), history.operations.end(), [&](const Operation& one) {
      return one.client == client && one.sequence == sequence;
    });
    CHECK(found != history.operations.end());
    return *found;
  }
  // What the last read shows of it.
  Row& RowOf(int client, std::uint64_t sequence) { return *Find(client, sequence); }
  void Drop(int client, std::uint64_t sequence) { LastRead().rows.erase(Find(client, sequence)); }
  std::uint64_t LastOf(int client) { return sequences_[client]; }

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
    now += std::chrono::milliseconds(100);
    Read read;
    read.begin = now.count();
    now += std::chrono::milliseconds(100);
    read.end = now.count();
    read.final = final;
    for (const Operation& operation : history.operations) {
      if (operation.completion.outcome != Outcome::kOk) continue;
      read.rows.push_back(MakeRow(operation.client, operation.sequence, operation.completion.incarnation));
    }
    history.reads.push_back(std::move(read));
    return *this;
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
