// PageData: what report.html shows of a run, as the JSON that its scripts read. All text of others has gone through
// Printable, and nothing in it can end the element that holds it.
#pragma once

#include <string>

#include "harness/run.h"

namespace holdfast {

// Of ASCII characters alone, without '<'. Times of pictures are milliseconds since the picture's fault, latencies are
// microseconds; a probe is [time, latency, outcome], one after the other in a flat list; outcome 3 is an acknowledged
// write that is absent from the final read.
std::string PageData(const Run& run);

}  // namespace holdfast
