// Promise: the command line is the documented one, and bad input is one line and exit status 3.
#include "harness/verbs/verb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/fakes/host_fake.h"
#include "harness/host/temporary_folder.h"

namespace holdfast {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr int kUsage = 3;

struct Answer {
  int status = 0;
  std::string out;
  std::string err;
};

class SilentProgress : public Progress {
 public:
  Status Step(const std::string&, std::chrono::seconds, const std::function<Status()>& work) override { return work(); }
  void Say(const std::string&) override {}
};

Answer Call(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "holdfast");
  FakeHost host;
  SilentProgress progress;
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int status = Main(static_cast<int>(arguments.size()), arguments.data(),
                          [&] { return Session{.host = host, .progress = progress}; });
  std::fflush(stdout);
  const std::string out = testing::internal::GetCapturedStdout();
  return {.status = status, .out = out, .err = testing::internal::GetCapturedStderr()};
}

TEST(Verbs, HelpNamesEveryVerbWithWhatItDoes) {
  const Answer answer = Call({"--help"});
  EXPECT_EQ(answer.status, 0);
  EXPECT_THAT(answer.out, HasSubstr(R"(Subcommands:
  doctor                      what is missing on this machine or cluster, and the command that mends it
  list                        what there is, one a line
  plan                        print the numbered steps of a run, touch nothing
  run                         play a suite on a cluster, judge it and report
  judge                       judge a run again from its files, also one that was cut off
  report                      print the report of a run that was judged, or merge runs into one
  compare                     what became worse from BASE to RUN, or backends side by side
  trends                      verdict and RTO of each fault from run to run, over a folder of runs
  export                      write a run's history for the checkers of others
  heal                        undo every outstanding fault, also after the harness was killed
  calibrate                   put the instrument on trial: plant defects, see each caught and no healthy system accused
  cluster                     a cluster by itself: up, status, shell, kubeconfig, down)"));
}

TEST(Verbs, TheHelpOfEachHasAnExample) {
  for (const char* verb :
       {"doctor", "list", "plan", "run", "judge", "report", "compare", "trends", "export", "heal", "cluster"}) {
    const Answer answer = Call({verb, "--help"});
    EXPECT_EQ(answer.status, 0) << verb;
    EXPECT_THAT(answer.out, HasSubstr(std::string("  holdfast ") + verb)) << verb;
  }
}

TEST(Verbs, RunTakesTheDocumentedOptions) {
  const std::string help = Call({"run", "--help"}).out;
  for (const char* option : {"--rig", "--cluster", "--backend", "--workload", "--scenario", "--cell", "--trials",
                             "--seed", "--out", "--parallel", "--keep", "--require-all"}) {
    EXPECT_THAT(help, HasSubstr(option));
  }
}

TEST(Verbs, BadArgumentsAreOneLineAndExitStatus3) {
  const std::vector<std::vector<const char*>> bad = {
      {},
      {"qualify"},
      {"run"},
      {"run", "ha-matrix", "--seed", "soon"},
      {"run", "ha-matrix", "--seed=-1"},
      {"plan", "ha-matrix", "--seed", "18446744073709551616"},
      {"calibrate", "--only", "("},
      {"calibrate", "--only", "no such defect"},
      {"calibrate", "--runs", "0"},
      {"run", "ha-matrix", "--trials", "0"},
      {"run", "ha-matrix", "--colour"},
      {"run", "ha-matrix", "--parallel", "0"},
      {"run", "ha-matrix", "--parallel", "-1"},
      {"run", "ha-matrix", "--parallel", "17"},
      {"run", "ha-matrix", "--parallel", "two"},
      {"run", "ha-matrix", "--parallel", "2", "--cluster", "twenty-letters-exact"},
      {"run", "soak", "--parallel", "2"},
      {"run", "soak", "--parallel", "2", "--shrink"},
      {"list", "colours"},
      {"list", "faults", "runs"},
      {"list", "runs", "/no/such/folder"},
      {"report", "runs/x", "--format", "papyrus"},
      {"report", "runs/x", "runs/y"},
      {"report", "--merge", "out", "/no/such/run"},
      {"compare"},
      {"compare", "runs/x"},
      {"compare", "runs/x", "runs/y", "runs/z"},
      {"compare", "/no/such/run", "/no/such/run"},
      {"compare", "runs/x", "runs/y", "--least-shift", "much"},
      {"compare", "runs/x", "runs/y", "--alpha", "1"},
      {"compare", "--side-by-side", "/no/such/run"},
      {"compare", "runs/x", "runs/y", "--html", "choose.html"},
      {"trends", "/no/such/folder"},
      {"run", "ha-matrix", "--cell", "0"},
      {"plan", "ha-matrix", "--cell", "7"},
      {"plan", "soak", "--cell", "1"},
      {"plan", "no-such-suite"},
      {"run", "ha-matrix", "--rig", "/no/such/rig.yaml"},
      {"judge", "/no/such/run"},
      {"export", "runs/x", "--format", "papyrus"},
      {"export", "runs/x", "--cell", "none"},
      {"export", "/no/such/run"},
      {"heal"},
      {"cluster"},
      {"cluster", "sideways"},
  };
  for (const auto& arguments : bad) {
    const Answer answer = Call(arguments);
    const std::string line = testing::PrintToString(arguments);
    EXPECT_EQ(answer.status, kUsage) << line;
    EXPECT_THAT(answer.err, testing::StartsWith("holdfast: ")) << line;
    EXPECT_EQ(std::count(answer.err.begin(), answer.err.end(), '\n'), 1) << line << answer.err;
    EXPECT_EQ(answer.out, "") << line;
  }
}

TEST(Verbs, ABadNameSaysWhatIsAllowed) {
  EXPECT_THAT(Call({"list", "colours"}).err, HasSubstr("allowed: backends, checkers, clusters, faults, runs"));
  EXPECT_THAT(Call({"qualify"}).err, HasSubstr("there is no verb 'qualify'; allowed: doctor, list, plan, run, judge"));
  EXPECT_THAT(Call({"calibrate", "--only", "no such defect"}).err, HasSubstr("matches none of: AcknowledgedWrites"));
  EXPECT_THAT(Call({"report", "runs/x", "--format", "papyrus"}).err, HasSubstr("junit"));
}

TEST(Verbs, AClusterThatTheRigDoesNotNameIsNotTouched) {
  const TemporaryFolder folder;
  const std::string rig =
      folder.Write("rig.yaml", "cluster: {name: sea, provider: p}\nbackend: {name: b}\nworkload: {name: w}\n").string();
  const Answer answer = Call({"cluster", "down", "lake", "--rig", rig.c_str()});
  EXPECT_EQ(answer.status, kUsage);
  EXPECT_THAT(answer.err, HasSubstr("names the cluster 'sea', not 'lake'"));
}

TEST(Verbs, ListSaysThatThereIsNoRun) {
  const TemporaryFolder folder;
  const Answer answer = Call({"list", "runs", folder.path().c_str()});
  EXPECT_EQ(answer.status, 0);
  EXPECT_EQ(answer.out, "");
  EXPECT_THAT(answer.err, HasSubstr("there is no run in " + folder.path().string()));
}

TEST(Verbs, ListPrintsOneNameALine) {
  const Answer answer = Call({"list", "faults"});
  EXPECT_EQ(answer.status, 0);
  EXPECT_THAT(answer.out, HasSubstr("pod-delete\n"));
  EXPECT_THAT(answer.out, Not(HasSubstr(" ")));
}

}  // namespace
}  // namespace holdfast
