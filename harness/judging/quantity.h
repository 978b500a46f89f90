// Quantity: what of a cell is compared between runs. A figure of one of its verdicts (verdict.h) of which more is
// worse: a time, or how many times as slow as the node's own disk.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/run.h"

namespace holdfast {

struct Quantity {
  enum class Kind {
    kOutage,   // a time in which something was away
    kLatency,  // a time that one operation takes
    kRatio,    // of two latencies, that of the node's own disk below
  };
  std::string name;       // as in reports
  const char* figure;     // key of the figure
  double unit = 1;        // of the figure, in seconds; 1 of a ratio
  double resolution = 0;  // a shift that is smaller is the instrument's
  Kind kind = Kind::kOutage;
  // The figure, or the member of it that is the number, and the member that is true where that has not ended. Pointers
  // (RFC 6901) into the verdict's figures or, where the figure holds a list at `list`, into the one of its objects
  // whose `key` is `value`.
  std::string member = {};
  const char* censored = nullptr;
  const char* unanswered = nullptr;  // of a latency: true where it is longer than anybody waited
  const char* list = nullptr;
  const char* key = nullptr;
  std::string value = {};
  const char* own_disk = nullptr;  // of a latency: the member with the same of the node's own disk, if it was measured
};

inline const Quantity kRto = {
    .name = "RTO", .figure = "rto_s", .resolution = 0.1, .member = "/rto_s", .censored = "/rto_censored"};

// By which a scenario is followed from run to run: kRto first, then one for each kind of latency.
const std::vector<Quantity>& HeadlineQuantities();
// All of them, the above first.
const std::vector<Quantity>& Quantities();

// As reports call it in this cell: "commit p99 replica missing" (condition_words.h).
std::string NameOf(const Quantity& quantity, const Cell& cell);

// In seconds, or times; kNeverRecovered (trials.h) if it has not ended, or nobody waited for its end. Nothing where the
// verdict that has the figure is worth nothing: inconclusive or skipped. A latency has been measured also where the
// verdict on it leaves a bound undecided, unless the experiment was none.
std::optional<double> ValueOf(const CellResult& result, const Quantity& quantity);
// The same of the node's own disk, of a quantity that has it.
Quantity OfOwnDisk(Quantity quantity);

// Why the latencies of a run are worth little; empty if they are qualified (storage_latency.h), or there are none.
std::string WhyLatencyUnqualified(const Run& run);
// Beside a latency for which there is a reason.
inline constexpr char kUnqualifiedMark[] = " (UNQUALIFIED)";
// kUnqualifiedMark or nothing.
std::string MarkOf(const Quantity& quantity, const std::string& why_unqualified);

// "5.4 s", "4.2×", "never", of a latency "unanswered"; with a sign "+1.2 s", "−0.3×".
std::string ValueText(const Quantity& quantity, double value);
std::string ShiftText(const Quantity& quantity, double shift);
std::string SecondsText(double seconds);
std::string SecondsShiftText(double seconds);

}  // namespace holdfast
