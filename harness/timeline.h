// Timeline: what the cluster said of itself while a cell was played, one line of timeline.jsonl each, written as it is
// received. `t` is the time of receipt, on the clock of the history; `at` is the server's own, as it wrote it, and only
// to be looked at: its clock is not ours, and it counts in seconds.
//
//     {"cell":1,"t":5012345678,"kind":"node","name":"n1","what":"not ready","text":"NodeStatusUnknown","at":"2026-…"}
//     {"cell":1,"t":5612345678,"kind":"pod","name":"db-1","uid":"…","node":"n1","what":"deleting","text":"…"}
//
// Only what changed is told, in the words below; an event's `what` is its reason.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "harness/exchange.h"
#include "harness/result.h"

namespace holdfast {

struct TimelineEntry {
  int cell = 0;
  Nanoseconds time = 0;
  std::string kind = {};  // one of kOf…
  std::string name = {};  // of the object; of an event, what it is about
  std::string uid = {};   // of a pod: one that takes another's name is another; of an event, what it is about
  std::string node = {};  // where it is, if that is known
  std::string what = {};  // one of the words below, or an event's reason
  std::string text = {};  // more of it, for people
  std::string server_time = {};
};

inline constexpr char kOfPod[] = "pod";
inline constexpr char kOfNode[] = "node";
inline constexpr char kOfEvent[] = "event";
inline constexpr char kOfClaim[] = "claim";            // of a volume
inline constexpr char kOfAttachment[] = "attachment";  // name: of the volume; node: to which
inline constexpr char kOfLease[] = "lease";
inline constexpr char kOfLog[] = "log";      // of a container; name, uid and node: of its pod
inline constexpr char kOfWatch[] = "watch";  // the watching itself; name: one of kWatched…

inline constexpr char kWatchedPods[] = "pods";
inline constexpr char kWatchedNodes[] = "nodes";
inline constexpr char kWatchedEvents[] = "events";
inline constexpr char kWatchedClaims[] = "persistentvolumeclaims";
inline constexpr char kWatchedAttachments[] = "volumeattachments";
inline constexpr char kWatchedLeases[] = "leases";
inline constexpr char kWatchedEverything[] = "everything";

// Of several kinds.
inline constexpr char kWhatCreated[] = "created";
inline constexpr char kWhatDeleting[] = "deleting";  // it has been asked to go
inline constexpr char kWhatGone[] = "gone";
inline constexpr char kWhatReady[] = "ready";
inline constexpr char kWhatNotReady[] = "not ready";
// Of pods.
inline constexpr char kWhatScheduled[] = "scheduled";
inline constexpr char kWhatUnschedulable[] = "unschedulable";
inline constexpr char kWhatPhase[] = "phase";                         // text: which
inline constexpr char kWhatContainerWaiting[] = "container waiting";  // text: for what
inline constexpr char kWhatContainerStarted[] = "container started";
inline constexpr char kWhatContainerEnded[] = "container ended";
// Of nodes.
inline constexpr char kWhatTainted[] = "tainted";
inline constexpr char kWhatTaintRemoved[] = "taint removed";
inline constexpr char kWhatCordoned[] = "cordoned";
inline constexpr char kWhatUncordoned[] = "uncordoned";
inline constexpr char kWhatBooted[] = "booted";
// Of claims; text: the volume.
inline constexpr char kWhatBound[] = "bound";
// Of attachments.
inline constexpr char kWhatAttached[] = "attached";
inline constexpr char kWhatDetached[] = "detached";
inline constexpr char kWhatAttachFailed[] = "attach failed";
inline constexpr char kWhatDetachFailed[] = "detach failed";
// Of leases.
inline constexpr char kWhatHolder[] = "holder";             // text: from whom to whom
inline constexpr char kWhatRenewedLate[] = "renewed late";  // text: after how long
// Of logs.
inline constexpr char kWhatSays[] = "says";           // text: a line; server_time: when the node's runtime took it
inline constexpr char kWhatNotHeard[] = "not heard";  // from here on, until it says something; text: why
// Of the watching. From `lost` to `resumed` nothing was seen.
inline constexpr char kWhatLost[] = "lost";
inline constexpr char kWhatResumed[] = "resumed";
inline constexpr char kWhatUnreadable[] = "unreadable";

struct Timeline {
  std::vector<TimelineEntry> entries;   // by time
  std::vector<std::string> unreadable;  // "timeline.jsonl:17: …": lines that could not be used
  bool empty() const { return entries.empty() && unreadable.empty(); }
};

// By cell. A line that cannot be used is named and the rest is read; nobody knows its cell, so it is that of the line
// before it.
std::map<int, Timeline> ParseTimeline(std::string_view text, const std::string& name);
// The same of a file. One that is not there is an empty timeline: nobody watched.
Result<std::map<int, Timeline>> ReadTimeline(const std::filesystem::path& file);

std::string TimelineLine(const TimelineEntry& entry);  // with its line break
// "12.345678 s: node n1 not ready (NodeStatusUnknown)"
std::string Describe(const TimelineEntry& entry);

// Appends; thread-safe. Each line is handed to the kernel before the call returns, so that a killed harness keeps what
// it saw. What cannot be written is left out: a timeline explains a verdict and decides nothing.
class TimelineWriter {
 public:
  static Result<std::unique_ptr<TimelineWriter>> Open(const std::filesystem::path& file);
  ~TimelineWriter();
  TimelineWriter(const TimelineWriter&) = delete;
  TimelineWriter& operator=(const TimelineWriter&) = delete;

  void Add(const TimelineEntry& entry);

 private:
  explicit TimelineWriter(int descriptor) : descriptor_(descriptor) {}
  std::mutex mutex_;
  int descriptor_;
};

}  // namespace holdfast
