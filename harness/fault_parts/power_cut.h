// Machines that lose their power together: side by side, so that none of them has the time to write down what another
// one's copy has lost.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/fault.h"

namespace holdfast {

// From when the first of them was without power to when the last one was.
Result<Duration> CutPower(World& world, const std::vector<std::string>& nodes);

// For the evidence of a bite: "; their power went within 40 ms", or nothing where there is nothing to say.
std::string DescribeSkew(std::size_t nodes, const std::optional<Duration>& skew);

}  // namespace holdfast
