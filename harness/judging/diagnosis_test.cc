// Promise: where the timeline shows why a recovery took too long or did not come, one sentence says so, with its share
// of the time and what was seen; where it does not, and of a recovery that was in time, nothing is said.
#include "harness/judging/diagnosis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/history/history_builder.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr Duration kFault = seconds(6);

// The database is db-1 on n1. An outage of `length` follows the fault at kFault; then db-2 on n2 serves, or db-1 still,
// or nobody. Everything is told by its time after the fault.
class Trouble {
 public:
  enum class Served { kBySame, kByRestarted, kByNew, kByNobody };

  Trouble(Duration length, Served served) {
    story_.Acknowledged(kFault);
    Place("before", "1", "n1", "c1");
    story_.Inject().Bitten().Unanswered(length);
    if (served == Served::kByNobody) {
      story_.NotRecovered("nothing came of it");
      Place("after", "1", "n1", "c1");
      return;
    }
    if (served != Served::kBySame) story_.Restart();
    story_.Acknowledged(seconds(7)).Recovered();
    if (served == Served::kByNew) Place("after", "2", "n2", "c2");
    if (served == Served::kByRestarted) Place("after", "1", "n1", "c9");
    if (served == Served::kBySame) Place("after", "1", "n1", "c1");
  }

  Trouble& Tell(Duration at, const char* kind, const std::string& name, const char* what, const std::string& uid = "",
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
  Trouble& Pod(Duration at, const std::string& number, const char* what, const std::string& text = "",
               const std::string& node = "") {
    return Tell(at, kOfPod, "db-" + number, what, number, node, text);
  }
  Trouble& Event(Duration at, const std::string& number, const char* reason, const std::string& text) {
    return Tell(at, kOfEvent, "Pod/db-" + number, reason, number, "", text);
  }
  Trouble& Attachment(Duration at, const char* what, const std::string& node) {
    return Tell(at, kOfAttachment, "pv-1", what, "", node);
  }
  // Its node is found dead after 15 s, the pod is to go after 20 s, and another one is on n2 at once.
  Trouble& Moves() {
    Tell(-seconds(5), kOfClaim, "data", kWhatBound, "", "", "pv-1");
    Tell(seconds(15), kOfNode, "n1", kWhatNotReady, "", "n1", "NodeStatusUnknown");
    Pod(seconds(20), "1", kWhatDeleting).Pod(seconds(20), "2", kWhatCreated);
    return Pod(seconds(20), "2", kWhatScheduled, "", "n2");
  }

  std::string Diagnosis(Duration allowed = seconds(1), Judgement judgement = Judgement::kFail) const {
    Bounds bounds;
    bounds.rto = allowed;
    return Diagnose(story_.History(), bounds, timeline_, judgement);
  }

 private:
  void Place(const char* moment, const char* uid, const char* node, const char* container) {
    story_.Mark(kMarkPlacement, moment,
                {{"pod", std::string("db-") + uid},
                 {"pod_uid", uid},
                 {"node", node},
                 {"container_id", container},
                 {"restarts", "0"},
                 {"ready", "true"}});
  }

  Story story_;
  Timeline timeline_;
};

using Served = Trouble::Served;

constexpr char kMultiAttach[] = "Multi-Attach error for volume \"pv-1\" Volume is already used by pod(s) db-1";

Trouble StaysOnTheDeadNode() {
  Trouble trouble(seconds(100), Served::kByNew);
  trouble.Attachment(-seconds(5), kWhatAttached, "n1").Moves();
  trouble.Event(seconds(21), "2", "FailedAttachVolume", kMultiAttach);
  trouble.Attachment(seconds(80), kWhatGone, "n1").Attachment(seconds(81), kWhatAttached, "n2");
  trouble.Event(seconds(82), "2", "Pulled", "").Pod(seconds(90), "2", kWhatContainerStarted, "", "n2");
  return trouble.Pod(seconds(95), "2", kWhatReady, "", "n2");
}

TEST(Diagnosis, AVolumeThatStaysAttachedToADeadNode) {
  EXPECT_EQ(StaysOnTheDeadNode().Diagnosis(),
            "61 % of the RTO of 1 min 40 s was Multi-Attach: the volume stayed attached to n1, which was not ready: "
            "\"Multi-Attach error for volume \"pv-1\" Volume is already used by pod(s) db-1\"; fencing the dead node "
            "(the taint node.kubernetes.io/out-of-service, or storage that shuts its client out), or a profile that "
            "does not leave it to the attach/detach controller's 6 min, would help");
}

TEST(Diagnosis, AVolumeThatNobodyTookFromTheOldNodeAlsoWithoutAWordAboutIt) {
  Trouble trouble(seconds(180), Served::kByNobody);
  trouble.Attachment(-seconds(5), kWhatAttached, "n1").Moves();
  EXPECT_THAT(trouble.Diagnosis(), AllOf(StartsWith("89 % of the RTO of ≥ 3 min was detach/attach"),
                                         HasSubstr("stayed attached to n1, which was not ready; fencing")));
}

TEST(Diagnosis, AVolumeThatCannotBeAttachedForAnotherReason) {
  Trouble trouble(seconds(100), Served::kByNobody);
  trouble.Attachment(-seconds(5), kWhatAttached, "n1").Moves();
  trouble.Attachment(seconds(21), kWhatGone, "n1");
  trouble.Event(seconds(22), "2", "FailedAttachVolume", "rpc error: DeadlineExceeded");
  EXPECT_THAT(trouble.Diagnosis(), HasSubstr("could not be attached: \"rpc error: DeadlineExceeded\""));
}

TEST(Diagnosis, APodThatNoNodeTakesAndWhy) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"0/3 nodes are available: 1 node(s) had taint {x}, 2 node(s) had volume node affinity conflict.", "bound to"},
      {"0/3 nodes are available: 3 Insufficient memory.", "room for the database"},
      {"0/3 nodes are available: 3 node(s) had taint {maintenance: }, that the pod didn't tolerate.", "toleration"},
      {"0/3 nodes are available: 3 node(s) didn't match Pod's node affinity.", "what the pod demands"}};
  for (const auto& [reason, help] : cases) {
    Trouble trouble(seconds(100), Served::kByNobody);
    trouble.Pod(seconds(1), "1", kWhatDeleting).Pod(seconds(2), "2", kWhatCreated);
    trouble.Pod(seconds(3), "2", kWhatUnschedulable, reason);
    EXPECT_THAT(trouble.Diagnosis(), AllOf(StartsWith("97 % of the RTO of ≥ 1 min 40 s was reschedule: no node"),
                                           HasSubstr("\"" + reason + "\""), HasSubstr(help)));
  }
}

TEST(Diagnosis, AnImageThatIsNotThere) {
  Trouble trouble(seconds(100), Served::kByNobody);
  trouble.Pod(seconds(1), "1", kWhatDeleting).Pod(seconds(2), "2", kWhatCreated);
  trouble.Pod(seconds(3), "2", kWhatScheduled, "", "n2");
  trouble.Event(seconds(5), "2", "Failed", "Failed to pull image \"db:2\": not found");
  trouble.Pod(seconds(6), "2", kWhatContainerWaiting, "db: ErrImagePull");
  EXPECT_THAT(trouble.Diagnosis(), AllOf(StartsWith("95 % of the RTO of ≥ 1 min 40 s was start: the image"),
                                         HasSubstr("\"Failed to pull image \"db:2\": not found\"")));
}

TEST(Diagnosis, AProbeThatDoesNotLetTheDatabaseStart) {
  Trouble trouble(seconds(120), Served::kByRestarted);
  trouble.Pod(seconds(1), "1", kWhatContainerEnded, "db: exit 137, Error");
  for (const int start : {2, 32, 62}) {
    trouble.Pod(seconds(start), "1", kWhatContainerStarted, "db");
    if (start == 62) break;
    trouble.Event(seconds(start + 29), "1", "Killing", "Container db failed liveness probe, will be restarted");
    trouble.Pod(milliseconds(1000 * start + 29500), "1", kWhatContainerEnded, "db: exit 137, Error");
  }
  trouble.Pod(seconds(80), "1", kWhatReady);
  EXPECT_THAT(
      trouble.Diagnosis(),
      AllOf(StartsWith("51 % of the RTO of 2 min was start: the probe ended the database 3 times"),
            HasSubstr("\"Container db failed liveness probe, will be restarted\""), HasSubstr("startup probe")));
}

TEST(Diagnosis, ADatabaseThatEndsByItselfAgainAndAgain) {
  Trouble trouble(seconds(100), Served::kByNobody);
  for (const int start : {2, 20, 50}) {
    trouble.Pod(seconds(start), "1", kWhatContainerStarted, "db");
    trouble.Pod(seconds(start + 1), "1", kWhatContainerEnded, "db: exit 1, Error");
    trouble.Pod(seconds(start + 2), "1", kWhatContainerWaiting, "db: CrashLoopBackOff");
  }
  EXPECT_THAT(trouble.Diagnosis(),
              AllOf(StartsWith("97 % of"), HasSubstr("ended 3 times before it was ready (\"db: exit 1, Error\")"),
                    HasSubstr("the log of its container before"), Not(HasSubstr("probe"))));
}

TEST(Diagnosis, AVolumeThatIsNotMountedInTheKubeletsWords) {
  Trouble trouble(seconds(100), Served::kByNew);
  trouble.Moves();
  trouble.Event(seconds(22), "2", "FailedMount", "MountVolume.WaitForAttach failed: rbd image is still being used");
  trouble.Event(seconds(60), "2", "FailedMount", "Unable to mount volumes: timed out waiting for the condition");
  trouble.Event(seconds(80), "2", "Pulled", "").Pod(seconds(82), "2", kWhatContainerStarted, "", "n2");
  trouble.Pod(seconds(95), "2", kWhatReady, "", "n2");
  EXPECT_THAT(trouble.Diagnosis(),
              AllOf(StartsWith("60 % of the RTO of 1 min 40 s was mount: "),
                    HasSubstr("\"MountVolume.WaitForAttach failed: rbd image is still being used\""),
                    HasSubstr("counts the client on n1 as alive"), Not(HasSubstr("timed out"))));
}

TEST(Diagnosis, AClusterThatBearsADeadNodeForLong) {
  Trouble trouble(seconds(400), Served::kByNew);
  trouble.Tell(seconds(40), kOfNode, "n1", kWhatNotReady, "", "n1", "NodeStatusUnknown");
  trouble.Pod(seconds(340), "1", kWhatDeleting).Pod(seconds(340), "2", kWhatCreated);
  trouble.Pod(seconds(341), "2", kWhatScheduled, "", "n2").Event(seconds(342), "2", "Pulled", "");
  trouble.Pod(seconds(345), "2", kWhatContainerStarted, "", "n2").Pod(seconds(350), "2", kWhatReady, "", "n2");
  EXPECT_EQ(trouble.Diagnosis(),
            "85 % of the RTO of 6 min 40 s was detect and evict: n1 was not ready after 40 s (\"NodeStatusUnknown\"), "
            "and its pod was given up 5 min later; shorter tolerations of not-ready and unreachable nodes "
            "(tolerationSeconds, 300 by default) would help");
}

TEST(Diagnosis, ANodeThatIsNeverGivenUp) {
  Trouble trouble(seconds(60), Served::kByNobody);
  trouble.Tell(seconds(40), kOfNode, "n1", kWhatNotReady, "", "n1", "NodeStatusUnknown");
  EXPECT_THAT(trouble.Diagnosis(),
              AllOf(StartsWith("100 % of the RTO of ≥ 1 min was detect and evict"),
                    HasSubstr("not given up in the 20 s after that"), HasSubstr("node-monitor-grace-period")));
}

TEST(Diagnosis, APodThatIsNotReplacedBeforeItHasGone) {
  Trouble trouble(seconds(100), Served::kByNew);
  trouble.Pod(seconds(1), "1", kWhatDeleting, "grace 60 s").Pod(seconds(61), "1", kWhatGone);
  trouble.Pod(seconds(62), "2", kWhatCreated).Pod(seconds(63), "2", kWhatScheduled, "", "n2");
  trouble.Event(seconds(64), "2", "Pulled", "").Pod(seconds(90), "2", kWhatContainerStarted, "", "n2");
  trouble.Pod(seconds(91), "2", kWhatReady);
  EXPECT_THAT(trouble.Diagnosis(), AllOf(StartsWith("61 % of the RTO of 1 min 40 s was reschedule: the pod on n1"),
                                         HasSubstr("grace 60 s"), HasSubstr("terminationGracePeriodSeconds")));
}

TEST(Diagnosis, AHangThatTheProbeNoticesLate) {
  Trouble trouble(seconds(40), Served::kByRestarted);
  trouble.Event(seconds(30), "1", "Killing", "Container db failed liveness probe, will be restarted");
  trouble.Pod(seconds(31), "1", kWhatContainerStarted, "db").Pod(seconds(33), "1", kWhatReady);
  EXPECT_THAT(trouble.Diagnosis(),
              AllOf(StartsWith("75 % of the RTO of 40 s was detect: the database hung"), HasSubstr("shorter period")));
}

TEST(Diagnosis, StorageThatDoesNotAnswerAPodThatNeverChanged) {
  Trouble trouble(seconds(40), Served::kBySame);
  trouble.Tell(seconds(3), kOfLease, "n2", kWhatRenewedLate);
  EXPECT_EQ(trouble.Diagnosis(),
            "100 % of the RTO of 40 s was stall: the pod on n1 never changed and stayed ready, no event tells of it, "
            "and no write was answered: the storage did not answer; storage that gives up a lost daemon, disk or path "
            "sooner would help");
}

TEST(Diagnosis, AStalledContainerThatDidNotAnswerItsProbeEither) {
  Trouble trouble(seconds(40), Served::kBySame);
  trouble.Pod(seconds(10), "1", kWhatNotReady, "ContainersNotReady");
  EXPECT_THAT(trouble.Diagnosis(), HasSubstr("waited for its storage or its network"));
}

TEST(Diagnosis, ADatabaseThatTakesLongToRecover) {
  Trouble trouble(seconds(40), Served::kByRestarted);
  trouble.Pod(seconds(1), "1", kWhatContainerEnded, "db: exit 137, Error");
  trouble.Pod(seconds(2), "1", kWhatContainerStarted, "db").Pod(seconds(38), "1", kWhatReady);
  EXPECT_THAT(trouble.Diagnosis(), AllOf(StartsWith("90 % of the RTO of 40 s was database recovery: its container ran"),
                                         HasSubstr("less to replay")));
}

TEST(Diagnosis, ADatabaseThatNeverCameUpForNoFaultOfTheHarness) {
  Story story;
  story.Mark(kMarkCellBegun, "", {{"seed", std::to_string(Story::kSeed)}}).Silence(seconds(100));
  story.Mark(kMarkHarnessTrouble, "deploy: not ready within 100 s").Ended();
  Timeline timeline;
  timeline.entries = {{.cell = 1, .time = 5'000'000'000, .kind = kOfPod, .uid = "1", .what = kWhatCreated},
                      {.cell = 1,
                       .time = 10'000'000'000,
                       .kind = kOfPod,
                       .uid = "1",
                       .what = kWhatUnschedulable,
                       .text = "0/3 nodes are available: 3 Insufficient memory."}};
  EXPECT_THAT(Diagnose(story.History(), {}, timeline, Judgement::kInconclusive),
              StartsWith("90 % of the 1 min 40 s in which the database should have come up was reschedule: no node"));
}

TEST(Diagnosis, NothingIsSaidWhereNothingIsSeen) {
  Trouble unseen(seconds(40), Served::kByNew);
  unseen.Tell(seconds(1), kOfWatch, kWatchedEverything, kWhatLost);
  EXPECT_THAT(unseen.Diagnosis(), IsEmpty());
  EXPECT_THAT(Trouble(seconds(40), Served::kBySame).Diagnosis(), IsEmpty()) << "nobody watched";
}

TEST(Diagnosis, NothingIsSaidOfWhatTookTheSmallerPartOfTheTime) {
  Trouble trouble(seconds(400), Served::kByNew);
  trouble.Pod(seconds(1), "1", kWhatDeleting).Pod(seconds(2), "2", kWhatCreated);
  trouble.Pod(seconds(3), "2", kWhatUnschedulable, "0/3 nodes are available: 3 Insufficient memory.");
  trouble.Pod(seconds(90), "2", kWhatScheduled, "", "n2");
  EXPECT_THAT(trouble.Diagnosis(), IsEmpty());
}

TEST(Diagnosis, NothingIsSaidOfARecoveryThatWasInTimeOrPassed) {
  EXPECT_THAT(StaysOnTheDeadNode().Diagnosis(minutes(2)), IsEmpty());
  EXPECT_THAT(StaysOnTheDeadNode().Diagnosis(seconds(1), Judgement::kPass), IsEmpty());
  EXPECT_THAT(StaysOnTheDeadNode().Diagnosis(seconds(1), Judgement::kSkipped), IsEmpty());
}

TEST(Diagnosis, AnEventOfAnyKindIsQuotedInOneLine) {
  Trouble trouble(seconds(100), Served::kByNobody);
  trouble.Pod(seconds(1), "1", kWhatDeleting).Pod(seconds(2), "2", kWhatCreated);
  trouble.Pod(seconds(3), "2", kWhatUnschedulable, "no\nnode\x1b[31m\xFF" + std::string(5000, 'x'));
  const std::string diagnosis = trouble.Diagnosis();
  EXPECT_THAT(diagnosis, AllOf(HasSubstr("no node"), Not(HasSubstr("\n")), Not(HasSubstr("\x1b"))));
  EXPECT_LT(diagnosis.size(), 600U);
}

}  // namespace
}  // namespace holdfast
