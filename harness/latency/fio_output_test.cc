// Promise: what fio measured is taken as it said it, and what it did not measure is an error that says why.
#include "harness/latency/fio_output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/latency/fio_output_samples.h"

namespace holdfast {
namespace {

using testing::HasSubstr;

TEST(FioOutput, OfACommitIsThatOfItsSync) {
  const Result<LatencyFigures> figures = ParseFioOutput(kFioWalGroup, "sync");
  ASSERT_TRUE(figures.has_value()) << figures.error().message;
  EXPECT_EQ(figures->operations, 27210);
  EXPECT_DOUBLE_EQ(figures->iops, 13598.2009);
  EXPECT_EQ(figures->p50_ns, 166912);
  EXPECT_EQ(figures->p95_ns, 370688);
  EXPECT_EQ(figures->p99_ns, 1433600);
  EXPECT_EQ(figures->p999_ns, 11075584);
  EXPECT_EQ(figures->max_ns, 86755324);
}

TEST(FioOutput, OfABurstIsThatOfTheJournalBesideIt) {
  const Result<LatencyFigures> figures = ParseFioOutput(kFioBurst, "sync");
  ASSERT_TRUE(figures.has_value()) << figures.error().message;
  EXPECT_EQ(figures->operations, 4137);
  EXPECT_EQ(figures->p99_ns, 4882432);
}

TEST(FioOutput, OfAnotherKindIsThatKinds) {
  const Result<LatencyFigures> writes = ParseFioOutput(kFioWalGroup, "write");
  ASSERT_TRUE(writes.has_value()) << writes.error().message;
  EXPECT_LT(writes->p99_ns, 1433600) << "into the page cache";
  const Result<LatencyFigures> reads = ParseFioOutput(kFioWalGroup, "read");
  ASSERT_FALSE(reads.has_value());
  EXPECT_EQ(reads.error().message, "fio's job did no read");
}

TEST(FioOutput, OfAJobThatFailedIsAnError) {
  const Result<LatencyFigures> figures = ParseFioOutput(kFioDiskFull, "sync");
  ASSERT_FALSE(figures.has_value());
  EXPECT_EQ(figures.error().message, "fio's job layout ended with error 28");
}

TEST(FioOutput, ThatIsCutOffIsAnErrorWhereverItIsCut) {
  const std::string whole = kFioWalGroup;
  for (std::size_t size = 0; size < whole.size(); size += 97) {
    EXPECT_FALSE(ParseFioOutput(whole.substr(0, size), "sync").has_value()) << size;
  }
  EXPECT_EQ(ParseFioOutput("", "sync").error().message, "fio printed nothing");
  EXPECT_THAT(ParseFioOutput(whole.substr(0, 100), "sync").error().message,
              HasSubstr("no whole document: {\"fio vers"));
}

TEST(FioOutput, ThatIsNoneIsQuoted) {
  EXPECT_EQ(ParseFioOutput("fio: failed parsing directory=/volume\n", "sync").error().message,
            "fio printed no whole document: fio: failed parsing directory=/volume ");
  EXPECT_THAT(ParseFioOutput("{}", "sync").error().message, HasSubstr("lacks something"));
  EXPECT_THAT(ParseFioOutput(R"({"jobs":[]})", "sync").error().message, HasSubstr("lacks something"));
  EXPECT_THAT(ParseFioOutput(R"({"jobs":[{"error":"0"}]})", "sync").error().message, HasSubstr("lacks something"));
}

TEST(FioOutput, IsKeptWithoutBlanksAndComplaints) {
  EXPECT_EQ(CompactJson("fio: a note\n{\n  \"jobs\" : [ ]\n}\n"), R"({"jobs":[]})");
  EXPECT_EQ(CompactJson("fio: dead"), "fio: dead");
}

}  // namespace
}  // namespace holdfast
