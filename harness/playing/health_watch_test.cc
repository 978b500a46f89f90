// Promise: when the storage was whole again is what looks showed that nobody had to wait for.
#include "harness/playing/health_watch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "harness/fakes/fakes.h"

namespace holdfast {
namespace {

Health Whole() { return {.whole = true, .detail = "3/3", .missing_bytes = 0}; }
Health Missing(std::uint64_t bytes) { return {.whole = false, .detail = "2/3", .missing_bytes = bytes}; }

TEST(HealthSeen, TellsSinceWhenAllLooksSawItWholeAndTheMostThatWasMissing) {
  HealthSeen seen;
  seen.Add(10, 11, Whole());  // it has not noticed yet
  seen.Add(20, 21, Missing(500));
  seen.Add(30, 31, Missing(200));
  EXPECT_EQ(seen.whole_since, std::nullopt);
  seen.Add(40, 41, Whole());
  seen.Add(50, 51, Whole());
  EXPECT_EQ(seen.whole_since, 41);
  EXPECT_EQ(seen.not_whole_until, 30);
  EXPECT_EQ(seen.missing_bytes, 500U);
  EXPECT_EQ(seen.Fields().at(kFieldWholeSince), "41");
  EXPECT_EQ(seen.Fields().at(kFieldNotWholeUntil), "30");
  EXPECT_EQ(seen.Fields().at(kFieldRebuiltBytes), "500");
}

TEST(HealthSeen, KnowsNothingBeforeTheFirstLook) { EXPECT_TRUE(HealthSeen().Fields().empty()); }

// Whole from the third look on; the second one fails.
class CountingBackend : public FakeBackend {
 public:
  explicit CountingBackend(FakeCluster& cluster) : FakeBackend(cluster, Facets::kAll) {}
  Result<Health> GetHealth() override {
    const int look = ++looks;
    if (look == 2) return Unavailable("no answer");
    return look == 1 ? Missing(7) : Whole();
  }
  std::atomic<int> looks = 0;
};

TEST(HealthWatch, LooksUntilItIsStoppedAndNeverAfter) {
  FakeWorld fakes;
  CountingBackend backend(fakes.cluster);
  std::atomic<Nanoseconds> now = 0;
  const auto watch =
      WatchHealth({.backend = backend, .clock = [&now] { return ++now; }, .interval = std::chrono::milliseconds(1)});
  while (backend.looks < 5) std::this_thread::yield();
  const HealthSeen seen = watch->Stop();
  const int looks = backend.looks;
  EXPECT_EQ(seen.not_whole_until, 1);
  EXPECT_EQ(seen.whole_since, 5) << "the look that failed began at 3 and has seen nothing";
  EXPECT_EQ(seen.missing_bytes, 7U);
  EXPECT_EQ(watch->Stop().whole_since, seen.whole_since);
  EXPECT_EQ(backend.looks, looks);
}

}  // namespace
}  // namespace holdfast
