// Promise: what is kept of a failure is bounded in time and size, and says of what could not be had why.
#include "harness/playing/diagnostics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <fstream>
#include <iterator>

#include "harness/fakes/fakes.h"
#include "harness/host/temporary_folder.h"

namespace holdfast {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

std::string TextOf(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class TalkativeProvider : public FakeProvider {
 public:
  using FakeProvider::FakeProvider;
  Status CollectLogs(const std::filesystem::path& folder) override {
    std::filesystem::create_directories(folder / "n1");
    std::ofstream log(folder / "n1" / "kubelet.log");
    const std::string line = "line " + std::string(10'000, 'x') + "\n";
    for (std::uintmax_t size = 0; size < kMostOfLog + 1'000'000; size += line.size()) log << line;
    log << "the last word\n";
    return {};
  }
};

class BrokenBackend : public FakeBackend {
 public:
  using FakeBackend::FakeBackend;
  void CollectLogs(const std::filesystem::path&) override { throw std::runtime_error("no memory"); }
};

class DiagnosticsTest : public testing::Test {
 protected:
  // The logger is made at its first use, in a library that the thread sanitizer does not see into.
  DiagnosticsTest() { spdlog::default_logger(); }

  void Collect() {
    World world{fakes_.host, fakes_.kube, provider_, backend_, fakes_.workload, "db"};
    CollectDiagnostics(world, folder());
  }
  std::filesystem::path folder() const { return folder_.path() / "logs/cell-1-not-recovered"; }
  std::string Kept(const std::string& file) const { return TextOf(folder() / file); }

  TemporaryFolder folder_;
  FakeWorld fakes_;
  TalkativeProvider provider_{fakes_.cluster, Facets::kAll};
  BrokenBackend backend_{fakes_.cluster, Facets::kAll};
};

TEST_F(DiagnosticsTest, HoldWhatTheClusterSaysAndTheLogsOfTheDatabaseAlsoOfItsContainerBefore) {
  fakes_.host.On("*describe pods*", Output{.exit_status = 0, .out = "Name: db-1\n", .err = ""});
  fakes_.host.On("*get pods *", Output{.exit_status = 0, .out = "pod/db-1\npod/db-2\n", .err = ""});
  fakes_.host.On("*logs *", Output{.exit_status = 0, .out = "serving\n", .err = ""});
  fakes_.host.On("*logs *--previous*", Output{.exit_status = 0, .out = "out of memory\n", .err = ""});
  Collect();
  EXPECT_THAT(Kept("pods.txt"), AllOf(StartsWith("$ kubectl describe pods"), HasSubstr("Name: db-1")));
  EXPECT_THAT(Kept("db-1.log"), HasSubstr("serving"));
  EXPECT_THAT(Kept("db-2.previous.log"), HasSubstr("out of memory"));
}

TEST_F(DiagnosticsTest, OfALongLogKeepTheEndFromTheBeginOfALine) {
  Collect();
  const std::string kept = Kept("machines/n1/kubelet.log");
  EXPECT_THAT(kept.size(), testing::Le(kMostOfLog + 100));
  EXPECT_THAT(kept,
              AllOf(StartsWith("["), HasSubstr("bytes before are left out]\nline "), EndsWith("the last word\n")));
}

// And a backend that throws takes nothing of the rest along.
TEST_F(DiagnosticsTest, SayWhyTheApiServerToldNothing) {
  fakes_.cluster.control_plane_away.insert(ControlPlane::Component::kApiServer);
  Collect();
  for (const char* file : {"objects.txt", "events.txt", "pods.txt", "nodes.txt", "pod.log"}) {
    EXPECT_THAT(Kept(file), HasSubstr("was refused")) << file;
  }
  EXPECT_THAT(Kept("machines/n1/kubelet.log"), EndsWith("the last word\n"));
}

TEST_F(DiagnosticsTest, AskEachQuestionForTenSecondsAtMostAlsoWhenTheHarnessIsInterrupted) {
  fakes_.host.Interrupt();
  fakes_.host.On("*get pods *", Output{.exit_status = 0, .out = "pod/db-1\n", .err = ""});
  Collect();
  EXPECT_THAT(fakes_.host.commands().size(), testing::Ge(7U));
  for (const Command& command : fakes_.host.commands()) {
    EXPECT_LE(command.limit, std::chrono::seconds(10)) << Pasteable(command);
  }
}

TEST_F(DiagnosticsTest, DoNotMindAFolderThatCannotBeMade) {
  std::ofstream(folder_.path() / "logs") << "a file";
  Collect();
}

TEST(Tail, BeginsWithALineAndSaysHowMuchIsLeftOut) {
  EXPECT_EQ(Tail("one\ntwo\nthree\n", 100), "one\ntwo\nthree\n");
  EXPECT_EQ(Tail("one\ntwo\nthree\n", 9), "[8 bytes before are left out]\nthree\n");
  EXPECT_EQ(Tail("one\ntwo\nthree\n", 10), "[4 bytes before are left out]\ntwo\nthree\n");
  EXPECT_EQ(Tail("onetwothree", 5), "[6 bytes before are left out]\nthree");
}

}  // namespace
}  // namespace holdfast
