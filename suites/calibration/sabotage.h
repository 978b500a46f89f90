// Sabotage: what storage that breaks its promise would do to an honest history; one way or more for each anomaly.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <ostream>
#include <random>

#include "harness/history/history_builder.h"
#include "harness/judging/accusations.h"

namespace holdfast {

class Draw {
 public:
  explicit Draw(unsigned seed) : engine_(seed) {}
  int Between(int least, int most) { return std::uniform_int_distribution<int>(least, most)(engine_); }
  std::chrono::milliseconds Span(int least_ms, int most_ms) {
    return std::chrono::milliseconds(Between(least_ms, most_ms));
  }
  int Client() { return Between(1, Story::kClients); }
  // Of a write that was acknowledged before the fault, with others of its client before and after it.
  std::uint64_t Sequence() { return static_cast<std::uint64_t>(Between(4, 14)); }

 private:
  std::mt19937 engine_;
};

struct Sabotage {
  Anomaly anomaly;
  const char* name;
  std::function<void(Story&, Draw&)> spoil;
};

inline void PrintTo(const Sabotage& sabotage, std::ostream* stream) { *stream << sabotage.name; }

inline void Swap(Story& story, int client, std::uint64_t sequence) {
  std::swap(story.RowOf(client, sequence), story.RowOf(client, sequence + 1));
}

// The write's answer comes late, from the incarnation that should be gone by then.
inline void AnswerFromTheOldIncarnation(Story& story, Draw& draw) {
  const int client = draw.Client();
  const std::uint64_t last = story.LastOf(client);
  story.At(client, last).completion.incarnation = 1;
  story.RowOf(client, last).incarnation = 1;
}

inline void KeepARefusedWrite(Story& story, Draw& draw) {
  const int client = draw.Client();
  const std::uint64_t last = story.LastOf(client);
  story.At(client, last).completion = {.outcome = Outcome::kFail, .incarnation = 2, .error = "refused"};
}

inline const Sabotage kSabotages[] = {
    {Anomaly::kLost, "LosesTheLastWrite", [](Story& story, Draw&) { story.LastRead().rows.pop_back(); }},
    {Anomaly::kHole, "LosesAWriteInTheMiddle",
     [](Story& story, Draw& draw) { story.Drop(draw.Client(), draw.Sequence()); }},
    {Anomaly::kCorrupt, "FlipsABit",
     [](Story& story, Draw& draw) { story.RowOf(draw.Client(), draw.Sequence()).payload[5] ^= 1; }},
    {Anomaly::kCorrupt, "TearsAWrite",
     [](Story& story, Draw& draw) { story.RowOf(draw.Client(), draw.Sequence()).payload.resize(32); }},
    {Anomaly::kPhantom, "InventsAWrite",
     [](Story& story, Draw&) { story.LastRead().rows.push_back(Story::MakeRow(1, 1'000'000, 1)); }},
    {Anomaly::kDuplicate, "RepeatsAWrite",
     [](Story& story, Draw& draw) {
       const Row row = story.RowOf(draw.Client(), draw.Sequence());
       story.LastRead().rows.push_back(row);
     }},
    {Anomaly::kReordered, "SwapsTwoWrites",
     [](Story& story, Draw& draw) { Swap(story, draw.Client(), draw.Sequence()); }},
    {Anomaly::kStale, "HidesAWriteForAWhile",
     [](Story& story, Draw& draw) {
       auto& rows = story.reads.front().rows;
       rows.erase(rows.begin() + draw.Between(10, 30));
     }},
    {Anomaly::kTwoWriters, "LetsTheOldDatabaseWrite", &AnswerFromTheOldIncarnation},
    {Anomaly::kResurrected, "KeepsARefusedWrite", &KeepARefusedWrite},
};

}  // namespace holdfast
