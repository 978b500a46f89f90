#include "harness/fault_parts/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;

class EndOfPodTest : public ::testing::Test {
 protected:
  Result<Bite> Look(const std::string& object) {
    fakes_.host.On("kubectl * get pod *", Output{.exit_status = 0, .out = object, .err = ""});
    return LookForEndOf(fakes_.world, "db-1", "u1");
  }

  FakeWorld fakes_;
};

TEST_F(EndOfPodTest, APodThatRunsHasNotEnded) {
  EXPECT_FALSE(Look(R"({"metadata":{"uid":"u1"},"status":{"phase":"Running"}})")->bitten);
}

TEST_F(EndOfPodTest, APodThatIsBeingDeletedHas) {
  EXPECT_TRUE(Look(R"({"metadata":{"uid":"u1","deletionTimestamp":"2026-11-22T10:00:00Z"}})")->bitten);
}

TEST_F(EndOfPodTest, APodOfTheSameNameAndAnotherUidIsAnotherOne) {
  EXPECT_TRUE(Look(R"({"metadata":{"uid":"u2"},"status":{"phase":"Running"}})")->bitten);
}

TEST_F(EndOfPodTest, AnEvictedPodHasEnded) {
  const auto bite = Look(R"({"metadata":{"uid":"u1"},"status":{"phase":"Failed","reason":"Evicted"}})");
  EXPECT_TRUE(bite->bitten);
  EXPECT_EQ(bite->evidence, "pod db-1 failed: Evicted");
}

TEST_F(EndOfPodTest, APodThatIsNotFoundIsGone) {
  fakes_.cluster.MovePod();
  EXPECT_TRUE(LookForEndOf(fakes_.world, "db-1", "u1")->bitten);
}

TEST_F(EndOfPodTest, AnApiServerThatDoesNotAnswerIsNoEvidence) {
  fakes_.host.On(
      "kubectl * get pod *",
      Output{.exit_status = 1, .out = "", .err = "The connection to the server 10.0.0.1:6443 was refused\n"});
  const auto bite = LookForEndOf(fakes_.world, "db-1", "u1");
  ASSERT_FALSE(bite);
  EXPECT_THAT(bite.error().message, HasSubstr("does not answer"));
}

}  // namespace
}  // namespace holdfast
