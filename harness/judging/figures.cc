#include "harness/judging/figures.h"

#include <fmt/format.h>

#include "harness/judging/quantity.h"

namespace holdfast {
namespace {

constexpr char kAbsent[] = "–";

}  // namespace

nlohmann::json FigureOf(const CellResult& result, const std::string& key) {
  for (const Verdict& verdict : result.verdicts) {
    const auto found = verdict.figures.find(key);
    if (found != verdict.figures.end()) return *found;
  }
  return nullptr;
}

std::string RtoText(const CellResult& result) {
  const nlohmann::json rto = FigureOf(result, "rto_s");
  if (!rto.is_number()) return kAbsent;
  if (FigureOf(result, "rto_censored") == true) return "≥ " + SecondsText(rto.get<double>());
  return FigureOf(result, "outage_begin_s").is_null() ? "no outage" : SecondsText(rto.get<double>());
}

std::string RpoText(const CellResult& result) {
  const nlohmann::json writes = FigureOf(result, "rpo_writes");
  const nlohmann::json seconds = FigureOf(result, "rpo_s");
  if (!writes.is_number_integer() || !seconds.is_number()) return kAbsent;
  if (writes == 0) return "0";
  return fmt::format("{} writes, {}", writes.get<std::uint64_t>(), SecondsText(seconds.get<double>()));
}

std::string CountText(const CellResult& result, const std::string& key) {
  const nlohmann::json count = FigureOf(result, key);
  return count.is_number_integer() ? std::to_string(count.get<std::uint64_t>()) : kAbsent;
}

}  // namespace holdfast
