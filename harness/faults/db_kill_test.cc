// The bite of db-kill is the kubelet's account of how the very container that was hit has ended.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/fakes.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;

class DbKillTest : public ::testing::Test {
 protected:
  void ArmAndInject() {
    ASSERT_TRUE(fault_->Arm(fakes_.world));
    const Status injected = fault_->Inject(fakes_.world);
    ASSERT_TRUE(injected) << injected.error().message;
  }

  FakeWorld fakes_;
  std::unique_ptr<Fault> fault_ = Registry<Fault>::Make("db-kill", {});
};

TEST_F(DbKillTest, RunsTheWorkloadsKillCommandInTheDatabasesPod) {
  ArmAndInject();
  bool ran = false;
  for (const Command& command : fakes_.host.commands()) {
    ran = ran || Pasteable(command).find("exec db-1 --namespace=db -- kill -KILL 1") != std::string::npos;
  }
  EXPECT_TRUE(ran);
}

TEST_F(DbKillTest, QuotesTheExitCodeOfSigkill) {
  ArmAndInject();
  const auto bite = fault_->Biting(fakes_.world);
  ASSERT_TRUE(bite);
  EXPECT_TRUE(bite->bitten);
  EXPECT_EQ(bite->evidence, "container 1-1 of pod db-1 ended with exit code 137 (Error), 137 is SIGKILL");
}

TEST_F(DbKillTest, QuotesWhatTheKillSaid) {
  fakes_.cluster.exec_answer = Output{.exit_status = 0, .out = "tore a record\nkilled process 7\n", .err = ""};
  ArmAndInject();
  const auto bite = fault_->Biting(fakes_.world);
  ASSERT_TRUE(bite);
  EXPECT_THAT(bite->evidence, HasSubstr("137 is SIGKILL; the kill said: tore a record; killed process 7"));
}

TEST_F(DbKillTest, AGracefulEndIsNotAKill) {
  fakes_.cluster.exit_code_of_killed = 0;
  ArmAndInject();
  const auto bite = fault_->Biting(fakes_.world);
  ASSERT_TRUE(bite);
  EXPECT_FALSE(bite->bitten);
  EXPECT_THAT(bite->evidence, HasSubstr("exit code 0"));
}

TEST_F(DbKillTest, TheEndOfAnEarlierContainerProvesNothing) {
  fakes_.cluster.pod.last_end = {{"containerID", "containerd://1-0"}, {"exitCode", 137}};
  fakes_.cluster.injuries = FakeCluster::Injuries::kIgnored;
  ArmAndInject();
  const auto bite = fault_->Biting(fakes_.world);
  ASSERT_TRUE(bite);
  EXPECT_FALSE(bite->bitten) << bite->evidence;
}

TEST_F(DbKillTest, AConnectionThatDiesWithTheContainerIsNoTrouble) {
  fakes_.cluster.exec_answer = Output{.exit_status = 1, .out = "", .err = "error: unexpected EOF\n"};
  ArmAndInject();
  EXPECT_TRUE(fault_->Biting(fakes_.world)->bitten);
}

TEST_F(DbKillTest, AKillThatCouldNotBeRunIsQuotedWhileNothingHasBitten) {
  fakes_.cluster.pod.number = 7;
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  fakes_.host.On("kubectl * exec *",
                 Output{.exit_status = 1, .out = "", .err = "error: unable to upgrade connection\n"});
  ASSERT_TRUE(fault_->Inject(fakes_.world));
  const auto bite = fault_->Biting(fakes_.world);
  ASSERT_TRUE(bite);
  EXPECT_FALSE(bite->bitten);
  EXPECT_THAT(bite->evidence, HasSubstr("unable to upgrade connection"));
}

TEST_F(DbKillTest, AKillCommandThatFailsInThePodIsTroubleOfTheHarness) {
  ASSERT_TRUE(fault_->Arm(fakes_.world));
  fakes_.host.On(
      "kubectl * exec *",
      Output{.exit_status = 127, .out = "", .err = "sh: kill: not found\ncommand terminated with exit code 127\n"});
  const Status injected = fault_->Inject(fakes_.world);
  ASSERT_FALSE(injected);
  EXPECT_THAT(injected.error().message, HasSubstr("status 127: sh: kill: not found"));
}

TEST_F(DbKillTest, APodThatIsGoneTellsNothingAboutItsContainer) {
  ArmAndInject();
  fakes_.cluster.MovePod();
  const auto bite = fault_->Biting(fakes_.world);
  ASSERT_TRUE(bite);
  EXPECT_FALSE(bite->bitten);
}

}  // namespace
}  // namespace holdfast
