// Promise: a time is what its server meant, to the nanosecond, in each form; what is no time is none.
#include "harness/kube/timestamp.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

TEST(Timestamp, IsReadInEachFormThatKubernetesWrites) {
  const auto ten = ParseTimestamp("2026-11-22T10:00:00Z");
  ASSERT_TRUE(ten.has_value());
  EXPECT_EQ(std::chrono::system_clock::to_time_t(*ten), 1795341600);
  EXPECT_EQ(ParseTimestamp("2026-11-22T10:00:00.1Z"), *ten + std::chrono::milliseconds(100));
  EXPECT_EQ(ParseTimestamp("2026-11-22T10:00:00.000000012345Z"), *ten + std::chrono::nanoseconds(12));
  EXPECT_EQ(ParseTimestamp("2026-11-22T12:30:00+02:30"), ten);
  EXPECT_EQ(ParseTimestamp("2026-11-22T09:00:00-01:00"), ten);
  for (const char* text : {"", "soon", "2026-11-22", "2026-11-22T10:00:00", "2026-11-22T10:00:00Zzz"}) {
    EXPECT_FALSE(ParseTimestamp(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace holdfast
