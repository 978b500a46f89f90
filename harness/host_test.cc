#include "harness/host.h"

#include <gtest/gtest.h>

#include "harness/fakes/host_fake.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Command Argv(std::vector<std::string> argv) {
  return Command{.argv = std::move(argv), .input = "", .network_namespace = ""};
}

TEST(Pasteable, LeavesPlainWordsAlone) {
  EXPECT_EQ(Pasteable(Argv({"kubectl", "get", "pods", "--selector=app=x", "-n", "a-b"})),
            "kubectl get pods --selector=app=x -n a-b");
}

TEST(Pasteable, QuotesWhatAShellWouldTakeApart) {
  EXPECT_EQ(Pasteable(Argv({"sh", "-c", "echo 'it is' $HOME", ""})), R"(sh -c 'echo '\''it is'\'' $HOME' '')");
}

TEST(Pasteable, EntersTheNetworkNamespaceAndCountsTheInput) {
  EXPECT_EQ(Pasteable(Command{.argv = {"cat"}, .input = "secret", .network_namespace = "hf"}),
            "ip netns exec hf cat  # and 6 bytes of input");
}

TEST(RunForOutput, GivesWhatTheCommandWrote) {
  FakeHost host;
  host.On("uname -r", Output{.exit_status = 0, .out = "6.1\n", .err = "noise"});
  EXPECT_EQ(RunForOutput(host, Argv({"uname", "-r"})).value(), "6.1\n");
}

TEST(RunForOutput, AFailureQuotesTheLastLineAndCarriesTheCommand) {
  FakeHost host;
  host.On("mount *", Output{.exit_status = 32, .out = "", .err = "first\nmount: no medium found\n\n"});
  const auto output = RunForOutput(host, Argv({"mount", "/dev/x", "/my dir"}));
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(output.error().message, "mount ended with status 32: mount: no medium found");
  EXPECT_EQ(output.error().command, "mount /dev/x '/my dir'");
  EXPECT_EQ(output.error().output, "first\nmount: no medium found\n\n");
}

TEST(RunForOutput, OfMuchOutputTheErrorKeepsTheEnd) {
  FakeHost host;
  host.On("make", Output{.exit_status = 2, .out = std::string(1 << 20, 'x') + "the reason", .err = ""});
  const auto output = RunForOutput(host, Argv({"make"}));
  ASSERT_FALSE(output);
  EXPECT_LT(output.error().output.size(), std::size_t{8192});
  EXPECT_TRUE(output.error().output.ends_with("the reason"));
}

TEST(Await, ReturnsAsSoonAsTheProbeSaysSo) {
  FakeHost host;
  bool ready = false;
  host.After(seconds(3), [&ready] { ready = true; });
  const Time begin = host.Now();
  EXPECT_TRUE(Await(host, {.awaited = "pod", .limit = seconds(30), .interval = seconds(1)},
                    [&ready](std::string&) -> Result<bool> { return ready; }));
  EXPECT_EQ(host.Now() - begin, seconds(3));
}

TEST(Await, WhenTimeRunsOutItSaysWhatWasLastSeen) {
  FakeHost host;
  int looks = 0;
  const Status status = Await(host, {.awaited = "pod ledger ready", .limit = seconds(30)},
                              [&looks](std::string& last_seen) -> Result<bool> {
                                last_seen = "look " + std::to_string(++looks);
                                return false;
                              });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kTimeout);
  EXPECT_EQ(status.error().message, "pod ledger ready: not within 30 s; last seen: look 151");
}

TEST(Await, LooksOnceMoreWhenTheLimitIsReached) {
  FakeHost host;
  bool ready = false;
  host.After(milliseconds(500), [&ready] { ready = true; });
  EXPECT_TRUE(Await(host, {.awaited = "pod", .limit = milliseconds(500), .interval = seconds(10)},
                    [&ready](std::string&) -> Result<bool> { return ready; }));
}

TEST(Await, AnErrorOfTheProbeEndsIt) {
  FakeHost host;
  const Status status = Await(host, {.awaited = "pod", .limit = seconds(30)},
                              [](std::string&) -> Result<bool> { return Unavailable("API gone"); });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "API gone");
}

TEST(Await, AnInterruptionEndsItUnlessShielded) {
  FakeHost host;
  host.Interrupt();
  const auto never = [](std::string&) -> Result<bool> { return false; };
  EXPECT_EQ(Await(host, {.awaited = "pod", .limit = seconds(1)}, never).error().code, ErrorCode::kInterrupted);
  const Shielded shielded;
  EXPECT_EQ(Await(host, {.awaited = "pod", .limit = seconds(1)}, never).error().code, ErrorCode::kTimeout);
}

TEST(Shielded, Nests) {
  EXPECT_FALSE(Shielded::Active());
  {
    const Shielded outer;
    { const Shielded inner; }
    EXPECT_TRUE(Shielded::Active());
  }
  EXPECT_FALSE(Shielded::Active());
}

}  // namespace
}  // namespace holdfast
