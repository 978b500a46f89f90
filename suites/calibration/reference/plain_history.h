// PlainHistory: what happened in one cell, in structs of its own. From it both the text of a history.jsonl and the
// input of the reference checker are made, so that the real reader and the real structs stand on trial too.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace holdfast::reference {

inline constexpr std::uint64_t kSeed = 42;  // of all payloads

enum class Ending { kOk, kFail, kUnknown };

struct PlainWrite {
  struct End {
    std::int64_t time = 0;
    Ending ending = Ending::kUnknown;
    std::uint64_t incarnation = 0;
  };
  int client = 0;
  std::uint64_t sequence = 0;
  std::int64_t begin = 0;
  std::optional<End> end;  // empty: the harness was killed
};

struct PlainRow {
  int client = 0;
  std::uint64_t sequence = 0;
  std::uint64_t incarnation = 0;
  std::string payload;
};

struct PlainRead {
  std::int64_t begin = 0;
  std::optional<std::int64_t> end;  // empty: it did not finish
  std::string error;
  bool final = false;
  std::vector<PlainRow> rows;
};

struct PlainMark {
  std::int64_t time = 0;
  std::string name;
};

struct PlainHistory {
  std::vector<PlainWrite> writes;  // of each client in the order of its sequence and of the begins
  std::vector<PlainRead> reads;
  std::vector<PlainMark> marks;
};

using WriteName = std::pair<int, std::uint64_t>;  // client, sequence

// The lines in the order of time; of one client, a write's end stands before the next begin of the same time. A read
// stands where it ended, one that did not finish at the end.
std::string ToText(const PlainHistory& history);

// For people who look at a counterexample.
std::ostream& operator<<(std::ostream& stream, const PlainHistory& history);

}  // namespace holdfast::reference
