// Reads history.jsonl (its lines are described in history.cc), also one that a killed harness or a full disk left
// behind: a line that cannot be used is named and the rest is read. Whether what is left still proves something is the
// checkers' business.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <unordered_map>

#include "harness/history.h"
#include "harness/printable.h"

namespace holdfast {
namespace {

using nlohmann::json;

template <typename T>
Result<T> Integer(const json& line, const char* key) {
  const auto found = line.find(key);
  if (found == line.end() || !found->is_number_integer()) return Unavailable(fmt::format("no integer \"{}\"", key));
  const bool fits = found->is_number_unsigned()
                        ? found->get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<T>::max())
                        : std::numeric_limits<T>::is_signed &&
                              found->get<std::int64_t>() >= static_cast<std::int64_t>(std::numeric_limits<T>::min());
  if (!fits) return Unavailable(fmt::format("\"{}\" is out of range", key));
  return found->get<T>();
}

Result<std::string> Text(const json& line, const char* key) {
  const auto found = line.find(key);
  if (found == line.end() || !found->is_string()) return Unavailable(fmt::format("no text \"{}\"", key));
  return found->get<std::string>();
}

Result<Outcome> ParseOutcome(const json& line) {
  ASSIGN_OR_RETURN(const std::string name, Text(line, "o"));
  if (name == "ok") return Outcome::kOk;
  if (name == "fail") return Outcome::kFail;
  if (name == "unknown") return Outcome::kUnknown;
  return Unavailable("\"o\" is none of ok, fail, unknown");
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

Result<std::string> ParsePayload(const json& line) {
  if (line.contains("p")) return Text(line, "p");
  ASSIGN_OR_RETURN(const std::string digits, Text(line, "x"));
  std::string payload;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    const int high = HexDigit(digits[i]);
    const int low = HexDigit(digits[i + 1]);
    if (high < 0 || low < 0) return Unavailable("\"x\" is not hexadecimal");
    payload += static_cast<char>(high * 16 + low);
  }
  if (digits.size() % 2 != 0) return Unavailable("\"x\" is not hexadecimal");
  return payload;
}

// One cell while its lines come in. A complaint leaves it as it was.
class CellReader {
 public:
  Status Take(const json& line) {
    ASSIGN_OR_RETURN(const std::string event, Text(line, "e"));
    ASSIGN_OR_RETURN(const Nanoseconds time, Integer<Nanoseconds>(line, "t"));
    if (event == "begin") return Begin(line, time);
    if (event == "end") return End(line, time);
    if (event == "read") return BeginRead(line, time);
    if (event == "row") return AddRow(line);
    if (event == "read-end") return EndRead(line, time);
    if (event == "read-failed") return FailRead(line);
    if (event == "mark") return AddMark(line, time);
    return Unavailable("unknown event \"" + event + "\"");
  }

  CellHistory Finish(int cell) {
    history_.cell = cell;
    std::stable_sort(history_.operations.begin(), history_.operations.end(),
                     [](const Operation& one, const Operation& other) { return one.begin < other.begin; });
    return std::move(history_);
  }

  void AddUnreadable(const std::string& complaint) { history_.unreadable.push_back(complaint); }

 private:
  // A client's sequence numbers rise, so that the last one tells a line that stands there twice.
  struct ClientState {
    std::uint64_t last = 0;
    std::unordered_map<std::uint64_t, std::size_t> open;  // sequence → index of the operation
  };

  Status Begin(const json& line, Nanoseconds time) {
    ASSIGN_OR_RETURN(const int client, Integer<int>(line, "c"));
    ASSIGN_OR_RETURN(const std::uint64_t sequence, Integer<std::uint64_t>(line, "s"));
    ClientState& state = clients_[client];
    if (sequence <= state.last) {
      return Unavailable(fmt::format("client {} begins #{} after #{}", client, sequence, state.last));
    }
    state.last = sequence;
    state.open.emplace(sequence, history_.operations.size());
    history_.operations.push_back(
        {.client = client, .sequence = sequence, .begin = time, .end = std::nullopt, .completion = {}});
    return {};
  }

  Status End(const json& line, Nanoseconds time) {
    ASSIGN_OR_RETURN(const int client, Integer<int>(line, "c"));
    ASSIGN_OR_RETURN(const std::uint64_t sequence, Integer<std::uint64_t>(line, "s"));
    Completion completion;
    ASSIGN_OR_RETURN(completion.outcome, ParseOutcome(line));
    ASSIGN_OR_RETURN(completion.incarnation, Integer<std::uint64_t>(line, "i"));
    if (line.contains("error")) {
      ASSIGN_OR_RETURN(completion.error, Text(line, "error"));
    }
    ClientState& state = clients_[client];
    const auto open = state.open.find(sequence);
    if (open == state.open.end()) {
      return Unavailable(fmt::format("client {} ends #{}, which is not under way", client, sequence));
    }
    Operation& operation = history_.operations[open->second];
    if (time < operation.begin) return Unavailable("ends before it began");
    operation.end = time;
    operation.completion = std::move(completion);
    state.open.erase(open);
    return {};
  }

  Status BeginRead(const json& line, Nanoseconds time) {
    ASSIGN_OR_RETURN(const int number, Integer<int>(line, "r"));
    const auto final = line.find("final");
    if (final == line.end() || !final->is_boolean()) return Unavailable("no true or false \"final\"");
    if (!reads_.emplace(number, history_.reads.size()).second) {
      return Unavailable(fmt::format("read {} begins a second time", number));
    }
    history_.reads.push_back(
        {.begin = time, .end = std::nullopt, .error = "", .final = final->get<bool>(), .rows = {}});
    return {};
  }

  Result<Read*> OpenRead(const json& line) {
    ASSIGN_OR_RETURN(const int number, Integer<int>(line, "r"));
    const auto found = reads_.find(number);
    if (found == reads_.end() || history_.reads[found->second].end) {
      return Unavailable(fmt::format("read {} is not under way", number));
    }
    return &history_.reads[found->second];
  }

  Status AddRow(const json& line) {
    ASSIGN_OR_RETURN(Read* const read, OpenRead(line));
    Row row;
    ASSIGN_OR_RETURN(row.client, Integer<int>(line, "c"));
    ASSIGN_OR_RETURN(row.sequence, Integer<std::uint64_t>(line, "s"));
    ASSIGN_OR_RETURN(row.incarnation, Integer<std::uint64_t>(line, "i"));
    ASSIGN_OR_RETURN(row.payload, ParsePayload(line));
    read->rows.push_back(std::move(row));
    return {};
  }

  Status EndRead(const json& line, Nanoseconds time) {
    ASSIGN_OR_RETURN(Read* const read, OpenRead(line));
    ASSIGN_OR_RETURN(const std::uint64_t rows, Integer<std::uint64_t>(line, "n"));
    ASSIGN_OR_RETURN(const std::string error, Text(line, "error"));
    if (rows != read->rows.size()) {
      // It stays without an end: rows that are missing here were not missing in the database.
      return Unavailable(fmt::format("the read had {} rows, {} are here", rows, read->rows.size()));
    }
    read->end = time;
    read->error = error;
    return {};
  }

  Status FailRead(const json& line) {
    ASSIGN_OR_RETURN(Read* const read, OpenRead(line));
    ASSIGN_OR_RETURN(read->error, Text(line, "error"));
    return {};
  }

  Status AddMark(const json& line, Nanoseconds time) {
    Mark mark;
    mark.time = time;
    ASSIGN_OR_RETURN(mark.name, Text(line, "name"));
    ASSIGN_OR_RETURN(mark.text, Text(line, "text"));
    const auto fields = line.find("fields");
    if (fields == line.end() || !fields->is_object()) return Unavailable("no object \"fields\"");
    for (const auto& [key, value] : fields->items()) {
      if (!value.is_string()) return Unavailable("field \"" + key + "\" is no text");
      mark.fields[key] = value.get<std::string>();
    }
    history_.marks.push_back(std::move(mark));
    return {};
  }

  CellHistory history_;
  std::map<int, ClientState> clients_;
  std::map<int, std::size_t> reads_;  // number → index
};

// A line that cannot be read belongs to the cell of the line before it or to that of the line after it: to both, since
// it may have been the evidence that either lacks.
class HistoryReader {
 public:
  void Take(const std::string& where, const std::string& text) {
    const json line = json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!line.is_object()) return Complain(where, "cut off or not a JSON object: " + Printable(text, 60));
    const Result<int> cell = Integer<int>(line, "cell");
    if (!cell) return Complain(where, cell.error().message);
    CellReader& reader = cells_[*cell];
    if (*cell != current_) {
      for (const std::string& complaint : pending_) reader.AddUnreadable(complaint);
    }
    pending_.clear();
    current_ = *cell;
    if (const Status taken = reader.Take(line); !taken) reader.AddUnreadable(where + taken.error().message);
  }

  std::map<int, CellHistory> Finish() {
    std::map<int, CellHistory> histories;
    for (auto& [cell, reader] : cells_) histories.emplace(cell, reader.Finish(cell));
    return histories;
  }

 private:
  void Complain(const std::string& where, const std::string& complaint) {
    pending_.push_back(where + complaint);
    if (current_) cells_[*current_].AddUnreadable(pending_.back());
  }

  std::map<int, CellReader> cells_;
  std::optional<int> current_;
  std::vector<std::string> pending_;
};

Result<std::map<int, CellHistory>> ReadFrom(std::istream& stream, const std::string& name) {
  HistoryReader reader;
  std::string line;
  for (int number = 1; std::getline(stream, line); ++number) {
    reader.Take(fmt::format("{}:{}: ", name, number), line);
  }
  if (stream.bad()) return Unavailable(fmt::format("{}: cannot be read to its end", name));
  return reader.Finish();
}

}  // namespace

Result<std::map<int, CellHistory>> ReadHistory(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) return Unavailable(fmt::format("{}: cannot be read: {}", file.string(), std::strerror(errno)));
  return ReadFrom(stream, file.filename().string());
}

Result<std::map<int, CellHistory>> ParseHistory(std::string_view text, const std::string& name) {
  std::istringstream stream{std::string(text)};
  return ReadFrom(stream, name);
}

}  // namespace holdfast
