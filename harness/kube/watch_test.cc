// Promise: a watch misses nothing that its server tells, says so where it cannot know, and ends at once when it is
// asked to. Against a real server on the loopback; what is waited for takes milliseconds.
#include "harness/kube/watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>

#include "harness/fakes/host_fake.h"
#include "harness/kube/scripted_api_server.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using Connection = ScriptedApiServer::Connection;
using Request = ScriptedApiServer::Request;

std::string ObjectOf(const std::string& name, int version) {
  return R"({"metadata":{"name":")" + name + R"(","resourceVersion":")" + std::to_string(version) + R"("}})";
}
std::string EventOf(const std::string& type, const std::string& name, int version) {
  return R"({"type":")" + type + R"(","object":)" + ObjectOf(name, version) + "}\n";
}
std::string ListOf(const std::vector<std::string>& names, int version) {
  std::string items;
  for (const std::string& name : names) items += (items.empty() ? "" : ",") + ObjectOf(name, 1);
  return R"({"kind":"List","metadata":{"resourceVersion":")" + std::to_string(version) + R"("},"items":[)" + items +
         "]}";
}

// What a watch saw, as words: "list a b", "added a", "lost …".
class Sightings {
 public:
  void Take(const Sighting& sighting) {
    const std::lock_guard lock(mutex_);
    EXPECT_EQ(sighting.resource, "things");
    EXPECT_GE(sighting.time, last_);
    last_ = sighting.time;
    words_.push_back(WordsOf(sighting));
    changed_.notify_all();
  }
  // All so far, as soon as there are so many.
  std::vector<std::string> Await(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(10), [&] { return words_.size() >= count; });
    return words_;
  }

 private:
  static std::string WordsOf(const Sighting& sighting) {
    switch (sighting.kind) {
      case Sighting::Kind::kList: {
        std::string words = "list";
        for (const auto& item : sighting.object) words += " " + item.at("metadata").at("name").get<std::string>();
        return words;
      }
      case Sighting::Kind::kAdded:
        return "added " + sighting.object.at("metadata").at("name").get<std::string>();
      case Sighting::Kind::kModified:
        return "modified " + sighting.object.at("metadata").at("name").get<std::string>();
      case Sighting::Kind::kDeleted:
        return "deleted " + sighting.object.at("metadata").at("name").get<std::string>();
      case Sighting::Kind::kUnreadable:
        return "unreadable " + sighting.text;
      case Sighting::Kind::kLost:
        return "lost: " + sighting.text;
      case Sighting::Kind::kResumed:
        return "resumed";
    }
    return "";
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> words_;
  Nanoseconds last_ = 0;
};

class WatchTest : public testing::Test {
 protected:
  // What the server does with the n-th request (from 1) that is a watch; each list is `list_`.
  using OnWatch = std::function<bool(const Connection&, const Request&, int number)>;

  void Serve(const OnWatch& on_watch) {
    server_ =
        std::make_unique<ScriptedApiServer>([this, on_watch](const Connection& connection, const Request& request) {
          if (request.IsWatch()) return on_watch(connection, request, ++watches_);
          return connection.Answer("200 OK", ListOf({"a", "b"}, 100 * ++lists_));
        });
    Begin(server_->url());
  }
  void Begin(const std::string& url) {
    config_.server = url;
    watch_ =
        std::make_unique<Watch>(Watch::Setting{.config = config_,
                                               .credentials = credentials_,
                                               .network_namespace = "",
                                               .clock = [] { return steady_clock::now().time_since_epoch().count(); },
                                               .see = [this](const Sighting& sighting) { sightings_.Take(sighting); },
                                               .patience = {.answer = milliseconds(500),
                                                            .list = milliseconds(500),
                                                            .stream = milliseconds(900),
                                                            .first_pause = milliseconds(5),
                                                            .longest_pause = milliseconds(20)}},
                                WatchedResource{.name = "things", .path = "/api/v1/things"});
  }
  static bool HoldOpen(const Connection& connection) {
    connection.BeginStream();
    connection.AwaitEnd();
    return false;
  }

  FakeHost host_;
  Kubeconfig config_;
  Credentials credentials_{host_, Kubeconfig{}, ""};
  std::atomic<int> watches_ = 0;
  std::atomic<int> lists_ = 0;
  Sightings sightings_;
  std::unique_ptr<ScriptedApiServer> server_;
  std::unique_ptr<Watch> watch_;
};

TEST_F(WatchTest, ListsThenFollowsHoweverTheLinesAreCut) {
  const std::string stream = EventOf("ADDED", "c", 101) + EventOf("MODIFIED", "a", 102) + "\n" +
                             EventOf("BOOKMARK", "", 110) + EventOf("DELETED", "b", 111);
  Serve([stream](const Connection& connection, const Request&, int) {
    connection.BeginStream();
    for (std::size_t at = 0; at < stream.size(); at += 7) connection.Piece(stream.substr(at, 7));
    connection.AwaitEnd();
    return false;
  });
  EXPECT_THAT(sightings_.Await(4), ElementsAre("list a b", "added c", "modified a", "deleted b"));
  EXPECT_THAT(server_->targets(),
              ElementsAre("/api/v1/things",
                          "/api/v1/things?watch=1&allowWatchBookmarks=true&resourceVersion=100&timeoutSeconds=1"));
}

TEST_F(WatchTest, AStreamThatEndedInGoodOrderGoesOnFromTheLastVersion) {
  Serve([](const Connection& connection, const Request& request, int number) {
    if (number > 2) return HoldOpen(connection);
    EXPECT_THAT(request.target, HasSubstr(number == 1 ? "resourceVersion=100&" : "resourceVersion=150&"));
    connection.BeginStream();
    connection.Piece(number == 1 ? EventOf("ADDED", "c", 120) + EventOf("BOOKMARK", "", 150)
                                 : EventOf("MODIFIED", "c", 160));
    return connection.EndStream();
  });
  EXPECT_THAT(sightings_.Await(3), ElementsAre("list a b", "added c", "modified c"));
  EXPECT_EQ(lists_, 1);
}

TEST_F(WatchTest, AStreamThatBreaksIsLostAndResumedAndHalfALineIsNotBelieved) {
  Serve([](const Connection& connection, const Request& request, int number) {
    if (number > 2) return HoldOpen(connection);
    EXPECT_THAT(request.target, HasSubstr(number == 1 ? "resourceVersion=100&" : "resourceVersion=101&"));
    connection.BeginStream();
    if (number == 2) return connection.Piece(EventOf("MODIFIED", "c", 102)) && connection.EndStream();
    connection.Piece(EventOf("ADDED", "c", 101) + EventOf("MODIFIED", "c", 102).substr(0, 20));
    return false;
  });
  EXPECT_THAT(sightings_.Await(5), ElementsAre("list a b", "added c", StartsWith("lost: "), "resumed", "modified c"));
  EXPECT_EQ(lists_, 1) << "nothing was missed: the version tells where to go on";
}

TEST_F(WatchTest, AVersionThatIsTooOldIsListedAnewWhetherTheStatusSaysSoOrTheStream) {
  Serve([](const Connection& connection, const Request&, int number) {
    if (number == 1) return connection.Answer("410 Gone", R"({"kind":"Status","message":"too old","code":410})");
    if (number > 2) return HoldOpen(connection);
    connection.BeginStream();
    connection.Piece(R"({"type":"ERROR","object":{"kind":"Status","code":410,"message":"too old: 1 9"}})"
                     "\n");
    connection.AwaitEnd();
    return false;
  });
  EXPECT_THAT(sightings_.Await(7), ElementsAre("list a b", "lost: HTTP 410: too old", "resumed", "list a b",
                                               "lost: too old: 1 9", "resumed", "list a b"));
}

TEST_F(WatchTest, AServerThatIsAwayIsWaitedForAndLostIsSaidOnce) {
  Serve([](const Connection& connection, const Request&, int number) {
    if (number == 1) return HoldOpen(connection);
    connection.BeginStream();
    connection.Piece(EventOf("ADDED", "c", 101));
    connection.AwaitEnd();
    return false;
  });
  sightings_.Await(1);
  while (watches_ < 1) std::this_thread::yield();
  server_->GoAway();
  EXPECT_THAT(sightings_.Await(2), ElementsAre("list a b", StartsWith("lost: ")));
  std::this_thread::sleep_for(milliseconds(60));  // several attempts
  server_->ComeBack();
  EXPECT_THAT(sightings_.Await(4), ElementsAre("list a b", StartsWith("lost: "), "resumed", "added c"));
}

TEST_F(WatchTest, AServerThatWasNeverThereIsLostFromTheBegin) {
  Begin("http://127.0.0.1:1");
  EXPECT_THAT(sightings_.Await(1), ElementsAre(HasSubstr("lost: Failed to connect to 127.0.0.1 port 1")));
}

TEST_F(WatchTest, AServerThatTakesTheConnectionAndSaysNothingIsLost) {
  Serve([](const Connection& connection, const Request&, int number) {
    if (number == 1) connection.AwaitEnd();
    return number > 1 && HoldOpen(connection);
  });
  EXPECT_THAT(sightings_.Await(3), ElementsAre("list a b", "lost: no answer within 500 ms", "resumed"));
}

TEST_F(WatchTest, AnAnswerThatOutlivesItsTimeIsLost) {
  server_ = std::make_unique<ScriptedApiServer>([](const Connection& connection, const Request&) {
    connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");  // a list that does not end
    connection.AwaitEnd();
    return false;
  });
  Begin(server_->url());
  EXPECT_THAT(sightings_.Await(1), ElementsAre(HasSubstr("timed out")));
}

TEST_F(WatchTest, LinesThatAreNoEventsAreNamedAndTheStreamGoesOn) {
  Serve([](const Connection& connection, const Request&, int) {
    connection.BeginStream();
    connection.Piece("<html>\n{\"type\":\"ADDED\"}\n{\"type\":\"ADDED\",\"object\":{}}\n" + EventOf("NEWS", "x", 5) +
                     EventOf("ADDED", "c", 101));
    connection.AwaitEnd();
    return false;
  });
  EXPECT_THAT(sightings_.Await(6),
              ElementsAre("list a b", "unreadable <html>", "unreadable {\"type\":\"ADDED\"}",
                          "unreadable ADDED without a resourceVersion", "unreadable an event of type NEWS", "added c"));
}

TEST_F(WatchTest, AStreamOfGarbageIsGivenUpAndListedAnew) {
  Serve([](const Connection& connection, const Request&, int number) {
    if (number > 1) return HoldOpen(connection);
    connection.BeginStream();
    for (int i = 0; i < 50; ++i) connection.Piece("garbage\n");
    connection.AwaitEnd();
    return false;
  });
  const auto words = sightings_.Await(14);
  ASSERT_EQ(words.size(), 14u);
  EXPECT_EQ(words[10], "unreadable garbage");
  EXPECT_EQ(words[11], "lost: 10 lines of one stream are no events");
  EXPECT_EQ(words[13], "list a b");
}

TEST_F(WatchTest, AServerThatClosesEveryStreamAtOnceIsNotAskedAThousandTimes) {
  Serve([](const Connection& connection, const Request&, int) {
    connection.BeginStream();
    return connection.EndStream();
  });
  sightings_.Await(1);
  std::this_thread::sleep_for(milliseconds(100));
  EXPECT_LE(watches_, 25);
}

TEST_F(WatchTest, ARefusalIsInTheServersOwnWords) {
  server_ = std::make_unique<ScriptedApiServer>([](const Connection& connection, const Request&) {
    return connection.Answer("403 Forbidden", R"({"kind":"Status","message":"things is forbidden"})");
  });
  Begin(server_->url());
  EXPECT_THAT(sightings_.Await(1), ElementsAre("lost: HTTP 403: things is forbidden"));
}

TEST_F(WatchTest, EndsAtOnceWhateverItIsDoing) {
  const auto expect_quick_end = [&] {
    const auto begin = steady_clock::now();
    watch_->Stop();
    EXPECT_LT(steady_clock::now() - begin, milliseconds(100));
  };
  Serve([](const Connection& connection, const Request&, int) { return HoldOpen(connection); });
  sightings_.Await(1);
  while (watches_ < 1) std::this_thread::yield();
  expect_quick_end();  // in the middle of a stream
  Begin("http://127.0.0.1:1");
  sightings_.Await(2);
  expect_quick_end();  // while it pauses
  // While it connects to where nobody answers: an address of documentation.
  Begin("http://192.0.2.1:1");
  expect_quick_end();
}

TEST_F(WatchTest, ShowsItsCredentials) {
  Kubeconfig with_token;
  with_token.token = "ahoy";
  Credentials credentials(host_, with_token, "");
  std::atomic<bool> shown = false;
  const ScriptedApiServer server([&](const Connection& connection, const Request& request) {
    shown = request.head.find("\r\nAuthorization: Bearer ahoy\r\n") != std::string::npos;
    return connection.Answer("401 Unauthorized", "");
  });
  config_.server = server.url();
  const Watch watch({.config = config_,
                     .credentials = credentials,
                     .network_namespace = "",
                     .clock = [] { return Nanoseconds{1}; },
                     .see = [this](const Sighting& sighting) { sightings_.Take(sighting); }},
                    {.name = "things", .path = "/x"});
  EXPECT_THAT(sightings_.Await(1), ElementsAre("lost: HTTP 401"));
  EXPECT_TRUE(shown);
}

TEST_F(WatchTest, ANetworkNamespaceThatIsNotThereIsNamed) {
  config_.server = "http://127.0.0.1:1";
  const Watch watch({.config = config_,
                     .credentials = credentials_,
                     .network_namespace = "no-such-namespace",
                     .clock = [] { return Nanoseconds{1}; },
                     .see = [this](const Sighting& sighting) { sightings_.Take(sighting); }},
                    {.name = "things", .path = "/x"});
  EXPECT_THAT(sightings_.Await(1), ElementsAre(HasSubstr("no-such-namespace")));
}

}  // namespace
}  // namespace holdfast
