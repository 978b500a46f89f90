// The real Host against real processes. The limits here are tens of milliseconds; nothing waits longer than that.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "harness/host.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Command Shell(const std::string& script, Duration limit = seconds(20)) {
  return Command{.argv = {"sh", "-c", script}, .input = "", .network_namespace = "", .limit = limit};
}

// A process that is dead and not yet collected by its parent is not alive.
bool IsAlive(const std::string& process) {
  std::ifstream status("/proc/" + process + "/stat");
  std::string number, name, state;
  return status >> number >> name >> state && state != "Z" && state != "X";
}

class PosixHostTest : public ::testing::Test {
 protected:
  std::unique_ptr<Host> host_ = MakePosixHost();
};

TEST_F(PosixHostTest, GivesBothStreamsAndTheExitStatus) {
  const auto output = host_->Run(Shell("echo to-out; echo to-err >&2; exit 7"));
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_EQ(output->out, "to-out\n");
  EXPECT_EQ(output->err, "to-err\n");
  EXPECT_EQ(output->exit_status, 7);
}

TEST_F(PosixHostTest, TellsTheSignalThatEndedTheCommand) {
  const auto output = host_->Run(Shell("kill -KILL $$"));
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_EQ(output->exit_status, 128 + SIGKILL);
}

TEST_F(PosixHostTest, InputAndOutputLargerThanAnyPipeDoNotBlockEachOther) {
  Command command = Shell("tee /dev/stderr");
  command.input = std::string(std::size_t{4} << 20, 'x');
  const auto output = host_->Run(command);
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_EQ(output->out.size(), command.input.size());
  EXPECT_EQ(output->err.size(), command.input.size());
}

TEST_F(PosixHostTest, ACommandThatDoesNotReadItsInputIsNoTrouble) {
  Command command = Shell("exec <&-; echo done");
  command.input = std::string(std::size_t{1} << 20, 'x');
  const auto output = host_->Run(command);
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_EQ(output->out, "done\n");
}

TEST_F(PosixHostTest, WithoutInputTheCommandReadsNothing) {
  const auto output = host_->Run(Shell("cat"));
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_EQ(output->out, "");
}

TEST_F(PosixHostTest, AProgramThatIsNotThereIsNamed) {
  const auto bare = host_->Run(Command{.argv = {"no-such-program-here"}, .input = "", .network_namespace = ""});
  ASSERT_FALSE(bare);
  EXPECT_EQ(bare.error().message, "cannot run no-such-program-here: no such program in PATH");
  const auto path = host_->Run(Command{.argv = {"/no/such/program"}, .input = "", .network_namespace = ""});
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error().message, "cannot run /no/such/program: No such file or directory");
}

TEST_F(PosixHostTest, ANetworkNamespaceThatIsNotThereIsNamed) {
  Command command = Shell("true");
  command.network_namespace = "holdfast-no-such-space";
  const auto output = host_->Run(command);
  ASSERT_FALSE(output);
  EXPECT_NE(output.error().message.find("/run/netns/holdfast-no-such-space"), std::string::npos);
}

TEST_F(PosixHostTest, TheTimeLimitEndsTheWholeGroup) {
  const auto output = host_->Run(Shell("sleep 1000 & echo $!; wait", milliseconds(500)));
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, ErrorCode::kTimeout);
  EXPECT_EQ(output.error().message, "sh ran longer than 500 ms and was ended");
  ASSERT_FALSE(output.error().output.empty());
  const std::string child = output.error().output.substr(0, output.error().output.size() - 1);
  // The signal was sent before Run returned; the kernel delivers it when it gets to it.
  const Status gone = Await(*host_, {.awaited = "end of " + child, .limit = seconds(10), .interval = milliseconds(1)},
                            [&child](std::string&) -> Result<bool> { return !IsAlive(child); });
  EXPECT_TRUE(gone) << gone.error().message;
}

TEST_F(PosixHostTest, ACommandThatIgnoresTermIsKilled) {
  const Time begin = host_->Now();
  const auto output = host_->Run(Shell("trap '' TERM; while :; do sleep 0.05; done", milliseconds(50)));
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, ErrorCode::kTimeout);
  EXPECT_LT(host_->Now() - begin, seconds(10));
}

TEST_F(PosixHostTest, ADaemonThatKeepsTheStreamsOpenIsNotWaitedFor) {
  const Time begin = host_->Now();
  const auto output = host_->Run(Shell("sleep 30 & echo $!"));
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_LT(host_->Now() - begin, seconds(10));
  const std::string daemon = output->out.substr(0, output->out.size() - 1);
  EXPECT_TRUE(IsAlive(daemon)) << "a command's daemons outlive it";
  kill(std::stoi(daemon), SIGKILL);
}

TEST_F(PosixHostTest, TheCommandInheritsNoDescriptors) {
  const int leaked = open("/dev/null", O_RDONLY | O_CLOEXEC);
  const auto output = host_->Run(Shell("ls /proc/self/fd"));
  close(leaked);
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_EQ(output->out, "0\n1\n2\n3\n");  // 3 is the folder that ls reads
}

TEST_F(PosixHostTest, RunLeavesNoDescriptorsBehind) {
  const auto count = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator{});
  };
  const auto before = count();
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(host_->Run(Shell("echo x")));
    ASSERT_FALSE(host_->Run(Command{.argv = {"/no/such/program"}, .input = "x", .network_namespace = ""}));
  }
  EXPECT_EQ(count(), before);
}

TEST_F(PosixHostTest, ManyThreadsRunCommandsAtOnce) {
  std::vector<std::thread> threads;
  std::vector<std::string> outs(4);
  for (std::size_t thread = 0; thread < outs.size(); ++thread) {
    threads.emplace_back([this, thread, &outs] {
      for (int i = 0; i < 10; ++i) {
        const auto output = host_->Run(Shell("echo " + std::to_string(thread)));
        outs[thread] += output ? output->out : output.error().message;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t thread = 0; thread < outs.size(); ++thread) {
    std::string expected;
    for (int i = 0; i < 10; ++i) expected += std::to_string(thread) + "\n";
    EXPECT_EQ(outs[thread], expected);
  }
}

TEST_F(PosixHostTest, SleepForLastsAsLongAsAsked) {
  const Time begin = host_->Now();
  EXPECT_TRUE(host_->SleepFor(milliseconds(20)));
  EXPECT_GE(host_->Now() - begin, milliseconds(20));
}

// Interruption is for good and of the whole process, so each of these runs in a process of its own and says in its exit
// status what it saw.
class InterruptionDeathTest : public ::testing::Test {
 protected:
  InterruptionDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }

  static void Expect(bool condition, int status) {
    if (!condition) std::_Exit(status);
  }
};

TEST_F(InterruptionDeathTest, EndsTheRunningCommand) {
  EXPECT_EXIT(
      {
        const auto host = MakePosixHost();
        Expect(!host->Interrupted(), 11);
        const auto output = host->Run(Shell("kill -INT " + std::to_string(getpid()) + "; sleep 1000"));
        Expect(!output, 12);
        Expect(output.error().code == ErrorCode::kInterrupted, 13);
        Expect(host->Interrupted(), 14);
        Expect(!host->Run(Shell("true")), 15);
        std::_Exit(0);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST_F(InterruptionDeathTest, WakesASleeper) {
  EXPECT_EXIT(
      {
        const auto host = MakePosixHost();
        std::thread sleeper([&host] { Expect(!host->SleepFor(seconds(1000)), 11); });
        kill(getpid(), SIGTERM);
        sleeper.join();
        std::_Exit(0);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST_F(InterruptionDeathTest, AShieldedThreadGoesOn) {
  EXPECT_EXIT(
      {
        const auto host = MakePosixHost();
        raise(SIGINT);
        {
          const Shielded shielded;
          Expect(!host->Interrupted(), 11);
          const auto output = host->Run(Shell("echo healed"));
          Expect(output && output->out == "healed\n", 12);
          Expect(host->SleepFor(milliseconds(1)), 13);
        }
        Expect(host->Interrupted(), 14);
        Expect(!host->SleepFor(milliseconds(1)), 15);
        std::_Exit(0);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST_F(InterruptionDeathTest, TheSecondOneSaysThatHealingGoesOn) {
  EXPECT_EXIT(
      {
        const auto host = MakePosixHost();
        raise(SIGINT);
        raise(SIGINT);
        const Shielded shielded;
        Expect(host->Run(Shell("true")).has_value(), 11);
        std::_Exit(0);
      },
      ::testing::ExitedWithCode(0), "already ending: .* once more exits at once");
}

TEST_F(InterruptionDeathTest, TheThirdOneExitsAtOnce) {
  EXPECT_EXIT(
      {
        const auto host = MakePosixHost();
        for (int i = 0; i < 3; ++i) raise(SIGINT);
        std::_Exit(0);
      },
      ::testing::ExitedWithCode(128 + SIGINT), "");
}

}  // namespace
}  // namespace holdfast
