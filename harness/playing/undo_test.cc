// How to heal is on disk before the fault is in the cluster, and is found again by a new process, whatever happened to
// the one that wrote it.
#include "harness/playing/undo.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "harness/host/temporary_folder.h"

namespace holdfast {
namespace {

using nlohmann::json;

class UndoLogTest : public testing::Test {
 protected:
  // The faults outstanding, in their order, as a new process finds them.
  std::vector<std::string> Outstanding() const {
    const Result<std::vector<Undo>> outstanding = UndoLog(file_).Outstanding();
    if (!outstanding.has_value()) return {"error: " + folder_.Relative(outstanding.error().message)};
    std::vector<std::string> faults;
    for (const Undo& undo : *outstanding) faults.push_back(undo.fault);
    return faults;
  }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "undo.jsonl";
  UndoLog log_{file_};
};

using Faults = std::vector<std::string>;

TEST_F(UndoLogTest, NothingIsOutstandingWithoutAFile) {
  EXPECT_EQ(Outstanding(), Faults{});
  EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(UndoLogTest, AnArmedFaultComesBackAsItWas) {
  const json record = {{"node", "n1"}, {"pods", {"a", "b"}}};
  ASSERT_EQ(log_.Arm("node-drain", "holdfast-3", record).value(), 1);
  const Result<std::vector<Undo>> outstanding = UndoLog(file_).Outstanding();
  ASSERT_EQ(outstanding.value().size(), 1U);
  EXPECT_EQ(outstanding->front().id, 1);
  EXPECT_EQ(outstanding->front().fault, "node-drain");
  EXPECT_EQ(outstanding->front().space, "holdfast-3");
  EXPECT_EQ(outstanding->front().record, record);
  EXPECT_EQ(
      folder_.Read("undo.jsonl"),
      R"({"fault":"node-drain","id":1,"space":"holdfast-3","state":"armed","undo":{"node":"n1","pods":["a","b"]}})"
      "\n");
}

TEST_F(UndoLogTest, TheLatestFaultIsUndoneFirst) {
  log_.Arm("first", "s", {}).value();
  log_.Arm("second", "s", {}).value();
  log_.Arm("third", "s", {}).value();
  EXPECT_EQ(Outstanding(), (Faults{"third", "second", "first"}));
}

TEST_F(UndoLogTest, AHealedFaultIsStruckOutAlsoTwice) {
  log_.Arm("first", "s", {}).value();
  const int second = log_.Arm("second", "s", {}).value();
  ASSERT_TRUE(log_.Healed(second).has_value());
  ASSERT_TRUE(log_.Healed(second).has_value());
  EXPECT_EQ(Outstanding(), Faults{"first"});
}

TEST_F(UndoLogTest, ANewProcessDoesNotReuseTheNumberOfAHealedFault) {
  ASSERT_TRUE(log_.Healed(log_.Arm("first", "s", {}).value()).has_value());
  EXPECT_EQ(UndoLog(file_).Arm("second", "s", {}).value(), 2);
  EXPECT_EQ(Outstanding(), Faults{"second"});
}

TEST_F(UndoLogTest, ALineCutShortAtAnyByteCostsNothingElse) {
  log_.Arm("first", "s", {{"node", "n1"}}).value();
  const std::size_t whole = folder_.Read("undo.jsonl").size();
  log_.Arm("second", "s", {{"node", "n2"}}).value();
  const std::string text = folder_.Read("undo.jsonl");
  for (std::size_t length = whole; length < text.size() - 1; ++length) {
    folder_.Write("undo.jsonl", text.substr(0, length));
    EXPECT_EQ(Outstanding(), Faults{"first"}) << length;
    EXPECT_EQ(UndoLog(file_).Arm("third", "s", {}).value(), 2) << length;
    EXPECT_EQ(Outstanding(), (Faults{"third", "first"})) << length;
  }
}

TEST_F(UndoLogTest, AWholeLastLineCountsWithoutItsLineEnd) {
  log_.Arm("first", "s", {}).value();
  std::string text = folder_.Read("undo.jsonl");
  text.pop_back();
  folder_.Write("undo.jsonl", text);
  EXPECT_EQ(Outstanding(), Faults{"first"});
  log_.Arm("second", "s", {}).value();
  EXPECT_EQ(Outstanding(), (Faults{"second", "first"}));
}

TEST_F(UndoLogTest, AnUnreadableLineBeforeTheLastIsAnErrorAndIsKept) {
  for (const char* line : {"garbage", "{}", "[]", "7", R"({"id":1})", R"({"id":"1","state":"healed"})",
                           R"({"id":1,"state":"armed"})", R"({"id":1,"state":"asleep"})", ""}) {
    log_.Arm("first", "s", {}).value();
    folder_.Write("undo.jsonl", folder_.Read("undo.jsonl") + line + "\n");
    EXPECT_EQ(Outstanding(), Faults{"error: undo.jsonl:2: not an entry of an undo log; heal what it may stand for by "
                                    "hand, then delete the line"})
        << line;
    EXPECT_FALSE(log_.Arm("second", "s", {}).has_value()) << line;
    std::filesystem::remove(file_);
  }
}

TEST_F(UndoLogTest, WhatCannotBeWrittenIsAnErrorSoThatTheFaultIsNotInjected) {
  const Result<int> bytes = log_.Arm("first", "s", {{"node", "\xFF"}});
  ASSERT_FALSE(bytes.has_value());
  EXPECT_EQ(bytes.error().code, ErrorCode::kUnavailable);
  const Result<int> nowhere = UndoLog(folder_.path() / "absent" / "undo.jsonl").Arm("first", "s", {});
  ASSERT_FALSE(nowhere.has_value());
  EXPECT_EQ(folder_.Relative(nowhere.error().message), "absent/undo.jsonl: cannot open: No such file or directory");
}

// The kernel's limit on the size of a file stands for a full disk: the write ends in the middle of the line.
TEST_F(UndoLogTest, ADiskThatIsFullMidLineIsAnErrorAndTheLogGoesOnWhenThereIsRoom) {
  log_.Arm("first", "s", {}).value();
  rlimit usual{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &usual), 0);
  const rlimit tight{.rlim_cur = folder_.Read("undo.jsonl").size() + 9, .rlim_max = usual.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &tight), 0);
  const Result<int> armed = log_.Arm("second", "s", {});
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &usual), 0);
  std::signal(SIGXFSZ, handler);

  ASSERT_FALSE(armed.has_value());
  EXPECT_EQ(folder_.Relative(armed.error().message), "undo.jsonl: cannot write: File too large");
  EXPECT_EQ(Outstanding(), Faults{"first"});
  EXPECT_EQ(log_.Arm("third", "s", {}).value(), 2);
  EXPECT_EQ(Outstanding(), (Faults{"third", "first"}));
}

}  // namespace
}  // namespace holdfast
