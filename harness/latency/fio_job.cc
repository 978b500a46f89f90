#include "harness/latency/fio_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "harness/check.h"
#include "harness/seed.h"

namespace holdfast {
namespace {

constexpr char kDrawOfJobs[] = "fio: order of jobs";
constexpr char kDrawOfMedium[] = "fio: medium first";

struct JobKind {
  std::string name;
  std::string measured;
  std::string words;
  std::string sections;  // of the job file; the section that is judged comes first
};

// A file that is written through the page cache by one and past it by another is what no database has.
constexpr char kJournalFile[] = "filename=journal.dat\n";
constexpr char kPagesFile[] = "filename=pages.dat\n";

constexpr char kAlone[] = "numjobs=1\noffset=0\n";
// In one file, each in a quarter of its own.
constexpr char kFourAtOnce[] = "numjobs=4\noffset=0\nsize=25%\noffset_increment=25%\n";
// So many pages, counted as they are stored, then a rest.
constexpr char kBursts[] =
    "thinktime=200ms\n"
    "thinktime_blocks=64\n"
    "thinktime_blocks_type=complete\n"
    "thinktime_spin=0\n"
    "thinktime_iotime=0\n";

// Through the page cache and out of it with fdatasync, as journals are written.
std::string Commits() {
  return std::string(kJournalFile) +
         "ioengine=psync\n"
         "direct=0\n"
         "iodepth=1\n"
         "rw=write\n"
         "bs=8k\n"
         "fdatasync=1\n"
         "fsync=0\n";
}

// Past the page cache: what is under way at once is then decided here and not by the kernel's write-back.
std::string Direct(const std::string& pattern, int depth) {
  return fmt::format(
      "{}"
      "ioengine=libaio\n"
      "direct=1\n"
      "iodepth={}\n"
      "iodepth_low={}\n"
      "iodepth_batch_submit=1\n"
      "iodepth_batch_complete_min=1\n"
      "iodepth_batch_complete_max=1\n"
      "io_submit_mode=inline\n"
      "rw={}\n"
      "bs=8k\n"
      "fdatasync=0\n"
      "fsync=0\n",
      kPagesFile, depth, depth, pattern);
}

std::string Section(const std::string& name, const std::string& options) {
  return fmt::format("\n[{}]\n{}", name, options);
}

const std::vector<JobKind>& Kinds() {
  static const std::vector<JobKind> kinds = {
      {kJournalJob, "sync", "fdatasync after 8 KiB", Section("journal", Commits() + kAlone)},
      {"wal-group", "sync", "fdatasync after 8 KiB, four at once", Section("wal", Commits() + kFourAtOnce)},
      {"pages-qd1", "write", "random 8 KiB write", Section("pages", Direct("randwrite", 1) + kAlone)},
      {"pages-qd4", "write", "random 8 KiB write, 4 under way", Section("pages", Direct("randwrite", 4) + kAlone)},
      {"pages-qd16", "write", "random 8 KiB write, 16 under way", Section("pages", Direct("randwrite", 16) + kAlone)},
      {"checkpoint-burst", "sync", "fdatasync after 8 KiB beside bursts of 64 pages",
       Section("journal", Commits() + kAlone) +
           Section("pages", "new_group=1\n" + Direct("randwrite", 16) + kAlone + kBursts)},
      {"mixed", "write", "random 8 KiB write among 70 % reads, 4 under way",
       Section("mixed", Direct("randrw", 4) + "rwmixread=70\n" + kAlone)},
      {"read", "read", "random 8 KiB read, 4 under way", Section("read", Direct("randread", 4) + kAlone)}};
  return kinds;
}

const JobKind& KindOf(const std::string& job) {
  const auto found =
      std::find_if(Kinds().begin(), Kinds().end(), [&job](const JobKind& kind) { return kind.name == job; });
  CHECK(found != Kinds().end());
  return *found;
}

std::int64_t Ms(Duration duration) { return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count(); }

std::string Global(const FioReading& reading, const FioSettings& settings, std::uint64_t seed) {
  return fmt::format(
      "[global]\n"
      "directory={}\n"
      "nrfiles=1\n"
      "size={}m\n"
      "fallocate=none\n"
      "overwrite=1\n"
      "unlink=0\n"
      "invalidate=1\n"
      "pre_read=0\n"
      "fadvise_hint=1\n"
      "sync=none\n"
      "write_barrier=0\n"
      "fsync_on_close=0\n"
      "continue_on_error=none\n"
      "thread=1\n"
      "group_reporting=1\n"
      "clocksource=clock_gettime\n"
      "randrepeat=1\n"
      "randseed={}\n"
      "random_generator=tausworthe64\n"
      "random_distribution=random\n"
      "percentage_random=100\n"
      "norandommap=1\n"
      "zero_buffers=0\n"
      "refill_buffers=1\n"
      "scramble_buffers=0\n"
      "dedupe_percentage=0\n"
      "buffer_compress_percentage=0\n"
      "unified_rw_reporting=none\n"
      "clat_percentiles=1\n"
      "lat_percentiles=0\n"
      "slat_percentiles=0\n"
      "percentile_list=50:95:99:99.9\n",
      FolderOf(reading.medium), settings.size_mib, seed >> 1);  // fio's seed is a signed number
}

// Fisher-Yates, since std::shuffle is not the same everywhere.
std::vector<std::string> Shuffled(std::vector<std::string> names, std::uint64_t seed) {
  for (std::size_t left = names.size(); left > 1; --left) {
    const std::uint64_t place = Uniform(CellSeed(seed, kDrawOfJobs, static_cast<int>(left)), 0, left - 1);
    std::swap(names[left - 1], names[place]);
  }
  return names;
}

}  // namespace

std::string ToString(Medium medium) { return medium == Medium::kVolume ? "volume" : "local"; }

std::string FolderOf(Medium medium) { return "/" + ToString(medium); }

std::vector<std::string> FioJobNames() {
  std::vector<std::string> names;
  for (const JobKind& kind : Kinds()) names.push_back(kind.name);
  return names;
}

std::string MeasuredIn(const std::string& job) { return KindOf(job).measured; }

std::string MeasuredInWords(const std::string& job) { return KindOf(job).words; }

std::vector<FioReading> DrawReadings(const FioSettings& settings, std::uint64_t seed) {
  std::vector<FioReading> readings = {{.job = kLayout, .medium = Medium::kVolume},
                                      {.job = kLayout, .medium = Medium::kLocal}};
  for (int repetition = 1; repetition <= settings.repetitions; ++repetition) {
    const std::uint64_t draw = SplitMix64(seed + static_cast<std::uint64_t>(repetition));
    for (const std::string& job : Shuffled(settings.jobs, draw)) {
      const bool local_first = Uniform(CellSeed(draw, kDrawOfMedium + job, repetition), 0, 1) == 1;
      const Medium first = local_first ? Medium::kLocal : Medium::kVolume;
      const Medium second = local_first ? Medium::kVolume : Medium::kLocal;
      readings.push_back({.job = job, .medium = first, .repetition = repetition});
      readings.push_back({.job = job, .medium = second, .repetition = repetition});
    }
  }
  return readings;
}

std::string PrintFioJob(const FioReading& reading, const FioSettings& settings, std::uint64_t seed) {
  const std::string global = Global(reading, settings, seed);
  if (reading.job == kLayout) {
    const std::string whole =
        std::string("ioengine=psync\ndirect=0\niodepth=1\nrw=write\nbs=1m\nfdatasync=0\nfsync=0\n") + kAlone;
    return global + "end_fsync=1\n" + Section(kLayout, kJournalFile + whole) + Section("pages", kPagesFile + whole);
  }
  const std::string timing = fmt::format("time_based=1\nramp_time={}ms\nruntime={}ms\nend_fsync=0\n",
                                         Ms(settings.warm_up), Ms(settings.runtime));
  return global + timing + KindOf(reading.job).sections;
}

std::string FioJobFile(const FioReading& reading) {
  return fmt::format("{}-{}.fio", reading.job, ToString(reading.medium));
}

}  // namespace holdfast
