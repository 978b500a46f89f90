// Accusations: the ways in which a database can break its promise about writes (DESIGN: zero data loss), counted once
// a write and quoted a few times a class.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "harness/history.h"

namespace holdfast {

// In the order in which a report quotes them.
enum class Anomaly {
  kLost,         // acknowledged, or shown by a read, then absent
  kHole,         // lost, although a write that began after its acknowledgement survived
  kCorrupt,      // present with another content than was written: corrupt or torn
  kPhantom,      // present, never attempted
  kDuplicate,    // present more than once
  kReordered,    // a client's rows stand in another order than it wrote them
  kStale,        // absent from one read that began after the acknowledgement, present in a later one
  kTwoWriters,   // acknowledged by an incarnation after a later incarnation already had acknowledged
  kResurrected,  // certainly failed, yet present
};
inline constexpr std::size_t kAnomalies = 9;

// "lost", "hole", "two writers", …: as in reports; with '_' for ' ' also the key of the figure.
const char* NameOf(Anomaly anomaly);
// What it is, in words for users.
const char* MeaningOf(Anomaly anomaly);

class Accusations {
 public:
  // One operation is accused of each anomaly at most once, however many reads show it. False if it was already.
  bool Add(Anomaly anomaly, OperationIndex operation);
  // Of a write that is no operation of the history; that it is not told twice is the caller's affair.
  void AddStranger(Anomaly anomaly) { ++counts_[Index(anomaly)]; }
  // Wanted while true; a class keeps no more quotes than a report can show.
  bool WantsQuote(Anomaly anomaly) const;
  void AddQuote(Anomaly anomaly, const std::string& quote);

  std::size_t Count(Anomaly anomaly) const { return counts_[Index(anomaly)]; }
  std::size_t Total() const;
  std::string Summary() const;              // "3 lost, 1 corrupt"
  std::vector<std::string> Quotes() const;  // each class that occurred is quoted, at most kMostEvidence in all

 private:
  static std::size_t Index(Anomaly anomaly) { return static_cast<std::size_t>(anomaly); }

  std::array<std::size_t, kAnomalies> counts_{};
  std::array<std::vector<bool>, kAnomalies> accused_;  // by operation; as long as it has to be
  std::array<std::vector<std::string>, kAnomalies> quotes_;
};

}  // namespace holdfast
