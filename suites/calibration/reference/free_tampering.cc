#include <algorithm>
#include <array>
#include <limits>

#include "suites/calibration/reference/tampering.h"

namespace holdfast::reference {
namespace {

constexpr std::int64_t kLatest = std::numeric_limits<std::int64_t>::max();

template <typename T>
T* Pick(std::vector<T>& from, std::uint16_t number) {
  return from.empty() ? nullptr : &from[number % from.size()];
}

std::uint16_t High(std::uint16_t number) { return static_cast<std::uint16_t>(number >> 8U); }

// A moment at which something else happened.
std::int64_t PickTime(const PlainHistory& history, std::uint16_t number) {
  std::vector<std::int64_t> times;
  for (const PlainWrite& write : history.writes) {
    times.push_back(write.begin);
    if (write.end) times.push_back(write.end->time);
  }
  for (const PlainRead& read : history.reads) times.push_back(read.begin);
  for (const PlainMark& mark : history.marks) times.push_back(mark.time);
  return times.empty() ? 0 : times[number % times.size()];
}

void DropRow(PlainRead& read, std::uint16_t how) {
  if (!read.rows.empty()) read.rows.erase(read.rows.begin() + how % static_cast<int>(read.rows.size()));
}

void RepeatRow(PlainRead& read, std::uint16_t how) {
  if (read.rows.empty()) return;
  const PlainRow row = *Pick(read.rows, how);
  read.rows.insert(read.rows.begin() + High(how) % static_cast<int>(read.rows.size() + 1), row);
}

void SwapRows(PlainRead& read, std::uint16_t how) {
  if (!read.rows.empty()) std::swap(*Pick(read.rows, how), *Pick(read.rows, High(how)));
}

void AlterPayload(PlainRow& row, std::uint16_t how) {
  if (how % 2 == 0) {
    row.payload.resize(how % 65U);
  } else if (!row.payload.empty()) {
    row.payload[how % row.payload.size()] = static_cast<char>(High(how));
  }
}

void RenameRow(PlainRow& row, std::uint16_t how) {
  if (how % 2 == 0) {
    row.client = High(how) % 6 - 1;
  } else {
    row.sequence = High(how) % 16U;
  }
}

void AlterRow(PlainRead& read, const Tampering& tampering) {
  PlainRow* row = Pick(read.rows, High(tampering.where));
  if (row == nullptr) return;
  switch (tampering.kind % 3) {
    case 0:
      return AlterPayload(*row, tampering.how);
    case 1:
      return RenameRow(*row, tampering.how);
    default:
      row->incarnation = tampering.how % 4U;
  }
}

void AlterEnding(PlainWrite& write, std::uint16_t how) {
  if (how % 4 == 3) return write.end.reset();
  if (!write.end) write.end = PlainWrite::End{.time = write.begin + how};
  write.end->ending = static_cast<Ending>(how % 4);
  if (write.end->ending == Ending::kOk && write.end->incarnation == 0) write.end->incarnation = 1;
}

void MoveBegin(PlainHistory& history, PlainWrite& write, std::uint16_t how) {
  std::int64_t least = 0;
  std::int64_t most = write.end ? write.end->time : kLatest;
  for (const PlainWrite& other : history.writes) {
    if (other.client != write.client) continue;
    if (other.sequence < write.sequence) least = std::max(least, other.begin);
    if (other.sequence > write.sequence) most = std::min(most, other.begin);
  }
  write.begin = std::clamp(PickTime(history, how), least, most);
}

// A client's numbers have no gaps, so that only its last write may not have been.
void DropLast(PlainHistory& history, int client) {
  for (std::size_t i = history.writes.size(); i-- > 0;) {
    if (history.writes[i].client != client) continue;
    history.writes.erase(history.writes.begin() + static_cast<std::ptrdiff_t>(i));
    return;
  }
}

void AlterWrite(PlainHistory& history, const Tampering& tampering) {
  PlainWrite* write = Pick(history.writes, tampering.where);
  if (write == nullptr) return;
  switch (tampering.kind % 5) {
    case 0:
      return AlterEnding(*write, tampering.how);
    case 1:
      if (write->end) write->end->incarnation = tampering.how % 4U;
      return;
    case 2:
      return MoveBegin(history, *write, tampering.how);
    case 3:
      if (write->end) write->end->time = std::max(write->begin, PickTime(history, tampering.how));
      return;
    default:
      return DropLast(history, write->client);
  }
}

void AlterRead(PlainHistory& history, PlainRead& read, const Tampering& tampering) {
  switch (tampering.kind % 6) {
    case 0:
      read.begin = std::min(PickTime(history, tampering.how), read.end.value_or(kLatest));
      return;
    case 1:
      if (read.end) read.end = std::max(PickTime(history, tampering.how), read.begin);
      return;
    case 2:
      return read.end.reset();
    case 3:
      read.error = read.error.empty() ? "cut off" : "";
      return;
    case 4:
      read.final = !read.final;
      return;
    default:
      history.reads.erase(history.reads.begin() + (&read - history.reads.data()));
  }
}

void AlterMarks(PlainHistory& history, const Tampering& tampering) {
  static constexpr std::array<const char*, 3> kNames = {"injecting", "bitten", "recovered"};
  PlainMark* mark = Pick(history.marks, tampering.where);
  const std::int64_t time = PickTime(history, tampering.how);
  if (tampering.kind % 3 == 0 || mark == nullptr) {
    history.marks.push_back({.time = time, .name = kNames[tampering.where % kNames.size()]});
  } else if (tampering.kind % 3 == 1) {
    mark->time = time;
  } else {
    history.marks.erase(history.marks.begin() + (mark - history.marks.data()));
  }
}

void Change(const Tampering& tampering, PlainHistory& history) {
  const int area = tampering.kind / 30 % 8;
  if (area == 0) return AlterMarks(history, tampering);
  if (area <= 2) return AlterWrite(history, tampering);
  PlainRead* read = Pick(history.reads, tampering.where);
  if (read == nullptr) return;
  switch (area) {
    case 3:
      return AlterRead(history, *read, tampering);
    case 4:
      return DropRow(*read, tampering.how);
    case 5:
      return RepeatRow(*read, tampering.how);
    case 6:
      return SwapRows(*read, tampering.how);
    default:
      return AlterRow(*read, tampering);
  }
}

bool WasReadAtTheEnd(const PlainHistory& history, const PlainWrite& write) {
  return std::any_of(history.reads.begin(), history.reads.end(),
                     [&](const PlainRead& read) { return read.final && read.begin >= write.begin; });
}

// A database can do as it likes, but its clients do one thing after the other and record how each of them ended: before
// they begin the next one, and before everything is read.
void KeepTheRecord(PlainHistory& history) {
  for (PlainWrite& write : history.writes) {
    std::int64_t next = kLatest;
    for (const PlainWrite& other : history.writes) {
      if (other.client == write.client && other.sequence > write.sequence) next = std::min(next, other.begin);
    }
    if (write.end) write.end->time = std::min(write.end->time, next);
    if (!write.end && (next != kLatest || WasReadAtTheEnd(history, write))) {
      write.end = PlainWrite::End{.time = write.begin};
    }
  }
}

}  // namespace

void Tamper(const Tampering& tampering, PlainHistory& history) {
  Change(tampering, history);
  KeepTheRecord(history);
}

}  // namespace holdfast::reference
