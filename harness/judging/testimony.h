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

// Empty if the mark has none of that name.
std::string FieldOf(const Mark& mark, const char* key);

// The last complete read marked final that began after the fault was applied; nullptr if there is none.
const ReadFindings* FinalRead(const CellHistory& history);

// The place in CellHistory::acknowledged of the first that was acknowledged at `time` or later; or its size.
std::size_t FirstAcknowledged(const CellHistory& history, Nanoseconds time);

// What follows from a line that cannot be read. It may have acknowledged a write that is absent: nobody passes. It is
// no reason not to accuse, unless it may have said what explains all:
//   lost, hole         No: begin, acknowledgement and the whole of the read are readable, and each is written once. But
//                      the contract forgives by the marks of the fault; where these are missing, they may be the line.
//   phantom            It may be the begin, if it stands before the row. Even so the content is that of this client and
//                      number, or the row is corrupt whatever the line said.
//   corrupt, duplicate, reordered, stale, two writers, resurrected
//                      No: two readable lines contradict each other, and neither is taken back by a third. A row and
//                      its seed; two rows of one read, which are numbered; two reads; two acknowledgements; a row and
//                      the end of its operation.
//   RTO, reliability   Acknowledgements, or the harness's own trouble, if it may have been written meanwhile.
//   not whole in time  The mark that it was, if it may have been written meanwhile.
//
// An unreadable line that may have been written between `from` and `to`; nullptr if there is none.
const UnreadableLine* UnreadableWithin(const CellHistory& history, Nanoseconds from, Nanoseconds to);

// Why nothing can be concluded from this history about the fault, or nothing: too few acknowledged writes before it
// (Bounds::least_writes), or too many refused just before it (kLeastAnswered).
std::optional<std::string> LacksTraffic(const CellHistory& history, const Bounds& bounds);
// The same for the fault's effect: it must have been seen.
std::optional<std::string> LacksBite(const CellHistory& history);

// Whether the database had to come back while it was still hurt (see Demands in plan.h).
bool DemandsRecovery(const CellHistory& history);

// Of the attempts that were answered or given up in a healthy period, so many must have been acknowledged, each counted
// for as long as it took its client until the next one: whoever is refused asks again at once, and would else outvote
// those who are served. A database that refuses every tenth write is not up; suites that passed at 30–80 % success have
// been published.
inline constexpr double kLeastAnswered = 0.9;

struct Answers {
  std::size_t acknowledged = 0;
  std::size_t attempts = 0;
  Nanoseconds acknowledged_time = 0;
  Nanoseconds time = 0;  // of all attempts
  bool Enough() const { return static_cast<double>(acknowledged_time) >= kLeastAnswered * static_cast<double>(time); }
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
