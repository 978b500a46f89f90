// The dud says what is true: nothing happened, unless something did.
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

TEST(Nothing, SaysThatTheDatabaseIsUndisturbed) {
  FakeWorld fakes;
  const auto fault = Registry<Fault>::Make("nothing", {});
  ASSERT_TRUE(fault->Arm(fakes.world));
  ASSERT_TRUE(fault->Inject(fakes.world));
  const auto bite = fault->Biting(fakes.world);
  ASSERT_TRUE(bite);
  EXPECT_FALSE(bite->bitten);
  EXPECT_EQ(bite->evidence, "the database is undisturbed: pod db-1 on n1, 0 restarts, ready");
}

TEST(Nothing, DoesNotHideThatSomebodyElseDisturbedIt) {
  FakeWorld fakes;
  const auto fault = Registry<Fault>::Make("nothing", {});
  ASSERT_TRUE(fault->Arm(fakes.world));
  ++fakes.cluster.pod.container;
  const auto bite = fault->Biting(fakes.world);
  ASSERT_TRUE(bite);
  EXPECT_TRUE(bite->bitten);
  EXPECT_EQ(bite->evidence, "pod db-1 on n1, 1 restarts, ready; before: pod db-1 on n1, 0 restarts, ready");
}

}  // namespace
}  // namespace holdfast
