// A fault that passes is watched for as long as it lasts, and what was seen once has been seen.
#include "harness/fault_parts/passing.h"

#include <gtest/gtest.h>

#include "harness/fakes/host_fake.h"

namespace holdfast {
namespace {

using std::chrono::seconds;

TEST(WatchFor, LastsAsLongAsItWasTold) {
  FakeHost host;
  const Time begin = host.Now();
  ASSERT_TRUE(WatchFor(host, seconds(7), [] { return Bite{.bitten = true, .evidence = "seen"}; }));
  EXPECT_EQ(host.Now() - begin, seconds(7));
}

TEST(WatchFor, KeepsTheFirstLookThatSawItBite) {
  FakeHost host;
  int looks = 0;
  const auto bite = WatchFor(host, seconds(5), [&] {
    ++looks;
    return Bite{.bitten = looks == 3, .evidence = std::to_string(looks)};
  });
  EXPECT_TRUE(bite->bitten);
  EXPECT_EQ(bite->evidence, "3");
  EXPECT_EQ(looks, 3);
}

TEST(WatchFor, TellsTheLastLookIfNothingBit) {
  FakeHost host;
  const auto bite = WatchFor(host, seconds(1), []() -> Result<Bite> { return Unavailable("nobody answers"); });
  ASSERT_TRUE(bite);
  EXPECT_FALSE(bite->bitten);
  EXPECT_EQ(bite->evidence, "could not look: nobody answers");
}

// What is away must not be so for longer because somebody looks at it slowly.
TEST(WatchFor, BeginsNoLookThatWouldOutlastIt) {
  FakeHost host;
  const Time begin = host.Now();
  int looks = 0;
  ASSERT_TRUE(WatchFor(host, seconds(30), [&]() -> Result<Bite> {
    ++looks;
    host.SleepFor(seconds(12));
    return Bite{.bitten = false, .evidence = "nothing"};
  }));
  EXPECT_EQ(looks, 2);
  EXPECT_EQ(host.Now() - begin, seconds(30));
}

TEST(WatchFor, EndsWhenTheUserInterrupts) {
  FakeHost host;
  host.After(seconds(2), [&host] { host.Interrupt(); });
  const auto bite = WatchFor(host, seconds(60), [] { return Bite{.bitten = false, .evidence = "nothing"}; });
  ASSERT_FALSE(bite);
  EXPECT_EQ(bite.error().code, ErrorCode::kInterrupted);
}

}  // namespace
}  // namespace holdfast
