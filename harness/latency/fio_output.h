// FioOutput: what fio --output-format=json printed, as a plain struct. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "harness/result.h"

namespace holdfast {

// Of one run of one job, or summed up over several. Nanoseconds; IOPS are operations a second.
struct LatencyFigures {
  double operations = 0;  // a whole number
  double iops = 0;
  double p50_ns = 0;
  double p95_ns = 0;
  double p99_ns = 0;
  double p999_ns = 0;
  double max_ns = 0;
};

// Of `kind` ("sync", "write" or "read") in the first group of `text`. An Error says what is wrong with it: fio that
// failed, that did nothing of the kind, that was cut off in the middle of its words.
Result<LatencyFigures> ParseFioOutput(const std::string& text, const std::string& kind);

// The same document without its blanks, as it is kept; as it was, if it is none.
std::string CompactJson(const std::string& text);

}  // namespace holdfast
