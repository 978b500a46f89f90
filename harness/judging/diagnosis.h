// Diagnosis: why a recovery took too long or did not come, in one sentence, where the timeline shows it. It explains a
// verdict and decides nothing; where nothing is shown, nothing is said. Pure.
//
//     61 % of the RTO of 5 min 40 s was detach/attach: the volume stayed attached to n1, which was not ready:
//     "Multi-Attach error for volume …"; fencing a node that is down … would help
//
// Each rule (diagnosis.cc) knows one cause. Of those that find theirs, the one that explains most of the time speaks,
// if it is a quarter at least. Where the database never came up, so that there was no fault and no RTO, the time is
// that from the begin of the cell until the harness gave up.
#pragma once

#include <string>

#include "harness/history.h"
#include "harness/rig.h"
#include "harness/timeline.h"
#include "harness/verdict.h"

namespace holdfast {

// `judgement` is the one on the recovery, or on the experiment where there was no fault: empty for a pass, and if the
// database was back in time, so that something else is wrong.
std::string Diagnose(const CellHistory& history, const Bounds& bounds, const Timeline& timeline, Judgement judgement);

}  // namespace holdfast
