// Promise: the program's exit status tells what was proved: 0 pass, 1 the storage broke a promise, 2 nothing was
// proved, 3 bad arguments. Asked of the program itself, about runs that are on disk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/history/history_builder.h"
#include "harness/host.h"
#include "harness/host/temporary_folder.h"
#include "harness/run.h"
#include "harness/runs/arguments.h"
#include "harness/runs/run_folder.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;

class ProgramExit : public testing::Test {
 protected:
  // A run of one cell with this history.
  fs::path RunOf(const Story& story) {
    const auto order = MakeOrder(*ParseRig(kRig, Write("rig.yaml", kRig)),
                                 *ParseSuite(kSuite, Write("suite.yaml", kSuite)), {.seed = 42});
    CHECK(order.has_value());
    const auto folder = MakeRunFolder(folder_.path() / "runs", *order, {});
    CHECK(folder.has_value());
    holdfast::Run run;
    run.suite = "storm";
    CHECK(WriteRunJson(run, *folder / "run.json").has_value());
    std::ofstream(*folder / "history.jsonl") << WithSeed(story, order->plan.cells.front().seed).Text();
    return *folder;
  }

  Output Holdfast(const std::vector<std::string>& arguments) {
    std::vector<std::string> argv = {HOLDFAST_PROGRAM};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    const Result<Output> output = host_->Run({.argv = argv, .limit = minutes(1)});
    EXPECT_TRUE(output.has_value()) << output.error().message;
    return output.value_or(Output{.exit_status = -1, .out = "", .err = ""});
  }

 private:
  static constexpr char kRig[] = "cluster: {provider: p}\nbackend: {name: b}\nworkload: {name: w}\n";
  static constexpr char kSuite[] = "suite: storm\nscenarios:\n  - {fault: squall}\n";

  std::string Write(const char* name, const char* text) { return folder_.Write(name, text).string(); }

  // A cell's seed is drawn from the plan's; the payloads are of the cell's.
  static Story WithSeed(Story story, std::uint64_t seed) {
    for (holdfast::Mark& mark : story.marks) {
      if (mark.name == kMarkCellBegun) mark.fields["seed"] = std::to_string(seed);
    }
    for (Read& read : story.reads) {
      for (Row& row : read.rows) row.payload = PayloadFor(seed, row.client, row.sequence);
    }
    return story;
  }

  TemporaryFolder folder_;
  std::unique_ptr<Host> host_ = MakePosixHost();
};

TEST_F(ProgramExit, Is0IfEveryExpectationHeld) {
  const Output output = Holdfast({"judge", RunOf(HealthyStory()).string()});
  EXPECT_EQ(output.exit_status, 0) << output.out << output.err;
}

TEST_F(ProgramExit, Is1IfAWriteWasLost) {
  Story story = HealthyStory();
  story.LastRead().rows.pop_back();
  const Output output = Holdfast({"judge", RunOf(story).string()});
  EXPECT_EQ(output.exit_status, 1);
  EXPECT_THAT(output.out, HasSubstr("lost: client"));
}

TEST_F(ProgramExit, Is1IfABoundWasExceeded) {
  Story story;
  story.Mark(kMarkCellBegun, "", {{"seed", ""}}).Acknowledged(seconds(6)).Inject().Bitten().Unanswered(seconds(100));
  story.Restart().Acknowledged(seconds(7)).Recovered().Healed().Whole().ReadBack().Ended();
  const Output output = Holdfast({"judge", RunOf(story).string()});
  EXPECT_EQ(output.exit_status, 1) << output.out;
  EXPECT_THAT(output.out, HasSubstr("1 min 30 s"));
}

TEST_F(ProgramExit, Is2IfTheFaultDidNotBite) {
  Story story = HealthyStory();
  std::erase_if(story.marks, [](const auto& mark) { return mark.name == kMarkBitten; });
  EXPECT_EQ(Holdfast({"judge", RunOf(story).string()}).exit_status, 2);
}

TEST_F(ProgramExit, Is2IfNothingWasReadBack) {
  Story story = HealthyStory();
  story.reads.clear();
  EXPECT_EQ(Holdfast({"judge", RunOf(story).string()}).exit_status, 2);
}

TEST_F(ProgramExit, Is3IfThereIsNoSuchRun) { EXPECT_EQ(Holdfast({"judge", "/no/such/run"}).exit_status, 3); }

}  // namespace
}  // namespace holdfast
