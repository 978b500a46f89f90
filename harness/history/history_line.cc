// How the lines of history.jsonl are written; history_line_parser.cc reads them.
#include "harness/history/history_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/text/printable.h"

namespace holdfast {
namespace {

// As a JSON string.
std::string Quoted(const std::string& text) {
  const nlohmann::json kept = text.size() > kLongestText ? Printable(text, kLongestText) : text;
  return kept.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// Payloads are evidence, whatever a broken database returned.
std::string PayloadMember(const std::string& payload) {
  const std::string_view kept = std::string_view(payload).substr(0, kMostPayload);
  const std::string size = kept.size() < payload.size() ? fmt::format(",\"z\":{}", payload.size()) : "";
  const bool plain =
      std::all_of(kept.begin(), kept.end(), [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; });
  if (plain) return fmt::format("\"p\":\"{}\"{}", kept, size);
  std::string hexadecimal;
  for (const char c : kept) hexadecimal += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return fmt::format("\"x\":\"{}\"{}", hexadecimal, size);
}

const char* Name(Outcome outcome) {
  return outcome == Outcome::kOk ? "ok" : outcome == Outcome::kFail ? "fail" : "unknown";
}

}  // namespace

std::string BeginLine(int cell, Nanoseconds time, const WriteRequest& request) {
  return fmt::format(R"({{"cell":{},"t":{},"e":"begin","c":{},"s":{}}})"
                     "\n",
                     cell, time, request.client, request.sequence);
}

std::string EndLine(int cell, Nanoseconds time, const WriteRequest& request, const Completion& completion) {
  const std::string error = completion.error.empty() ? "" : ",\"error\":" + Quoted(completion.error);
  return fmt::format(R"({{"cell":{},"t":{},"e":"end","c":{},"s":{},"o":"{}","i":{}{}}})"
                     "\n",
                     cell, time, request.client, request.sequence, Name(completion.outcome), completion.incarnation,
                     error);
}

std::string ReadLine(int cell, int number, const Read& read) {
  return fmt::format(R"({{"cell":{},"t":{},"e":"read","r":{},"final":{}}})"
                     "\n",
                     cell, read.begin, number, read.final);
}

std::string RowLine(int cell, int number, std::uint64_t position, const Row& row) {
  return fmt::format(R"({{"cell":{},"e":"row","r":{},"k":{},"c":{},"s":{},"i":{},{}}})"
                     "\n",
                     cell, number, position, row.client, row.sequence, row.incarnation, PayloadMember(row.payload));
}

std::string ReadEndLine(int cell, int number, Nanoseconds end, std::uint64_t rows, const std::string& error) {
  return fmt::format(R"({{"cell":{},"t":{},"e":"read-end","r":{},"n":{},"error":{}}})"
                     "\n",
                     cell, end, number, rows, Quoted(error));
}

std::string ReadFailedLine(int cell, int number, const Read& read) {
  return fmt::format(R"({{"cell":{},"t":{},"e":"read-failed","r":{},"error":{}}})"
                     "\n",
                     cell, read.begin, number, Quoted(read.error));
}

std::string MarkLine(int cell, const Mark& mark) {
  std::string members;
  for (const auto& [key, value] : mark.fields) {
    members += (members.empty() ? "" : ",") + Quoted(key) + ":" + Quoted(value);
  }
  return fmt::format(R"({{"cell":{},"t":{},"e":"mark","name":{},"text":{},"fields":{{{}}}}})"
                     "\n",
                     cell, mark.time, Quoted(mark.name), Quoted(mark.text), members);
}

}  // namespace holdfast
