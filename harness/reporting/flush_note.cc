#include "harness/reporting/flush_note.h"

#include <fmt/format.h>

#include "harness/text/printable.h"

namespace holdfast {
namespace {

// Empty if it is worth what one expects.
std::string WorthOfFlush(const Run& run) {
  for (const auto& [name, worth] : run.fingerprint) {
    if (name == kFlush) return Printable(worth);
  }
  return "";
}

}  // namespace

std::string FlushNoteOnLatency(const Run& run) {
  const std::string worth = WorthOfFlush(run);
  if (worth.empty()) return "";
  return fmt::format("A {} {}, under the storage that is tested and under node-local storage alike.", kFlush, worth);
}

std::string FlushNoteOnPowerLoss(const Run& run) {
  const std::string worth = WorthOfFlush(run);
  if (worth.empty()) return "";
  return fmt::format(
      "No evidence about storage that leaves out the flush: a {} {}, and what a disk was given outlives the node's "
      "power "
      "also without one.",
      kFlush, worth);
}

}  // namespace holdfast
