#include "suites/calibration/reference/plain_history.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <ostream>

namespace holdfast::reference {
namespace {

struct Line {
  std::int64_t time;
  std::string text;  // with its line end; several lines that stand together
};

const char* NameOf(Ending ending) {
  return ending == Ending::kOk ? "ok" : ending == Ending::kFail ? "fail" : "unknown";
}

bool IsPlain(const std::string& payload) {
  return std::all_of(payload.begin(), payload.end(),
                     [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; });
}

std::string Payload(const std::string& payload) {
  if (IsPlain(payload)) return fmt::format(R"("p":"{}")", payload);
  std::string digits;
  for (const char c : payload) digits += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return fmt::format(R"("x":"{}")", digits);
}

void AddWrite(const PlainWrite& write, std::vector<Line>& lines) {
  lines.push_back({write.begin, fmt::format(R"({{"cell":1,"t":{},"e":"begin","c":{},"s":{}}})"
                                            "\n",
                                            write.begin, write.client, write.sequence)});
  if (!write.end) return;
  const char* error = write.end->ending == Ending::kOk ? "" : R"(,"error":"refused")";
  lines.push_back({write.end->time, fmt::format(R"({{"cell":1,"t":{},"e":"end","c":{},"s":{},"o":"{}","i":{}{}}})"
                                                "\n",
                                                write.end->time, write.client, write.sequence,
                                                NameOf(write.end->ending), write.end->incarnation, error)});
}

std::int64_t RecordedAt(const PlainRead& read) { return read.end.value_or(std::numeric_limits<std::int64_t>::max()); }

void AddRead(const PlainRead& read, std::size_t number, std::vector<Line>& lines) {
  std::string text = fmt::format(R"({{"cell":1,"t":{},"e":"read","r":{},"final":{}}})"
                                 "\n",
                                 read.begin, number, read.final);
  for (std::size_t i = 0; i < read.rows.size(); ++i) {
    const PlainRow& row = read.rows[i];
    text += fmt::format(R"({{"cell":1,"e":"row","r":{},"k":{},"c":{},"s":{},"i":{},{}}})"
                        "\n",
                        number, i + 1, row.client, row.sequence, row.incarnation, Payload(row.payload));
  }
  if (read.end) {
    text += fmt::format(R"({{"cell":1,"t":{},"e":"read-end","r":{},"n":{},"error":"{}"}})"
                        "\n",
                        *read.end, number, read.rows.size(), read.error);
  } else if (!read.error.empty()) {
    text += fmt::format(R"({{"cell":1,"t":{},"e":"read-failed","r":{},"error":"{}"}})"
                        "\n",
                        read.begin, number, read.error);
  }
  lines.push_back({RecordedAt(read), std::move(text)});
}

}  // namespace

std::string ToText(const PlainHistory& history) {
  std::vector<Line> lines;
  for (const PlainWrite& write : history.writes) AddWrite(write, lines);
  std::vector<PlainRead> reads = history.reads;
  std::stable_sort(reads.begin(), reads.end(),
                   [](const PlainRead& one, const PlainRead& other) { return RecordedAt(one) < RecordedAt(other); });
  for (std::size_t i = 0; i < reads.size(); ++i) AddRead(reads[i], i + 1, lines);
  for (const PlainMark& mark : history.marks) {
    lines.push_back({mark.time, fmt::format(R"({{"cell":1,"t":{},"e":"mark","name":"{}","text":"","fields":{{}}}})"
                                            "\n",
                                            mark.time, mark.name)});
  }
  std::stable_sort(lines.begin(), lines.end(),
                   [](const Line& one, const Line& other) { return one.time < other.time; });
  std::string text =
      fmt::format(R"({{"cell":1,"t":0,"e":"mark","name":"cell-begun","text":"","fields":{{"seed":"{}"}}}})"
                  "\n",
                  kSeed);
  for (const Line& line : lines) text += line.text;
  return text;
}

std::ostream& operator<<(std::ostream& stream, const PlainHistory& history) {
  return stream << "\n" << ToText(history);
}

}  // namespace holdfast::reference
