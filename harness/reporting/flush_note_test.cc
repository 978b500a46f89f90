// Promise: nobody takes the memory of a machine for its disk.
#include "harness/reporting/flush_note.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/judging/proof_limits.h"
#include "harness/reporting/latency_text.h"
#include "harness/runs/run_builder.h"

namespace holdfast {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

holdfast::Run Flushing(const char* worth) {
  holdfast::Run run = SampleRun();
  run.fingerprint.emplace_back(kFlush, worth);
  return run;
}

constexpr char kToMemory[] = "returns once the machine's memory has it";

TEST(FlushNote, StandsBelowEveryTableOfLatency) {
  const holdfast::Run run = Flushing(kToMemory);
  const std::string note =
      "A flush of a node's disk returns once the machine's memory has it, under the storage that is tested and under "
      "node-local storage alike.";
  EXPECT_THAT(StorageNotes(run, run.results[0]), Contains(note));
  EXPECT_THAT(CommitNotes(run, run.results[0]), Contains(note));
}

TEST(FlushNote, IsAmongWhatAPassDoesNotProve) {
  EXPECT_THAT(
      ProofLimits(Flushing(kToMemory)),
      Contains("No evidence about storage that leaves out the flush: a flush of a node's disk returns once the "
               "machine's memory has it, and what a disk was given outlives the node's power also without one."));
}

TEST(FlushNote, IsNoneWhereTheProviderSaysNothing) {
  const holdfast::Run run = SampleRun();
  EXPECT_THAT(StorageNotes(run, run.results[0]), Not(Contains(HasSubstr("flush"))));
  EXPECT_THAT(ProofLimits(run), Not(Contains(HasSubstr("flush"))));
}

}  // namespace
}  // namespace holdfast
