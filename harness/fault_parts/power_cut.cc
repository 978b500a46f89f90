#include "harness/fault_parts/power_cut.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>

namespace holdfast {

Result<Duration> CutPower(World& world, const std::vector<std::string>& nodes) {
  std::vector<std::future<Result<Time>>> cuts;
  for (const std::string& node : nodes) {
    cuts.push_back(std::async(std::launch::async, [&world, &node]() -> Result<Time> {
      RETURN_IF_ERROR(world.provider.power()->Off(node));
      return world.host.Now();
    }));
  }
  Result<Duration> skew;
  std::optional<Time> first, last;
  for (auto& cut : cuts) {
    const Result<Time> at = cut.get();  // of each, also where an earlier one failed
    if (!at) {
      skew = tl::unexpected<Error>(at.error());
      continue;
    }
    first = std::min(*at, first.value_or(*at));
    last = std::max(*at, last.value_or(*at));
  }
  if (skew && first) skew = *last - *first;
  return skew;
}

std::string DescribeSkew(std::size_t nodes, const std::optional<Duration>& skew) {
  if (nodes < 2 || !skew) return "";
  return fmt::format("; their power went within {}", FormatDuration(*skew));
}

}  // namespace holdfast
