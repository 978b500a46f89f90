// Times of connections: those that nobody answered are counted, too.
#include "clusters/uml/node_network.h"

#include <gtest/gtest.h>

namespace holdfast::uml {
namespace {

using std::chrono::milliseconds;

TEST(ConnectionTimes, AreRead) {
  const auto times =
      ReadConnectionTimes("1795425597.613378 1795425597.688378\n1795425597.600000 1795425598.600000\n", 2);
  ASSERT_EQ(times.size(), 2U);
  EXPECT_EQ(std::chrono::round<milliseconds>(times[0].value()), milliseconds(75));
  EXPECT_EQ(std::chrono::round<milliseconds>(times[1].value()), milliseconds(1000));
}

TEST(ConnectionTimes, ThoseThatNobodyAnsweredAreEmpty) {
  const auto times = ReadConnectionTimes("1795425597.613378 1795425597.688378\n", 3);
  ASSERT_EQ(times.size(), 3U);
  EXPECT_TRUE(times[0].has_value());
  EXPECT_FALSE(times[1].has_value());
  EXPECT_FALSE(times[2].has_value());
}

TEST(PortSet, NamesPortsAndRangesAsNftDoes) {
  EXPECT_EQ(PortSet({{.first = 3300, .last = 3300}, {.first = 6800, .last = 7300}}), "{ 3300, 6800-7300 }");
}

}  // namespace
}  // namespace holdfast::uml
