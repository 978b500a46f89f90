#include "harness/reporting/picture.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "harness/judging/brown_out.h"
#include "harness/judging/measurement.h"
#include "harness/judging/outage.h"
#include "harness/judging/testimony.h"

namespace holdfast {
namespace {

constexpr Nanoseconds kMillisecond = 1'000'000;
constexpr Nanoseconds kSecond = 1000 * kMillisecond;
// Around an outage: at least so much, or this share of it.
constexpr Nanoseconds kLeastLead = 3 * kSecond;
constexpr Nanoseconds kLeastTail = 5 * kSecond;
constexpr Nanoseconds kSurroundings = 4;
// An excerpt is worth having if it is shorter than the whole by this share.
constexpr double kMuchShorter = 0.6;
// Of the writes that began in one slot so many are kept: always the fastest and the slowest, and one that was in vain;
// and one that is absent.
constexpr std::size_t kKeptOfSlot = 4;

using Span = Picture::Span;

Nanoseconds LastWord(const CellHistory& history) {
  Nanoseconds last = 0;
  for (const Operation& operation : history.operations) {
    last = std::max(last, operation.end != kNever ? operation.end : operation.begin);
  }
  return last;
}

// A strike's history begins with that of the whole soak.
Span WholeOf(const CellHistory& history) {
  Nanoseconds begin = history.operations.front().begin;
  if (const Mark* begun = FirstMark(history, kMarkCellBegun)) begin = std::max(begin, begun->time);
  return {.begin = begin, .end = std::max(LastWord(history), begin + kMillisecond)};
}

Span Surroundings(const CellHistory& history, const Bounds& bounds, Nanoseconds fault, const Span& whole) {
  const Measurement measured = Measure(history, bounds, fault);
  const Nanoseconds lead = std::max(kLeastLead, measured.rto / kSurroundings);
  const Nanoseconds tail = std::max(kLeastTail, measured.rto / kSurroundings);
  const Nanoseconds end = std::max(fault + measured.rto, measured.bitten);
  return {.begin = std::max(whole.begin, fault - lead), .end = std::min(whole.end, end + tail)};
}

// 1, 2 or 5 times a power of ten: what a reader can divide by.
Nanoseconds NextRound(Nanoseconds least) {
  Nanoseconds power = kMillisecond;
  while (true) {
    for (const Nanoseconds factor : {1, 2, 5}) {
      if (factor * power >= least) return factor * power;
    }
    power *= 10;
  }
}

// What is within `window`; where there are too many, neighbours become one.
std::vector<Span> Bounded(const std::vector<Span>& spans, const Span& window, std::size_t most) {
  std::vector<Span> kept;
  for (const Span& span : spans) {
    if (span.end <= window.begin || span.begin >= window.end) continue;
    kept.push_back({.begin = std::max(span.begin, window.begin), .end = std::min(span.end, window.end)});
  }
  for (Nanoseconds gap = kMillisecond; kept.size() > most; gap *= 2) {
    std::vector<Span> merged;
    for (const Span& span : kept) {
      if (!merged.empty() && span.begin - merged.back().end < gap) {
        merged.back().end = std::max(merged.back().end, span.end);
      } else {
        merged.push_back(span);
      }
    }
    kept = std::move(merged);
  }
  return kept;
}

class Painter {
 public:
  Painter(const CellHistory& history, const Timeline& timeline, const Bounds& bounds, const PictureLimits& limits)
      : history_(history), timeline_(timeline), bounds_(bounds), limits_(limits) {}

  Picture Paint(const Span& window, Nanoseconds origin) {
    picture_ = {.begin = window.begin, .end = window.end, .origin = origin};
    PaintSpans(window);
    PaintRate();
    PaintProbes();
    PaintMoments();
    PaintEvents();
    return std::move(picture_);
  }

 private:
  bool IsInside(Nanoseconds time) const { return time >= picture_.begin && time < picture_.end; }

  void PaintSpans(const Span& window) {
    std::vector<Span> away;
    // Each break by itself: acknowledgements that did not last are shown all the same.
    for (const Outage& outage : FindOutages(history_, window.end, 0, bounds_.longest_pause.count())) {
      away.push_back({.begin = outage.begin, .end = outage.resumed.value_or(window.end)});
    }
    std::vector<Span> late;
    for (const BrownOut& one : FindBrownOuts(history_, 0, bounds_)) {
      late.push_back({.begin = one.begin, .end = one.end});
    }
    picture_.away = Bounded(away, window, limits_.spans);
    picture_.late = Bounded(late, window, limits_.spans);
  }

  void PaintRate() {
    const Nanoseconds length = picture_.end - picture_.begin;
    const auto buckets = static_cast<Nanoseconds>(limits_.buckets);
    picture_.bucket = NextRound((length + buckets - 1) / buckets);
    picture_.acknowledged.resize(static_cast<std::size_t>((length + picture_.bucket - 1) / picture_.bucket));
    for (std::size_t i = FirstAcknowledged(history_, picture_.begin); i < history_.acknowledged.size(); ++i) {
      const Operation& operation = history_.operations[history_.acknowledged[i]];
      if (operation.end >= picture_.end) break;
      if (history_.IsPinned(operation)) continue;
      ++picture_.acknowledged[static_cast<std::size_t>((operation.end - picture_.begin) / picture_.bucket)];
    }
  }

  bool IsAbsent(OperationIndex index) const {
    const Operation& operation = history_.operations[index];
    return final_ != nullptr && history_.IsAcknowledged(operation) && operation.end < final_->begin &&
           !final_->Shows(index);
  }

  Picture::Probe ProbeOf(OperationIndex index) const {
    const Operation& operation = history_.operations[index];
    const Nanoseconds end = operation.end != kNever ? operation.end : picture_.end;
    return {.begin = operation.begin,
            .took = std::max<Nanoseconds>(end - operation.begin, 0),
            .outcome = history_.CompletionOf(operation).outcome,
            .is_absent = IsAbsent(index)};
  }

  template <typename Act>
  void ForEachAttempt(const Act& act) const {
    for (OperationIndex i = 0; i < history_.operations.size(); ++i) {
      const Operation& operation = history_.operations[i];
      if (IsInside(operation.begin) && !history_.IsPinned(operation)) act(ProbeOf(i));
    }
  }

  // Slot by slot: those of a day would not fit beside their history.
  void PaintProbes() {
    ForEachAttempt([&](const Picture::Probe&) { ++picture_.attempts; });
    if (picture_.attempts <= limits_.probes) {
      ForEachAttempt([&](const Picture::Probe& probe) { picture_.probes.push_back(probe); });
      return;
    }
    const std::size_t slots = std::max<std::size_t>(limits_.probes / (kKeptOfSlot + 1), 1);
    const Nanoseconds width = (picture_.end - picture_.begin) / static_cast<Nanoseconds>(slots) + 1;
    const auto slot_of = [&](const Picture::Probe& probe) { return (probe.begin - picture_.begin) / width; };
    std::vector<Picture::Probe> slot;
    ForEachAttempt([&](const Picture::Probe& probe) {
      if (!slot.empty() && slot_of(slot.back()) != slot_of(probe)) KeepOfSlot(std::exchange(slot, {}));
      slot.push_back(probe);
    });
    KeepOfSlot(std::move(slot));
  }

  // Three of those that were acknowledged and one that was not; where there are none of these, more of the others.
  void KeepOfSlot(std::vector<Picture::Probe> slot) {
    std::sort(slot.begin(), slot.end(), [](const auto& one, const auto& other) { return one.took < other.took; });
    const auto vain = std::stable_partition(slot.begin(), slot.end(),
                                            [](const auto& probe) { return probe.outcome == Outcome::kOk; });
    const auto acknowledged = static_cast<std::size_t>(vain - slot.begin());
    std::set<std::size_t> kept;
    const auto keep = [&](std::size_t first, std::size_t count, std::size_t most) {
      for (std::size_t i = 0; count > 0 && i < most; ++i) {
        kept.insert(first + (most == 1 ? count - 1 : i * (count - 1) / (most - 1)));
      }
    };
    keep(0, acknowledged, vain == slot.end() ? kKeptOfSlot : kKeptOfSlot - 1);
    keep(acknowledged, slot.size() - acknowledged, acknowledged == 0 ? kKeptOfSlot : 1);
    const auto absent = std::find_if(slot.begin(), slot.end(), [](const auto& probe) { return probe.is_absent; });
    if (absent != slot.end()) kept.insert(static_cast<std::size_t>(absent - slot.begin()));
    std::vector<Picture::Probe> probes;
    for (const std::size_t index : kept) probes.push_back(slot[index]);
    std::sort(probes.begin(), probes.end(), [](const auto& one, const auto& other) { return one.begin < other.begin; });
    picture_.probes.insert(picture_.probes.end(), probes.begin(), probes.end());
  }

  void PaintMoments() {
    static const std::set<std::string> kShown = {kMarkInjecting, kMarkAlsoInjecting, kMarkBitten,        kMarkNotBitten,
                                                 kMarkRecovered, kMarkNotRecovered,  kMarkHealed,        kMarkNotHealed,
                                                 kMarkWhole,     kMarkNotWhole,      kMarkHarnessTrouble};
    for (const Mark& mark : history_.marks) {
      if (picture_.moments.size() == limits_.moments) break;
      if (kShown.count(mark.name) == 0 || !IsInside(mark.time)) continue;
      picture_.moments.push_back({.time = mark.time, .name = mark.name, .text = mark.text});
    }
    std::stable_sort(picture_.moments.begin(), picture_.moments.end(),
                     [](const auto& one, const auto& other) { return one.time < other.time; });
  }

  // What explains an outage first.
  static int RankOf(const TimelineEntry& entry) {
    static const std::array<std::string, 7> kByRank = {kOfPod,   kOfNode,  kOfAttachment, kOfWatch,
                                                       kOfClaim, kOfEvent, kOfLog};
    return static_cast<int>(std::find(kByRank.begin(), kByRank.end(), entry.kind) - kByRank.begin());
  }

  void PaintEvents() {
    std::vector<const TimelineEntry*> inside;
    for (const TimelineEntry& entry : timeline_.entries) {
      if (IsInside(entry.time)) inside.push_back(&entry);
    }
    std::stable_sort(inside.begin(), inside.end(), [](const TimelineEntry* one, const TimelineEntry* other) {
      return RankOf(*one) < RankOf(*other);
    });
    const std::size_t kept = std::min(inside.size(), limits_.events);
    picture_.left_out = inside.size() - kept;
    inside.resize(kept);
    for (const TimelineEntry* entry : inside) picture_.events.push_back(*entry);
    std::stable_sort(picture_.events.begin(), picture_.events.end(),
                     [](const auto& one, const auto& other) { return one.time < other.time; });
  }

  const CellHistory& history_;
  const Timeline& timeline_;
  const Bounds& bounds_;
  const PictureLimits& limits_;
  const ReadFindings* final_ = FinalRead(history_);
  Picture picture_;
};

}  // namespace

std::vector<Picture> PicturesOf(const CellHistory& history, const Timeline& timeline, const Bounds& bounds,
                                const PictureLimits& limits) {
  if (history.operations.empty()) return {};
  const Span whole = WholeOf(history);
  const Nanoseconds origin = FaultTime(history, bounds).value_or(whole.begin);
  Painter painter(history, timeline, bounds, limits);
  std::vector<Picture> pictures = {painter.Paint(whole, origin)};
  const auto faults = std::count_if(history.marks.begin(), history.marks.end(),
                                    [](const Mark& mark) { return mark.name == kMarkInjecting; });
  if (faults != 1) return pictures;
  const Span near = Surroundings(history, bounds, origin, whole);
  const bool is_much_shorter =
      static_cast<double>(near.end - near.begin) < kMuchShorter * static_cast<double>(whole.end - whole.begin);
  if (near.end > near.begin && is_much_shorter) {
    pictures.insert(pictures.begin(), painter.Paint(near, origin));
    pictures.front().is_excerpt = true;
  }
  return pictures;
}

PictureLimits LimitsFor(std::size_t cells) {
  const PictureLimits most;
  // Of all cells together; one has a share of it, but not less than can be recognised.
  const auto share = [&](std::size_t of_all, std::size_t least, std::size_t greatest) {
    return std::clamp(of_all / std::max<std::size_t>(cells, 1), least, greatest);
  };
  return {.buckets = share(24'000, 60, most.buckets),
          .probes = share(90'000, 120, most.probes),
          .spans = share(12'000, 20, most.spans),
          .moments = share(8'000, 12, most.moments),
          .events = share(8'000, 16, most.events)};
}

}  // namespace holdfast
