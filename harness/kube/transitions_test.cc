// Promise: of all that an API server tells again and again, what changed is told once, in neutral words.
#include "harness/kube/transitions.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

class TransitionsTest : public testing::Test {
 protected:
  // "pod db-1 scheduled [n1]: on n1", each.
  std::vector<std::string> Take(Sighting::Kind kind, const std::string& resource, const std::string& object,
                                const std::string& text = "") {
    now_ += 1'000'000'000;
    std::vector<std::string> words;
    for (const TimelineEntry& entry : transitions_.Take(
             {.kind = kind, .time = now_, .resource = resource, .object = json::parse(object), .text = text})) {
      EXPECT_EQ(entry.time, now_);
      last_ = entry;
      words.push_back(fmt::format("{} {} {}{}{}", entry.kind, entry.name, entry.what,
                                  entry.node.empty() ? "" : " [" + entry.node + "]",
                                  entry.text.empty() ? "" : ": " + entry.text));
    }
    return words;
  }
  std::vector<std::string> Modify(const std::string& resource, const std::string& object) {
    return Take(Sighting::Kind::kModified, resource, object);
  }
  std::vector<std::string> List(const std::string& resource, const std::string& objects) {
    return Take(Sighting::Kind::kList, resource, objects);
  }

  Transitions transitions_;
  Nanoseconds now_ = 0;
  TimelineEntry last_;
};

TEST_F(TransitionsTest, OfAPodFromItsBeginToItsEnd) {
  const auto pod = [](const std::string& metadata, const std::string& node, const std::string& status) {
    return R"({"metadata":{"uid":"u1","name":"db-1")" + metadata + R"(},"spec":{)" + node + R"(},"status":{)" + status +
           "}}";
  };
  const std::string on_n1 = R"("nodeName":"n1")";
  const std::string waiting = R"("phase":"Pending","containerStatuses":[{"name":"db","state":{"waiting":
      {"reason":"ContainerCreating"}}}])";
  const std::string runs = R"("phase":"Running","conditions":[{"type":"Ready","status":"True",
      "lastTransitionTime":"T2"}],"containerStatuses":[{"name":"db","state":{"running":{"startedAt":"T1"}}}])";
  const std::string fell = R"("phase":"Running","conditions":[{"type":"Ready","status":"False","reason":
      "ContainersNotReady"}],"containerStatuses":[{"name":"db","state":{"waiting":{"reason":"CrashLoopBackOff"}},
      "lastState":{"terminated":{"exitCode":137,"reason":"Error","finishedAt":"T3"}}}])";
  EXPECT_THAT(List("pods", "[]"), IsEmpty());
  EXPECT_THAT(
      Take(Sighting::Kind::kAdded, "pods", pod("", "", R"("phase":"Pending","conditions":[{"type":
              "PodScheduled","status":"False","message":"0/3 nodes are available"}])")),
      ElementsAre("pod db-1 created", "pod db-1 unschedulable: 0/3 nodes are available", "pod db-1 phase: Pending"));
  EXPECT_THAT(Modify("pods", pod("", on_n1, R"("phase":"Pending")")), ElementsAre("pod db-1 scheduled [n1]: on n1"));
  EXPECT_THAT(Modify("pods", pod("", on_n1, waiting)),
              ElementsAre("pod db-1 container waiting [n1]: db: ContainerCreating"));
  EXPECT_THAT(Modify("pods", pod("", on_n1, waiting + R"(,"message":"news that nobody needs")")), IsEmpty());
  EXPECT_THAT(
      Modify("pods", pod("", on_n1, runs)),
      ElementsAre("pod db-1 phase [n1]: Running", "pod db-1 container started [n1]: db", "pod db-1 ready [n1]"));
  EXPECT_EQ(last_.server_time, "T2");
  EXPECT_EQ(last_.uid, "u1");
  EXPECT_THAT(Modify("pods", pod("", on_n1, fell)), ElementsAre("pod db-1 container ended [n1]: db: exit 137, Error",
                                                                "pod db-1 container waiting [n1]: db: CrashLoopBackOff",
                                                                "pod db-1 not ready [n1]: ContainersNotReady"));
  const std::string going = R"(,"deletionTimestamp":"T4","deletionGracePeriodSeconds":30)";
  EXPECT_THAT(Modify("pods", pod(going, on_n1, fell)), ElementsAre("pod db-1 deleting [n1]: grace 30 s"));
  EXPECT_EQ(last_.server_time, "T4");
  EXPECT_THAT(Take(Sighting::Kind::kDeleted, "pods", pod(going, on_n1, fell)), ElementsAre("pod db-1 gone [n1]"));
  EXPECT_THAT(Take(Sighting::Kind::kAdded, "pods", pod("", on_n1, fell)).front(), "pod db-1 created [n1]")
      << "nothing is remembered of one that is gone";
}

TEST_F(TransitionsTest, AContainerThatIsBackBeforeAnybodyLookedHasEndedAndStarted) {
  const auto pod = [](const std::string& container) {
    return R"({"metadata":{"uid":"u1","name":"db-1"},"status":{"containerStatuses":[)" + container + "]}}";
  };
  Modify("pods", pod(R"({"name":"db","state":{"running":{"startedAt":"T1"}}})"));
  EXPECT_THAT(Modify("pods", pod(R"({"name":"db","state":{"running":{"startedAt":"T3"}},
                                     "lastState":{"terminated":{"exitCode":1,"reason":"Error"}}})")),
              ElementsAre("pod db-1 container ended: db: exit 1, Error", "pod db-1 container started: db"));
  const std::string end = R"({"terminated":{"exitCode":2,"reason":"Error"}})";
  EXPECT_THAT(Modify("pods", pod(R"({"name":"db","state":)" + end + R"(,"lastState":{"terminated":{"exitCode":1,
                                     "reason":"Error"}}})")),
              ElementsAre("pod db-1 container ended: db: exit 2, Error"));
  EXPECT_THAT(Modify("pods", pod(R"({"name":"db","state":{"running":{"startedAt":"T5"}},"lastState":)" + end + "}")),
              ElementsAre("pod db-1 container started: db"))
      << "its end was told already";
}

TEST_F(TransitionsTest, OfANodeThatIsGivenUpAndComesBack) {
  const auto node = [](const std::string& ready, const std::string& spec, const std::string& boot) {
    return R"({"metadata":{"uid":"n","name":"n1"},"spec":{)" + spec + R"(},"status":{"nodeInfo":{"bootID":")" + boot +
           R"("},"conditions":[{"type":"Ready","status":")" + ready + R"(","reason":"NodeStatusUnknown"}]}})";
  };
  const std::string lease = R"({"metadata":{"uid":"l","name":"n1","namespace":"kube-node-lease"},
      "spec":{"holderIdentity":"n1","leaseDurationSeconds":40,"renewTime":")";
  const std::string taint = R"("taints":[{"key":"unreachable","effect":"NoExecute","timeAdded":"T"}])";
  EXPECT_THAT(List("nodes", "[" + node("True", "", "b1") + "]"), IsEmpty()) << "what was there before is no news";
  List("leases", "[" + lease + "T0\"}}]");
  EXPECT_THAT(Modify("nodes", node("Unknown", "", "b1")),
              ElementsAre("node n1 not ready [n1]: NodeStatusUnknown; its lease was renewed 1 s before"));
  EXPECT_THAT(Modify("nodes", node("Unknown", taint, "b1")),
              ElementsAre("node n1 tainted [n1]: unreachable:NoExecute"));
  EXPECT_EQ(last_.server_time, "T");
  EXPECT_THAT(Modify("nodes", node("True", R"("unschedulable":true)", "b2")),
              ElementsAre("node n1 ready [n1]", "node n1 taint removed [n1]: unreachable:NoExecute",
                          "node n1 cordoned [n1]", "node n1 booted [n1]"));
  EXPECT_THAT(Modify("nodes", node("True", "", "b2")), ElementsAre("node n1 uncordoned [n1]"));
  now_ += 100'000'000'000;
  EXPECT_THAT(Modify("leases", lease + "T1\"}}"),
              ElementsAre("lease n1 renewed late: after 1 min 45 s, it lasts 40 s"));
  EXPECT_THAT(Modify("leases", lease + "T2\"}}"), IsEmpty());
}

TEST_F(TransitionsTest, OfALeaseThatChangesHands) {
  const auto lease = [](const std::string& holder, const std::string& renewed) {
    return R"({"metadata":{"uid":"l","name":"scheduler"},"spec":{"holderIdentity":")" + holder +
           R"(","leaseDurationSeconds":15,"renewTime":")" + renewed + "\"}}";
  };
  List("leases", "[" + lease("a", "T0") + "]");
  EXPECT_THAT(Modify("leases", lease("a", "T1")), IsEmpty());
  EXPECT_THAT(Modify("leases", lease("b", "T2")), ElementsAre("lease scheduler holder: a → b"));
}

TEST_F(TransitionsTest, OfAClaimAndOfTheAttachmentOfItsVolume) {
  Modify("persistentvolumeclaims", R"({"metadata":{"uid":"c","name":"data"},"status":{"phase":"Pending"}})");
  EXPECT_THAT(Modify("persistentvolumeclaims",
                     R"({"metadata":{"uid":"c","name":"data"},"spec":{"volumeName":"pv-1"},
                         "status":{"phase":"Bound"}})"),
              ElementsAre("claim data bound: pv-1"));
  const auto attachment = [](const std::string& status) {
    return R"({"metadata":{"uid":"a","name":"csi-0815"},"spec":{"nodeName":"n2","source":
        {"persistentVolumeName":"pv-1"}},"status":{)" +
           status + "}}";
  };
  EXPECT_THAT(Modify("volumeattachments", attachment(R"("attached":false)")),
              ElementsAre("attachment pv-1 created [n2]"));
  EXPECT_THAT(Modify("volumeattachments", attachment(R"("attached":false,"attachError":{"message":"in use"})")),
              ElementsAre("attachment pv-1 attach failed [n2]: in use"));
  EXPECT_THAT(Modify("volumeattachments", attachment(R"("attached":true)")),
              ElementsAre("attachment pv-1 attached [n2]: node n2"));
  EXPECT_THAT(Take(Sighting::Kind::kDeleted, "volumeattachments", attachment(R"("attached":false)")),
              ElementsAre("attachment pv-1 detached [n2]: node n2", "attachment pv-1 gone [n2]"));
}

TEST_F(TransitionsTest, OfEventsEachOneAndHowOften) {
  const auto event = [](const std::string& count) {
    return R"({"metadata":{"uid":"e","name":"db-1.17a"},"involvedObject":{"kind":"Pod","name":"db-1","uid":"u1"},
        "reason":"FailedMount","message":"timed out","source":{"host":"n1"},"lastTimestamp":"T","count":)" +
           count + "}";
  };
  List("events", "[]");
  EXPECT_THAT(Take(Sighting::Kind::kAdded, "events", event("1")),
              ElementsAre("event Pod/db-1 FailedMount [n1]: timed out"));
  EXPECT_EQ(last_.uid, "u1");
  EXPECT_THAT(Modify("events", event("4")), ElementsAre("event Pod/db-1 FailedMount [n1]: timed out (×4)"));
  EXPECT_THAT(Take(Sighting::Kind::kDeleted, "events", event("4")), IsEmpty());
}

TEST_F(TransitionsTest, ALaterListTellsWhatBecameWhileNobodyWatched) {
  const auto node = [](const std::string& name, const std::string& ready) {
    return R"({"metadata":{"uid":")" + name + R"(","name":")" + name +
           R"("},"status":{"conditions":[{"type":"Ready","status":")" + ready + R"("}]}})";
  };
  List("nodes", "[" + node("n1", "True") + "," + node("n2", "True") + "]");
  EXPECT_THAT(Take(Sighting::Kind::kLost, "nodes", "null", "connection refused"),
              ElementsAre("watch nodes lost: connection refused"));
  EXPECT_THAT(Take(Sighting::Kind::kResumed, "nodes", "null"), ElementsAre("watch nodes resumed"));
  EXPECT_THAT(List("nodes", "[" + node("n2", "False") + "," + node("n3", "True") + "]"),
              ElementsAre("node n1 gone [n1]", "node n2 not ready [n2]", "node n3 created [n3]", "node n3 ready [n3]"));
  EXPECT_THAT(List("nodes", "[" + node("n2", "False") + "," + node("n3", "True") + "]"), IsEmpty());
}

TEST_F(TransitionsTest, ObjectsOfAnyFormAreBorne) {
  for (const char* resource :
       {"pods", "nodes", "events", "persistentvolumeclaims", "volumeattachments", "leases", "things"}) {
    for (const char* object : {"{}", R"({"metadata":7,"spec":[],"status":"x"})",
                               R"({"status":{"conditions":[7,{}],"containerStatuses":[[],{"state":7}]},
                                   "spec":{"taints":[null]}})"}) {
      Modify(resource, object);
      Take(Sighting::Kind::kDeleted, resource, object);
    }
    Take(Sighting::Kind::kUnreadable, resource, "null", "<html>");
    EXPECT_EQ(last_.what, kWhatUnreadable);
  }
}

}  // namespace
}  // namespace holdfast
