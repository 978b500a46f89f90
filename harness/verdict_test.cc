// Promise: the exit status of a run says what its worst verdict was, one status a reason.
#include "harness/verdict.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

// Trap: a threshold exceeded and exit status 0.
TEST(ExitStatus, IsZeroOnlyForAPassOrAnAllowedSkip) {
  EXPECT_EQ(ExitStatus(Judgement::kPass, Skips::kAllowed), 0);
  EXPECT_EQ(ExitStatus(Judgement::kPass, Skips::kRefused), 0);
  EXPECT_EQ(ExitStatus(Judgement::kFail, Skips::kAllowed), 1);
  EXPECT_EQ(ExitStatus(Judgement::kInconclusive, Skips::kAllowed), 2);
  EXPECT_EQ(ExitStatus(Judgement::kSkipped, Skips::kAllowed), 0);
  EXPECT_EQ(ExitStatus(Judgement::kSkipped, Skips::kRefused), 2);
}

TEST(Judgements, HaveTheNamesOfTheReports) {
  EXPECT_EQ(ToString(Judgement::kPass), "pass");
  EXPECT_EQ(ToString(Judgement::kSkipped), "skipped");
  EXPECT_EQ(ToString(Judgement::kInconclusive), "inconclusive");
  EXPECT_EQ(ToString(Judgement::kFail), "fail");
}

}  // namespace
}  // namespace holdfast
