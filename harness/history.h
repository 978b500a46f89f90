// History: what clients asked for and what they were told, one JSON line when an operation begins and one when it ends,
// on disk in the run's folder, off the volume and off the cluster. Marks of the experiment (fault applied, bitten,
// healed, where the database was) stand between them, so that a history can be judged by itself, later, elsewhere.
// Times are nanoseconds of the monotonic clock since the run began.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/host.h"
#include "harness/result.h"

namespace holdfast {

using Nanoseconds = std::int64_t;

enum class Outcome { kOk, kFail, kUnknown };

struct WriteRequest {
  int client = 0;
  std::uint64_t sequence = 0;  // 1, 2, 3 … per client
  std::string payload;         // PayloadFor(seed, client, sequence)
};

struct Completion {
  Outcome outcome = Outcome::kUnknown;
  std::uint64_t incarnation = 0;  // of the database that answered; 0 if none did
  std::string error;              // one line, for kFail and kUnknown
};

// What one write came to. An operation whose end is missing (harness killed) is kUnknown with `end` empty.
struct Operation {
  int client = 0;
  std::uint64_t sequence = 0;
  Nanoseconds begin = 0;
  std::optional<Nanoseconds> end;
  Completion completion;
};

// One row as the database returned it.
struct Row {
  int client = 0;
  std::uint64_t sequence = 0;
  std::uint64_t incarnation = 0;  // of the database when it wrote the row
  std::string payload;
};

// A whole read of the database. `rows` is in the order in which the database holds them. A read without `end` did not
// finish and proves nothing.
struct Read {
  Nanoseconds begin = 0;
  std::optional<Nanoseconds> end;
  std::string error;   // empty if it succeeded
  bool final = false;  // the one after everything
  std::vector<Row> rows;
};

// The experiment's own acts and observations. `name` is one of the kMark… below.
struct Mark {
  Nanoseconds time = 0;
  std::string name;
  std::string text;                           // free text, e.g. the evidence of a bite
  std::map<std::string, std::string> fields;  // e.g. pod, node, container_id, restarts
};
inline constexpr char kMarkCellBegun[] = "cell-begun";  // fields: scenario, trial, fault, seed
inline constexpr char kMarkPlacement[] = "placement";   // fields of Placement; text: "before" or "after"
// From now on this client writes to the instance that was there before the fault and to no other. Fields: client, and
// address, pod and node of the instance; without them there was none, and text says why.
inline constexpr char kMarkPinned[] = "pinned";
inline constexpr char kMarkInjecting[] = "injecting";  // time is the start of the outage clock
inline constexpr char kMarkInjected[] = "injected";
inline constexpr char kMarkBitten[] = "bitten";         // text: the evidence
inline constexpr char kMarkNotBitten[] = "not-bitten";  // text: what was seen instead
inline constexpr char kMarkRecovered[] = "recovered";   // the player saw a stable period; the judge computes its own
inline constexpr char kMarkNotRecovered[] = "not-recovered";  // text: the trouble, in the cluster's words
inline constexpr char kMarkHealed[] = "healed";
inline constexpr char kMarkNotHealed[] = "not-healed";  // text: why
inline constexpr char kMarkWhole[] = "whole";           // text: Health::detail
inline constexpr char kMarkNotWhole[] = "not-whole";
inline constexpr char kMarkHarnessTrouble[] = "harness-trouble";  // text: what the harness could not do
inline constexpr char kMarkSkipped[] = "skipped";                 // text: why, naming the facet
inline constexpr char kMarkCellEnded[] = "cell-ended";

// Everything that belongs to one cell (scenario × trial) of a plan.
struct CellHistory {
  int cell = 0;                       // number in the plan, from 1
  std::vector<Operation> operations;  // by begin
  std::vector<Read> reads;
  std::vector<Mark> marks;
  std::vector<std::string> unreadable;  // "history.jsonl:17: ..." lines that could not be used
};

// The deterministic content of a write, so that a checker can recompute it. 64 printable characters or `size` of them.
std::string PayloadFor(std::uint64_t seed, int client, std::uint64_t sequence, std::size_t size = 64);

// Appends lines; thread-safe; each line is handed to the kernel before the call returns, so that a killed harness keeps
// what it saw. A write that fails (disk full) is remembered and returned by Close.
class HistoryRecorder {
 public:
  // A file that exists already is an error: a history belongs to one run.
  static Result<std::unique_ptr<HistoryRecorder>> Open(Host& host, const std::filesystem::path& file);
  ~HistoryRecorder();
  HistoryRecorder(const HistoryRecorder&) = delete;
  HistoryRecorder& operator=(const HistoryRecorder&) = delete;

  void Begin(int cell, const WriteRequest& request);
  void End(int cell, const WriteRequest& request, const Completion& completion);
  void AddRead(int cell, const Read& read);
  void AddMark(int cell, const std::string& name, const std::string& text,
               const std::map<std::string, std::string>& fields = {});
  Nanoseconds Elapsed() const;  // since Open
  Status Close();

 private:
  HistoryRecorder(Host& host, int descriptor) : host_(host), origin_(host.Now()), descriptor_(descriptor) {}
  void Append(const std::string& lines);

  Host& host_;
  Time origin_;
  std::mutex mutex_;
  int descriptor_;
  int reads_ = 0;  // numbers the reads, whose rows may stand between the lines of other threads
  std::string trouble_;
};

// By cell number. Lines that cannot be used are named in CellHistory::unreadable and are no error.
Result<std::map<int, CellHistory>> ReadHistory(const std::filesystem::path& file);
// The same of a text in memory; `name` stands for the file's in the complaints.
Result<std::map<int, CellHistory>> ParseHistory(std::string_view text, const std::string& name);

}  // namespace holdfast
