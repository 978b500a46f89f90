// ChangePoint: where a series of runs became another one. Pettitt's test (Applied Statistics 28, 1979): the moment that
// divides the series into the two samples which differ most by the rank-sum statistic, with Pettitt's approximation of
// its p, 2 exp(−6 K² / (n³ + n²)), which errs on the side of no change where there are few values.
#pragma once

#include <cstddef>
#include <vector>

#include "harness/statistics/two_samples.h"

namespace holdfast {

struct ChangePoint {
  std::size_t first = 0;  // of the values after the change
  PValue p;
};
// Of at least two values, in the order of time.
ChangePoint FindChangePoint(const std::vector<double>& values);

// How many values let a change in one of so many series be shown, the clearest there is, whatever the others are.
int ValuesToShow(std::size_t series, double alpha);

}  // namespace holdfast
