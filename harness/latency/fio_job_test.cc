// Promise: what fio is asked to do is said in full, and is the same whenever the seed is.
#include "harness/latency/fio_job.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

namespace holdfast {
namespace {

using testing::HasSubstr;
using testing::Not;

FioSettings SomeSettings() {
  return {.jobs = {"journal", "read", "mixed"},
          .repetitions = 6,
          .runtime = std::chrono::seconds(3),
          .warm_up = std::chrono::milliseconds(500),
          .size_mib = 32};
}

TEST(FioJob, OfTheJournalSaysEveryOption) {
  EXPECT_EQ(PrintFioJob({.job = "journal", .medium = Medium::kVolume, .repetition = 2}, SomeSettings(), 85),
            R"([global]
directory=/volume
nrfiles=1
size=32m
fallocate=none
overwrite=1
unlink=0
invalidate=1
pre_read=0
fadvise_hint=1
sync=none
write_barrier=0
fsync_on_close=0
continue_on_error=none
thread=1
group_reporting=1
clocksource=clock_gettime
randrepeat=1
randseed=42
random_generator=tausworthe64
random_distribution=random
percentage_random=100
norandommap=1
zero_buffers=0
refill_buffers=1
scramble_buffers=0
dedupe_percentage=0
buffer_compress_percentage=0
unified_rw_reporting=none
clat_percentiles=1
lat_percentiles=0
slat_percentiles=0
percentile_list=50:95:99:99.9
time_based=1
ramp_time=500ms
runtime=3000ms
end_fsync=0

[journal]
filename=journal.dat
ioengine=psync
direct=0
iodepth=1
rw=write
bs=8k
fdatasync=1
fsync=0
numjobs=1
offset=0
)");
}

TEST(FioJob, OfABurstJudgesTheJournalAndHasThePagesInAGroupOfTheirOwn) {
  const std::string job = PrintFioJob({.job = "checkpoint-burst", .medium = Medium::kLocal}, SomeSettings(), 1);
  EXPECT_THAT(job, HasSubstr("directory=/local\n"));
  EXPECT_LT(job.find("[journal]"), job.find("[pages]\nnew_group=1\n"));
  EXPECT_THAT(job, HasSubstr("thinktime=200ms\nthinktime_blocks=64\n"));
}

// No database writes its journal and its pages into one file, nor two commits over each other.
TEST(FioJob, KeepsPagesOutOfTheJournalAndFourThatCommitOutOfEachOthersWay) {
  const std::string burst = PrintFioJob({.job = "checkpoint-burst"}, SomeSettings(), 1);
  const std::size_t pages = burst.find("[pages]");
  EXPECT_THAT(burst.substr(0, pages), HasSubstr("[journal]\nfilename=journal.dat\nioengine=psync\ndirect=0\n"));
  EXPECT_THAT(burst.substr(pages), HasSubstr("filename=pages.dat\nioengine=libaio\ndirect=1\n"));
  for (const std::string& name : FioJobNames()) {
    const std::string job = PrintFioJob({.job = name}, SomeSettings(), 1);
    EXPECT_EQ(job.find("filename=") > job.find("\n["), true) << name << " names no file for all its sections";
  }
  EXPECT_THAT(PrintFioJob({.job = "wal-group"}, SomeSettings(), 1),
              HasSubstr("numjobs=4\noffset=0\nsize=25%\noffset_increment=25%\n"));
}

TEST(FioJob, SaysHowManyAreSubmittedAndAwaitedAtOnce) {
  EXPECT_THAT(PrintFioJob({.job = "pages-qd16"}, SomeSettings(), 1),
              HasSubstr("iodepth=16\niodepth_low=16\niodepth_batch_submit=1\niodepth_batch_complete_min=1\n"
                        "iodepth_batch_complete_max=1\nio_submit_mode=inline\n"));
}

TEST(FioJob, LaysBothFilesOutOnceAndWhole) {
  const std::string job = PrintFioJob({.job = kLayout}, SomeSettings(), 1);
  EXPECT_THAT(job, HasSubstr("[layout]\nfilename=journal.dat\n"));
  EXPECT_THAT(job, HasSubstr("[pages]\nfilename=pages.dat\n"));
  EXPECT_THAT(job, HasSubstr("size=32m\n"));
  EXPECT_THAT(job, HasSubstr("end_fsync=1\n"));
  EXPECT_THAT(job, Not(HasSubstr("time_based")));
}

TEST(FioJob, NeverReducesWhatIsTimed) {
  for (const std::string& name : FioJobNames()) {
    const std::string job = PrintFioJob({.job = name}, SomeSettings(), 1);
    EXPECT_THAT(job, Not(HasSubstr("gtod_reduce"))) << name;
    EXPECT_THAT(job, Not(HasSubstr("disable_"))) << name;
    EXPECT_THAT((std::set<std::string>{"sync", "write", "read"}), testing::Contains(MeasuredIn(name)));
    EXPECT_NE(MeasuredInWords(name), "");
  }
}

TEST(FioJob, SeedFitsTheSignedNumberThatFioReads) {
  EXPECT_THAT(PrintFioJob({.job = "read"}, SomeSettings(), ~std::uint64_t{0}),
              HasSubstr("randseed=9223372036854775807\n"));
}

TEST(Readings, MeasureEveryJobOnBothMediaOneRightAfterTheOther) {
  const std::vector<FioReading> readings = DrawReadings(SomeSettings(), 7);
  ASSERT_EQ(readings.size(), 2U + 3U * 2U * 6U);
  EXPECT_EQ(readings[0], (FioReading{.job = kLayout, .medium = Medium::kVolume}));
  EXPECT_EQ(readings[1], (FioReading{.job = kLayout, .medium = Medium::kLocal}));
  std::map<std::string, int> seen;
  for (std::size_t i = 2; i < readings.size(); i += 2) {
    EXPECT_EQ(readings[i].job, readings[i + 1].job);
    EXPECT_EQ(readings[i].repetition, readings[i + 1].repetition);
    EXPECT_NE(readings[i].medium, readings[i + 1].medium);
    EXPECT_EQ(readings[i].repetition, static_cast<int>((i - 2) / 6) + 1) << "repetition by repetition";
    ++seen[readings[i].job];
  }
  EXPECT_EQ(seen, (std::map<std::string, int>{{"journal", 6}, {"mixed", 6}, {"read", 6}}));
}

TEST(Readings, AreInAnOrderThatTheSeedDraws) {
  EXPECT_EQ(DrawReadings(SomeSettings(), 7), DrawReadings(SomeSettings(), 7));
  std::set<std::string> first_jobs;
  std::set<Medium> first_media;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const std::vector<FioReading> readings = DrawReadings(SomeSettings(), seed);
    first_jobs.insert(readings[2].job);
    first_media.insert(readings[2].medium);
  }
  EXPECT_EQ(first_jobs.size(), 3U);
  EXPECT_EQ(first_media.size(), 2U);
}

}  // namespace
}  // namespace holdfast
