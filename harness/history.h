// History: what clients asked for and what they were told, with the marks of the experiment between (fault applied,
// bitten, healed, where the database was), so that it can be judged by itself, later, elsewhere. HistoryRecorder writes
// it to disk while it happens (history_recorder.h); here is what is left of it for those who judge, in a compact form:
// about 45 bytes for a write that was recorded and read back once, so that a day of them fits into memory.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/exchange.h"
#include "harness/history/payload.h"
#include "harness/result.h"

namespace holdfast {

// One write. There are millions: what they were told stands in a table of the cell, CellHistory::completions.
struct Operation {
  Nanoseconds begin = 0;
  Nanoseconds end = kNever;  // kNever: no end is recorded, its outcome is unknown
  std::uint64_t sequence = 0;
  std::int32_t client = 0;
  std::uint32_t completion = 0;
};

// By place in CellHistory::operations, which is less than kMostOperations.
using OperationIndex = std::uint32_t;
inline constexpr std::size_t kMostOperations = std::numeric_limits<OperationIndex>::max();

// Rows that are not just what the acknowledgement of their operation lets expect.
struct BehindRow {  // stands behind one that the same client wrote later
  OperationIndex operation = 0;
  OperationIndex later = 0;
};
struct DamagedRow {
  OperationIndex operation = 0;
  Damage damage;
};
struct WriterRow {  // the operation had not been acknowledged by the same incarnation when the row was read
  OperationIndex operation = 0;
  std::uint64_t incarnation = 0;  // that the row says
};
struct StrangeRow {        // no begin of its operation is recorded before it
  std::uint64_t line = 0;  // in the history's file
  std::uint64_t sequence = 0;
  std::uint64_t incarnation = 0;
  std::int32_t client = 0;
  std::optional<Damage> damage;  // how its content differs from that of any write with this client and sequence
};

// What a whole read of the database showed. The rows are gone: of each it is known that it was as expected, or how not.
struct ReadFindings {
  Nanoseconds begin = 0;
  Nanoseconds end = kNever;      // kNever: it did not finish, or rows of it are missing from the history
  std::string error;             // empty if it succeeded
  bool final = false;            // the one after everything
  std::uint64_t rows = 0;        // that the history holds
  std::uint64_t uncompared = 0;  // of these; the seed of their content is not known
  std::vector<bool> present;     // by operation; beyond its end is absent
  std::deque<OperationIndex> repeated;
  std::deque<BehindRow> behind;
  std::deque<DamagedRow> damaged;
  std::deque<WriterRow> writers;
  std::deque<StrangeRow> strange;

  // Only of a complete read it is known what it lacks. What a read shows it has shown, complete or not.
  bool IsComplete() const { return end != kNever && error.empty(); }
  // Not what began only after it had ended: a row of that is nobody's.
  bool CanShow(const Operation& operation) const { return end == kNever || operation.begin <= end; }
  bool Shows(OperationIndex operation) const { return operation < present.size() && present[operation]; }
};

// The experiment's own acts and observations. `name` is one of the kMark… below.
struct Mark {
  Nanoseconds time = 0;
  std::string name;
  std::string text;                           // free text, e.g. the evidence of a bite
  std::map<std::string, std::string> fields;  // e.g. pod, node, container_id, restarts
};
inline constexpr char kMarkCellBegun[] = "cell-begun";  // fields: scenario, trial, fault, seed, demands
inline constexpr char kMarkPlacement[] = "placement";   // fields of Placement; text: "before" or "after"
// From now on this client writes to the instance that was there before the fault and to no other. Fields: client, and
// address, pod and node of the instance; without them there was none, and text says why.
inline constexpr char kMarkPinned[] = "pinned";
// Each client has a write that is due every so often, the first one when it began it (commit_latency.h). Fields:
// interval_ns, clients, fault.
inline constexpr char kMarkArrivals[] = "arrivals";
// One run of fio (fio_job.h). Fields: job, on (a Medium), repetition; text: what it printed.
inline constexpr char kMarkFio[] = "fio";
// The same, where it did not come to an end; text: why.
inline constexpr char kMarkFioFailed[] = "fio-failed";
inline constexpr char kMarkInjecting[] = "injecting";  // the first of a cell's faults
inline constexpr char kMarkInjected[] = "injected";
// Of several faults each later one; all have bitten, and are healed, when the last one has and is. Field kFieldOwn, of
// whatever text, if it is the scenario's own and the one before it a companion that hurts meanwhile.
inline constexpr char kMarkAlsoInjecting[] = "also-injecting";
inline constexpr char kFieldOwn[] = "own";
inline constexpr char kMarkPartlyBitten[] = "partly-bitten";
inline constexpr char kMarkPartlyHealed[] = "partly-healed";
// The storage was making copies anew when a fault came that was to interrupt it. Text: Health::detail;
// kFieldMissingBytes if known.
inline constexpr char kMarkRebuilding[] = "rebuilding";
// All faults, which took copies away, have ended by themselves: from now on they can be made anew, heal or no heal.
inline constexpr char kMarkOver[] = "over";
inline constexpr char kMarkBitten[] = "bitten";         // text: the evidence
inline constexpr char kMarkNotBitten[] = "not-bitten";  // text: what was seen instead
inline constexpr char kMarkRecovered[] = "recovered";   // the player saw a stable period; the judge computes its own
inline constexpr char kMarkNotRecovered[] = "not-recovered";  // text: the trouble, in the cluster's words
inline constexpr char kMarkDamaged[] = "damaged";  // text: what a database that was read said of what it stored
inline constexpr char kMarkHealed[] = "healed";
inline constexpr char kMarkNotHealed[] = "not-healed";  // text: why
// Text: Health::detail. Fields, if known: kFieldRebuiltBytes, kFieldWholeSince, kFieldNotWholeUntil; all of the time
// since the fault was healed or over.
inline constexpr char kMarkWhole[] = "whole";
inline constexpr char kMarkNotWhole[] = "not-whole";
inline constexpr char kFieldRebuiltBytes[] = "rebuilt_bytes";  // the most that were seen missing
inline constexpr char kFieldWholeSince[] = "whole_since_ns";   // the first look of those that then all saw it whole
inline constexpr char kFieldNotWholeUntil[] = "not_whole_until_ns";  // the last look that saw it not to be
inline constexpr char kFieldMissingBytes[] = "missing_bytes";
inline constexpr char kMarkHarnessTrouble[] = "harness-trouble";  // text: what the harness could not do
inline constexpr char kMarkSkipped[] = "skipped";                 // text: why, naming the facet
inline constexpr char kMarkCellEnded[] = "cell-ended";

// A line that could not be used, or that contradicts others. Its neighbours leave the span for when it was written.
struct UnreadableLine {
  std::uint64_t line = 0;
  std::string complaint;  // "history.jsonl:17: ..."
  Nanoseconds after = 0;
  Nanoseconds before = kNever;
};
// What is more than these is counted in one last entry, whose span is that of all of them.
inline constexpr std::size_t kMostUnreadable = 100;

// Everything that belongs to one cell (scenario × trial) of a plan.
struct CellHistory {
  int cell = 0;                       // number in the plan, from 1
  std::optional<std::uint64_t> seed;  // of the payloads
  // The client that stays with the instance of before the fault (kMarkPinned). What it was told says nothing about how
  // long the database was away.
  std::optional<std::int32_t> pinned;
  std::deque<Operation> operations;  // by begin
  // What Operation::completion points to; the first one is that of an operation without an end.
  std::vector<Completion> completions = std::vector<Completion>(1);
  std::deque<OperationIndex> acknowledged;  // that ended as kOk, by end
  std::vector<ReadFindings> reads;          // in the order in which they were recorded
  std::vector<Mark> marks;
  std::vector<UnreadableLine> unreadable;

  const Completion& CompletionOf(const Operation& operation) const { return completions[operation.completion]; }
  bool IsPinned(const Operation& operation) const { return pinned && operation.client == *pinned; }
  bool IsAcknowledged(const Operation& operation) const { return CompletionOf(operation).outcome == Outcome::kOk; }
};

// By cell number. Lines that cannot be used are named in CellHistory::unreadable and are no error.
Result<std::map<int, CellHistory>> ReadHistory(const std::filesystem::path& file);
// The same of a text in memory; `name` stands for the file's in the complaints.
Result<std::map<int, CellHistory>> ParseHistory(std::string_view text, const std::string& name);

}  // namespace holdfast
