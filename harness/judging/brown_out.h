// Brown-outs, as the clients saw them: the database answers, but late. From the acknowledgements alone, like outages
// (outage.h), and apart from them: what was under way in an outage was late because of that, and is counted there.
//
//     acknowledged   | | | |  ├──────┤ ├───────┤   | | | |         ├──────┤  | | |
//                             ├───────┤ ├─────┤                        ├─────┤
//                             └─ one brown-out ─┘                  └─ another ┘
//
// A brown-out is a maximal span covered by writes that were acknowledged after more than the rig's bound; gaps shorter
// than the bound are part of it, since a client needs a moment between two writes.
#pragma once

#include <vector>

#include "harness/history.h"
#include "harness/rig.h"

namespace holdfast {

struct BrownOut {
  Nanoseconds begin = 0;  // of the first late write
  Nanoseconds end = 0;    // of the last late acknowledgement
  std::size_t writes = 0;
};

// In order of time, of the writes by clients that follow the database. Of a write that was under way at `from`, the
// time of the fault, only what came after that counts: it may have been late already.
std::vector<BrownOut> FindBrownOuts(const CellHistory& history, Nanoseconds from, const Bounds& bounds);

Nanoseconds TotalOf(const std::vector<BrownOut>& brown_outs);

}  // namespace holdfast
