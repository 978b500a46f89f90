// The lines of history.jsonl, one JSON object each; `cell` and `t` (nanoseconds since the run began) stand in each:
//
//     {"cell":1,"t":5012345678,"e":"begin","c":2,"s":17}                       c: client, s: sequence
//     {"cell":1,"t":5018999012,"e":"end","c":2,"s":17,"o":"ok","i":1}          i: incarnation; o: ok, fail or unknown
//     {"cell":1,"t":5999999999,"e":"end","c":2,"s":18,"o":"unknown","i":0,"error":"no answer within 1 s"}
//     {"cell":1,"t":7000000000,"e":"read","r":1,"final":true}                  r: number of the read
//     {"cell":1,"t":7000000000,"e":"row","r":1,"c":2,"s":17,"i":1,"p":"..."}   p: payload; x: the same in hexadecimal
//     {"cell":1,"t":7900000000,"e":"read-end","r":1,"n":1,"error":""}          n: how many rows there must be
//     {"cell":1,"t":7900000000,"e":"read-failed","r":1,"error":"..."}          instead of read-end
//     {"cell":1,"t":4000000000,"e":"mark","name":"bitten","text":"...","fields":{}}
#include "harness/history.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

namespace holdfast {
namespace {

constexpr std::size_t kChunk = std::size_t{64} << 10;  // rows are handed over in pieces, so that probes are not held up

// splitmix64 (Steele, Lea, Flood 2014): the same on every machine and with every library.
std::uint64_t Mix(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15U;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
  return value ^ (value >> 31);
}

// As a JSON string. What is not UTF-8 is replaced: it is for people.
std::string Quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// Payloads are evidence and kept to the byte, whatever a broken database returned.
std::string PayloadMember(const std::string& payload) {
  const bool plain = std::all_of(payload.begin(), payload.end(),
                                 [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; });
  if (plain) return "\"p\":\"" + payload + "\"";
  std::string hexadecimal;
  for (const char c : payload) hexadecimal += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return "\"x\":\"" + hexadecimal + "\"";
}

const char* Name(Outcome outcome) {
  return outcome == Outcome::kOk ? "ok" : outcome == Outcome::kFail ? "fail" : "unknown";
}

}  // namespace

std::string PayloadFor(std::uint64_t seed, int client, std::uint64_t sequence, std::size_t size) {
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::uint64_t state = Mix(Mix(Mix(seed) ^ static_cast<std::uint64_t>(client)) ^ sequence);
  std::string payload(size, '\0');
  for (char& character : payload) {
    state = Mix(state);
    character = kAlphabet[state >> 58];
  }
  return payload;
}

Result<std::unique_ptr<HistoryRecorder>> HistoryRecorder::Open(Host& host, const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor < 0) return Unavailable(fmt::format("{}: cannot be created: {}", file.string(), std::strerror(errno)));
  return std::unique_ptr<HistoryRecorder>(new HistoryRecorder(host, descriptor));
}

HistoryRecorder::~HistoryRecorder() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Nanoseconds HistoryRecorder::Elapsed() const {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(host_.Now() - origin_).count();
}

void HistoryRecorder::Begin(int cell, const WriteRequest& request) {
  Append(fmt::format(R"({{"cell":{},"t":{},"e":"begin","c":{},"s":{}}})"
                     "\n",
                     cell, Elapsed(), request.client, request.sequence));
}

void HistoryRecorder::End(int cell, const WriteRequest& request, const Completion& completion) {
  const std::string error = completion.error.empty() ? "" : ",\"error\":" + Quoted(completion.error);
  Append(fmt::format(R"({{"cell":{},"t":{},"e":"end","c":{},"s":{},"o":"{}","i":{}{}}})"
                     "\n",
                     cell, Elapsed(), request.client, request.sequence, Name(completion.outcome),
                     completion.incarnation, error));
}

void HistoryRecorder::AddRead(int cell, const Read& read) {
  int number = 0;
  {
    const std::lock_guard lock(mutex_);
    number = ++reads_;
  }
  std::string lines = fmt::format(R"({{"cell":{},"t":{},"e":"read","r":{},"final":{}}})"
                                  "\n",
                                  cell, read.begin, number, read.final);
  for (const Row& row : read.rows) {
    lines +=
        fmt::format(R"({{"cell":{},"t":{},"e":"row","r":{},"c":{},"s":{},"i":{},{}}})"
                    "\n",
                    cell, read.begin, number, row.client, row.sequence, row.incarnation, PayloadMember(row.payload));
    if (lines.size() < kChunk) continue;
    Append(lines);
    lines.clear();
  }
  if (read.end) {
    lines += fmt::format(R"({{"cell":{},"t":{},"e":"read-end","r":{},"n":{},"error":{}}})"
                         "\n",
                         cell, *read.end, number, read.rows.size(), Quoted(read.error));
  } else if (!read.error.empty()) {
    lines += fmt::format(R"({{"cell":{},"t":{},"e":"read-failed","r":{},"error":{}}})"
                         "\n",
                         cell, Elapsed(), number, Quoted(read.error));
  }
  Append(lines);
}

void HistoryRecorder::AddMark(int cell, const std::string& name, const std::string& text,
                              const std::map<std::string, std::string>& fields) {
  std::string members;
  for (const auto& [key, value] : fields) {
    members += (members.empty() ? "" : ",") + Quoted(key) + ":" + Quoted(value);
  }
  Append(fmt::format(R"({{"cell":{},"t":{},"e":"mark","name":{},"text":{},"fields":{{{}}}}})"
                     "\n",
                     cell, Elapsed(), Quoted(name), Quoted(text), members));
}

// After the first trouble nothing more is written: a history with a gap in its middle could hide a lost write, one that
// ends early has no final read and proves nothing.
void HistoryRecorder::Append(const std::string& lines) {
  const std::lock_guard lock(mutex_);
  std::size_t done = 0;
  while (trouble_.empty() && done < lines.size()) {
    const ssize_t written = ::write(descriptor_, lines.data() + done, lines.size() - done);
    if (written >= 0) {
      done += static_cast<std::size_t>(written);
    } else if (errno != EINTR) {
      trouble_ = std::strerror(errno);
    }
  }
}

Status HistoryRecorder::Close() {
  const std::lock_guard lock(mutex_);
  if (descriptor_ >= 0) {
    // fsync fails with EINVAL on what is no file (a pipe, /dev/full); that is no loss.
    if (::fsync(descriptor_) != 0 && errno != EINVAL && trouble_.empty()) trouble_ = std::strerror(errno);
    if (::close(descriptor_) != 0 && trouble_.empty()) trouble_ = std::strerror(errno);
    descriptor_ = -1;
  }
  if (!trouble_.empty()) return Unavailable("history.jsonl: could not be written: " + trouble_);
  return {};
}

}  // namespace holdfast
