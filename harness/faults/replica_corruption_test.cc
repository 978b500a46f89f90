// A copy that rots bites when the storage, asked to look, finds it damaged, and is repaired where the record says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;

class ReplicaCorruptionTest : public ::testing::Test {
 protected:
  FakeWorld fakes_;
  std::unique_ptr<Fault> fault_ = Registry<Fault>::Make("replica-corruption", {});
};

TEST_F(ReplicaCorruptionTest, StrikesTheCopyThatIsReadWhereTheDatabasesFileBegins) {
  EXPECT_EQ(fault_->Arm(fakes_.world).value(),
            nlohmann::json({{"volume", "pv-1"}, {"offset", FakeCluster::kFileOffset}, {"node", "n2"}}));
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  EXPECT_EQ(fakes_.cluster.nodes["n2"].rotten, FakeCluster::kFileOffset);
  EXPECT_FALSE(fakes_.cluster.nodes["n1"].rotten.has_value());
}

TEST_F(ReplicaCorruptionTest, QuotesWhatTheStorageFound) {
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  EXPECT_EQ(fault_->Biting(fakes_.world)->evidence, "the copy of data.log on n2: nothing shows that it is damaged");
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  const auto bite = fault_->Biting(fakes_.world);
  EXPECT_TRUE(bite->bitten);
  EXPECT_EQ(bite->evidence, "the copy of data.log on n2: a scrub found a checksum that is wrong");
}

TEST_F(ReplicaCorruptionTest, AFileThatIsNowhereOnTheDiskIsNoTarget) {
  fakes_.cluster.pod.full = true;  // the fake's volume then has none
  const auto undo = fault_->Arm(fakes_.world);
  ASSERT_FALSE(undo);
  EXPECT_THAT(undo.error().message, HasSubstr("tells no place of a file"));
}

TEST_F(ReplicaCorruptionTest, AnUndoRecordOfAnotherVersionIsNamed) {
  const Status healed = fault_->Heal(fakes_.world, {{"volume", "pv-1"}});
  ASSERT_FALSE(healed);
  EXPECT_THAT(healed.error().message, HasSubstr("has no number \"offset\""));
}

}  // namespace
}  // namespace holdfast
