// ConditionWords: what the conditions of commits (commit_latency.h) are called in reports, by the fault that lasts
// meanwhile: a missing replica and a snapshot are both "hurt", and nobody would take the one for the other. Pure.
#pragma once

#include <string>

namespace holdfast {

// "replica missing" for hurt by disk-loss; "hurt by NAME" for a fault without a word of its own. The others are called
// as they are.
std::string ConditionInWords(const std::string& condition, const std::string& fault);

// Whether anything is rebuilt once the fault is healed. A snapshot that was there took nothing away.
bool LeavesSomethingToRebuild(const std::string& fault);

}  // namespace holdfast
