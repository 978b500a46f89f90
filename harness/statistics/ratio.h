// Ratio: how many times as slow, with how sure one may be. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace holdfast {

// An estimate and the interval that holds the true value with the confidence asked for.
struct Interval {
  double estimate = 0;
  double low = 0;
  double high = 0;
};

// Of pairs (a, b) that were measured one right after the other: the geometric mean of a / b, and Student's t-interval
// of the mean of ln(a / b), taken back. Pairs cancel what disturbed both; logarithms make half as slow and twice as
// slow equally far. Nothing with fewer than two pairs, or with one that is not positive.
std::optional<Interval> RatioOf(const std::vector<std::pair<double, double>>& pairs, double confidence);

// Of a quantile of what `in_order` was drawn from, one after the other: each value depends on those shortly before it,
// so that limits for independent values would promise far too much. The sample is cut into blocks of equally many
// neighbours, which are independent if they are longer than the dependence, and the interval is Student's of the
// blocks' quantiles about that of all (the batch quantile method, see Seila, "A Batching Approach to Quantile
// Estimation in Regenerative Simulations", 1982), of the logarithms as above, and widened, see ratio.cc. A value may be
// infinite: where the quantiles of all blocks are, so are the limits; where those of some are, nothing is known of them
// (0 and infinity). Nothing with fewer than two blocks, with fewer values than blocks, or with a quantile that is not
// positive.
std::optional<Interval> QuantileInterval(const std::vector<double>& in_order, double quantile, std::size_t blocks,
                                         double confidence);

// The smallest that at least the share `quantile` does not exceed; of a sample that is not empty.
double QuantileOf(const std::vector<double>& ascending, double quantile);

}  // namespace holdfast
