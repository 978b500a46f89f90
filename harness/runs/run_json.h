// run.json: a Run as JSON, versioned, without loss (but for bytes that are not UTF-8, which JSON cannot hold). The
// folder is not in it: a run is where its file is, also after somebody moved it.
#pragma once

#include <nlohmann/json.hpp>

#include "harness/run.h"

namespace holdfast {

inline constexpr int kRunJsonVersion = 4;

std::string RunToJson(const Run& run);  // indented, ends with a line break
// The error says what is missing or of the wrong kind, and in which version.
Result<Run> RunFromJson(const std::string& text);

}  // namespace holdfast
