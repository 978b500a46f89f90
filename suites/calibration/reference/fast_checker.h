// The fast checker as a user meets it: a history.jsonl goes in, and what its verdict says comes out in the words of the
// reference, so that the two can be compared.
#pragma once

#include <string>

#include "suites/calibration/reference/reference_checker.h"

namespace holdfast::reference {

// The verdict of no-lost-writes on the only cell of the text, which may be damaged.
Verdict JudgeText(const std::string& text, const Contract& contract);

// Where the verdict says something else than the reference, in one line; empty if nowhere. The writes that are accused
// are taken from the verdict's quotes; where there are more than it quotes, those that it does quote and the numbers.
std::string Disagreement(const Verdict& verdict, const Findings& findings);

}  // namespace holdfast::reference
