// SoakShrinker: after a soak that failed, plays fewer and fewer of its strikes, each time on a fresh database and into
// a run's folder of its own, until it knows the fewest that fail in the same way (shrink.h). Neither makes nor unmakes
// the cluster but for what RunOptions::afterwards says.
#pragma once

#include <string>

#include "harness/playing/run_suite.h"
#include "harness/playing/shrink.h"

namespace holdfast {

// As a run's: what is to be replayed of the soak that `options` repeats.
RunOptions OnlyStrikes(RunOptions options, const Strikes& strikes);

// The strikes that were played, and that of them which failed first; the last one if only the soak itself failed.
Strikes PlayedStrikes(const Run& run);
int FirstFailed(const Run& run);
// Fails with a checker that failed in `first`.
bool FailsAlike(const Run& run, const Run& first);

// `failed` is a run of these options; it failed (CHECKed) and has strikes.
Shrunk ShrinkSoak(Host& host, Progress& progress, const RunOptions& options, const Run& failed);

// What was found, and the command line that repeats it.
std::string Describe(const Shrunk& shrunk, const Run& failed, const RunOptions& options);

}  // namespace holdfast
