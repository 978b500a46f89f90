// Promise: what a run left behind is undone from its folder alone, twice if need be, and only in the cluster that was
// hurt.
#include "harness/playing/heal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"
#include "harness/host/temporary_folder.h"
#include "harness/playing/undo.h"
#include "harness/registry.h"
#include "harness/run.h"

namespace holdfast {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class SwitchedProvider : public FakeProvider {
 public:
  SwitchedProvider(FakeCluster& cluster, const bool& up) : FakeProvider(cluster, Facets::kAll), up_(up) {}
  Result<bool> IsUp() override { return up_; }
  std::vector<std::string> ByHand() const override { return {"a node cut off: ip link set NODE-0 master br0"}; }

 private:
  const bool& up_;
};

class TaciturnProgress : public Progress {
 public:
  Status Step(const std::string&, std::chrono::seconds, const std::function<Status()>& work) override { return work(); }
  void Say(const std::string& line) override { lines.push_back(line); }
  std::vector<std::string> lines;
};

class HealTest : public testing::Test {
 protected:
  HealTest() {
    parts_.provider = std::make_unique<SwitchedProvider>(fakes_.cluster, up_);
    parts_.backend = std::make_unique<FakeBackend>(fakes_.cluster, Facets::kAll);
    parts_.workload = std::make_unique<FakeWorkload>(fakes_.cluster);
    SetIdentity("cluster-1");
    holdfast::Run run;
    run.fingerprint = {{kIdentity, "cluster-1"}};
    EXPECT_TRUE(WriteRunJson(run, folder_.path() / "run.json").has_value());
  }

  void SetIdentity(const std::string& uid) {
    fakes_.host.On("kubectl *kube-system*",
                   Output{.exit_status = 0, .out = R"({"metadata":{"uid":")" + uid + R"("}})", .err = ""});
  }

  // As a run does before it is killed.
  void Hurt(const std::string& name) {
    const auto fault = Registry<Fault>::Make(name, {.options = {}});
    const auto record = fault->Arm(fakes_.world);
    ASSERT_TRUE(record.has_value());
    ASSERT_TRUE(log_.Arm(name, "db", *record).has_value());
    ASSERT_TRUE(fault->Inject(fakes_.world).has_value());
    ASSERT_FALSE(fakes_.cluster.IsUnhurt());
  }

  Status Heal() { return HealRun(fakes_.host, progress_, parts_, folder_.path()); }

  TemporaryFolder folder_;
  FakeWorld fakes_;
  bool up_ = true;
  Parts parts_;
  TaciturnProgress progress_;
  UndoLog log_{folder_.path() / "undo.jsonl"};
};

TEST_F(HealTest, EveryOutstandingFaultIsUndoneAndStruckOut) {
  Hurt("node-drain");
  Hurt("disk-loss");
  EXPECT_TRUE(Heal().has_value());
  EXPECT_TRUE(fakes_.cluster.IsUnhurt()) << fakes_.cluster.State();
  EXPECT_THAT(*log_.Outstanding(), IsEmpty());
}

TEST_F(HealTest, ASecondHealFindsNothingToDo) {
  Hurt("node-drain");
  ASSERT_TRUE(Heal().has_value());
  const std::string healed = fakes_.cluster.State();
  EXPECT_TRUE(Heal().has_value());
  EXPECT_EQ(fakes_.cluster.State(), healed);
  EXPECT_THAT(progress_.lines.back(), HasSubstr("nothing to heal"));
}

TEST_F(HealTest, AFreshClusterOfTheSameNameIsNotTouched) {
  Hurt("node-drain");
  SetIdentity("cluster-2");
  const std::string before = fakes_.cluster.State();
  EXPECT_TRUE(Heal().has_value());
  EXPECT_EQ(fakes_.cluster.State(), before);
  EXPECT_THAT(*log_.Outstanding(), IsEmpty()) << "the fault is gone with its cluster";
}

TEST_F(HealTest, AFaultIsGoneWithItsCluster) {
  Hurt("node-drain");
  up_ = false;
  EXPECT_TRUE(Heal().has_value());
  EXPECT_THAT(*log_.Outstanding(), IsEmpty());
}

TEST_F(HealTest, WhatCannotBeHealedIsSaidWithHowToMendItByHand) {
  Hurt("node-drain");
  fakes_.host.On("kubectl *get*node*n1*", Output{.exit_status = 1, .out = "", .err = "connection refused"});
  ASSERT_FALSE(Heal().has_value());
  ASSERT_EQ(progress_.lines.size(), 2U);
  EXPECT_THAT(progress_.lines[0], HasSubstr(R"(still in the cluster: node-drain {"node":"n1")"));
  EXPECT_EQ(progress_.lines[1], "by hand: kubectl uncordon n1");
}

TEST_F(HealTest, AMendByHandIsToldWithItsMeansAndTheLastResort) {
  SayByWhatMeans(progress_, *parts_.provider, "sea");
  EXPECT_EQ(progress_.lines.front(), "by hand, a node cut off: ip link set NODE-0 master br0");
  EXPECT_THAT(progress_.lines.back(), HasSubstr("holdfast cluster shell --cluster sea NODE"));
  EXPECT_THAT(progress_.lines.back(), HasSubstr("holdfast cluster down sea"));
}

TEST_F(HealTest, OneThatCannotBeHealedIsNamedAndDoesNotKeepTheOthersFromIt) {
  Hurt("node-drain");
  ASSERT_TRUE(log_.Arm("no-such-fault", "db", {{"node", "n9"}}).has_value());
  const Status healed = Heal();
  ASSERT_FALSE(healed.has_value());
  EXPECT_THAT(healed.error().message, HasSubstr(R"(no-such-fault {"node":"n9"})"));
  EXPECT_TRUE(fakes_.cluster.IsUnhurt()) << fakes_.cluster.State();
  EXPECT_EQ(log_.Outstanding()->size(), 1U);
}

}  // namespace
}  // namespace holdfast
