// Shrink: which strikes of a soak that failed are enough to make it fail again. Pure: the oracle plays the strikes,
// each time on a fresh database, and says what came of it.
//
// First the strikes up to the one that failed, again: a failure that does not come back cannot be shrunk. Then the
// shortest prefix by bisection, then that without each of its earlier strikes in turn, where there are few.
//
// A soak is no function of its strikes: what failed once may pass. So a prefix is called failing only if it was *seen*
// to fail, and what is found is certain in one direction: it failed, and the prefix that is one strike shorter, if any,
// was seen not to. A shorter one that would fail, too, is missed where failing is not monotone.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "harness/result.h"

namespace holdfast {

// Numbers of strikes in the schedule, ascending.
using Strikes = std::vector<int>;
// Whether they fail as the soak did. An inconclusive replay has not. An Error ends the search.
using ShrinkOracle = std::function<Result<bool>(const Strikes&)>;

// No more replays than so many for dropping single strikes: each takes as long as the strikes themselves.
inline constexpr int kMostDrops = 8;

struct Shrunk {
  Strikes strikes;          // the fewest that were seen to fail; the first ones given if none was
  bool reproduced = false;  // some were seen to fail again
  int replays = 0;
  std::optional<Error> stopped = {};  // why the search ended early
};

// `played` are the strikes of the soak, `failed` the one of them that failed first (CHECKed); if that is unknown, the
// last one.
Shrunk Shrink(const Strikes& played, int failed, const ShrinkOracle& fails);

}  // namespace holdfast
