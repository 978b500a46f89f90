// Promise: a report never sells a container kill as a power failure.
#include "harness/judging/fidelity.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fault.h"
#include "harness/plan.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// Trap: a container kill sold as power loss.
TEST(PowerLossNote, SaysThatAKilledContainerKeepsItsPageCache) {
  EXPECT_THAT(PowerLossNote(MemoryLoss::kPower, ToString(Fidelity::kContainer)),
              HasSubstr("host's kernel survived and kept unsynced writes in its page cache"));
}

TEST(PowerLossNote, SaysThatAKilledProcessLosesNothingAtAnyLevel) {
  for (const Fidelity fidelity : {Fidelity::kContainer, Fidelity::kKernel, Fidelity::kMachine}) {
    EXPECT_THAT(PowerLossNote(MemoryLoss::kNone, ToString(fidelity)), HasSubstr("no machine lost power"));
  }
}

// A fault is taken for one that leaves the memory alone unless it says otherwise.
TEST(PowerLossNote, IsOwedByEveryFaultButThosePlannedAsALossOfMemory) {
  Suite suite{.name = "s", .file = "s.yaml", .trials = 1, .scenarios = {}};
  for (const std::string& name : Registry<Fault>::Names())
    suite.scenarios.push_back({.name = name, .fault = {.name = name, .options = {}}});
  std::vector<std::string> losing;
  for (const Cell& cell : MakePlan({}, suite, 1).cells) {
    if (cell.memory_loss != MemoryLoss::kNone) {
      losing.push_back(fmt::format("{}: {}", cell.fault.name, ToString(cell.memory_loss)));
    }
  }
  EXPECT_THAT(losing,
              testing::ElementsAre("blackout: power", "node-panic: kernel", "node-power-cycle: power",
                                   "node-power-off: power", "zone-power-cycle: power", "zone-power-off: power"));
}

TEST(PowerLossNote, IsSilentWhereAKernelDied) {
  for (const MemoryLoss loss : {MemoryLoss::kKernel, MemoryLoss::kPower}) {
    EXPECT_THAT(PowerLossNote(loss, ToString(Fidelity::kKernel)), IsEmpty());
  }
  EXPECT_THAT(PowerLossNote(MemoryLoss::kPower, ToString(Fidelity::kMachine)), IsEmpty());
}

TEST(PowerLossNote, SaysThatAPanicLeavesTheDisksTheirCaches) {
  EXPECT_THAT(PowerLossNote(MemoryLoss::kKernel, ToString(Fidelity::kMachine)), HasSubstr("the disks kept"));
}

TEST(FidelityNote, SaysOfContainersThatTheyProveNothingAboutPowerLoss) {
  EXPECT_THAT(FidelityNote(Fidelity::kContainer), HasSubstr("a pass proves nothing about power loss"));
  EXPECT_THAT(FidelityNote(Fidelity::kKernel), HasSubstr("unsynced writes are lost"));
  EXPECT_THAT(FidelityNote(Fidelity::kMachine), HasSubstr("unsynced writes"));
}

}  // namespace
}  // namespace holdfast
