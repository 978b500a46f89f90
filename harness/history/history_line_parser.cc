// Reads one line of history.jsonl. There are tens of millions, and all but a few are begins, ends and rows just as
// history_line.cc writes them: Scan reads these, and Read, with a whole JSON parser, all else. Whatever Scan takes,
// Read understands in the same way; it is several times slower.
#include <fmt/format.h>

#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "harness/history/history_line.h"
#include "harness/text/printable.h"

namespace holdfast {
namespace {

using nlohmann::json;
using Event = HistoryLine::Event;

// A year and more: sums and differences of times do not overflow.
constexpr Nanoseconds kLatest = Nanoseconds{1} << 55;

// A mark's fields are the deepest that there is. What is deeper is not kept, or a line of brackets would fill
// gigabytes.
constexpr int kDeepest = 2;

class Scanner {
 public:
  explicit Scanner(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  // Of a length that the compiler knows, which makes it a comparison of a few words and not a call.
  template <std::size_t kSize>
  bool Literal(const char (&text)[kSize]) {
    constexpr std::size_t kLength = kSize - 1;
    if (static_cast<std::size_t>(end_ - at_) < kLength || std::memcmp(at_, text, kLength) != 0) return false;
    at_ += kLength;
    return true;
  }

  // Decimal digits without a leading zero, at most `most`.
  template <typename T>
  bool Number(T& value, T most = std::numeric_limits<T>::max()) {
    const char* const begin = at_;
    std::uint64_t number = 0;
    // 18 digits do not overflow; what is longer is rare enough for the other parser.
    for (; at_ != end_ && at_ - begin < 19 && *at_ >= '0' && *at_ <= '9'; ++at_) {
      number = number * 10 + static_cast<std::uint64_t>(*at_ - '0');
    }
    const auto digits = at_ - begin;
    if (digits == 0 || digits > 18 || (*begin == '0' && digits > 1)) return false;
    if (number > static_cast<std::uint64_t>(most)) return false;
    value = static_cast<T>(number);
    return true;
  }

  // Up to the next quotation mark: printable ASCII without escapes. The mark is taken too.
  bool PlainText(std::string_view& text) {
    const auto* const quote = static_cast<const char*>(std::memchr(at_, '"', static_cast<std::size_t>(end_ - at_)));
    if (quote == nullptr) return false;
    text = {at_, static_cast<std::size_t>(quote - at_)};
    bool plain = true;  // not left early, so that the compiler can look at many at once
    for (const char c : text) plain &= (c >= 0x20) & (c < 0x7F) & (c != '\\');
    at_ = quote + 1;
    return plain;
  }

  bool AtEnd() const { return at_ == end_; }

 private:
  const char* at_;
  const char* end_;
};

bool ScanBegin(Scanner& scanner, HistoryLine& line) {
  line.event = Event::kBegin;
  return scanner.Literal("begin\",\"c\":") && scanner.Number(line.client) && scanner.Literal(",\"s\":") &&
         scanner.Number(line.sequence) && scanner.Literal("}") && scanner.AtEnd();
}

bool ScanEnd(Scanner& scanner, HistoryLine& line) {
  line.event = Event::kEnd;
  line.text.clear();
  if (!(scanner.Literal("end\",\"c\":") && scanner.Number(line.client) && scanner.Literal(",\"s\":") &&
        scanner.Number(line.sequence) && scanner.Literal(",\"o\":\""))) {
    return false;
  }
  if (scanner.Literal("ok\"")) {
    line.outcome = Outcome::kOk;
  } else if (scanner.Literal("fail\"")) {
    line.outcome = Outcome::kFail;
  } else if (scanner.Literal("unknown\"")) {
    line.outcome = Outcome::kUnknown;
  } else {
    return false;
  }
  if (!(scanner.Literal(",\"i\":") && scanner.Number(line.incarnation))) return false;
  if (scanner.Literal(",\"error\":\"")) {
    std::string_view error;
    if (!scanner.PlainText(error)) return false;
    line.text = error;
  }
  return scanner.Literal("}") && scanner.AtEnd();
}

bool ScanRow(Scanner& scanner, HistoryLine& line) {
  line.event = Event::kRow;
  const bool read = scanner.Literal("\"r\":") && scanner.Number(line.read) && scanner.Literal(",\"k\":") &&
                    scanner.Number(line.count) && scanner.Literal(",\"c\":") && scanner.Number(line.client) &&
                    scanner.Literal(",\"s\":") && scanner.Number(line.sequence) && scanner.Literal(",\"i\":") &&
                    scanner.Number(line.incarnation) && scanner.Literal(",\"p\":\"") &&
                    scanner.PlainText(line.payload) && scanner.Literal("}") && scanner.AtEnd();
  line.payload_size = line.payload.size();
  return read;
}

// False: it is for the other parser. What is in `line` then is worth nothing.
bool Scan(std::string_view text, HistoryLine& line) {
  Scanner scanner(text);
  if (!scanner.Literal("{\"cell\":") || !scanner.Number(line.cell) || line.cell == 0) return false;
  if (scanner.Literal(",\"e\":\"row\",")) return ScanRow(scanner, line);
  if (!scanner.Literal(",\"t\":") || !scanner.Number(line.time, kLatest) || !scanner.Literal(",\"e\":\"")) return false;
  Scanner again = scanner;
  return ScanBegin(scanner, line) || ScanEnd(again, line);
}

template <typename T>
Status Integer(const json& object, const char* key, T& value, T most = std::numeric_limits<T>::max()) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_integer()) return Unavailable(fmt::format("no integer \"{}\"", key));
  const bool fits = found->is_number_unsigned()
                        ? found->get<std::uint64_t>() <= static_cast<std::uint64_t>(most)
                        : std::numeric_limits<T>::is_signed &&
                              found->get<std::int64_t>() >= static_cast<std::int64_t>(std::numeric_limits<T>::min());
  if (!fits) return Unavailable(fmt::format("\"{}\" is out of range", key));
  value = found->get<T>();
  return {};
}

Status Text(const json& object, const char* key, std::string& text) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return Unavailable(fmt::format("no text \"{}\"", key));
  text = found->get_ref<const std::string&>();
  return {};
}

// Cells are numbered from 1; 0 says that the line's is not known.
Status ReadCell(const json& object, HistoryLine& line) {
  int cell = 0;
  RETURN_IF_ERROR(Integer(object, "cell", cell));
  if (cell < 1) return Unavailable("\"cell\" is out of range");
  line.cell = cell;
  return {};
}

Status ReadTime(const json& object, HistoryLine& line) {
  RETURN_IF_ERROR(Integer(object, "t", line.time, kLatest));
  if (line.time < 0) return Unavailable("\"t\" is out of range");
  return {};
}

Status ReadWrite(const json& object, HistoryLine& line) {
  RETURN_IF_ERROR(Integer(object, "c", line.client));
  return Integer(object, "s", line.sequence);
}

Status ReadEnd(const json& object, HistoryLine& line) {
  RETURN_IF_ERROR(ReadWrite(object, line));
  std::string outcome;
  RETURN_IF_ERROR(Text(object, "o", outcome));
  if (outcome != "ok" && outcome != "fail" && outcome != "unknown") {
    return Unavailable("\"o\" is none of ok, fail, unknown");
  }
  line.outcome = outcome == "ok" ? Outcome::kOk : outcome == "fail" ? Outcome::kFail : Outcome::kUnknown;
  RETURN_IF_ERROR(Integer(object, "i", line.incarnation));
  line.text.clear();
  return object.contains("error") ? Text(object, "error", line.text) : Status();
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

Status FromHexadecimal(const std::string& digits, std::string& bytes) {
  bytes.clear();
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    const int high = HexDigit(digits[i]);
    const int low = HexDigit(digits[i + 1]);
    if (high < 0 || low < 0) return Unavailable("\"x\" is not hexadecimal");
    bytes += static_cast<char>(high * 16 + low);
  }
  if (digits.size() % 2 != 0) return Unavailable("\"x\" is not hexadecimal");
  return {};
}

Status ReadRow(const json& object, HistoryLine& line) {
  RETURN_IF_ERROR(Integer(object, "r", line.read));
  RETURN_IF_ERROR(Integer(object, "k", line.count));
  RETURN_IF_ERROR(ReadWrite(object, line));
  RETURN_IF_ERROR(Integer(object, "i", line.incarnation));
  if (object.contains("p")) {
    RETURN_IF_ERROR(Text(object, "p", line.bytes));
  } else {
    std::string digits;
    RETURN_IF_ERROR(Text(object, "x", digits));
    RETURN_IF_ERROR(FromHexadecimal(digits, line.bytes));
  }
  line.payload = line.bytes;
  line.payload_size = line.bytes.size();
  if (!object.contains("z")) return {};
  RETURN_IF_ERROR(Integer(object, "z", line.payload_size));
  if (line.payload_size < line.bytes.size()) return Unavailable("\"z\" is less than the payload that is here");
  return {};
}

Status ReadMark(const json& object, HistoryLine& line) {
  RETURN_IF_ERROR(Text(object, "name", line.name));
  RETURN_IF_ERROR(Text(object, "text", line.text));
  const auto fields = object.find("fields");
  if (fields == object.end() || !fields->is_object()) return Unavailable("no object \"fields\"");
  line.fields.clear();
  for (const auto& [key, value] : fields->items()) {
    if (!value.is_string()) return Unavailable("field \"" + Printable(key, 60) + "\" is no text");
    line.fields[key] = value.get<std::string>();
  }
  return {};
}

Status ReadEvent(const json& object, HistoryLine& line) {
  switch (line.event) {
    case Event::kBegin:
      return ReadWrite(object, line);
    case Event::kEnd:
      return ReadEnd(object, line);
    case Event::kRow:
      return ReadRow(object, line);
    case Event::kMark:
      return ReadMark(object, line);
    case Event::kRead:
      RETURN_IF_ERROR(Integer(object, "r", line.read));
      if (const auto found = object.find("final"); found != object.end() && found->is_boolean()) {
        line.final = found->get<bool>();
        return {};
      }
      return Unavailable("no true or false \"final\"");
    case Event::kReadEnd:
      RETURN_IF_ERROR(Integer(object, "r", line.read));
      RETURN_IF_ERROR(Integer(object, "n", line.count));
      return Text(object, "error", line.text);
    case Event::kReadFailed:
      RETURN_IF_ERROR(Integer(object, "r", line.read));
      return Text(object, "error", line.text);
  }
  return {};
}

Status EventNamed(const std::string& name, Event& event) {
  static const std::map<std::string, Event> kEvents = {
      {"begin", Event::kBegin}, {"end", Event::kEnd},          {"read", Event::kRead},
      {"row", Event::kRow},     {"read-end", Event::kReadEnd}, {"read-failed", Event::kReadFailed},
      {"mark", Event::kMark},
  };
  const auto found = kEvents.find(name);
  if (found == kEvents.end()) return Unavailable("unknown event \"" + Printable(name, 60) + "\"");
  event = found->second;
  return {};
}

}  // namespace

Status ParseHistoryLine(std::string_view text, HistoryLine& line) {
  if (Scan(text, line)) return {};
  line.cell = 0;
  std::size_t keys = 0;
  bool deep = false;
  const auto look = [&](int depth, json::parse_event_t event, const json&) {
    keys += depth == 1 && event == json::parse_event_t::key ? 1 : 0;
    deep = deep || depth > kDeepest;
    return depth <= kDeepest;
  };
  const json object = json::parse(text, look, /*allow_exceptions=*/false);
  if (deep) return Unavailable("nested too deeply: " + Printable(text.substr(0, 100), 60));
  if (!object.is_object()) return Unavailable("cut off or not a JSON object: " + Printable(text.substr(0, 100), 60));
  if (keys != object.size()) return Unavailable("a key stands there twice");
  RETURN_IF_ERROR(ReadCell(object, line));
  std::string name;
  RETURN_IF_ERROR(Text(object, "e", name));
  RETURN_IF_ERROR(EventNamed(name, line.event));
  if (line.event != Event::kRow) RETURN_IF_ERROR(ReadTime(object, line));
  return ReadEvent(object, line);
}

}  // namespace holdfast
