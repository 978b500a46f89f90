// Promise: a report never sells a container kill as a power failure.
#include "harness/fidelity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// Trap: a container kill sold as power loss.
TEST(PowerLossNote, SaysThatAKilledContainerKeepsItsPageCache) {
  EXPECT_THAT(PowerLossNote("node-power-off", ToString(Fidelity::kContainer)),
              HasSubstr("host's kernel survived and kept unsynced writes in its page cache"));
}

TEST(PowerLossNote, SaysThatAKilledProcessLosesNothingAtAnyLevel) {
  for (const Fidelity fidelity : {Fidelity::kContainer, Fidelity::kKernel, Fidelity::kMachine}) {
    for (const char* fault : {"db-kill", "pod-delete", "node-drain", "disk-loss", "a-fault-of-tomorrow"}) {
      EXPECT_THAT(PowerLossNote(fault, ToString(fidelity)), HasSubstr("no machine lost power"));
    }
  }
}

TEST(PowerLossNote, IsSilentWhereAKernelDied) {
  EXPECT_THAT(PowerLossNote("node-power-off", ToString(Fidelity::kKernel)), IsEmpty());
  EXPECT_THAT(PowerLossNote("node-power-off", ToString(Fidelity::kMachine)), IsEmpty());
}

TEST(FidelityNote, SaysOfContainersThatTheyProveNothingAboutPowerLoss) {
  EXPECT_THAT(FidelityNote(Fidelity::kContainer), HasSubstr("a pass proves nothing about power loss"));
  EXPECT_THAT(FidelityNote(Fidelity::kKernel), HasSubstr("unsynced writes are lost"));
  EXPECT_THAT(FidelityNote(Fidelity::kMachine), HasSubstr("unsynced writes"));
}

}  // namespace
}  // namespace holdfast
