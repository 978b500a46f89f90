// Headline: the verdict on a run in one sentence, for whoever reads no further.
#pragma once

#include <string>

#include "harness/run.h"

namespace holdfast {

// "ceph-rbd lost none of 5576 acknowledged writes in 5 experiments; the database was away for 32.8 s at most, 1 min
// 30 s are allowed."
std::string Headline(const Run& run);

}  // namespace holdfast
