// Verdict: three outcomes and "skipped". `because` quotes the operations or observations that prove it.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace holdfast {

enum class Judgement { kPass, kSkipped, kInconclusive, kFail };  // in order of precedence: the worst one wins
std::string ToString(Judgement judgement);
std::optional<Judgement> JudgementNamed(const std::string& name);

struct Verdict {
  std::string checker;
  Judgement judgement = Judgement::kInconclusive;
  std::string summary;                                // one line
  std::vector<std::string> because;                   // at most kMostEvidence lines, then "... and N more"
  nlohmann::json figures = nlohmann::json::object();  // e.g. acknowledged, lost, rpo_s, rto_s, rto_censored
};
inline constexpr std::size_t kMostEvidence = 10;

// 0 pass, 1 fail, 2 inconclusive; skipped is 0, or 2 with require_all.
enum class Skips { kAllowed, kRefused };
int ExitStatus(Judgement judgement, Skips skips);

}  // namespace holdfast
