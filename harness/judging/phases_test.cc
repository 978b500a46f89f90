// Promise: the phases of an outage follow from what the cluster told, add up to the RTO whatever it did not tell, and
// what nobody saw is called unexplained.
#include "harness/judging/phases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/history/history_builder.h"
#include "harness/options.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Duration kFault = seconds(6);

// The database is db-1 on n1; what serves in the end is db-2 on n2, or db-1 still. The fault is applied at kFault.
class Outage {
 public:
  enum class Served { kBySame, kByRestarted, kByNew, kByNobody };

  Outage(Duration length, Served served) {
    story_.Acknowledged(kFault);
    Place("before", "1", "n1", "c1", "0");
    story_.Inject().Bitten().Unanswered(length);
    if (served == Served::kByNobody) {
      story_.NotRecovered("nothing came of it");
      Place("after", "1", "n1", "c1", "0");
      return;
    }
    if (served != Served::kBySame) story_.Restart();
    story_.Acknowledged(seconds(7)).Recovered();
    if (served == Served::kByNew) Place("after", "2", "n2", "c2", "0");
    if (served == Served::kByRestarted) Place("after", "1", "n1", "c9", "1");
    if (served == Served::kBySame) Place("after", "1", "n1", "c1", "0");
  }

  // `at` is counted from the fault.
  Outage& Tell(Duration at, const char* kind, const std::string& name, const char* what, const std::string& uid = "",
               const std::string& node = "", const std::string& text = "") {
    timeline_.entries.push_back({.cell = 1,
                                 .time = (kFault + at).count(),
                                 .kind = kind,
                                 .name = name,
                                 .uid = uid,
                                 .node = node,
                                 .what = what,
                                 .text = text});
    return *this;
  }
  Outage& Pod(Duration at, const std::string& number, const char* what, const std::string& node = "") {
    return Tell(at, kOfPod, "db-" + number, what, number, node);
  }
  Outage& Event(Duration at, const std::string& number, const char* reason) {
    return Tell(at, kOfEvent, "Pod/db-" + number, reason, number);
  }

  // Each phase is followed by its end, as seconds after the fault.
  std::string Split() const {
    const CellHistory history = story_.History();
    const Measurement measured = Measure(history, Bounds{}, kFault.count());
    const std::vector<Phase> phases = SplitOutage(history, measured, timeline_);
    Nanoseconds sum = 0;
    std::string text;
    for (const Phase& phase : phases) {
      EXPECT_EQ(phase.begin, measured.fault + sum) << "no gaps: " << phase.name;
      EXPECT_FALSE(phase.until.empty());
      sum += phase.end - phase.begin;
    }
    EXPECT_EQ(sum, measured.rto);
    return Describe(phases);
  }
  std::vector<Phase> Phases() const {
    const CellHistory history = story_.History();
    return SplitOutage(history, Measure(history, Bounds{}, kFault.count()), timeline_);
  }

 private:
  void Place(const char* moment, const char* uid, const char* node, const char* container, const char* restarts) {
    story_.Mark(kMarkPlacement, moment,
                {{"pod", std::string("db-") + uid},
                 {"pod_uid", uid},
                 {"node", node},
                 {"container_id", container},
                 {"restarts", restarts},
                 {"ready", "true"}});
  }

  Story story_;
  Timeline timeline_;
};

using Served = Outage::Served;

// As of a cluster that was watched from the deployment on.
Outage& WithVolume(Outage& outage) {
  return outage.Tell(-seconds(5), kOfClaim, "data", kWhatBound, "", "", "pv-1")
      .Tell(-seconds(5), kOfAttachment, "pv-1", kWhatAttached, "", "n1");
}
Outage& NewPodServes(Outage& outage, Duration from) {
  return outage.Pod(from, "2", kWhatScheduled, "n2")
      .Tell(from + seconds(2), kOfAttachment, "pv-1", kWhatAttached, "", "n2")
      .Event(from + milliseconds(2500), "2", "Pulled")
      .Event(from + milliseconds(2800), "2", "Started")
      .Pod(from + seconds(3), "2", kWhatContainerStarted, "n2")
      .Pod(from + seconds(5), "2", kWhatReady, "n2");
}
Outage PowerOff() {
  Outage outage(seconds(32), Served::kByNew);
  WithVolume(outage)
      .Tell(seconds(15), kOfNode, "n1", kWhatNotReady, "", "n1", "NodeStatusUnknown")
      .Pod(milliseconds(15010), "1", kWhatNotReady, "n1")
      .Tell(milliseconds(15100), kOfNode, "n1", kWhatTainted, "", "n1", "node.kubernetes.io/unreachable:NoExecute")
      .Pod(seconds(20), "1", kWhatDeleting, "n1")
      .Pod(milliseconds(20010), "2", kWhatCreated);
  NewPodServes(outage, milliseconds(20500));
  return outage;
}

TEST(Phases, OfAProcessThatWasRestartedInPlace) {
  Outage outage(seconds(4), Served::kByRestarted);
  WithVolume(outage)
      .Pod(milliseconds(900), "1", kWhatContainerEnded, "n1")
      .Pod(milliseconds(910), "1", kWhatNotReady, "n1")
      .Pod(milliseconds(1500), "1", kWhatContainerStarted, "n1")
      .Pod(milliseconds(3500), "1", kWhatReady, "n1");
  EXPECT_EQ(outage.Split(), "start 1.5 s, database recovery 2 s, first write 505 ms");
}

TEST(Phases, OfAContainerThatTheKubeletHadToKill) {
  Outage outage(seconds(40), Served::kByRestarted);
  outage.Event(seconds(30), "1", "Killing")
      .Pod(seconds(35), "1", kWhatContainerStarted, "n1")
      .Pod(seconds(38), "1", kWhatReady, "n1");
  EXPECT_EQ(outage.Split(), "detect 30 s, start 5 s, database recovery 3 s, first write 2 s");
}

TEST(Phases, OfAPodThatWasDeleted) {
  Outage outage(seconds(10), Served::kByNew);
  WithVolume(outage)
      .Pod(milliseconds(20), "1", kWhatDeleting, "n1")
      .Pod(milliseconds(30), "2", kWhatCreated)
      .Event(milliseconds(40), "1", "Killing");
  NewPodServes(outage, milliseconds(50));
  EXPECT_EQ(outage.Split(),
            "reschedule 50 ms, detach/attach 2 s, mount 500 ms, start 300 ms, database recovery 2.2 s, first write "
            "5 s");
}

TEST(Phases, OfANodeThatWasDrained) {
  Outage outage(seconds(10), Served::kByNew);
  WithVolume(outage)
      .Tell(milliseconds(100), kOfNode, "n1", kWhatCordoned, "", "n1")
      .Pod(milliseconds(1100), "1", kWhatDeleting, "n1")
      .Pod(milliseconds(1110), "2", kWhatCreated);
  NewPodServes(outage, milliseconds(1200));
  EXPECT_EQ(outage.Split(),
            "evict 1.1 s, reschedule 100 ms, detach/attach 2 s, mount 500 ms, start 300 ms, database recovery 2.2 s, "
            "first write 3.8 s");
}

TEST(Phases, OfANodeThatLostItsPower) {
  EXPECT_EQ(PowerOff().Split(),
            "detect 15 s, evict 5 s, reschedule 500 ms, detach/attach 2 s, mount 500 ms, start 300 ms, database "
            "recovery 2.2 s, first write 6.5 s");
  EXPECT_EQ(Slowest(PowerOff().Phases()).until, "21.000000 s: node n1 not ready (NodeStatusUnknown)");
}

TEST(Phases, WithoutAttachmentsTheControllersWordCounts) {
  Outage outage(seconds(10), Served::kByNew);
  outage.Pod(milliseconds(20), "1", kWhatDeleting, "n1")
      .Pod(milliseconds(50), "2", kWhatScheduled, "n2")
      .Event(seconds(4), "2", "SuccessfulAttachVolume")
      .Event(seconds(5), "2", "Pulled")
      .Event(seconds(6), "2", "Started")
      .Pod(seconds(8), "2", kWhatReady, "n2");
  EXPECT_EQ(outage.Split(),
            "reschedule 50 ms, detach/attach 4 s, mount 1 s, start 1 s, database recovery 2 s, first write 2 s");
}

TEST(Phases, StorageThatIsNeverAttachedHasNoSuchPhase) {
  Outage outage(seconds(3), Served::kByNew);
  outage.Pod(milliseconds(20), "1", kWhatDeleting, "n1")
      .Pod(milliseconds(50), "2", kWhatScheduled, "n1")
      .Event(seconds(1), "2", "Pulled")
      .Event(milliseconds(1200), "2", "Started")
      .Pod(seconds(2), "2", kWhatReady, "n1");
  EXPECT_EQ(outage.Split(), "reschedule 50 ms, mount 950 ms, start 200 ms, database recovery 800 ms, first write 1 s");
}

TEST(Phases, OneMomentThatWasNotSeenMakesTwoPhasesOne) {
  Outage outage(seconds(10), Served::kByNew);
  WithVolume(outage)
      .Pod(milliseconds(20), "1", kWhatDeleting, "n1")
      .Pod(milliseconds(50), "2", kWhatScheduled, "n2")
      .Event(seconds(5), "2", "Pulled")
      .Pod(seconds(8), "2", kWhatReady, "n2");
  EXPECT_EQ(outage.Split(),
            "reschedule 50 ms, detach/attach + mount 5 s, start + database recovery 3 s, first write 2 s");
}

TEST(Phases, WhereMoreIsMissingItIsUnexplained) {
  Outage outage(seconds(10), Served::kByNew);
  WithVolume(outage).Pod(milliseconds(20), "1", kWhatDeleting, "n1").Pod(seconds(8), "2", kWhatReady, "n2");
  EXPECT_EQ(outage.Split(), "unexplained 8 s, first write 2 s");
  EXPECT_THAT(outage.Phases()[0].until, HasSubstr("reschedule + detach/attach + mount + start + database recovery"));
}

TEST(Phases, WhatTheWatchMissedIsUnexplainedAndSaysSo) {
  Outage outage(seconds(10), Served::kByNew);
  WithVolume(outage)
      .Pod(milliseconds(20), "1", kWhatDeleting, "n1")
      .Pod(milliseconds(50), "2", kWhatScheduled, "n2")
      .Tell(milliseconds(60), kOfWatch, kWatchedAttachments, kWhatLost, "", "", "connection refused")
      .Tell(milliseconds(70), kOfWatch, kWatchedNodes, kWhatResumed)
      .Event(seconds(5), "2", "Pulled")
      .Event(seconds(6), "2", "Started")
      .Tell(seconds(7), kOfWatch, kWatchedAttachments, kWhatResumed)
      .Pod(seconds(8), "2", kWhatReady, "n2");
  EXPECT_EQ(outage.Split(), "reschedule 50 ms, unexplained 5 s, start 1 s, database recovery 2 s, first write 2 s");
  EXPECT_EQ(outage.Phases()[1].until, "6.060000 s: watch volumeattachments lost (connection refused)");
}

TEST(Phases, WhatMayNotBeWatchedIsNoExcuseForTheRest) {
  Outage outage(seconds(10), Served::kByNew);
  outage.Tell(-seconds(5), kOfWatch, kWatchedLeases, kWhatLost, "", "", "HTTP 403: leases is forbidden")
      .Pod(milliseconds(20), "1", kWhatDeleting, "n1")
      .Pod(milliseconds(50), "2", kWhatScheduled, "n2")
      .Event(seconds(6), "2", "Started")
      .Pod(seconds(8), "2", kWhatReady, "n2");
  EXPECT_EQ(outage.Split(), "reschedule 50 ms, mount + start 6 s, database recovery 2 s, first write 2 s");
}

TEST(Phases, OfAnEmptyTimelineAllIsUnexplainedButNotHidden) {
  EXPECT_EQ(Outage(seconds(10), Served::kByNew).Split(), "unexplained 10 s");
  EXPECT_EQ(Outage(seconds(10), Served::kByRestarted).Split(), "unexplained 10 s");
}

TEST(Phases, APodThatWentOnHasStalled) { EXPECT_EQ(Outage(seconds(3), Served::kBySame).Split(), "stall 3 s"); }

TEST(Phases, TimeDoesNotRunBackwardsWhateverOrderTheStreamsHave) {
  Outage outage(seconds(10), Served::kByNew);
  WithVolume(outage)
      .Pod(milliseconds(20), "1", kWhatDeleting, "n1")
      .Event(milliseconds(2000), "2", "Pulled")
      .Pod(milliseconds(2100), "2", kWhatScheduled, "n2")
      .Tell(milliseconds(2200), kOfAttachment, "pv-1", kWhatAttached, "", "n2")
      .Event(milliseconds(3000), "2", "Started")
      .Pod(seconds(12), "2", kWhatReady, "n2");
  EXPECT_EQ(outage.Split(),
            "reschedule 2.1 s, detach/attach 100 ms, start 800 ms, database recovery + first write 7 s");
}

TEST(Phases, AContainerThatFellOverIsStartedWhenItLastStarted) {
  Outage outage(seconds(40), Served::kByNew);
  outage.Pod(milliseconds(20), "1", kWhatDeleting, "n1")
      .Pod(seconds(1), "2", kWhatScheduled, "n2")
      .Event(seconds(2), "2", "Pulled")
      .Event(seconds(3), "2", "Started")
      .Pod(seconds(3), "2", kWhatContainerStarted, "n2")
      .Pod(seconds(5), "2", kWhatContainerWaiting, "n2")
      .Event(seconds(30), "2", "Started")
      .Pod(seconds(31), "2", kWhatContainerStarted, "n2")
      .Pod(seconds(35), "2", kWhatReady, "n2");
  EXPECT_EQ(outage.Split(), "reschedule 1 s, mount 1 s, start 28 s, database recovery 5 s, first write 5 s");
}

TEST(Phases, AnOutageThatDidNotEndNamesWhatItHungIn) {
  Outage outage(seconds(60), Served::kByNobody);
  WithVolume(outage)
      .Tell(seconds(15), kOfNode, "n1", kWhatNotReady, "", "n1")
      .Pod(seconds(20), "1", kWhatDeleting, "n1")
      .Pod(seconds(21), "2", kWhatCreated)
      .Pod(seconds(22), "2", kWhatScheduled, "n2")
      .Tell(seconds(23), kOfEvent, "Pod/db-2", "FailedAttachVolume", "2", "", "Multi-Attach error");
  EXPECT_EQ(outage.Split(), "detect 15 s, evict 5 s, reschedule 2 s, detach/attach ≥ 38 s");
  EXPECT_EQ(outage.Phases().back().until,
            "it did not end; last seen: 29.000000 s: event Pod/db-2 FailedAttachVolume (Multi-Attach error)");
  EXPECT_FALSE(outage.Phases().back().ended);
}

TEST(Phases, APodThatNobodyReplacedHangsInItsRescheduling) {
  Outage outage(seconds(60), Served::kByNobody);
  outage.Tell(seconds(15), kOfNode, "n1", kWhatNotReady, "", "n1").Pod(seconds(20), "1", kWhatDeleting, "n1");
  EXPECT_EQ(outage.Split(), "detect 15 s, evict 5 s, reschedule ≥ 40 s");
}

TEST(Phases, WithoutAnOutageThereAreNone) {
  Story story;
  story.Acknowledged(kFault).Inject().Bitten().Acknowledged(seconds(10)).Recovered();
  const CellHistory history = story.History();
  EXPECT_THAT(SplitOutage(history, Measure(history, Bounds{}, kFault.count()), {}), IsEmpty());
}

TEST(Phases, AreAFigureAndBack) {
  const std::vector<Phase> phases = PowerOff().Phases();
  const std::vector<Phase> again = PhasesFromJson(PhasesToJson(phases));
  EXPECT_EQ(Describe(again), Describe(phases));
  EXPECT_EQ(PhasesToJson(again), PhasesToJson(phases));
  for (const char* text : {"null", "7", "[7]", "[{}]", R"([{"phase":1}])"}) {
    EXPECT_THAT(PhasesFromJson(nlohmann::json::parse(text)), IsEmpty()) << text;
  }
}

}  // namespace
}  // namespace holdfast
