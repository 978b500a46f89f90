// Promise: a ratio against another disk, or of other clients, is not compared without a word.
#include "harness/latency/ground.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/comparing/comparison.h"
#include "harness/runs/run_builder.h"
#include "harness/runs/run_json.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

holdfast::Run On(const Rig& rig, std::size_t nodes = 3) {
  holdfast::Run run = SampleRun();
  for (const auto& [name, value] : GroundOf(rig, nodes)) run.fingerprint.emplace_back(name, value);
  return *RunFromJson(RunToJson(run));
}

TEST(Ground, IsHeldAgainstEachOther) {
  Rig other;
  other.clients = 8;
  other.deadline = std::chrono::seconds(2);
  other.probe_interval = std::chrono::milliseconds(100);
  other.latency = {.image = "registry.example/fio:3", .local_class = "fast"};
  EXPECT_THAT(
      UnlikeGround(On({}), On(other, 5)),
      ElementsAre("number of nodes: 3 and 5", "clients: 4 and 8", "deadline of a write: 1 s and 2 s",
                  "probe interval: 50 ms and 100 ms", "node-local storage: the kubelet's (emptyDir) and class fast",
                  "fio: of this machine and registry.example/fio:3"));
  EXPECT_THAT(UnlikeGround(On(other), On(other)), IsEmpty());
}

TEST(Ground, OfBeforeItWasKeptIsNotHeldAgainstAnybody) {
  EXPECT_THAT(UnlikeGround(SampleRun(), On({})), IsEmpty());
  EXPECT_THAT(UnlikeGround(On({}), SampleRun()), IsEmpty());
}

TEST(Ground, IsNoVersionOfAProgram) {
  Rig other;
  other.clients = 8;
  EXPECT_THAT(OtherVersions(On({}), On(other)), IsEmpty());
}

}  // namespace
}  // namespace holdfast
