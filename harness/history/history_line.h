// HistoryLine: one line of history.jsonl, as it is written and as it is read. A line is a JSON object; `cell` stands in
// each, and `t` (nanoseconds since the run began) in each but the rows:
//
//     {"cell":1,"t":5012345678,"e":"begin","c":2,"s":17}                      c: client, s: sequence
//     {"cell":1,"t":5018999012,"e":"end","c":2,"s":17,"o":"ok","i":1}         i: incarnation; o: ok, fail or unknown
//     {"cell":1,"t":5999999999,"e":"end","c":2,"s":18,"o":"unknown","i":0,"error":"no answer within 1 s"}
//     {"cell":1,"t":7000000000,"e":"read","r":1,"final":true}                 r: which read of the cell, from 1
//     {"cell":1,"e":"row","r":1,"k":1,"c":2,"s":17,"i":1,"p":"..."}           k: 1, 2, 3 … within the read; p: payload
//     {"cell":1,"e":"row","r":1,"k":2,"c":2,"s":18,"i":1,"x":"00ff","z":9000} x: the same in hexadecimal; z: its size,
//                                                                             where only its beginning was kept
//     {"cell":1,"t":7900000000,"e":"read-end","r":1,"n":2,"error":""}         n: how many rows there must be
//     {"cell":1,"t":7900000000,"e":"read-failed","r":1,"error":"..."}         instead of read-end
//     {"cell":1,"t":4000000000,"e":"mark","name":"bitten","text":"...","fields":{}}
//
// The lines stand in the order of their times, but for those of a read, which is written when it has ended: a begin
// stands before all that can come of it, so that a row whose begin does not stand before it was never attempted. A
// client's write ends before its next one begins, and before the final read: one without an end was the last before the
// harness was killed.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "harness/history.h"
#include "harness/result.h"

namespace holdfast {

struct HistoryLine {
  enum class Event : std::uint8_t { kBegin, kEnd, kRead, kRow, kReadEnd, kReadFailed, kMark };
  Event event = Event::kMark;
  int cell = 0;                // 0: it could not be read
  Nanoseconds time = 0;        // not of kRow
  int client = 0;              // kBegin, kEnd, kRow
  std::uint64_t sequence = 0;  // kBegin, kEnd, kRow
  Outcome outcome = Outcome::kUnknown;
  std::uint64_t incarnation = 0;  // kEnd, kRow
  int read = 0;                   // kRead, kRow, kReadEnd, kReadFailed
  std::uint64_t count = 0;        // kRow: which one, from 1; kReadEnd: how many
  bool final = false;             // kRead
  std::string_view payload;       // kRow: its beginning; part of the text that was parsed, or of `bytes`
  std::uint64_t payload_size = 0;
  std::string bytes;
  std::string text;  // the error, or a mark's text
  std::string name;  // kMark
  std::map<std::string, std::string> fields;
};

// Into `line`, whose members that its event does not have are left as they are. The error says what is wrong with it.
Status ParseHistoryLine(std::string_view text, HistoryLine& line);

// With their line breaks. What is not UTF-8 is replaced in texts, which are for people; payloads are kept to the byte.
std::string BeginLine(int cell, Nanoseconds time, const WriteRequest& request);
std::string EndLine(int cell, Nanoseconds time, const WriteRequest& request, const Completion& completion);
std::string ReadLine(int cell, int number, const Read& read);
std::string RowLine(int cell, int number, std::uint64_t position, const Row& row);
std::string ReadEndLine(int cell, int number, Nanoseconds end, std::uint64_t rows, const std::string& error = "");
std::string ReadFailedLine(int cell, int number, const Read& read);
std::string MarkLine(int cell, const Mark& mark);

// No more of a payload is kept, and no more of a text. A longer line is none of ours.
inline constexpr std::size_t kMostPayload = 256;
inline constexpr std::size_t kLongestText = std::size_t{64} << 10;
inline constexpr std::size_t kLongestLine = std::size_t{1} << 20;

}  // namespace holdfast
