#include "harness/statistics/change_point.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "harness/check.h"

namespace holdfast {
namespace {

double Approximate(double statistic, double count) {
  return std::min(1.0, 2 * std::exp(-6 * statistic * statistic / (count * count * count + count * count)));
}

// Of all values before the middle on the one side, and all others on the other.
double ClearestP(std::size_t count) {
  const std::size_t half = count / 2;
  return Approximate(static_cast<double>(half * (count - half)), static_cast<double>(count));
}

}  // namespace

ChangePoint FindChangePoint(const std::vector<double>& values) {
  CHECK(values.size() >= 2);
  ChangePoint change;
  std::int64_t most = -1;
  for (std::size_t first = 1; first < values.size(); ++first) {
    std::int64_t statistic = 0;
    for (std::size_t before = 0; before < first; ++before) {
      for (std::size_t after = first; after < values.size(); ++after) {
        statistic += (values[after] > values[before] ? 1 : 0) - (values[after] < values[before] ? 1 : 0);
      }
    }
    if (std::abs(statistic) <= most) continue;
    most = std::abs(statistic);
    change.first = first;
  }
  const auto count = static_cast<double>(values.size());
  change.p = {.seen = Approximate(static_cast<double>(most), count), .least = ClearestP(values.size())};
  return change;
}

int ValuesToShow(std::size_t series, double alpha) {
  CHECK(0 < alpha && alpha < 1);
  std::size_t values = 2;
  while (ClearestP(values) > alpha / static_cast<double>(std::max<std::size_t>(series, 1))) ++values;
  return static_cast<int>(values);
}

}  // namespace holdfast
