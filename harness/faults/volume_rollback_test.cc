// A volume that is rolled back bites by what the database then lacks, and leaves neither snapshot nor absence behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class VolumeRollbackTest : public ::testing::Test {
 protected:
  nlohmann::json Arm() {
    auto undo = fault_->Arm(fakes_.world);
    EXPECT_TRUE(undo) << undo.error().message;
    return undo.value_or(nlohmann::json());
  }

  FakeWorld fakes_;
  std::unique_ptr<Fault> fault_ = Registry<Fault>::Make("volume-rollback", {});
};

TEST_F(VolumeRollbackTest, TheUndoRecordNamesVolumeSnapshotAndWhatKeepsTheDatabaseRunning) {
  EXPECT_EQ(
      Arm(),
      nlohmann::json(
          {{"volume", "pv-1"}, {"snapshot", "holdfast-rollback"}, {"controller", "deployment/db"}, {"replicas", 1}}));
}

TEST_F(VolumeRollbackTest, LosesWhatWasWrittenAfterTheSnapshotAndQuotesIt) {
  Arm();
  const Status injected = fault_->Inject(fakes_.world);
  ASSERT_TRUE(injected) << injected.error().message;
  const auto bite = fault_->Biting(fakes_.world);
  ASSERT_TRUE(bite);
  EXPECT_TRUE(bite->bitten);
  EXPECT_EQ(bite->evidence, "of 20 writes that the database showed before, 10 are gone, among them client 1 #11");
}

TEST_F(VolumeRollbackTest, WritesGoOnForTheLag) {
  const Options options({{"lag", Options::Value{.text = "9s", .where = "suite.yaml:3"}}});
  fault_ = Registry<Fault>::Make("volume-rollback", {.options = options});
  Arm();
  const Time begin = fakes_.host.Now();
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  EXPECT_GE(fakes_.host.Now() - begin, std::chrono::seconds(9));
}

TEST_F(VolumeRollbackTest, ADatabaseThatLacksNothingWasNotBitten) {
  fakes_.cluster.injuries = FakeCluster::Injuries::kIgnored;
  Arm();
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  const auto bite = fault_->Biting(fakes_.world);
  ASSERT_TRUE(bite);
  EXPECT_FALSE(bite->bitten);
  EXPECT_EQ(bite->evidence, "of 20 writes that the database showed before, 0 are gone");
}

// Cut off between the two scalings.
TEST_F(VolumeRollbackTest, AHealBringsTheDatabaseBackAndRemovesTheSnapshot) {
  const nlohmann::json undo = Arm();
  ASSERT_TRUE(fakes_.backend.snapshots()->Take("pv-1", "holdfast-rollback"));
  fakes_.cluster.replicas = 0;
  ASSERT_TRUE(Registry<Fault>::Make("volume-rollback", {})->Heal(fakes_.world, undo));
  EXPECT_EQ(fakes_.cluster.replicas, 1);
  EXPECT_THAT(fakes_.cluster.volume.snapshots, IsEmpty());
}

TEST_F(VolumeRollbackTest, HealsWhereTheDatabaseIsGoneByNow) {
  const nlohmann::json undo = Arm();
  fakes_.host.On("kubectl * get deployment *",
                 Output{.exit_status = 1, .out = "", .err = "Error from server (NotFound): not found\n"});
  EXPECT_TRUE(fault_->Heal(fakes_.world, undo));
}

TEST_F(VolumeRollbackTest, AnUndoRecordOfAnotherVersionIsNamed) {
  const Status healed = fault_->Heal(fakes_.world, nlohmann::json{{"volume", "pv-1"}});
  ASSERT_FALSE(healed);
  EXPECT_THAT(healed.error().message, HasSubstr("has no text \"controller\""));
}

TEST_F(VolumeRollbackTest, APodThatNobodyStartsAgainIsNoTarget) {
  fakes_.host.On("kubectl * get pod *", Output{.exit_status = 0,
                                               .out = R"({"spec": {"volumes": [
      {"persistentVolumeClaim": {"claimName": "db-data"}}]}})",
                                               .err = ""});
  const auto undo = fault_->Arm(fakes_.world);
  ASSERT_FALSE(undo);
  EXPECT_THAT(undo.error().message, StartsWith("nothing starts the database again"));
}

}  // namespace
}  // namespace holdfast
