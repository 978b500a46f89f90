// What faults of the control plane ask of the API server: whether it serves. One that is away is what they want to see,
// and no trouble of theirs.
#pragma once

#include "harness/fault.h"

namespace holdfast {

// Bitten when the API server does not say that it is ready, also because nobody is there to say anything.
Result<Bite> LookForSilence(World& world);

// After a heal: until it is ready.
Status AwaitApiServer(World& world);

}  // namespace holdfast
