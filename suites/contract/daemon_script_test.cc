// Promise: a program of the embedded cluster is stopped, thawed and ended with all that it started, also where that is
// in a PID namespace of its own, as the kernel of a node is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "harness/host.h"
#include "harness/host/temporary_folder.h"

namespace holdfast {
namespace {

constexpr char kSleeper[] = "sleep 31415926";

class DaemonScript : public testing::Test {
 protected:
  void TearDown() override { Tell("stop"); }

  int Tell(const std::string& verb) { return Run({HOLDFAST_SOURCE_DIR "/clusters/uml/host/daemon.sh", verb, base_}); }
  int Run(const std::vector<std::string>& argv) {
    const Result<Output> output = host_->Run({.argv = argv, .limit = std::chrono::seconds(60)});
    EXPECT_TRUE(output.has_value()) << output.error().message;
    return output ? output->exit_status : -1;
  }
  // Of this test's processes, by the first letter of their state; "TT" are two that are stopped.
  std::string States() {
    const auto output =
        host_->Run({.argv = {"sh", "-c",
                             "ps -eo stat,args | grep '" + base_ + "' | grep '[" + std::string(1, kSleeper[0]) + "]" +
                                 (kSleeper + 1) + "' | cut -c1 | tr -d '\n'"}});
    return output ? output->out : output.error().message;
  }

  const std::unique_ptr<Host> host_ = MakePosixHost();
  const TemporaryFolder folder_;
  const std::string base_ = folder_.path() / "program";
};

TEST_F(DaemonScript, FreezesThawsAndStopsEverythingInANamespace) {
  const std::string two = std::string("(exec -a '") + kSleeper + " " + base_ + "' sleep 1000) & exec -a '" + kSleeper +
                          " " + base_ + "' sleep 1000";
  ASSERT_EQ(Run({HOLDFAST_SOURCE_DIR "/clusters/uml/host/daemon.sh", "start", base_, "unshare", "--pid", "--fork",
                 "--kill-child=KILL", "bash", "-c", "bash -c \"$0\"; :", two}),
            0);
  for (int i = 0; i < 100 && States().size() < 3; ++i) host_->SleepFor(std::chrono::milliseconds(50));
  EXPECT_THAT(States(), testing::Not(testing::HasSubstr("T")));
  EXPECT_EQ(Tell("freeze"), 0);
  EXPECT_THAT(States(), testing::MatchesRegex("T+"));
  EXPECT_EQ(Tell("alive"), 0);
  EXPECT_EQ(Tell("thaw"), 0);
  EXPECT_THAT(States(), testing::MatchesRegex("S+"));
  EXPECT_EQ(Tell("stop"), 0);
  EXPECT_EQ(States(), "");
  EXPECT_NE(Tell("alive"), 0);
}

}  // namespace
}  // namespace holdfast
