// Passing: faults that last for a while and then end by themselves, since nothing could go on before. They must be
// looked at while they last.
#pragma once

#include <functional>

#include "harness/fault.h"

namespace holdfast {

// Looks until `lasts` is over, at least once. The first look that saw it bite, or else the last one. A look that fails
// has seen just that. None begins that would last longer, judged by the one before. An Error: the user interrupted.
Result<Bite> WatchFor(Host& host, Duration lasts, const std::function<Result<Bite>()>& look);

}  // namespace holdfast
