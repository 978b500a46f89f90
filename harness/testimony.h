// Testimony: what a history says about itself, as the judge and every checker ask it. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/history.h"
#include "harness/rig.h"

namespace holdfast {

// nullptr if there is none. The first one after `since`, so that a leftover of an earlier phase satisfies nobody.
const Mark* FirstMark(const CellHistory& history, const char* name, Nanoseconds since = 0);
const Mark* LastMark(const CellHistory& history, const char* name);

// The last complete read marked final that began after the fault was applied; nullptr if there is none.
const ReadFindings* FinalRead(const CellHistory& history);

// The place in CellHistory::acknowledged of the first that was acknowledged at `time` or later; or its size.
std::size_t FirstAcknowledged(const CellHistory& history, Nanoseconds time);

// An unreadable line that may have been written between `from` and `to`; nullptr if there is none.
const UnreadableLine* UnreadableWithin(const CellHistory& history, Nanoseconds from, Nanoseconds to);

// Why nothing can be concluded from this history about the fault, or nothing: too few acknowledged writes before it
// (Bounds::least_writes), or too many refused just before it (kLeastAnswered).
std::optional<std::string> LacksTraffic(const CellHistory& history, const Bounds& bounds);
// The same for the fault's effect: it must have been seen.
std::optional<std::string> LacksBite(const CellHistory& history);

// Of the attempts that were answered or given up in a healthy period, so many must have been acknowledged. A database
// that refuses every tenth write is not up; suites that passed at 30–80 % success have been published.
inline constexpr double kLeastAnswered = 0.9;

struct Answers {
  std::size_t acknowledged = 0;
  std::size_t attempts = 0;
  bool Enough() const { return static_cast<double>(acknowledged) >= kLeastAnswered * static_cast<double>(attempts); }
};
// Of the operations that began and ended within [from, to].
Answers AnswersWithin(const CellHistory& history, Nanoseconds from, Nanoseconds to);

// "client 2 #17, incarnation 1, begun 12.345678 s, acknowledged 12.350123 s"; one line.
std::string Quote(const CellHistory& history, const Operation& operation);
std::string Seconds(Nanoseconds time);  // "12.345678 s": a moment of the run
double InSeconds(Nanoseconds time);

// At most kMostEvidence of `lines`, then "... and N more".
std::vector<std::string> Shortened(std::vector<std::string> lines, std::size_t more = 0);

}  // namespace holdfast
