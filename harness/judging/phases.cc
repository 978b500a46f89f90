#include "harness/judging/phases.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "harness/check.h"
#include "harness/judging/testimony.h"
#include "harness/options.h"
#include "harness/text/printable.h"

namespace holdfast {
namespace {

constexpr char kAttachedWord[] = "SuccessfulAttachVolume";
constexpr Nanoseconds kLagOfStatus = 5'000'000'000;

// A phase that should be there, and what was seen to end it.
struct Leg {
  const char* name;
  const char* watched;  // by which it would have been seen
  const TimelineEntry* end = nullptr;
};

class Splitter {
 public:
  Splitter(const CellHistory& history, const Measurement& measured, const Timeline& timeline)
      : measured_(measured),
        entries_(timeline.entries),
        fault_(measured.fault),
        end_(measured.fault + measured.rto),
        before_(PlaceOf(history, "before").value_or(Place{})),
        after_(PlaceOf(history, "after").value_or(Place{})),
        serving_(ServingPod(history, measured, timeline)) {}

  std::vector<Phase> Split() {
    if (!measured_.outage || end_ <= fault_) return {};
    AddLegs();
    Cut();
    return std::move(phases_);
  }

 private:
  enum class Story { kUnknown, kMoved, kRestarted, kStalled };

  template <typename Predicate>
  const TimelineEntry* First(Nanoseconds from, const Predicate& predicate) const {
    for (const TimelineEntry& entry : entries_) {
      if (entry.time >= from && entry.time <= end_ && predicate(entry)) return &entry;
    }
    return nullptr;
  }
  template <typename Predicate>
  const TimelineEntry* Last(Nanoseconds from, const Predicate& predicate) const {
    const TimelineEntry* last = nullptr;
    for (const TimelineEntry& entry : entries_) {
      if (entry.time >= from && entry.time <= end_ && predicate(entry)) last = &entry;
    }
    return last;
  }
  static bool Is(const TimelineEntry& entry, std::string_view kind, std::string_view what) {
    return entry.kind == kind && entry.what == what;
  }

  Story WhatHappened() const {
    if (before_.uid.empty() || serving_.empty()) return Story::kUnknown;
    if (serving_ != before_.uid) return Story::kMoved;
    if (Started() != nullptr) return Story::kRestarted;
    // It was to move, and nothing has come of it yet.
    if (measured_.censored && (OldPodToGo() != nullptr || NodeGivenUp() != nullptr)) return Story::kMoved;
    const bool same_container = after_.container == before_.container && after_.restarts == before_.restarts;
    return same_container ? Story::kStalled : Story::kRestarted;
  }

  // The boundaries, each looked for where it may be.

  const TimelineEntry* NodeGivenUp() const {
    return First(fault_, [&](const TimelineEntry& entry) {
      return Is(entry, kOfNode, kWhatNotReady) && entry.name == before_.node;
    });
  }
  const TimelineEntry* NodeCordoned() const {
    return First(fault_, [&](const TimelineEntry& entry) {
      return entry.kind == kOfNode && entry.name == before_.node &&
             (entry.what == kWhatCordoned || entry.what == kWhatTainted);
    });
  }
  const TimelineEntry* OldPodToGo() const {
    return First(fault_, [&](const TimelineEntry& entry) {
      return entry.kind == kOfPod && entry.uid == before_.uid &&
             (entry.what == kWhatDeleting || entry.what == kWhatGone);
    });
  }
  const TimelineEntry* Scheduled() const {
    return First(
        fault_, [&](const TimelineEntry& entry) { return Is(entry, kOfPod, kWhatScheduled) && entry.uid == serving_; });
  }
  // By the object, or by the controller's word where the driver has none.
  bool TellsOfAttaching(const TimelineEntry& entry) const {
    const std::string volume = Volume();
    return Is(entry, kOfEvent, kAttachedWord) ||
           (Is(entry, kOfAttachment, kWhatAttached) && (volume.empty() || entry.name == volume));
  }
  const TimelineEntry* Attached(const TimelineEntry* scheduled) const {
    const Nanoseconds from = scheduled != nullptr ? scheduled->time : fault_;
    const TimelineEntry* by_word = First(fault_, [&](const TimelineEntry& entry) {
      return Is(entry, kOfEvent, kAttachedWord) && entry.uid == serving_;
    });
    const TimelineEntry* by_object = Last(from, [&](const TimelineEntry& entry) {
      return entry.kind == kOfAttachment && TellsOfAttaching(entry) &&
             (scheduled == nullptr || entry.node == scheduled->node);
    });
    return by_object != nullptr ? by_object : by_word;
  }
  // Of the database's claim; empty if nobody saw it bound.
  std::string Volume() const {
    std::string volume;
    for (const TimelineEntry& entry : entries_) {
      if (Is(entry, kOfClaim, kWhatBound)) volume = entry.text;
    }
    return volume;
  }
  bool IsAttachedAnywhere() const {
    return std::any_of(entries_.begin(), entries_.end(),
                       [&](const TimelineEntry& entry) { return TellsOfAttaching(entry); });
  }
  const TimelineEntry* Mounted() const {
    constexpr std::array<std::string_view, 3> kOfImage = {"Pulling", "Pulled", "Created"};
    return First(fault_, [&](const TimelineEntry& entry) {
      return entry.kind == kOfEvent && entry.uid == serving_ &&
             std::find(kOfImage.begin(), kOfImage.end(), entry.what) != kOfImage.end();
    });
  }
  const TimelineEntry* Started() const {
    const TimelineEntry* by_status = Last(fault_, [&](const TimelineEntry& entry) {
      return Is(entry, kOfPod, kWhatContainerStarted) && entry.uid == serving_;
    });
    const TimelineEntry* by_word = Last(
        fault_, [&](const TimelineEntry& entry) { return Is(entry, kOfEvent, "Started") && entry.uid == serving_; });
    if (by_status == nullptr || by_word == nullptr) return by_status != nullptr ? by_status : by_word;
    // The kubelet's word of the same start comes before the status; that of an earlier start does not count.
    const Nanoseconds ahead = by_status->time - by_word->time;
    return ahead > 0 && ahead < kLagOfStatus ? by_word : by_status;
  }
  const TimelineEntry* Ready(const TimelineEntry* started) const {
    return Last(started != nullptr ? started->time : fault_,
                [&](const TimelineEntry& entry) { return Is(entry, kOfPod, kWhatReady) && entry.uid == serving_; });
  }
  const TimelineEntry* KilledByKubelet() const {
    return First(
        fault_, [&](const TimelineEntry& entry) { return Is(entry, kOfEvent, "Killing") && entry.uid == before_.uid; });
  }

  void AddLegs() {
    switch (WhatHappened()) {
      case Story::kMoved:
        return AddMove();
      case Story::kRestarted:
        return AddRestart();
      case Story::kStalled:
        legs_ = {{kPhaseStall, kWatchedPods}};
        return;
      case Story::kUnknown:
        legs_ = {{kPhaseUnexplained, kWatchedPods}};
    }
  }
  void AddMove() {
    const TimelineEntry* to_go = OldPodToGo();
    const TimelineEntry* given_up = NodeGivenUp();
    // A node that was given up only afterwards had no part in it.
    if (given_up != nullptr && to_go != nullptr && given_up->time > to_go->time) given_up = nullptr;
    const TimelineEntry* cordoned = NodeCordoned();
    if (cordoned != nullptr && to_go != nullptr && cordoned->time > to_go->time) cordoned = nullptr;
    if (given_up != nullptr) legs_.push_back({kPhaseDetect, kWatchedNodes, given_up});
    if (given_up != nullptr || cordoned != nullptr) legs_.push_back({kPhaseEvict, kWatchedPods, to_go});
    const TimelineEntry* scheduled = Scheduled();
    legs_.push_back({kPhaseReschedule, kWatchedPods, scheduled});
    if (IsAttachedAnywhere()) legs_.push_back({kPhaseAttach, kWatchedAttachments, Attached(scheduled)});
    legs_.push_back({kPhaseMount, kWatchedEvents, Mounted()});
    AddStart();
  }
  void AddRestart() {
    const TimelineEntry* noticed = NodeGivenUp();
    if (noticed == nullptr) noticed = KilledByKubelet();
    const TimelineEntry* started = Started();
    if (noticed != nullptr && (started == nullptr || noticed->time < started->time)) {
      legs_.push_back({kPhaseDetect, kWatchedNodes, noticed});
    }
    AddStart();
  }
  void AddStart() {
    const TimelineEntry* started = Started();
    legs_.push_back({kPhaseStart, kWatchedPods, started});
    legs_.push_back({kPhaseRecovery, kWatchedPods, Ready(started)});
    legs_.push_back({kPhaseFirstWrite, kWatchedPods});
  }

  // A leg whose end was not seen goes on into the next one whose end was.
  void Cut() {
    Nanoseconds begin = fault_;
    std::vector<Leg> open;
    for (const Leg& leg : legs_) {
      open.push_back(leg);
      if (leg.end == nullptr) continue;
      // Streams are not ordered among each other, and a status may be late: time does not run backwards.
      const Nanoseconds end = std::clamp(leg.end->time, begin, end_);
      AddPhase(open, begin, end, Describe(*leg.end));
      begin = end;
      open.clear();
    }
    if (measured_.censored) return AddUnended(open.front(), begin);
    AddPhase(open, begin, end_, "a write was acknowledged, and the database stayed up");
  }

  void AddPhase(const std::vector<Leg>& legs, Nanoseconds begin, Nanoseconds end, const std::string& until) {
    if (end <= begin) return;
    Phase phase{.name = NamesOf(legs), .begin = begin, .end = end, .until = until};
    const TimelineEntry* lost = LostWithin(legs, begin, end);
    if (legs.size() > 2 || lost != nullptr || phase.name == kPhaseUnexplained) {
      phase.until = WhyUnexplained(phase.name, lost);
      phase.name = kPhaseUnexplained;
    }
    phases_.push_back(std::move(phase));
  }
  static std::string NamesOf(const std::vector<Leg>& legs) {
    std::string names;
    for (const Leg& leg : legs) names += (names.empty() ? "" : " + ") + std::string(leg.name);
    return names;
  }
  void AddUnended(const Leg& leg, Nanoseconds begin) {
    if (end_ <= begin) return;
    const TimelineEntry* last = Last(fault_, [](const TimelineEntry& entry) { return entry.kind != kOfLease; });
    phases_.push_back({.name = leg.name,
                       .begin = begin,
                       .end = end_,
                       .until = "it did not end; last seen: " + (last != nullptr ? Describe(*last) : "nothing"),
                       .ended = false});
  }

  // That what would have shown the end of one of the legs, but for the last, was not watched for some of the time.
  const TimelineEntry* LostWithin(const std::vector<Leg>& legs, Nanoseconds begin, Nanoseconds end) const {
    std::map<std::string, const TimelineEntry*> lost;  // by what was watched
    for (const TimelineEntry& entry : entries_) {
      if (entry.time > end) break;
      if (Is(entry, kOfWatch, kWhatLost)) lost[entry.name] = &entry;
      if (Is(entry, kOfWatch, kWhatResumed) && entry.time < begin) lost.erase(entry.name);
    }
    if (legs.front().name == std::string_view(kPhaseUnexplained) && !lost.empty()) return lost.begin()->second;
    for (std::size_t i = 0; i + 1 < legs.size(); ++i) {
      for (const char* watched : {legs[i].watched, kWatchedEverything}) {
        if (const auto found = lost.find(watched); found != lost.end()) return found->second;
      }
    }
    return nullptr;
  }
  static std::string WhyUnexplained(const std::string& names, const TimelineEntry* lost) {
    if (lost != nullptr) return Describe(*lost);
    if (names == kPhaseUnexplained) return "nothing was seen of the pod that served";
    return "nothing was seen of what lies between: " + names;
  }

  const Measurement& measured_;
  const std::vector<TimelineEntry>& entries_;
  const Nanoseconds fault_;
  const Nanoseconds end_;
  const Place before_;
  const Place after_;
  const std::string serving_;  // uid
  std::vector<Leg> legs_;
  std::vector<Phase> phases_;
};

}  // namespace

std::optional<Place> PlaceOf(const CellHistory& history, std::string_view moment) {
  std::optional<Place> place;
  for (const Mark& mark : history.marks) {
    if (mark.name != kMarkPlacement || mark.text != moment) continue;
    place = Place{.pod = FieldOf(mark, "pod"),
                  .uid = FieldOf(mark, "pod_uid"),
                  .node = FieldOf(mark, "node"),
                  .container = FieldOf(mark, "container_id"),
                  .restarts = FieldOf(mark, "restarts")};
  }
  return place;
}

std::string ServingPod(const CellHistory& history, const Measurement& measured, const Timeline& timeline) {
  const std::string marked = PlaceOf(history, "after").value_or(Place{}).uid;
  if (!marked.empty() && !measured.censored) return marked;
  std::string serving = marked;
  for (const TimelineEntry& entry : timeline.entries) {
    const bool within = entry.time >= measured.fault && entry.time <= measured.fault + measured.rto;
    if (within && entry.kind == kOfPod && entry.what == kWhatCreated && !entry.uid.empty()) serving = entry.uid;
  }
  return serving;
}

std::vector<Phase> SplitOutage(const CellHistory& history, const Measurement& measured, const Timeline& timeline) {
  return Splitter(history, measured, timeline).Split();
}

const Phase& Slowest(const std::vector<Phase>& phases) {
  CHECK(!phases.empty());
  return *std::max_element(phases.begin(), phases.end(), [](const Phase& one, const Phase& other) {
    return one.end - one.begin < other.end - other.begin;
  });
}

std::string Describe(const std::vector<Phase>& phases) {
  std::string text;
  for (const Phase& phase : phases) {
    text += fmt::format("{}{} {}{}", text.empty() ? "" : ", ", phase.name, phase.ended ? "" : "≥ ",
                        FormatDuration(Duration(phase.end - phase.begin)));
  }
  return text;
}

nlohmann::json PhasesToJson(const std::vector<Phase>& phases) {
  nlohmann::json figure = nlohmann::json::array();
  for (const Phase& phase : phases) {
    figure.push_back({{"phase", phase.name},
                      {"begin_ns", phase.begin},
                      {"took_ns", phase.end - phase.begin},
                      {"until", phase.until},
                      {"ended", phase.ended}});
  }
  return figure;
}

std::vector<Phase> PhasesFromJson(const nlohmann::json& figure) {
  std::vector<Phase> phases;
  if (!figure.is_array()) return phases;
  try {
    for (const nlohmann::json& one : figure) {
      Phase phase{.name = Printable(one.at("phase").get<std::string>(), 100),
                  .begin = one.at("begin_ns").get<Nanoseconds>(),
                  .end = 0,
                  .until = one.at("until").get<std::string>(),
                  .ended = one.at("ended").get<bool>()};
      phase.end = phase.begin + one.at("took_ns").get<Nanoseconds>();
      phases.push_back(std::move(phase));
    }
  } catch (const nlohmann::json::exception&) {
    return {};
  }
  return phases;
}

}  // namespace holdfast
