// FioJob: what fio is asked to do, each job as a database does it to its disk. Pure: from a job's name to the job file,
// every option that bears on the result in it, so that fio's defaults of another version change nothing.
//
//     journal            what a synchronous commit waits for: sequential 8 KiB, fdatasync after each, queue depth 1
//     wal-group          four that commit into one journal file, each into its own quarter
//     pages-qd1 …-qd16   the database's pages: random 8 KiB writes past the page cache, so many under way at once
//     checkpoint-burst   the journal again, while a write daemon flushes pages in bursts; its commits are judged
//     mixed              70 % random reads, 30 % writes, queue depth 4; the writes are judged
//     read               random reads, queue depth 4
//
// They use two files, journal and pages, laid out before the first of them: a database writes to blocks that it has.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/host.h"

namespace holdfast {

struct FioSettings {
  std::vector<std::string> jobs;               // names as above, in the order of the report
  int repetitions = 5;                         // of each job on each medium
  Duration runtime = std::chrono::seconds(5);  // of one
  Duration warm_up = std::chrono::seconds(1);  // before it, which counts for nothing
  int size_mib = 64;                           // of each file
};
inline constexpr int kLeastRepetitions = 2;  // one has no spread

// The storage under test, and for comparison that of the node that the pod runs on.
enum class Medium { kVolume, kLocal };
std::string ToString(Medium medium);  // "volume", "local"
std::string FolderOf(Medium medium);  // where it is mounted in the pod

// One run of one job.
struct FioReading {
  std::string job;
  Medium medium = Medium::kVolume;
  int repetition = 0;  // from 1; 0: of kLayout
  bool operator==(const FioReading&) const = default;
};
inline constexpr char kLayout[] = "layout";  // the job that writes the files once, which is not judged
inline constexpr char kJournalJob[] = "journal";

// In the order of the list above.
std::vector<std::string> FioJobNames();

// What decides the latency of the job: "sync" (fdatasync), "write" or "read", as fio's output names them.
std::string MeasuredIn(const std::string& job);
// "fdatasync after 8 KiB"
std::string MeasuredInWords(const std::string& job);

// The layouts, then repetition by repetition every job on both media, one medium right after the other: what disturbs
// one disturbs the other. Which job comes next, and on which medium first, the seed draws anew for each repetition.
std::vector<FioReading> DrawReadings(const FioSettings& settings, std::uint64_t seed);

// The job file. Which blocks are written follows from the seed, and is the same on both media.
std::string PrintFioJob(const FioReading& reading, const FioSettings& settings, std::uint64_t seed);
// Of the file in the pod, which serves all repetitions: "journal-volume.fio".
std::string FioJobFile(const FioReading& reading);

}  // namespace holdfast
