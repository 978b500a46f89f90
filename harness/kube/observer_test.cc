// Promise: while a cell is played, what becomes of its cluster is in the timeline; an API server that goes away and
// comes back is part of the story.
#include "harness/kube/observer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "harness/fakes/host_fake.h"
#include "harness/host/temporary_folder.h"
#include "harness/kube/scripted_api_server.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::Contains;
using testing::HasSubstr;
using testing::SizeIs;

// "kind name what", each; as soon as `enough` says that they are.
template <typename Enough>
std::vector<std::string> Await(const std::filesystem::path& file, const Enough& enough) {
  std::vector<std::string> told;
  for (int i = 0; i < 1000 && !enough(told); ++i) {
    std::this_thread::sleep_for(milliseconds(5));
    told.clear();
    const auto timelines = ReadTimeline(file).value();
    if (timelines.count(7) == 0) continue;
    for (const TimelineEntry& entry : timelines.at(7).entries) {
      told.push_back(entry.kind + " " + entry.name + " " + entry.what);
    }
  }
  return told;
}

class ObserverTest : public testing::Test {
 protected:
  std::unique_ptr<Observer> Begin(const std::string& kubeconfig) {
    return Observe({.host = host_,
                    .access = {.kubeconfig = folder_.Write("kubeconfig", kubeconfig)},
                    .space = "db",
                    .cell = 7,
                    .clock = [] { return steady_clock::now().time_since_epoch().count(); },
                    .timeline = *timeline_});
  }

  FakeHost host_;
  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "timeline.jsonl";
  std::unique_ptr<TimelineWriter> timeline_ = TimelineWriter::Open(file_).value();
};

// One pod, once it is watched; of all else there is nothing.
bool Serve(const ScriptedApiServer::Connection& connection, const ScriptedApiServer::Request& request) {
  if (!request.IsWatch()) return connection.Answer("200 OK", R"({"metadata":{"resourceVersion":"5"},"items":[]})");
  connection.BeginStream();
  if (request.target.find("/pods?") != std::string::npos) {
    connection.Piece(R"({"type":"ADDED","object":{"metadata":{"uid":"u","name":"db-1","resourceVersion":"6"}}})"
                     "\n");
  }
  connection.AwaitEnd();
  return false;
}

std::string KubeconfigOf(const ScriptedApiServer& server) {
  return "{current-context: c, contexts: [{name: c, context: {cluster: k}}], clusters: [{name: k, cluster: {server: '" +
         server.url() + "'}}]}";
}

TEST_F(ObserverTest, WatchesTheDatabasesNamespaceAndTheWholeClustersMachinery) {
  ScriptedApiServer server(Serve);
  auto observer = Begin(KubeconfigOf(server));
  EXPECT_THAT(Await(file_, [](const auto& told) { return !told.empty(); }), Contains("pod db-1 created"));
  server.GoAway();
  Await(file_, [](const auto& told) { return told.size() >= 7; });
  server.ComeBack();
  const auto told = Await(file_, [](const auto& all) { return all.size() >= 13; });
  for (const char* resource : {"pods", "events", "persistentvolumeclaims", "nodes", "volumeattachments", "leases"}) {
    EXPECT_THAT(told, Contains("watch " + std::string(resource) + " lost"));
    EXPECT_THAT(told, Contains("watch " + std::string(resource) + " resumed"));
  }
  const auto begin = steady_clock::now();
  observer.reset();
  EXPECT_LT(steady_clock::now() - begin, milliseconds(200)) << "six of them end side by side";
  EXPECT_THAT(server.targets(), Contains("/api/v1/namespaces/db/pods"));
  EXPECT_THAT(server.targets(), Contains("/apis/storage.k8s.io/v1/volumeattachments"));
}

TEST_F(ObserverTest, HearsWhatTheDatabasesContainersSay) {
  constexpr char kRunning[] =
      R"({"type":"ADDED","object":{"metadata":{"uid":"u","name":"db-1","resourceVersion":"6"},"spec":{"nodeName":"n2"},)"
      R"("status":{"containerStatuses":[{"name":"db","containerID":"c://1","state":{"running":{}}}]}}})"
      "\n";
  ScriptedApiServer server([&](const ScriptedApiServer::Connection& connection, const auto& request) {
    if (request.target.find("/log?") != std::string::npos) {
      connection.BeginStream();
      connection.Piece("2026-11-29T21:50:02Z serves 12 records\n");
      return connection.EndStream();
    }
    if (!request.IsWatch()) return Serve(connection, request);
    connection.BeginStream();
    if (request.target.find("/pods?") != std::string::npos) connection.Piece(kRunning);
    connection.AwaitEnd();
    return false;
  });
  const auto observer = Begin(KubeconfigOf(server));
  Await(file_, [](const auto& told) { return !told.empty() && told.back() == "log db-1 says"; });
  const auto entries = ReadTimeline(file_).value().at(7).entries;
  const auto said = std::find_if(entries.begin(), entries.end(), [](const auto& one) { return one.kind == kOfLog; });
  ASSERT_NE(said, entries.end());
  EXPECT_EQ(said->text, "serves 12 records");
  EXPECT_EQ(said->server_time, "2026-11-29T21:50:02Z");
  EXPECT_EQ(said->uid, "u");
  EXPECT_EQ(said->node, "n2");
  EXPECT_THAT(server.targets(), Contains(HasSubstr("/api/v1/namespaces/db/pods/db-1/log?container=db&follow=true")));
}

TEST_F(ObserverTest, SaysWhyItCannotWatch) {
  const auto observer = Begin("nonsense");
  const auto timelines = ReadTimeline(file_).value();
  ASSERT_THAT(timelines.at(7).entries, SizeIs(1));
  EXPECT_EQ(timelines.at(7).entries[0].what, kWhatLost);
  EXPECT_THAT(timelines.at(7).entries[0].text, HasSubstr("kubeconfig:1: no kubeconfig; allowed:"));
}

}  // namespace
}  // namespace holdfast
