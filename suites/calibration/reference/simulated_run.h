// SimulatedRun: valid histories. A small model of clients, network, database and harness, driven by a tape of steps:
// each step is one act of one of them, so that a shorter tape with smaller numbers is a simpler history, and every tape
// is allowed.
//
//     client   begins ─▶ request travels ─▶ [ database: written to the log ] ─▶ ok
//                 │              │                        └─▶ the answer is lost: unknown, or no end at all
//                 │              └─▶ refused: fail        or it travels on, and is written after the client gave up
//                 └─▶ pauses
//     database restarts: a new incarnation; what nobody has been told of may be gone, from the end of the log only
//     fault    injecting ─▶ bitten ─▶ recovered ─▶ healed ─▶ whole; before it has bitten, others may join it
//              each hits the database at any time before it is healed, however long after it was seen to bite
//              by the contract async:T the hit also takes the acknowledged end of the log, as far as T reaches back
//     reader   begins ─▶ the database is read ─▶ the read ends, or fails
//
// At the end the clients stop and everything is read, or the harness is killed in the middle.
#pragma once

#include <cstdint>
#include <vector>

#include "suites/calibration/reference/plain_history.h"
#include "suites/calibration/reference/reference_checker.h"

namespace holdfast::reference {

// What the numbers mean depends on the act.
struct Step {
  std::uint8_t act = 0;
  std::uint8_t who = 0;
  std::uint8_t how = 0;
  std::uint8_t pause = 0;
};

enum class LastAct { kReadBack, kKilled };

struct Tape {
  std::vector<Step> steps;
  LastAct last_act = LastAct::kReadBack;
  Contract contract;
};

PlainHistory Simulate(const Tape& tape);

}  // namespace holdfast::reference
