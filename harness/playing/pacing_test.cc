// Promise: an outage is probed at least 20 times a second, and a database that is back is seen to be back, however
// slowly it commits within the deadline. Simulated in virtual time: the policy is pure.
#include "harness/playing/pacing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <vector>

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Pacing kDefault{.clients = 4, .deadline = seconds(1), .probe_interval = milliseconds(50)};

struct Attempt {
  int client = 0;
  Duration begin{};
  Duration deadline{};
  bool acknowledged = false;
};

// How long the database would take for a write begun at `begin`; nothing if it never answers.
using Database = std::function<std::optional<Duration>(Duration begin)>;

// All clients of `pacing` against `database` from time zero, when somebody was acknowledged last, until `end`.
std::vector<Attempt> Simulate(const Pacing& pacing, const Database& database, Duration end) {
  std::vector<Attempt> attempts;
  std::vector<Duration> free_at(static_cast<std::size_t>(pacing.clients), Duration::zero());
  std::vector<Duration> acknowledgements = {Duration::zero()};
  while (true) {
    const auto next = std::min_element(free_at.begin(), free_at.end());
    const Duration now = *next;
    if (now >= end) return attempts;
    Duration last{};
    for (const Duration at : acknowledgements) {
      if (at <= now) last = std::max(last, at);
    }
    Attempt attempt{.client = static_cast<int>(next - free_at.begin()) + 1, .begin = now};
    attempt.deadline = DeadlineOfNext(pacing, attempt.client, now - last);
    const auto answer = database(now);
    attempt.acknowledged = answer.has_value() && *answer <= attempt.deadline;
    const Duration took = attempt.acknowledged ? *answer : attempt.deadline;
    if (attempt.acknowledged) acknowledgements.push_back(now + took);
    *next = now + took + PauseBeforeNext(pacing, took);
    attempts.push_back(attempt);
  }
}

std::size_t CountBegun(const std::vector<Attempt>& attempts, Duration from, Duration until) {
  return static_cast<std::size_t>(std::count_if(attempts.begin(), attempts.end(), [&](const Attempt& attempt) {
    return attempt.begin >= from && attempt.begin < until;
  }));
}

TEST(Pacing, AQuickDatabaseIsProbedByEveryClientEachProbeInterval) {
  const auto attempts = Simulate(
      kDefault, [](Duration) { return milliseconds(2); }, seconds(10));
  EXPECT_EQ(attempts.size(), 4U * 200U);
}

TEST(Pacing, AWriteThatTookLongerThanTheIntervalIsFollowedAtOnce) {
  EXPECT_EQ(PauseBeforeNext(kDefault, milliseconds(80)), Duration::zero());
  EXPECT_EQ(PauseBeforeNext(kDefault, milliseconds(20)), Duration(milliseconds(30)));
}

TEST(Pacing, AnOutageThatSwallowsEverythingIsProbedTwentyTimesASecond) {
  const auto attempts = Simulate(
      kDefault, [](Duration) { return std::nullopt; }, seconds(30));
  // The first second is spent by writes that were begun before the quiet.
  for (int second = 2; second < 30; ++second) {
    EXPECT_GE(CountBegun(attempts, seconds(second), seconds(second + 1)), 20U) << "in second " << second;
  }
}

TEST(Pacing, OneClientKeepsTheFullDeadlineInAnOutage) {
  EXPECT_EQ(DeadlineOfNext(kDefault, 1, seconds(30)), kDefault.deadline);
  EXPECT_EQ(DeadlineOfNext(kDefault, 2, seconds(30)), Duration(milliseconds(90)));
  EXPECT_EQ(DeadlineOfNext(kDefault, 4, seconds(30)), Duration(milliseconds(120)));
}

TEST(Pacing, TheScoutsDoNotFallIntoStep) {
  const auto attempts = Simulate(
      kDefault, [](Duration) { return std::nullopt; }, seconds(60));
  Duration previous = seconds(2);
  int late = 0;
  for (const Attempt& attempt : attempts) {
    if (attempt.begin < seconds(2)) continue;
    if (attempt.begin - previous > milliseconds(100)) ++late;
    previous = attempt.begin;
  }
  EXPECT_LT(late, 58 * 2) << "gaps of more than 100 ms in 58 s: bursts instead of an even probing";
}

TEST(Pacing, ADatabaseThatIsBackIsSeenHoweverSlowlyItCommits) {
  for (const int latency_ms : {5, 60, 150, 151, 400, 990}) {
    const auto attempts = Simulate(
        kDefault,
        [&](Duration begin) -> std::optional<Duration> {
          if (begin < seconds(20)) return std::nullopt;
          return milliseconds(latency_ms);
        },
        seconds(30));
    const auto first = std::find_if(attempts.begin(), attempts.end(), [](const Attempt& a) { return a.acknowledged; });
    ASSERT_NE(first, attempts.end()) << latency_ms << " ms";
    EXPECT_LE(first->begin, Duration(milliseconds(21'000))) << latency_ms << " ms";
    if (latency_ms <= 150) {
      EXPECT_LE(first->begin, Duration(milliseconds(20'150))) << latency_ms << " ms";
    }
    // From then on all are served: nobody is left scouting in vain.
    for (const Attempt& attempt : attempts) {
      EXPECT_TRUE(attempt.begin < seconds(23) || attempt.acknowledged) << latency_ms << " ms";
    }
  }
}

TEST(Pacing, ASlowDatabaseThatAcknowledgesIsNeverProbedWithShortDeadlines) {
  for (const Attempt& attempt : Simulate(
           kDefault, [](Duration) { return milliseconds(900); }, seconds(20))) {
    EXPECT_EQ(attempt.deadline, kDefault.deadline);
  }
}

TEST(Pacing, TheQuietOutlastsAScoutSoThatAllScoutsLearnOfAnAcknowledgement) {
  for (const int clients : {2, 4, 8, 32}) {
    Pacing pacing = kDefault;
    pacing.clients = clients;
    EXPECT_GT(QuietAfter(pacing), DeadlineOfNext(pacing, clients, seconds(60))) << clients << " clients";
  }
}

TEST(Pacing, NoDeadlineExceedsTheRigs) {
  Pacing many = kDefault;
  many.clients = 100;
  EXPECT_EQ(DeadlineOfNext(many, 100, seconds(60)), many.deadline * 80 / 100);
}

TEST(Pacing, WhatIsDueIsDueWhateverBecameOfTheOneBefore) {
  const Pacing pacing{
      .clients = 4, .deadline = seconds(1), .probe_interval = milliseconds(50), .due_every = milliseconds(200)};
  EXPECT_EQ(DueAfter(pacing, 1), Duration::zero());
  EXPECT_EQ(DueAfter(pacing, 6), seconds(1));
  EXPECT_EQ(FirstDueAfter(pacing, 0), Duration::zero());
  EXPECT_EQ(FirstDueAfter(pacing, 3), milliseconds(150)) << "one after the other, not all at once";
  EXPECT_EQ(FirstDueAfter(kDefault, 3), Duration::zero());
  EXPECT_EQ(DeadlineOfNext(pacing, 2, milliseconds(900)), pacing.deadline) << "slow, and to be measured";
  EXPECT_LT(DeadlineOfNext(pacing, 2, milliseconds(1100)), pacing.deadline) << "away, and to be timed";
}

TEST(Pacing, ASingleClientStaysPatient) {
  Pacing single = kDefault;
  single.clients = 1;
  EXPECT_EQ(DeadlineOfNext(single, 1, seconds(60)), single.deadline);
}

}  // namespace
}  // namespace holdfast
