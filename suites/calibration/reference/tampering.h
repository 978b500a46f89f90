// Tampering: what a database can do to a history that was valid. Freely, with numbers that say where and how, for
// histories of which nobody knows what is to be found; or one anomaly of a known class, planted so that exactly one
// write is to be accused of exactly that.
#pragma once

#include <cstdint>
#include <optional>

#include "harness/judging/accusations.h"
#include "suites/calibration/reference/plain_history.h"

namespace holdfast::reference {

struct Tampering {
  std::uint8_t kind = 0;
  std::uint16_t where = 0;
  std::uint16_t how = 0;
};

// The reader still takes every line of the outcome: nothing ends before it begins, a client's sequences rise, and each
// of its writes ends before the next one begins and before the final read.
void Tamper(const Tampering& tampering, PlainHistory& history);

// The write that is to be accused; nothing if the history has no place for such an anomaly. `history` ended with a
// final read.
std::optional<WriteName> Plant(Anomaly anomaly, const Tampering& choice, PlainHistory& history);

}  // namespace holdfast::reference
