// The figures of a cell as reports show them: each checker names its own (verdict.h), a report asks by key.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "harness/run.h"

namespace holdfast {

// Value of the figure `old_instance` where a new instance serves and nobody could ask the old one.
inline constexpr char kUnreached[] = "unreached";

// Of the first verdict that has it; null if none does.
nlohmann::json FigureOf(const CellResult& result, const std::string& key);

std::string RtoText(const CellResult& result);  // "36.6 s", "≥ 3 min 0 s", "no outage", "–" if it was not measured
std::string RpoText(const CellResult& result);  // "0", "12 writes, 1.3 s", "–"
std::string CountText(const CellResult& result, const std::string& key);  // "1204", "–"

}  // namespace holdfast
