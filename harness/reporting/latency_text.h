// LatencyText: what was measured of latency, as reports say it. The figures are those of storage_latency.h and
// commit_latency.h.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/run.h"

namespace holdfast {

// A table for each verdict of the cell that is on latency, beginning with an empty line; empty if there is none.
std::string DescribeLatency(const Run& run, const CellResult& result);
// Of all cells; and why the figures are unqualified, if they are.
std::string DescribeLatency(const Run& run);

// What belongs below such a table, a sentence each: how sure the intervals are, and what its figures are not.
std::vector<std::string> StorageNotes(const Run& run, const CellResult& result);
std::vector<std::string> CommitNotes(const Run& run, const CellResult& result);

// The figure of commit_latency.h with its conditions as reports call them (condition_words.h); anything else as it is.
nlohmann::json InWords(nlohmann::json commits);

// The same figures by name, for formats that have no tables: {"latency.journal.p99_us", "12100.0"}, …
std::vector<std::pair<std::string, std::string>> LatencyProperties(const Run& run, const CellResult& result);

}  // namespace holdfast
