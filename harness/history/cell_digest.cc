#include "harness/history/cell_digest.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "harness/history/renumbering.h"
#include "harness/text/printable.h"

namespace holdfast {
namespace {

// Errors are quoted, not judged.
constexpr std::size_t kLongestError = 200;
constexpr std::size_t kMostCompletions = 1000;

template <typename Integer>
std::optional<Integer> NumberIn(const std::map<std::string, std::string>& fields, const char* key) {
  const auto field = fields.find(key);
  if (field == fields.end()) return std::nullopt;
  const std::string& digits = field->second;
  Integer number = 0;
  const auto [end, trouble] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (trouble != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

}  // namespace

Status CellDigest::Take(const HistoryLine& line, std::uint64_t number) {
  using Event = HistoryLine::Event;
  switch (line.event) {
    case Event::kBegin:
      PassTime(line.time);
      return Begin(line);
    case Event::kEnd:
      PassTime(line.time);
      return End(line);
    case Event::kMark:
      PassTime(line.time);
      return AddMark(line);
    case Event::kRead:
      if (line.final) final_ = {.line = number, .begin = line.time};
      return BeginRead(line);
    case Event::kRow:
      return AddRow(line, number);
    case Event::kReadEnd:
      return EndRead(line);
    case Event::kReadFailed:
      return FailRead(line);
  }
  return {};
}

void CellDigest::AddUnreadable(std::uint64_t number, const std::string& complaint) {
  std::vector<UnreadableLine>& lines = history_.unreadable;
  if (lines.size() <= kMostUnreadable) {
    lines.push_back({.line = number, .complaint = complaint, .after = missing_since_.value_or(now_), .before = kNever});
  } else {
    ++unnamed_;
    lines.back().after = std::min(lines.back().after, missing_since_.value_or(now_));
    lines.back().before = kNever;
    spanned_ = std::min(spanned_, kMostUnreadable);
  }
  missing_since_.reset();
}

CellHistory CellDigest::Finish(const std::string& name) {
  for (ReadFindings& findings : history_.reads) PlaceStrangers(findings, name);
  FindOpen(name);
  if (unnamed_ > 0) history_.unreadable.back().complaint += fmt::format(", and {} lines more", unnamed_);
  clients_.clear();
  SortByTime(history_);
  return std::move(history_);
}

void CellDigest::PassTime(Nanoseconds time) {
  now_ = std::max(now_, time);
  for (; spanned_ < history_.unreadable.size(); ++spanned_) history_.unreadable[spanned_].before = now_;
}

// A client does one thing after the other, records how each ended, and its numbers rise by one. A lower one stands
// there twice; where one is missing, or has no end, lines are, and with them perhaps an acknowledgement that nobody
// would ask for.
Status CellDigest::Begin(const HistoryLine& line) {
  Client& client = clients_[line.client];
  if (line.sequence <= client.last) {
    return Unavailable(fmt::format("client {} begins #{} after #{}", line.client, line.sequence, client.last));
  }
  if (history_.operations.size() == kMostOperations) return Unavailable("more operations than can be counted");
  const std::uint64_t missing = line.sequence - client.last - 1;
  const Operation* const before = client.operations.empty() ? nullptr : &history_.operations[client.operations.back()];
  const bool open = before != nullptr && before->end == kNever;
  if (missing > 0 || open) missing_since_ = before != nullptr ? before->begin : 0;
  if (client.operations.empty()) client.first = line.sequence;
  client.last = line.sequence;
  client.operations.push_back(static_cast<OperationIndex>(history_.operations.size()));
  history_.operations.push_back(
      {.begin = line.time, .end = kNever, .sequence = line.sequence, .client = line.client, .completion = 0});
  if (missing > 0) {
    return Unavailable(
        fmt::format("client {} begins #{}, and the {} before it are missing", line.client, line.sequence, missing));
  }
  if (!open) return {};
  return Unavailable(
      fmt::format("client {} begins #{}, but its #{} has no end", line.client, line.sequence, line.sequence - 1));
}

Status CellDigest::End(const HistoryLine& line) {
  const auto index = Find(line.client, line.sequence);
  if (!index || history_.operations[*index].end != kNever) {
    return Unavailable(fmt::format("client {} ends #{}, which is not under way", line.client, line.sequence));
  }
  Operation& operation = history_.operations[*index];
  if (line.time < operation.begin) return Unavailable("ends before it began");
  operation.end = line.time;
  operation.completion = IndexOf(line);
  if (line.outcome == Outcome::kOk) history_.acknowledged.push_back(*index);
  return {};
}

// Nearly all of them are the same.
std::uint32_t CellDigest::IndexOf(const HistoryLine& line) {
  const Completion& usual = history_.completions[usual_];
  if (line.outcome == Outcome::kOk && usual.outcome == Outcome::kOk && usual.incarnation == line.incarnation &&
      line.text == usual.error) {
    return usual_;
  }
  std::string error = line.text.substr(0, kLongestError);
  if (!error.empty() && completions_.size() >= kMostCompletions) error = "an error that none of the first ones was";
  const auto [found, added] =
      completions_.emplace(fmt::format("{} {} {}", static_cast<int>(line.outcome), line.incarnation, error),
                           static_cast<std::uint32_t>(history_.completions.size()));
  if (added) {
    history_.completions.push_back(
        {.outcome = line.outcome, .incarnation = line.incarnation, .error = Printable(error)});
  }
  if (line.outcome == Outcome::kOk) usual_ = found->second;
  return found->second;
}

std::optional<OperationIndex> CellDigest::Find(int client, std::uint64_t sequence) const {
  const auto known = clients_.find(client);
  if (known == clients_.end() || sequence < known->second.first || sequence > known->second.last) return std::nullopt;
  const std::deque<OperationIndex>& operations = known->second.operations;
  const auto at = [&](OperationIndex index) { return history_.operations[index].sequence; };
  const std::uint64_t place = sequence - known->second.first;
  if (place < operations.size() && at(operations[place]) == sequence) return operations[place];
  const auto found = std::lower_bound(operations.begin(), operations.end(), sequence,
                                      [&](OperationIndex index, std::uint64_t wanted) { return at(index) < wanted; });
  if (found == operations.end() || at(*found) != sequence) return std::nullopt;
  return *found;
}

Status CellDigest::BeginRead(const HistoryLine& line) {
  if (!reads_.emplace(line.read, OpenRead{.index = history_.reads.size(), .position = 0, .last_of = {}}).second) {
    return Unavailable(fmt::format("read {} begins a second time", line.read));
  }
  const Nanoseconds since = history_.reads.empty() ? 0 : history_.reads.back().begin;
  ReadFindings& findings = history_.reads.emplace_back();
  findings.begin = line.time;
  findings.final = line.final;
  const std::int64_t missing = std::int64_t{line.read} - last_read_ - 1;
  last_read_ = std::max(last_read_, line.read);
  if (missing > 0) {
    missing_since_ = since;
    return Unavailable(fmt::format("read {} begins, and the {} before it are missing", line.read, missing));
  }
  return {};
}

Result<CellDigest::OpenRead*> CellDigest::UnderWay(int number) {
  const auto found = reads_.find(number);
  if (found == reads_.end() || found->second.closed) {
    return Unavailable(fmt::format("read {} is not under way", number));
  }
  return &found->second;
}

Status CellDigest::AddRow(const HistoryLine& line, std::uint64_t number) {
  ASSIGN_OR_RETURN(OpenRead* const read, UnderWay(line.read));
  if (line.count <= read->position) {
    return Unavailable(fmt::format("row {} of read {} stands behind row {}", line.count, line.read, read->position));
  }
  const std::uint64_t missing = line.count - read->position - 1;
  read->position = line.count;
  Place(*read, line, number);
  if (missing == 0) return {};
  return Unavailable(fmt::format("{} rows of read {} are missing before row {}", missing, line.read, line.count));
}

void CellDigest::Place(OpenRead& read, const HistoryLine& line, std::uint64_t number) {
  ReadFindings& findings = history_.reads[read.index];
  ++findings.rows;
  if (!history_.seed) ++findings.uncompared;
  const std::optional<Damage> damage =
      history_.seed
          ? FindDamage(MakePayload(*history_.seed, line.client, line.sequence), line.payload, line.payload_size)
          : std::nullopt;
  const auto index = Find(line.client, line.sequence);
  if (!index) {
    findings.strange.push_back({.line = number,
                                .sequence = line.sequence,
                                .incarnation = line.incarnation,
                                .client = line.client,
                                .damage = damage});
    return;
  }
  NoteContent(findings, *index, line.incarnation, damage);
  if (!NotePresence(findings, *index)) return;
  const auto [last, first] = read.last_of.emplace(line.client, *index);
  if (first) return;
  if (line.sequence < history_.operations[last->second].sequence) {
    findings.behind.push_back({.operation = *index, .later = last->second});
  } else {
    last->second = *index;
  }
}

void CellDigest::NoteContent(ReadFindings& findings, OperationIndex index, std::uint64_t incarnation,
                             const std::optional<Damage>& damage) {
  if (damage) findings.damaged.push_back({.operation = index, .damage = *damage});
  const Operation& operation = history_.operations[index];
  const bool expected =
      history_.IsAcknowledged(operation) && history_.CompletionOf(operation).incarnation == incarnation;
  if (incarnation != 0 && !expected) findings.writers.push_back({.operation = index, .incarnation = incarnation});
}

// False if it was there already.
bool CellDigest::NotePresence(ReadFindings& findings, OperationIndex index) {
  if (findings.Shows(index)) {
    findings.repeated.push_back(index);
    return false;
  }
  if (index >= findings.present.size()) findings.present.resize(history_.operations.size());
  findings.present[index] = true;
  return true;
}

Status CellDigest::EndRead(const HistoryLine& line) {
  ASSIGN_OR_RETURN(OpenRead* const read, UnderWay(line.read));
  read->closed = true;
  read->last_of.clear();
  ReadFindings& findings = history_.reads[read->index];
  if (line.count != findings.rows || line.count != read->position) {
    // It stays without an end: rows that are missing here were not missing in the database.
    return Unavailable(fmt::format("the read had {} rows, {} are here", line.count, findings.rows));
  }
  findings.end = line.time;
  findings.error = line.text;
  return {};
}

Status CellDigest::FailRead(const HistoryLine& line) {
  ASSIGN_OR_RETURN(OpenRead* const read, UnderWay(line.read));
  read->closed = true;
  history_.reads[read->index].error = line.text;
  return {};
}

Status CellDigest::AddMark(const HistoryLine& line) {
  if (line.name == kMarkCellBegun) {
    const bool again = std::any_of(history_.marks.begin(), history_.marks.end(),
                                   [](const Mark& mark) { return mark.name == kMarkCellBegun; });
    if (again) return Unavailable("the cell begins a second time");
    history_.seed = NumberIn<std::uint64_t>(line.fields, "seed");
  }
  if (line.name == kMarkPinned) history_.pinned = NumberIn<std::int32_t>(line.fields, "client");
  history_.marks.push_back({.time = line.time, .name = line.name, .text = line.text, .fields = line.fields});
  return {};
}

// A row stands before the begin of its operation only if that began when the read was over: it was not attempted until
// then. Else the lines are not in the order in which they were written.
void CellDigest::PlaceStrangers(ReadFindings& findings, const std::string& name) {
  std::deque<StrangeRow> strange;
  std::swap(strange, findings.strange);
  for (const StrangeRow& row : strange) {
    const auto index = Find(row.client, row.sequence);
    if (!index) {
      findings.strange.push_back(row);
      continue;
    }
    NoteContent(findings, *index, row.incarnation, row.damage);
    NotePresence(findings, *index);
    if (findings.end != kNever && history_.operations[*index].begin > findings.end) continue;
    missing_since_ = findings.end != kNever ? findings.end : findings.begin;  // when the row was written
    AddUnreadable(row.line, fmt::format("{}:{}: the row of client {} #{} stands before its begin", name, row.line,
                                        row.client, row.sequence));
  }
}

// The clients have stopped before the final read, and each recorded how its last write ended.
void CellDigest::FindOpen(const std::string& name) {
  std::map<int, OperationIndex> open;
  for (const auto& [number, client] : clients_) {
    if (client.operations.empty()) continue;
    const Operation& last = history_.operations[client.operations.back()];
    if (last.end == kNever && last.begin <= final_.begin) open.emplace(number, client.operations.back());
  }
  for (const auto& [client, index] : open) {
    missing_since_ = history_.operations[index].begin;
    AddUnreadable(final_.line, fmt::format("{}:{}: the final read begins, but client {} #{} has no end", name,
                                           final_.line, client, history_.operations[index].sequence));
  }
}

}  // namespace holdfast
