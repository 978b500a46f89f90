// What every fault promises, over the registry (fault.h): nothing happens before Inject, the effect is observed and not
// assumed, and the undo record alone heals it: twice, unasked, and in another process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "harness/fakes.h"
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

TEST_P(FaultContract, HealsUnaskedAndThenTouchesNothing) {
  FakeWorld fakes;
  const nlohmann::json undo = Arm(fakes, *Make(GetParam()));
  const std::string before = fakes.cluster.State();
  ExpectHeals(fakes, *Make(GetParam()), undo);
  EXPECT_EQ(fakes.cluster.State(), before);
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
    EXPECT_THAT(*missing,
                MatchesRegex("the (provider|backend) has no (Power|Network|Disks|Replicas|Snapshots|NodeShell)"));
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

std::string TestName(const ::testing::TestParamInfo<std::string>& info) {
  std::string name;
  for (const char letter : info.param) name += letter == '-' ? '_' : letter;
  return name;
}

INSTANTIATE_TEST_SUITE_P(Registry, FaultContract, ::testing::ValuesIn(Registry<Fault>::Names()), TestName);

}  // namespace
}  // namespace holdfast
