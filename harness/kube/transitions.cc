#include "harness/kube/transitions.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "harness/options.h"

namespace holdfast {
namespace {

using nlohmann::json;

// The member at `path`, or null: an API server of another version may leave out anything.
const json& At(const json& object, std::initializer_list<std::string_view> path) {
  static const json kNull;
  const json* at = &object;
  for (const std::string_view key : path) {
    if (!at->is_object()) return kNull;
    const auto found = at->find(std::string(key));
    if (found == at->end()) return kNull;
    at = &*found;
  }
  return *at;
}

std::string TextAt(const json& object, std::initializer_list<std::string_view> path) {
  const json& value = At(object, path);
  return value.is_string() ? value.get<std::string>() : "";
}

std::int64_t NumberAt(const json& object, std::initializer_list<std::string_view> path) {
  const json& value = At(object, path);
  return value.is_number_integer() ? value.get<std::int64_t>() : 0;
}

// The elements of the list at `path`, by their member `key`.
std::map<std::string, json> Named(const json& object, std::initializer_list<std::string_view> path,
                                  std::string_view key) {
  std::map<std::string, json> named;
  const json& list = At(object, path);
  if (!list.is_array()) return named;
  for (const json& item : list) named.emplace(TextAt(item, {key}), item);
  return named;
}

std::string Joined(const std::string& first, const std::string& second) {
  return first.empty() || second.empty() ? first + second : first + ": " + second;
}

// What became of one object, as entries. Each kind has a subclass; `before` is null for one that is new.
class Comparison {
 public:
  Comparison(const json& before, const json& after, std::vector<TimelineEntry>& entries, TimelineEntry about)
      : before_(before), after_(after), about_(std::move(about)), entries_(entries) {}

 protected:
  void Tell(const char* what, const std::string& text = "", const std::string& server_time = "") {
    TimelineEntry entry = about_;
    entry.what = what;
    entry.text = text;
    entry.server_time = server_time;
    entries_.push_back(std::move(entry));
  }
  bool IsNew() const { return before_.is_null(); }
  bool Changed(std::initializer_list<std::string_view> path) const { return At(before_, path) != At(after_, path); }
  void TellCreated() {
    if (IsNew()) Tell(kWhatCreated, "", TextAt(after_, {"metadata", "creationTimestamp"}));
  }
  void TellDeleting() {
    const std::string at = TextAt(after_, {"metadata", "deletionTimestamp"});
    if (at.empty() || !TextAt(before_, {"metadata", "deletionTimestamp"}).empty()) return;
    const json& grace = At(after_, {"metadata", "deletionGracePeriodSeconds"});
    Tell(kWhatDeleting, grace.is_number_integer() ? fmt::format("grace {} s", grace.get<std::int64_t>()) : "", at);
  }
  // Of pods and nodes.
  void TellReady() {
    const json before = ReadyOf(before_);
    const json after = ReadyOf(after_);
    const bool was = TextAt(before, {"status"}) == "True";
    const bool is = TextAt(after, {"status"}) == "True";
    if (is == was) return;
    Tell(is ? kWhatReady : kWhatNotReady, is ? "" : TextAt(after, {"reason"}), TextAt(after, {"lastTransitionTime"}));
  }

  const json& before_;
  const json& after_;
  TimelineEntry about_;

 private:
  static json ReadyOf(const json& object) {
    const auto conditions = Named(object, {"status", "conditions"}, "type");
    const auto ready = conditions.find("Ready");
    return ready == conditions.end() ? json() : ready->second;
  }

  std::vector<TimelineEntry>& entries_;
};

class PodComparison : public Comparison {
 public:
  using Comparison::Comparison;
  void Run() {
    about_.node = TextAt(after_, {"spec", "nodeName"});
    TellCreated();
    TellScheduled();
    if (Changed({"status", "phase"})) Tell(kWhatPhase, TextAt(after_, {"status", "phase"}));
    const auto before = Named(before_, {"status", "containerStatuses"}, "name");
    for (const auto& [name, status] : Named(after_, {"status", "containerStatuses"}, "name")) {
      const auto known = before.find(name);
      CompareContainer(name, known == before.end() ? json() : known->second, status);
    }
    TellReady();
    TellDeleting();
  }

 private:
  void TellScheduled() {
    if (!about_.node.empty()) {
      if (Changed({"spec", "nodeName"})) Tell(kWhatScheduled, "on " + about_.node, ScheduledAt());
      return;
    }
    // Why it is on no node yet, each reason once.
    const auto conditions = Named(after_, {"status", "conditions"}, "type");
    const auto scheduled = conditions.find("PodScheduled");
    if (scheduled == conditions.end() || TextAt(scheduled->second, {"status"}) != "False") return;
    const auto earlier = Named(before_, {"status", "conditions"}, "type");
    const auto known = earlier.find("PodScheduled");
    const std::string why = TextAt(scheduled->second, {"message"});
    if (known != earlier.end() && TextAt(known->second, {"message"}) == why) return;
    Tell(kWhatUnschedulable, why, TextAt(scheduled->second, {"lastTransitionTime"}));
  }
  std::string ScheduledAt() const {
    const auto conditions = Named(after_, {"status", "conditions"}, "type");
    const auto scheduled = conditions.find("PodScheduled");
    return scheduled == conditions.end() ? "" : TextAt(scheduled->second, {"lastTransitionTime"});
  }

  // A container that ended and started again between two sightings shows both.
  void CompareContainer(const std::string& name, const json& before, const json& after) {
    const json& ended_before = At(before, {"lastState", "terminated"});
    const json& ended = At(after, {"lastState", "terminated"});
    const json& ends = At(after, {"state", "terminated"});
    const bool told = !At(before, {"state", "terminated"}).is_null();  // of the same container, then
    if (!ended.is_null() && ended != ended_before && !told) TellEnd(name, ended);
    if (!ends.is_null() && ends != At(before, {"state", "terminated"})) TellEnd(name, ends);
    const std::string reason = TextAt(after, {"state", "waiting", "reason"});
    if (!reason.empty() && reason != TextAt(before, {"state", "waiting", "reason"})) {
      Tell(kWhatContainerWaiting, Joined(name, reason));
    }
    const json& running = At(after, {"state", "running"});
    if (!running.is_null() && running != At(before, {"state", "running"})) {
      Tell(kWhatContainerStarted, name, TextAt(running, {"startedAt"}));
    }
  }
  void TellEnd(const std::string& name, const json& end) {
    Tell(kWhatContainerEnded,
         Joined(name, fmt::format("exit {}, {}", NumberAt(end, {"exitCode"}), TextAt(end, {"reason"}))),
         TextAt(end, {"finishedAt"}));
  }
};

class NodeComparison : public Comparison {
 public:
  using Comparison::Comparison;
  void Run() {
    about_.node = about_.name;
    TellCreated();
    TellReady();
    CompareTaints();
    const bool was = At(before_, {"spec", "unschedulable"}) == true;
    const bool is = At(after_, {"spec", "unschedulable"}) == true;
    if (is != was) Tell(is ? kWhatCordoned : kWhatUncordoned);
    if (!IsNew() && Changed({"status", "nodeInfo", "bootID"})) Tell(kWhatBooted);
  }

 private:
  static std::map<std::string, std::string> TaintsOf(const json& node) {  // and since when
    std::map<std::string, std::string> taints;
    const json& list = At(node, {"spec", "taints"});
    if (!list.is_array()) return taints;
    for (const json& taint : list) {
      const std::string value = TextAt(taint, {"value"});
      taints[TextAt(taint, {"key"}) + (value.empty() ? "" : "=" + value) + ":" + TextAt(taint, {"effect"})] =
          TextAt(taint, {"timeAdded"});
    }
    return taints;
  }
  void CompareTaints() {
    const auto before = TaintsOf(before_);
    const auto after = TaintsOf(after_);
    for (const auto& [taint, since] : after) {
      if (before.count(taint) == 0) Tell(kWhatTainted, taint, since);
    }
    for (const auto& [taint, since] : before) {
      if (after.count(taint) == 0) Tell(kWhatTaintRemoved, taint);
    }
  }
};

// An event is its own news. Its name is a number; what it is about counts.
class EventComparison : public Comparison {
 public:
  using Comparison::Comparison;
  void Run() {
    const std::int64_t count = std::max(NumberAt(after_, {"count"}), NumberAt(after_, {"series", "count"}));
    about_.name = TextAt(after_, {"involvedObject", "kind"}) + "/" + TextAt(after_, {"involvedObject", "name"});
    about_.uid = TextAt(after_, {"involvedObject", "uid"});
    about_.node = TextAt(after_, {"source", "host"});
    std::string text = TextAt(after_, {"message"});
    if (count > 1) text += fmt::format(" (×{})", count);
    std::string at = TextAt(after_, {"lastTimestamp"});
    if (at.empty()) at = TextAt(after_, {"eventTime"});
    const std::string reason = TextAt(after_, {"reason"});
    Tell(reason.empty() ? "event" : reason.c_str(), text, at);
  }
};

class ClaimComparison : public Comparison {
 public:
  using Comparison::Comparison;
  void Run() {
    TellCreated();
    if (Changed({"status", "phase"})) {
      const std::string phase = TextAt(after_, {"status", "phase"});
      if (phase == "Bound")
        Tell(kWhatBound, TextAt(after_, {"spec", "volumeName"}));
      else
        Tell(kWhatPhase, phase);
    }
    TellDeleting();
  }
};

class AttachmentComparison : public Comparison {
 public:
  using Comparison::Comparison;
  void Run() {
    about_.name = TextAt(after_, {"spec", "source", "persistentVolumeName"});
    about_.node = TextAt(after_, {"spec", "nodeName"});
    TellCreated();
    const bool was = At(before_, {"status", "attached"}) == true;
    const bool is = At(after_, {"status", "attached"}) == true;
    if (is != was) Tell(is ? kWhatAttached : kWhatDetached, "node " + about_.node);
    TellTrouble("attachError", kWhatAttachFailed);
    TellTrouble("detachError", kWhatDetachFailed);
    TellDeleting();
  }

 private:
  void TellTrouble(const char* member, const char* what) {
    const std::string message = TextAt(after_, {"status", member, "message"});
    if (!message.empty() && message != TextAt(before_, {"status", member, "message"})) {
      Tell(what, message, TextAt(after_, {"status", member, "time"}));
    }
  }
};

class LeaseComparison : public Comparison {
 public:
  using Comparison::Comparison;
  // `silence` is the time since it was last seen to be renewed.
  void Run(Nanoseconds silence) {
    const std::string was = TextAt(before_, {"spec", "holderIdentity"});
    const std::string is = TextAt(after_, {"spec", "holderIdentity"});
    const std::string renewed = TextAt(after_, {"spec", "renewTime"});
    if (was != is) Tell(kWhatHolder, fmt::format("{} → {}", was.empty() ? "nobody" : was, is), renewed);
    const std::int64_t lasts = NumberAt(before_, {"spec", "leaseDurationSeconds"});
    if (!IsNew() && was == is && lasts > 0 && silence > lasts * 1'000'000'000) {
      Tell(kWhatRenewedLate, fmt::format("after {}, it lasts {} s", FormatDuration(Duration(silence)), lasts), renewed);
    }
  }
};

const char* KindOf(const std::string& resource) {
  static const std::map<std::string, const char*> kKinds = {
      {kWatchedPods, kOfPod},     {kWatchedNodes, kOfNode},   {kWatchedEvents, kOfEvent},
      {kWatchedClaims, kOfClaim}, {kWatchedLeases, kOfLease}, {kWatchedAttachments, kOfAttachment}};
  const auto kind = kKinds.find(resource);
  return kind == kKinds.end() ? nullptr : kind->second;
}

TimelineEntry About(const char* kind, const json& object, Nanoseconds now) {
  TimelineEntry about;
  about.time = now;
  about.kind = kind;
  about.name = TextAt(object, {"metadata", "name"});
  if (about.kind == kOfPod) about.uid = TextAt(object, {"metadata", "uid"});
  return about;
}

}  // namespace

std::vector<TimelineEntry> Transitions::Take(const Sighting& sighting) {
  now_ = sighting.time;
  entries_.clear();
  TimelineEntry watch{.time = now_, .kind = kOfWatch, .name = sighting.resource, .what = "", .text = sighting.text};
  switch (sighting.kind) {
    case Sighting::Kind::kList:
      TakeList(sighting);
      break;
    case Sighting::Kind::kAdded:
    case Sighting::Kind::kModified:
      TakeObject(sighting.resource, sighting.object);
      break;
    case Sighting::Kind::kDeleted:
      TakeEnd(sighting.resource, sighting.object);
      break;
    case Sighting::Kind::kUnreadable:
      watch.what = kWhatUnreadable;
      break;
    case Sighting::Kind::kLost:
      watch.what = kWhatLost;
      break;
    case Sighting::Kind::kResumed:
      watch.what = kWhatResumed;
      break;
  }
  if (!watch.what.empty()) entries_.push_back(std::move(watch));
  return std::move(entries_);
}

void Transitions::TakeList(const Sighting& sighting) {
  const bool is_first = known_.count(sighting.resource) == 0;
  Objects& known = known_[sighting.resource];
  std::set<std::string> present;
  for (const json& object : sighting.object) present.insert(TextAt(object, {"metadata", "uid"}));
  std::vector<json> gone;
  for (const auto& [uid, one] : known) {
    if (present.count(uid) == 0) gone.push_back(one.object);
  }
  for (const json& object : gone) TakeEnd(sighting.resource, object);
  for (const json& object : sighting.object) {
    if (is_first) {
      known[TextAt(object, {"metadata", "uid"})] = {.object = object, .seen = now_};
    } else {
      TakeObject(sighting.resource, object);
    }
  }
}

void Transitions::TakeObject(const std::string& resource, const json& object) {
  Known& known = known_[resource][TextAt(object, {"metadata", "uid"})];
  if (known.object == object) return;  // listed again
  Compare(resource, known.object, object);
  known = {.object = object, .seen = now_};
}

void Transitions::TakeEnd(const std::string& resource, const json& object) {
  TakeObject(resource, object);  // its last state may hold news
  known_[resource].erase(TextAt(object, {"metadata", "uid"}));
  const char* kind = KindOf(resource);
  if (kind == nullptr || resource == kWatchedEvents) return;  // events go after an hour; that is no news
  TimelineEntry gone = About(kind, object, now_);
  gone.node = TextAt(object, {"spec", "nodeName"});
  if (resource == kWatchedNodes) gone.node = gone.name;
  if (resource == kWatchedAttachments) gone.name = TextAt(object, {"spec", "source", "persistentVolumeName"});
  gone.what = kWhatGone;
  entries_.push_back(std::move(gone));
}

// Why the control plane gave a node up: it had not heard from it for so long.
void Transitions::AddLeases() {
  for (TimelineEntry& entry : entries_) {
    if (entry.kind != kOfNode || entry.what != kWhatNotReady) continue;
    for (const auto& [uid, lease] : known_[kWatchedLeases]) {
      const json& metadata = At(lease.object, {"metadata"});
      if (TextAt(metadata, {"namespace"}) != "kube-node-lease" || TextAt(metadata, {"name"}) != entry.name) continue;
      entry.text += fmt::format("; its lease was renewed {} before", FormatDuration(Duration(now_ - lease.seen)));
    }
  }
}

void Transitions::Compare(const std::string& resource, const json& before, const json& after) {
  const char* kind = KindOf(resource);
  if (kind == nullptr) return;
  const TimelineEntry about = About(kind, after, now_);
  if (resource == kWatchedPods) PodComparison(before, after, entries_, about).Run();
  if (resource == kWatchedNodes) {
    NodeComparison(before, after, entries_, about).Run();
    AddLeases();
  }
  if (resource == kWatchedEvents) EventComparison(before, after, entries_, about).Run();
  if (resource == kWatchedClaims) ClaimComparison(before, after, entries_, about).Run();
  if (resource == kWatchedAttachments) AttachmentComparison(before, after, entries_, about).Run();
  if (resource == kWatchedLeases) {
    const Known& known = known_[resource][TextAt(after, {"metadata", "uid"})];
    LeaseComparison(before, after, entries_, about).Run(now_ - known.seen);
  }
}

}  // namespace holdfast
