// FlushNote: what a flush of a node's disk is worth, where a provider says that it is less than on machines of one's
// own. It bears on every latency, and on what the loss of a node's power can show. Pure.
#pragma once

#include <string>

#include "harness/run.h"

namespace holdfast {

// Under this name a provider says it in its fingerprint (provider.h), as the end of the sentence.
inline constexpr char kFlush[] = "flush of a node's disk";

// One sentence each; empty where the provider says nothing of it.
std::string FlushNoteOnLatency(const Run& run);
std::string FlushNoteOnPowerLoss(const Run& run);

}  // namespace holdfast
