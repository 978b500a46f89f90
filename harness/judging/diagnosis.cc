#include "harness/judging/diagnosis.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/judging/measurement.h"
#include "harness/judging/phases.h"
#include "harness/judging/testimony.h"
#include "harness/options.h"
#include "harness/text/printable.h"

namespace holdfast {
namespace {

constexpr double kLeastShare = 0.25;
constexpr std::size_t kLongestEvent = 240;

// What a rule found: a span of the time, and why.
struct Finding {
  Nanoseconds begin = 0;
  Nanoseconds end = 0;
  std::string what;  // the phase, or the state that lasted
  std::string seen;
  std::string help;  // "… would help" of the field, whatever the storage
};

// The time in question, and how to look at what was told of it.
struct Scene {
  const std::vector<TimelineEntry>& entries;
  Nanoseconds begin = 0;
  Nanoseconds end = 0;
  std::string whole;          // "the RTO of 5 min 40 s"
  std::vector<Phase> phases;  // none if there was no fault
  Place before;
  std::string serving;  // uid of the pod that came up, or should have

  template <typename Predicate>
  const TimelineEntry* First(const Predicate& predicate, Nanoseconds from = 0) const {
    for (const TimelineEntry& entry : entries) {
      if (entry.time >= std::max(from, begin) && entry.time <= end && predicate(entry)) return &entry;
    }
    return nullptr;
  }
  template <typename Predicate>
  const TimelineEntry* Last(const Predicate& predicate) const {
    const TimelineEntry* last = nullptr;
    for (const TimelineEntry& entry : entries) {
      if (entry.time >= begin && entry.time <= end && predicate(entry)) last = &entry;
    }
    return last;
  }
  template <typename Predicate>
  int Count(const Predicate& predicate) const {
    int count = 0;
    for (const TimelineEntry& entry : entries) {
      count += entry.time >= begin && entry.time <= end && predicate(entry) ? 1 : 0;
    }
    return count;
  }

  bool IsServing(const TimelineEntry& entry) const { return serving.empty() || entry.uid == serving; }
  bool IsOldPod(const TimelineEntry& entry) const { return !before.uid.empty() && entry.uid == before.uid; }

  // The phase of that name, also where it is one with its neighbour because nobody saw what was between.
  const Phase* PhaseOf(std::string_view name) const {
    for (const Phase& phase : phases) {
      if (phase.name == name || phase.name.find(fmt::format("{} + ", name)) == 0 ||
          phase.name.find(fmt::format(" + {}", name)) != std::string::npos) {
        return &phase;
      }
    }
    return nullptr;
  }
  const TimelineEntry* NodeGivenUp() const {
    return First([&](const TimelineEntry& entry) {
      return entry.kind == kOfNode && entry.what == kWhatNotReady && entry.name == before.node;
    });
  }
};

bool Has(const TimelineEntry& entry, std::string_view words) { return entry.text.find(words) != std::string::npos; }

template <std::size_t kCount>
bool HasAny(const TimelineEntry& entry, const std::array<std::string_view, kCount>& words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view one) { return Has(entry, one); });
}

bool IsEvent(const TimelineEntry& entry, std::string_view reason) {
  return entry.kind == kOfEvent && entry.what == reason;
}

bool Is(const TimelineEntry& entry, std::string_view kind, std::string_view what) {
  return entry.kind == kind && entry.what == what;
}

std::string Quoted(const TimelineEntry& entry) { return fmt::format("\"{}\"", Printable(entry.text, kLongestEvent)); }

std::string Text(Nanoseconds span) { return FormatDuration(Duration(span)); }

// The rules. Each looks for one cause and says nothing if it is not to be seen.

// An attachment that was made before stands until somebody is sure that the old node does not write any more.
std::optional<Finding> StaysAttached(const Scene& scene) {
  const Phase* phase = scene.PhaseOf(kPhaseAttach);
  const TimelineEntry* refused = scene.Last([&](const TimelineEntry& entry) {
    return (IsEvent(entry, "FailedAttachVolume") && scene.IsServing(entry)) ||
           Is(entry, kOfAttachment, kWhatAttachFailed);
  });
  if (phase == nullptr && refused == nullptr) return std::nullopt;
  const Nanoseconds begin = phase != nullptr ? phase->begin : refused->time;
  const Nanoseconds end = phase != nullptr ? phase->end : scene.end;
  constexpr std::array<std::string_view, 3> kElsewhere = {"Multi-Attach", "already exclusively attached",
                                                          "already used by"};
  if (refused != nullptr && !HasAny(*refused, kElsewhere)) {
    return Finding{begin, end, kPhaseAttach, "the volume could not be attached: " + Quoted(*refused),
                   "the logs of the storage's controller say more"};
  }
  const auto of_old_node = [&](const TimelineEntry& entry) {
    return entry.kind == kOfAttachment && !scene.before.node.empty() && entry.node == scene.before.node;
  };
  const bool was_attached = std::any_of(scene.entries.begin(), scene.entries.end(), of_old_node);
  const TimelineEntry* released = scene.First([&](const TimelineEntry& entry) {
    return of_old_node(entry) && (entry.what == kWhatDetached || entry.what == kWhatGone);
  });
  const bool stayed = was_attached && (released == nullptr || released->time > begin);
  if (refused == nullptr && !stayed) return std::nullopt;
  const bool dead = scene.NodeGivenUp() != nullptr;
  const std::string node = scene.before.node.empty() ? "another node" : scene.before.node;
  return Finding{begin, end, refused != nullptr ? "Multi-Attach" : kPhaseAttach,
                 fmt::format("the volume stayed attached to {}{}{}", node, dead ? ", which was not ready" : "",
                             refused != nullptr ? ": " + Quoted(*refused) : ""),
                 dead ? "fencing the dead node (the taint node.kubernetes.io/out-of-service, or storage that shuts its "
                        "client out), "
                        "or a profile that does not leave it to the attach/detach controller's 6 min, would help"
                      : "a pod that ends sooner on the old node, or storage that takes the volume from it, would help"};
}

std::optional<Finding> NowhereToRun(const Scene& scene) {
  const auto is_refusal = [&](const TimelineEntry& entry) {
    return scene.IsServing(entry) && (Is(entry, kOfPod, kWhatUnschedulable) || IsEvent(entry, "FailedScheduling"));
  };
  const TimelineEntry* first = scene.First(is_refusal);
  if (first == nullptr) return std::nullopt;
  const TimelineEntry* scheduled = scene.First(
      [&](const TimelineEntry& entry) { return Is(entry, kOfPod, kWhatScheduled) && scene.IsServing(entry); },
      first->time);
  const TimelineEntry& last = *scene.Last(is_refusal);
  Finding found{first->time, scheduled != nullptr ? scheduled->time : scene.end, kPhaseReschedule,
                "no node would take the pod: " + Quoted(last), ""};
  if (Has(last, "volume node affinity")) {
    found.help = "storage that other nodes can reach would help: this volume is bound to where it was made";
  } else if (Has(last, "Insufficient")) {
    found.help = "room for the database on the nodes that are left, or a smaller request, would help";
  } else if (Has(last, "taint")) {
    found.help = "a toleration, or nodes that lose their taint sooner, would help";
  } else {
    found.help = "a node that meets what the pod demands would help";
  }
  return found;
}

std::optional<Finding> NoImage(const Scene& scene) {
  constexpr std::array<std::string_view, 5> kNone = {"ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull",
                                                     "InvalidImageName", "ImageInspectError"};
  const auto says = [&](const TimelineEntry& entry) {
    if (!scene.IsServing(entry)) return false;
    return (Is(entry, kOfPod, kWhatContainerWaiting) && HasAny(entry, kNone)) ||
           ((IsEvent(entry, "Failed") || IsEvent(entry, "ErrImageNeverPull")) && Has(entry, "image"));
  };
  const TimelineEntry* first = scene.First(says);
  if (first == nullptr) return std::nullopt;
  const TimelineEntry* word =
      scene.Last([&](const TimelineEntry& entry) { return says(entry) && entry.kind == kOfEvent; });
  const TimelineEntry* started = scene.First(
      [&](const TimelineEntry& entry) { return Is(entry, kOfPod, kWhatContainerStarted) && scene.IsServing(entry); },
      first->time);
  return Finding{first->time, started != nullptr ? started->time : scene.end, kPhaseStart,
                 "the image was not to be had: " + Quoted(word != nullptr ? *word : *first),
                 "an image that is on every node beforehand would help"};
}

std::optional<Finding> FallsAgainAndAgain(const Scene& scene) {
  const auto is_end = [&](const TimelineEntry& entry) {
    return Is(entry, kOfPod, kWhatContainerEnded) && scene.IsServing(entry);
  };
  const auto by_probe = [&](const TimelineEntry& entry) {
    return IsEvent(entry, "Killing") && scene.IsServing(entry) && (Has(entry, "liveness") || Has(entry, "startup"));
  };
  const TimelineEntry* first =
      scene.First([&](const TimelineEntry& entry) { return is_end(entry) || by_probe(entry); });
  const TimelineEntry* killing = scene.Last(by_probe);
  const int times = std::max(scene.Count(is_end), scene.Count(by_probe));
  if (first == nullptr || times < 2) return std::nullopt;
  const TimelineEntry* started = scene.Last(
      [&](const TimelineEntry& entry) { return Is(entry, kOfPod, kWhatContainerStarted) && scene.IsServing(entry); });
  const bool came_up = scene.Last([&](const TimelineEntry& entry) {
    return Is(entry, kOfPod, kWhatReady) && scene.IsServing(entry) && started != nullptr && entry.time > started->time;
  }) != nullptr;
  Finding found{first->time, came_up ? started->time : scene.end, kPhaseStart, "", ""};
  if (killing != nullptr) {
    found.seen = fmt::format("the probe ended the database {} times before it was ready: {}", times, Quoted(*killing));
    found.help = "a startup probe, or a liveness probe that allows a longer start, would let it finish";
    return found;
  }
  found.seen =
      fmt::format("the database ended {} times before it was ready ({}), and the kubelet waited longer each time",
                  times, Quoted(*scene.Last(is_end)));
  found.help = "the log of its container before says why";
  return found;
}

std::optional<Finding> DoesNotMount(const Scene& scene) {
  const auto is_failure = [&](const TimelineEntry& entry) {
    return scene.IsServing(entry) && (IsEvent(entry, "FailedMount") || IsEvent(entry, "FailedMapVolume"));
  };
  const TimelineEntry* first = scene.First(is_failure);
  const Phase* phase = scene.PhaseOf(kPhaseMount);
  if (first == nullptr || (phase == nullptr && !scene.phases.empty())) return std::nullopt;
  // The kubelet's "timed out waiting for the condition" says only that it goes on.
  const TimelineEntry* reason = scene.Last([&](const TimelineEntry& entry) {
    return is_failure(entry) && !Has(entry, "timed out waiting for the condition");
  });
  const TimelineEntry& quote = reason != nullptr ? *reason : *first;
  constexpr std::array<std::string_view, 6> kInUse = {"in use",          "being used", "watcher",
                                                      "already mounted", "busy",       "lock"};
  const std::string client = scene.before.node.empty() ? "the old client" : "the client on " + scene.before.node;
  return Finding{phase != nullptr ? phase->begin : first->time, phase != nullptr ? phase->end : scene.end, kPhaseMount,
                 "the node could not mount the volume: " + Quoted(quote),
                 HasAny(quote, kInUse)
                     ? fmt::format("the storage counts {} as alive: fencing it, or noticing sooner that it is gone, "
                                   "would help",
                                   client)
                     : "the logs of that node's kubelet and of the storage say more"};
}

// The cluster's own timings of giving a node up.
std::optional<Finding> WaitsForEviction(const Scene& scene) {
  const TimelineEntry* given_up = scene.NodeGivenUp();
  const Phase* detect = scene.PhaseOf(kPhaseDetect);
  if (given_up == nullptr || detect == nullptr) return std::nullopt;
  const Phase* evict = scene.PhaseOf(kPhaseEvict);
  if (evict == detect) evict = nullptr;
  const Nanoseconds noticing = detect->end - detect->begin;
  const Nanoseconds bearing = evict != nullptr ? evict->end - evict->begin : 0;
  Finding found{detect->begin, evict != nullptr ? evict->end : detect->end, "detect and evict",
                fmt::format("{} was not ready after {} ({})", scene.before.node, Text(noticing), Quoted(*given_up)),
                ""};
  if (evict != nullptr && evict->ended) {
    found.seen += fmt::format(", and its pod was given up {} later", Text(bearing));
  } else if (evict != nullptr) {
    found.seen += fmt::format(", and its pod was not given up in the {} after that", Text(bearing));
  }
  found.help =
      bearing > noticing
          ? "shorter tolerations of not-ready and unreachable nodes (tolerationSeconds, 300 by default) would help"
          : "a shorter node-monitor-grace-period (40 s by default), with kubelets that report more often, would "
            "help";
  return found;
}

// A controller that will have no two pods of one name waits until somebody says that the old one has ended.
std::optional<Finding> OldPodStays(const Scene& scene) {
  const auto of_old = [&](const TimelineEntry& entry, const char* what) {
    return entry.kind == kOfPod && entry.what == what && scene.IsOldPod(entry);
  };
  const TimelineEntry* deleting = scene.First([&](const TimelineEntry& entry) { return of_old(entry, kWhatDeleting); });
  if (deleting == nullptr) return std::nullopt;
  const TimelineEntry* gone = scene.First([&](const TimelineEntry& entry) { return of_old(entry, kWhatGone); });
  const TimelineEntry* created = scene.First(
      [&](const TimelineEntry& entry) { return Is(entry, kOfPod, kWhatCreated) && !scene.IsOldPod(entry); });
  if (created != nullptr && (gone == nullptr || created->time < gone->time)) return std::nullopt;
  const Nanoseconds end = created != nullptr ? created->time : scene.end;
  const bool dead = scene.NodeGivenUp() != nullptr;
  return Finding{
      deleting->time, end, kPhaseReschedule,
      fmt::format("the pod on {}{} was to go ({}) and nothing took its place before it had gone", scene.before.node,
                  dead ? ", which was not ready," : "", Describe(*deleting)),
      dead ? "saying that the node is down (the taint node.kubernetes.io/out-of-service, or deleting the pod by "
             "force once it is fenced) would help"
           : "a database that ends sooner, or a shorter terminationGracePeriodSeconds, would help"};
}

std::optional<Finding> ProbeNoticesLate(const Scene& scene) {
  const Phase* detect = scene.PhaseOf(kPhaseDetect);
  if (detect == nullptr || scene.NodeGivenUp() != nullptr) return std::nullopt;
  const TimelineEntry* killing =
      scene.First([&](const TimelineEntry& entry) { return IsEvent(entry, "Killing") && scene.IsOldPod(entry); });
  if (killing == nullptr) return std::nullopt;
  return Finding{detect->begin, detect->end, kPhaseDetect,
                 "the database hung until its probe gave it up: " + Quoted(*killing),
                 "a liveness probe of a shorter period, or of fewer failures, would help"};
}

// Nothing moved, nothing restarted: whatever it waited for was below the database.
std::optional<Finding> StorageStalls(const Scene& scene) {
  const Phase* stall = scene.PhaseOf(kPhaseStall);
  if (stall == nullptr || scene.NodeGivenUp() != nullptr) return std::nullopt;
  const auto of_pod = [&](const TimelineEntry& entry) {
    return (entry.kind == kOfPod || entry.kind == kOfEvent) && scene.IsOldPod(entry);
  };
  Finding found{stall->begin, stall->end, kPhaseStall, "", ""};
  const TimelineEntry* last = scene.Last(of_pod);
  if (last == nullptr) {
    found.seen = fmt::format(
        "the pod on {} never changed and stayed ready, no event tells of it, and no write was "
        "answered: the storage did not answer",
        scene.before.node);
  } else {
    found.seen = fmt::format(
        "the container on {} went on ({}), and no write was answered: it waited for its storage or "
        "its network",
        scene.before.node, Describe(*last));
  }
  found.help = "storage that gives up a lost daemon, disk or path sooner would help";
  return found;
}

std::optional<Finding> DatabaseRecovers(const Scene& scene) {
  const Phase* phase = scene.PhaseOf(kPhaseRecovery);
  if (phase == nullptr) return std::nullopt;
  return Finding{phase->begin, phase->end, kPhaseRecovery,
                 phase->ended ? "its container ran, and the database took so long to be ready"
                              : "its container ran, and the database did not become ready",
                 "less to replay (checkpoints more often), or faster storage, would help"};
}

using Rule = std::optional<Finding> (*)(const Scene&);
// Of two that explain as much the first speaks: the more special ones come first.
constexpr std::array<Rule, 10> kRules = {StaysAttached, NowhereToRun,     NoImage,     FallsAgainAndAgain,
                                         DoesNotMount,  WaitsForEviction, OldPodStays, ProbeNoticesLate,
                                         StorageStalls, DatabaseRecovers};

std::string Sentence(const Scene& scene, const Finding& found) {
  const double share = InSeconds(found.end - found.begin) / InSeconds(scene.end - scene.begin);
  return fmt::format("{} % of {} was {}: {}; {}", std::lround(100 * share), scene.whole, found.what, found.seen,
                     found.help);
}

std::string Explain(const Scene& scene) {
  std::optional<Finding> best;
  for (const Rule rule : kRules) {
    std::optional<Finding> found = rule(scene);
    if (!found) continue;
    found->begin = std::clamp(found->begin, scene.begin, scene.end);
    found->end = std::clamp(found->end, found->begin, scene.end);
    if (!best || found->end - found->begin > best->end - best->begin) best = std::move(found);
  }
  const double whole = InSeconds(scene.end - scene.begin);
  if (!best || whole <= 0 || InSeconds(best->end - best->begin) < kLeastShare * whole) return "";
  return Sentence(scene, *best);
}

// Until the harness gave up, which is no fault of its own if the cluster says why.
std::string DiagnoseDeployment(const CellHistory& history, const Timeline& timeline) {
  const Mark* begun = FirstMark(history, kMarkCellBegun);
  const Mark* trouble = FirstMark(history, kMarkHarnessTrouble);
  if (begun == nullptr || trouble == nullptr) return "";
  Scene scene{
      .entries = timeline.entries,
      .begin = begun->time,
      .end = trouble->time,
      .whole = fmt::format("the {} in which the database should have come up", Text(trouble->time - begun->time)),
      .phases = {},
      .before = {},
      .serving = ""};
  const TimelineEntry* created = scene.Last([](const TimelineEntry& entry) { return Is(entry, kOfPod, kWhatCreated); });
  if (created != nullptr) scene.serving = created->uid;
  return Explain(scene);
}

}  // namespace

std::string Diagnose(const CellHistory& history, const Bounds& bounds, const Timeline& timeline, Judgement judgement) {
  if (judgement == Judgement::kPass || judgement == Judgement::kSkipped || timeline.entries.empty()) return "";
  const std::optional<Nanoseconds> fault = FaultTime(history, bounds);
  if (!fault) return DiagnoseDeployment(history, timeline);
  const Measurement measured = Measure(history, bounds, *fault);
  const bool late = measured.censored || measured.rto > bounds.rto.count();
  if (!measured.outage || !late || !DemandsRecovery(history)) return "";
  return Explain(Scene{.entries = timeline.entries,
                       .begin = measured.fault,
                       .end = measured.fault + measured.rto,
                       .whole = fmt::format("the RTO of {}{}", measured.censored ? "≥ " : "", Text(measured.rto)),
                       .phases = SplitOutage(history, measured, timeline),
                       .before = PlaceOf(history, "before").value_or(Place{}),
                       .serving = ServingPod(history, measured, timeline)});
}

}  // namespace holdfast
