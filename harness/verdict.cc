#include "harness/verdict.h"

#include "harness/check.h"

namespace holdfast {

std::string ToString(Judgement judgement) {
  switch (judgement) {
    case Judgement::kPass:
      return "pass";
    case Judgement::kSkipped:
      return "skipped";
    case Judgement::kInconclusive:
      return "inconclusive";
    case Judgement::kFail:
      return "fail";
  }
  CHECK_UNREACHABLE();
}

std::optional<Judgement> JudgementNamed(const std::string& name) {
  for (const Judgement judgement :
       {Judgement::kPass, Judgement::kSkipped, Judgement::kInconclusive, Judgement::kFail}) {
    if (ToString(judgement) == name) return judgement;
  }
  return std::nullopt;
}

int ExitStatus(Judgement judgement, Skips skips) {
  switch (judgement) {
    case Judgement::kPass:
      return 0;
    case Judgement::kSkipped:
      return skips == Skips::kAllowed ? 0 : 2;
    case Judgement::kInconclusive:
      return 2;
    case Judgement::kFail:
      return 1;
  }
  CHECK_UNREACHABLE();
}

}  // namespace holdfast
