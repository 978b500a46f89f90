#include "harness/playing/shrink.h"

#include <algorithm>

#include "harness/check.h"

namespace holdfast {
namespace {

class Search {
 public:
  Search(const Strikes& played, const ShrinkOracle& fails) : fails_(fails) { shrunk_.strikes = played; }

  Shrunk From(int failed) {
    const auto last = std::find(shrunk_.strikes.begin(), shrunk_.strikes.end(), failed);
    CHECK(last != shrunk_.strikes.end());
    const auto until_failed = static_cast<std::size_t>(last - shrunk_.strikes.begin()) + 1;
    // What a strike did may show only later.
    const bool again = Try(Prefix(until_failed)) || (until_failed < shrunk_.strikes.size() && Try(shrunk_.strikes));
    if (again) {
      Bisect();
      DropSingly();
    }
    return std::move(shrunk_);
  }

 private:
  Strikes Prefix(std::size_t count) const {
    return {shrunk_.strikes.begin(), shrunk_.strikes.begin() + static_cast<Strikes::difference_type>(count)};
  }

  // What fails is what is left to be shrunk.
  bool Try(const Strikes& strikes) {
    if (shrunk_.stopped) return false;
    ++shrunk_.replays;
    const Result<bool> failed = fails_(strikes);
    if (!failed.has_value()) {
      shrunk_.stopped = failed.error();
      return false;
    }
    if (!*failed) return false;
    shrunk_.strikes = strikes;
    shrunk_.reproduced = true;
    return true;
  }

  // Invariant: the first `passing` did not fail (none at all: nothing can), all that is left did.
  void Bisect() {
    for (std::size_t passing = 0; !shrunk_.stopped && shrunk_.strikes.size() - passing > 1;) {
      const std::size_t middle = passing + (shrunk_.strikes.size() - passing) / 2;
      if (!Try(Prefix(middle))) passing = middle;
    }
  }

  // Latest first: what came shortly before is more likely to matter, and is tried with all that came before it.
  void DropSingly() {
    if (shrunk_.strikes.size() > kMostDrops + 1U) return;
    for (std::size_t i = shrunk_.strikes.size() - 1; i-- > 0 && !shrunk_.stopped;) {
      Strikes fewer = shrunk_.strikes;
      fewer.erase(fewer.begin() + static_cast<Strikes::difference_type>(i));
      Try(fewer);
    }
  }

  const ShrinkOracle& fails_;
  Shrunk shrunk_;
};

}  // namespace

Shrunk Shrink(const Strikes& played, int failed, const ShrinkOracle& fails) {
  return Search(played, fails).From(failed);
}

}  // namespace holdfast
