// What every fault promises, over the registry (fault.h): nothing happens before Inject, the effect is observed and not
// assumed, and the undo record alone heals it: twice, unasked, and in another process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "harness/fakes/fakes.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

// Faults that do nothing on purpose.
const std::set<std::string> kDuds = {"nothing"};

std::unique_ptr<Fault> Make(const std::string& name, Options options = {}) {
  auto fault = Registry<Fault>::Make(name, Fault::Context{.options = std::move(options)});
  CHECK(fault != nullptr);
  return fault;
}

class FaultContract : public ::testing::TestWithParam<std::string> {
 protected:
  bool IsDud() const { return kDuds.count(GetParam()) != 0; }

  // As a later process reads it from disk.
  static nlohmann::json FromDisk(const nlohmann::json& undo) { return nlohmann::json::parse(undo.dump()); }

  // Looks for as long as a plan would; the last look.
  static Bite BiteWithin(FakeWorld& fakes, Fault& fault, Duration limit) {
    Bite last;
    const Status status = Await(fakes.host, {.awaited = "bite", .limit = limit, .interval = seconds(1)},
                                [&](std::string& last_seen) -> Result<bool> {
                                  ASSIGN_OR_RETURN(last, fault.Biting(fakes.world));
                                  EXPECT_NE(last.evidence, "");
                                  last_seen = last.evidence;
                                  return last.bitten;
                                });
    EXPECT_TRUE(status || status.error().code == ErrorCode::kTimeout) << status.error().message;
    return last;
  }

  nlohmann::json Arm(FakeWorld& fakes, Fault& fault) {
    auto undo = fault.Arm(fakes.world);
    EXPECT_TRUE(undo) << undo.error().message;
    return undo ? *undo : nlohmann::json();
  }

  // Arms, injects, and demands the bite.
  nlohmann::json Hurt(FakeWorld& fakes, Fault& fault) {
    nlohmann::json undo = Arm(fakes, fault);
    const Status injected = fault.Inject(fakes.world);
    EXPECT_TRUE(injected) << injected.error().message;
    const Bite bite = BiteWithin(fakes, fault, minutes(2));
    EXPECT_EQ(bite.bitten, !IsDud()) << bite.evidence;
    return undo;
  }

  void ExpectHeals(FakeWorld& fakes, Fault& fault, const nlohmann::json& undo) {
    const Status healed = fault.Heal(fakes.world, FromDisk(undo));
    ASSERT_TRUE(healed) << healed.error().message;
    EXPECT_TRUE(fakes.cluster.IsUnhurt()) << fakes.cluster.State();
  }
};

TEST_P(FaultContract, ArmingTouchesNothingAndDoesNotBite) {
  FakeWorld fakes;
  const std::string before = fakes.cluster.State();
  const auto fault = Make(GetParam());
  Arm(fakes, *fault);
  EXPECT_FALSE(BiteWithin(fakes, *fault, minutes(2)).bitten);
  EXPECT_EQ(fakes.cluster.State(), before);
}

TEST_P(FaultContract, TheUndoRecordIsAnObjectThatSurvivesTheDisk) {
  FakeWorld fakes;
  const nlohmann::json undo = Arm(fakes, *Make(GetParam()));
  EXPECT_TRUE(undo.is_object());
  EXPECT_EQ(FromDisk(undo), undo);
}

TEST_P(FaultContract, BitesWhenInjectedUnlessItIsADud) {
  FakeWorld fakes;
  Hurt(fakes, *Make(GetParam()));
  EXPECT_TRUE(fakes.host.unexpected().empty());
}

TEST_P(FaultContract, AnInjectionThatHasNoEffectNeverBites) {
  FakeWorld fakes;
  fakes.cluster.injuries = FakeCluster::Injuries::kIgnored;
  const auto fault = Make(GetParam());
  Arm(fakes, *fault);
  ASSERT_TRUE(fault->Inject(fakes.world));
  const Bite bite = BiteWithin(fakes, *fault, minutes(10));
  EXPECT_FALSE(bite.bitten) << bite.evidence;
}

TEST_P(FaultContract, HealsTwice) {
  FakeWorld fakes;
  const auto fault = Make(GetParam());
  const nlohmann::json undo = Hurt(fakes, *fault);
  ExpectHeals(fakes, *fault, undo);
  const std::string healed = fakes.cluster.State();
  ExpectHeals(fakes, *fault, undo);
  EXPECT_EQ(fakes.cluster.State(), healed) << "the second heal did something";
}

TEST_P(FaultContract, HealsInAnotherProcess) {
  FakeWorld fakes;
  const nlohmann::json undo = Hurt(fakes, *Make(GetParam()));
  ExpectHeals(fakes, *Make(GetParam()), undo);
}

TEST_P(FaultContract, HealsAtOnceBeforeTheClusterHasNoticed) {
  FakeWorld fakes;
  const auto fault = Make(GetParam());
  const nlohmann::json undo = Arm(fakes, *fault);
  ASSERT_TRUE(fault->Inject(fakes.world));
  ExpectHeals(fakes, *fault, undo);
}

// A file may be damaged, or of another version: that is trouble of the harness, and no reason to end.
TEST_P(FaultContract, ADamagedUndoRecordIsAnErrorAndNoCrash) {
  FakeWorld fakes;
  const nlohmann::json whole = Arm(fakes, *Make(GetParam()));
  const auto heal = [&](const nlohmann::json& damaged) {
    SCOPED_TRACE(damaged.dump());
    EXPECT_NO_THROW(static_cast<void>(Make(GetParam())->Heal(fakes.world, damaged)));
  };
  for (const nlohmann::json& other : {nlohmann::json(), nlohmann::json(7), nlohmann::json::array({1, nullptr}),
                                      nlohmann::json::object(), nlohmann::json{{"n1", 7}}}) {
    heal(other);
    for (const auto& [key, value] : whole.items()) {
      nlohmann::json damaged = whole;
      damaged[key] = other;
      heal(damaged);
    }
  }
}

TEST_P(FaultContract, HealsUnaskedAndThenTouchesNothing) {
  FakeWorld fakes;
  const nlohmann::json undo = Arm(fakes, *Make(GetParam()));
  const std::string before = fakes.cluster.State();
  ExpectHeals(fakes, *Make(GetParam()), undo);
  EXPECT_EQ(fakes.cluster.State(), before);
}

// Of all whose names stand in the record.
std::vector<std::string> TargetsIn(const nlohmann::json& undo) {
  std::vector<std::string> targets;
  for (const char* key : {"node", "volume", "cgroup", "container"}) {
    if (undo.contains(key)) targets.push_back(undo[key].get<std::string>());
  }
  for (const auto& node : undo.value("nodes", nlohmann::json::array())) targets.push_back(node.get<std::string>());
  const nlohmann::json machines = undo.value("machines", nlohmann::json::object());
  for (const auto& [node, boot] : machines.items()) targets.push_back(node);
  return targets;
}

TEST_P(FaultContract, WhatItLeavesCanBeMendedByHandWhoeverItStruck) {
  for (const bool broken_off : {false, true}) {
    SCOPED_TRACE(broken_off ? "broken off" : "injected");
    FakeWorld fakes;
    const auto fault = Make(GetParam());
    const nlohmann::json undo = Arm(fakes, *fault);
    if (broken_off) fakes.host.After(std::chrono::milliseconds(1), [&fakes] { fakes.host.Interrupt(); });
    (void)fault->Inject(fakes.world);
    if (fakes.cluster.IsUnhurt()) continue;
    const std::string by_hand = Make(GetParam())->ByHand("db", FromDisk(undo));
    EXPECT_NE(by_hand, "") << fakes.cluster.State();
    EXPECT_EQ(by_hand.find('\n'), std::string::npos);
    for (const std::string& target : TargetsIn(undo)) EXPECT_THAT(by_hand, HasSubstr(target));
  }
}

TEST_P(FaultContract, OfARecordThatIsDamagedItSaysWhatItCan) {
  for (const char* damaged : {"{}", "[]", "null", R"({"node":7,"nodes":"n1"})"}) {
    Make(GetParam())->ByHand("db", nlohmann::json::parse(damaged));
  }
}

TEST_P(FaultContract, WhatEndsByItselfLeavesNothingToHeal) {
  FakeWorld fakes;
  const auto fault = Make(GetParam());
  if (!fault->EndsByItself()) return;
  Hurt(fakes, *fault);
  EXPECT_TRUE(fakes.cluster.IsUnhurt()) << fakes.cluster.State();
}

TEST_P(FaultContract, IsInjectedAgainAfterAHeal) {
  FakeWorld fakes;
  const auto fault = Make(GetParam());
  for (int trial = 1; trial <= 3; ++trial) {
    SCOPED_TRACE(trial);
    ExpectHeals(fakes, *fault, Hurt(fakes, *fault));
  }
}

TEST_P(FaultContract, WithoutFacetsItNamesTheMissingOneOrWorksWithout) {
  FakeWorld whole;
  EXPECT_EQ(Make(GetParam())->Missing(whole.provider, whole.backend), std::nullopt);
  FakeWorld bare(Facets::kNone);
  const auto fault = Make(GetParam());
  const auto missing = fault->Missing(bare.provider, bare.backend);
  if (missing) {
    EXPECT_THAT(
        *missing,
        MatchesRegex(
            "the (provider|backend) has no "
            "(Power|Network|Disks|NodeShell|NodeServices|ControlPlane|Replicas|Snapshots|Daemons|BitRot|Ports)"));
  } else {
    ExpectHeals(bare, *fault, Hurt(bare, *fault));
  }
}

TEST_P(FaultContract, ADatabaseThatIsNowhereCannotBeATarget) {
  FakeWorld fakes;
  fakes.cluster.pod_is_placed = false;
  const auto undo = Make(GetParam())->Arm(fakes.world);
  ASSERT_FALSE(undo);
  EXPECT_THAT(undo.error().message, HasSubstr("0/3 nodes are available"));
}

TEST_P(FaultContract, AnOptionThatItDoesNotKnowIsRefused) {
  EXPECT_TRUE(Make(GetParam())->Check());
  const Options options({{"no-such-option", Options::Value{.text = "1", .where = "suite.yaml:7"}}});
  const Status status = Make(GetParam(), options)->Check();
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("no-such-option"));
}

// A fault that strikes a node may be told another one.
class FaultOfANode : public ::testing::TestWithParam<std::string> {};

TEST_P(FaultOfANode, StrikesTheOneThatItsTargetNames) {
  FakeWorld fakes;
  const auto undo =
      Make(GetParam(), Options({{"target", Options::Value{.text = "replica-holder", .where = "suite.yaml:7"}}}))
          ->Arm(fakes.world);
  ASSERT_TRUE(undo) << undo.error().message;
  EXPECT_EQ(undo->at("node"), "n2");
}

std::string TestName(const ::testing::TestParamInfo<std::string>& info) {
  std::string name;
  for (const char letter : info.param) name += letter == '-' ? '_' : letter;
  return name;
}

INSTANTIATE_TEST_SUITE_P(Registry, FaultContract, ::testing::ValuesIn(Registry<Fault>::Names()), TestName);
INSTANTIATE_TEST_SUITE_P(Targets, FaultOfANode,
                         ::testing::Values("disk-gone", "disk-loss", "network-delay", "network-loss", "node-cut",
                                           "node-drain", "node-freeze", "node-panic", "node-shutdown"),
                         TestName);

}  // namespace
}  // namespace holdfast
