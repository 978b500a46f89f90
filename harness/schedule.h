// Schedule: which faults a soak strikes with, in which order, and how long it pauses after each. A pure function of
// suite and seed: a strike depends on its number and nothing else, so that a longer soak begins as a shorter one did,
// and one seed replays all of it.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/suite.h"

namespace holdfast {

struct Strike {
  int number = 0;            // in the schedule, from 1
  std::size_t scenario = 0;  // place in Suite::scenarios
  int trial = 1;             // how often that one was drawn until then
  Duration pause{};          // after it
  bool operator==(const Strike&) const = default;
};

// The first `count` strikes of the suite's soak (CHECKed), those named by Soak::without left out. Scenarios that the
// rig lacks something for are not drawn; none is left: no strikes.
std::vector<Strike> DrawStrikes(const Suite& suite, std::uint64_t seed, int count);

// As many as can come within the soak's time, if each took no longer than its least pause and `stable_for`: at most
// kMostStrikes. Soak::strikes, if that says how many.
int StrikesToPlan(const Soak& soak, Duration stable_for);

}  // namespace holdfast
