// Exchange: what passes between clients and database, as a workload makes it and a history records it.
// Times are nanoseconds of the monotonic clock since the run began.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace holdfast {

using Nanoseconds = std::int64_t;
inline constexpr Nanoseconds kNever = std::numeric_limits<Nanoseconds>::max();

struct WriteRequest {
  int client = 0;
  std::uint64_t sequence = 0;  // 1, 2, 3 … per client
  std::string payload;         // PayloadFor(seed, client, sequence)
};

enum class Outcome : std::uint8_t { kOk, kFail, kUnknown };

// What a client was told about a write.
struct Completion {
  Outcome outcome = Outcome::kUnknown;
  std::uint64_t incarnation = 0;  // of the database that answered; 0 if none did
  std::string error;              // one line, for kFail and kUnknown
};

// One row as the database returned it.
struct Row {
  int client = 0;
  std::uint64_t sequence = 0;
  std::uint64_t incarnation = 0;  // of the database when it wrote the row
  std::string payload;
};

// A whole read of the database. `rows` is in the order in which the database holds them. A read without `end` did not
// finish.
struct Read {
  Nanoseconds begin = 0;
  Nanoseconds end = kNever;
  std::string error;   // empty if it succeeded
  bool final = false;  // the one after everything
  std::vector<Row> rows;
};

}  // namespace holdfast
