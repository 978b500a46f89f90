// Promise: what the cluster was seen to say is on disk at once, and is read back whatever else the file holds.
#include "harness/timeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "harness/host/temporary_folder.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TimelineEntry Full() {
  return {.cell = 3,
          .time = 12'345'678'901,
          .kind = kOfPod,
          .name = "db-0",
          .uid = "u-1",
          .node = "n1",
          .what = kWhatContainerWaiting,
          .text = "db: \"CrashLoopBackOff\"\n back-off 10s",
          .server_time = "2026-11-22T10:22:07Z"};
}

TEST(Timeline, ALineHasAllThatIsKnownAndNothingElse) {
  EXPECT_EQ(
      TimelineLine(Full()),
      R"({"cell":3,"t":12345678901,"kind":"pod","name":"db-0","uid":"u-1","node":"n1","what":"container waiting",)"
      R"("text":"db: \"CrashLoopBackOff\"  back-off 10s","at":"2026-11-22T10:22:07Z"})"
      "\n");
  EXPECT_EQ(TimelineLine({.cell = 1, .time = 0, .kind = kOfWatch, .name = "pods", .what = kWhatResumed}),
            "{\"cell\":1,\"t\":0,\"kind\":\"watch\",\"name\":\"pods\",\"what\":\"resumed\"}\n");
}

TEST(Timeline, IsReadBackAsItWasWritten) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "timeline.jsonl";
  {
    const auto writer = TimelineWriter::Open(file).value();
    writer->Add(Full());
    writer->Add({.cell = 4, .time = 5, .kind = kOfNode, .name = "n1", .what = kWhatReady});
    EXPECT_FALSE(TimelineWriter::Open(file).has_value()) << "a timeline belongs to one run";
  }
  const auto timelines = ReadTimeline(file).value();
  ASSERT_THAT(timelines, SizeIs(2));
  const TimelineEntry& entry = timelines.at(3).entries.at(0);
  EXPECT_EQ(TimelineLine(entry), TimelineLine(Full()));
  EXPECT_EQ(timelines.at(4).entries.at(0).what, kWhatReady);
  EXPECT_EQ(Describe(entry), "12.345679 s: pod db-0 container waiting (db: \"CrashLoopBackOff\"  back-off 10s)");
}

TEST(Timeline, OfManyThreadsEachLineIsWhole) {
  const TemporaryFolder folder;
  const auto writer = TimelineWriter::Open(folder.path() / "timeline.jsonl").value();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 100; ++k) writer->Add(Full());
    });
  }
  for (std::thread& one : threads) one.join();
  const auto timelines = ReadTimeline(folder.path() / "timeline.jsonl").value();
  EXPECT_THAT(timelines.at(3).entries, SizeIs(400));
  EXPECT_THAT(timelines.at(3).unreadable, IsEmpty());
}

TEST(Timeline, WhereNobodyWatchedThereIsNone) {
  const TemporaryFolder folder;
  EXPECT_THAT(ReadTimeline(folder.path() / "timeline.jsonl").value(), IsEmpty());
  EXPECT_FALSE(ReadTimeline(folder.path()).has_value()) << "a folder is no timeline";
}

TEST(Timeline, GarbageIsNamedAndTheRestIsRead) {
  const std::string good = TimelineLine({.cell = 2, .time = 7, .kind = kOfNode, .name = "n1", .what = kWhatReady});
  const auto timelines = ParseTimeline(good + "garbage\n" + R"({"cell":2})" + "\n" +
                                           R"({"cell":2,"t":1,"kind":"pod","name":7,"what":"x"})" + "\n" +
                                           R"({"cell":2,"t":-1,"kind":"pod","name":"","what":"x"})" + "\n" + good +
                                           std::string(100'000, 'x') + "\n" + R"({"cell":2,"t":3,"ki)",
                                       "timeline.jsonl");
  ASSERT_THAT(timelines, SizeIs(1));
  EXPECT_THAT(timelines.at(2).entries, SizeIs(2));
  EXPECT_THAT(timelines.at(2).unreadable,
              ElementsAre("timeline.jsonl:2: no JSON object: garbage", "timeline.jsonl:3: no cell or no time",
                          "timeline.jsonl:4: no text where one belongs", "timeline.jsonl:5: a time outside of any run",
                          "timeline.jsonl:7: longer than 65536 bytes",
                          "timeline.jsonl:8: no JSON object: {\"cell\":2,\"t\":3,\"ki"));
}

TEST(Timeline, IsInTheOrderOfItsTimes) {
  const auto timelines =
      ParseTimeline(TimelineLine({.cell = 1, .time = 9, .kind = kOfNode, .name = "n1", .what = kWhatReady}) +
                        TimelineLine({.cell = 1, .time = 4, .kind = kOfNode, .name = "n2", .what = kWhatReady}),
                    "timeline.jsonl");
  EXPECT_EQ(timelines.at(1).entries.at(0).name, "n2");
}

}  // namespace
}  // namespace holdfast
