// LongHistory: eight clients that write every 8.64 ms in turn, ten million times a day, with one fault in the middle
// and everything read back at the end; written straight to a file. For tests and benchmarks of size: Story is for all
// else.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>

#include "harness/check.h"
#include "harness/history.h"
#include "harness/history/history_line.h"

namespace holdfast {

class LongHistory {
 public:
  static constexpr std::uint64_t kSeed = 42;
  static constexpr std::uint64_t kLeast = 10'000;  // shorter ones prove nothing

  LongHistory(const std::filesystem::path& file, std::uint64_t operations, std::uint64_t seed = kSeed)
      : file_(std::fopen(file.c_str(), "w")), operations_(operations), seed_(seed) {
    CHECK(file_ != nullptr && operations >= kLeast);
  }
  ~LongHistory() { CHECK(std::fclose(file_) == 0); }
  LongHistory(const LongHistory&) = delete;
  LongHistory& operator=(const LongHistory&) = delete;

  void Write() {
    Mark(kMarkCellBegun, 0, {{"seed", std::to_string(seed_)}});
    for (std::uint64_t i = 0; i < operations_; ++i) {
      if (i == operations_ / 2) {
        Mark(kMarkPinned, TimeOf(i), {{"client", std::to_string(kClients + 1)}, {"pod", "ledger-1"}, {"node", "n1"}});
        for (const char* name : {kMarkInjecting, kMarkBitten}) Mark(name, TimeOf(i));
      }
      if (i == operations_ - kUnanswered) {
        for (const char* name : {kMarkRecovered, kMarkHealed, kMarkWhole}) Mark(name, TimeOf(i));
      }
      Put(BeginLine(1, TimeOf(i), RequestOf(i)));
      Put(EndLine(1, TimeOf(i) + 5'000'000, RequestOf(i), CompletionOf(i)));
    }
    ReadBack();
  }

 private:
  static constexpr std::uint64_t kClients = 8;
  static constexpr Nanoseconds kPace = 8'640'000;
  static constexpr std::uint64_t kUnanswered = 240;  // about two seconds of them

  void ReadBack() {
    Read read;
    read.begin = TimeOf(operations_) + 1'000'000;
    read.end = read.begin + 1'000'000'000;
    read.final = true;
    Put(ReadLine(1, 1, read));
    std::uint64_t rows = 0;
    for (std::uint64_t i = 0; i < operations_; ++i) {
      const Completion completion = CompletionOf(i);
      if (completion.outcome != Outcome::kOk) continue;
      const WriteRequest request = RequestOf(i);
      Put(RowLine(1, 1, ++rows,
                  {.client = request.client,
                   .sequence = request.sequence,
                   .incarnation = completion.incarnation,
                   .payload = PayloadFor(seed_, request.client, request.sequence)}));
    }
    Put(ReadEndLine(1, 1, read.end, rows));
    Mark(kMarkCellEnded, read.end);
  }

  static Nanoseconds TimeOf(std::uint64_t i) { return 1'000'000'000 + static_cast<Nanoseconds>(i) * kPace; }
  static WriteRequest RequestOf(std::uint64_t i) {
    return {.client = static_cast<int>(i % kClients) + 1, .sequence = i / kClients + 1, .payload = ""};
  }
  Completion CompletionOf(std::uint64_t i) const {
    if (i < operations_ / 2) return {.outcome = Outcome::kOk, .incarnation = 1, .error = ""};
    if (i >= operations_ / 2 + kUnanswered) return {.outcome = Outcome::kOk, .incarnation = 2, .error = ""};
    return {.outcome = Outcome::kUnknown, .incarnation = 0, .error = "connection refused"};
  }

  void Mark(const char* name, Nanoseconds time, const std::map<std::string, std::string>& fields = {}) {
    Put(MarkLine(1, {.time = time, .name = name, .text = "", .fields = fields}));
  }
  void Put(const std::string& line) { CHECK(std::fwrite(line.data(), line.size(), 1, file_) == 1); }

  std::FILE* const file_;
  const std::uint64_t operations_;
  const std::uint64_t seed_;  // of the cell
};

}  // namespace holdfast
