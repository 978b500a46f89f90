// Promise: of what a container says no line is missed or heard twice, also where the stream breaks; what cannot be
// heard is said once; and it ends at once when it is asked to. Against a real server on the loopback.
#include "harness/kube/container_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>

#include "harness/fakes/host_fake.h"
#include "harness/kube/scripted_api_server.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;
using Connection = ScriptedApiServer::Connection;
using Request = ScriptedApiServer::Request;

constexpr char kFirst[] = "2026-11-29T21:50:01.1Z starts\n";
constexpr char kSecond[] = "2026-11-29T21:50:01.12Z reads its log\n";
constexpr char kThird[] = "2026-11-29T21:50:02Z serves\n";

class ContainerLogTest : public testing::Test {
 protected:
  // What the server does with the n-th request, from 1.
  void Serve(const std::function<bool(const Connection&, int number)>& answer) {
    server_ = std::make_unique<ScriptedApiServer>(
        [this, answer](const Connection& connection, const Request&) { return answer(connection, ++requests_); });
    config_.server = server_->url();
    log_ = std::make_unique<ContainerLog>(ContainerLog::Setting{
        .config = config_,
        .credentials = credentials_,
        .network_namespace = "",
        .path = "/api/v1/namespaces/db/pods/db-1/log?container=db",
        .hear = [this](const std::string& at, std::string_view line) { Add(at + " | " + std::string(line)); },
        .miss = [this](const std::string& why) { Add("missed: " + why); },
        .patience = {.answer = milliseconds(500), .first_pause = milliseconds(5), .longest_pause = milliseconds(20)}});
  }
  // All so far, as soon as there are so many.
  std::vector<std::string> Await(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(10), [&] { return heard_.size() >= count; });
    return heard_;
  }
  void Add(const std::string& words) {
    const std::lock_guard lock(mutex_);
    heard_.push_back(words);
    changed_.notify_all();
  }

  FakeHost host_;
  Kubeconfig config_;
  Credentials credentials_{host_, Kubeconfig{}, ""};
  std::atomic<int> requests_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> heard_;
  std::unique_ptr<ScriptedApiServer> server_;
  std::unique_ptr<ContainerLog> log_;
};

bool HoldOpen(const Connection& connection) {
  connection.AwaitEnd();
  return false;
}

TEST_F(ContainerLogTest, IsHeardLineByLineWithTheServersTimes) {
  Serve([](const Connection& connection, int) {
    connection.BeginStream();
    const std::string all = std::string(kFirst) + kSecond;
    connection.Piece(all.substr(0, 40));  // in the middle of the second
    connection.Piece(all.substr(40));
    return HoldOpen(connection);
  });
  EXPECT_THAT(Await(2), ElementsAre("2026-11-29T21:50:01.1Z | starts", "2026-11-29T21:50:01.12Z | reads its log"));
  EXPECT_THAT(server_->targets(),
              ElementsAre("/api/v1/namespaces/db/pods/db-1/log?container=db&follow=true&timestamps=true"));
  const auto begin = steady_clock::now();
  log_.reset();
  EXPECT_LT(steady_clock::now() - begin, milliseconds(200));
}

TEST_F(ContainerLogTest, GoesOnAfterTheLastLineOfAStreamThatBroke) {
  Serve([](const Connection& connection, int number) {
    connection.BeginStream();
    connection.Piece(kFirst);
    if (number == 1) return false;
    connection.Piece(kSecond);  // of the same second, which the server gives again from its begin
    connection.Piece(kThird);
    return HoldOpen(connection);
  });
  EXPECT_THAT(Await(4), ElementsAre("2026-11-29T21:50:01.1Z | starts", StartsWith("missed: "),
                                    "2026-11-29T21:50:01.12Z | reads its log", "2026-11-29T21:50:02Z | serves"));
  EXPECT_THAT(server_->targets().at(1), HasSubstr("&sinceTime=2026-11-29T21:50:01.1Z"));
}

// An API server that loses the node ends the stream as if its container had ended.
TEST_F(ContainerLogTest, GoesOnAfterAStreamThatEndedInGoodOrder) {
  Serve([](const Connection& connection, int number) {
    connection.BeginStream();
    connection.Piece(kFirst);
    if (number == 1) return connection.EndStream();
    connection.Piece(kSecond);
    return HoldOpen(connection);
  });
  EXPECT_THAT(Await(2), ElementsAre("2026-11-29T21:50:01.1Z | starts", "2026-11-29T21:50:01.12Z | reads its log"));
}

TEST_F(ContainerLogTest, IsOverWhenItsContainerIsSaidToBe) {
  std::promise<void> made;
  Serve([&](const Connection& connection, int) {
    connection.BeginStream();
    made.get_future().wait();
    log_->Finish();  // while it is still being told
    connection.Piece(kThird);
    return connection.EndStream();
  });
  made.set_value();
  EXPECT_THAT(Await(1), SizeIs(1));
  std::this_thread::sleep_for(milliseconds(60));
  EXPECT_EQ(requests_, 1);
  EXPECT_THAT(Await(1), SizeIs(1)) << "nothing was missed";
}

// The node's clock is set back in the middle of it.
TEST_F(ContainerLogTest, HearsAlsoWhatWasSaidByAClockThatWentBack) {
  Serve([](const Connection& connection, int) {
    connection.BeginStream();
    connection.Piece(kThird);
    connection.Piece(kFirst);
    return HoldOpen(connection);
  });
  EXPECT_THAT(Await(2), ElementsAre("2026-11-29T21:50:02Z | serves", "2026-11-29T21:50:01.1Z | starts"));
}

TEST_F(ContainerLogTest, WhatCannotBeHeardIsSaidOnceUntilItCan) {
  Serve([](const Connection& connection, int number) {
    if (number < 4) return connection.Answer("500 Internal Server Error", R"({"message":"no route to n1"})");
    connection.BeginStream();
    connection.Piece(kThird);
    return HoldOpen(connection);
  });
  EXPECT_THAT(Await(2), ElementsAre("missed: HTTP 500: no route to n1", "2026-11-29T21:50:02Z | serves"));
}

TEST_F(ContainerLogTest, ALineWithoutATimeIsHeardAsItIs) {
  Serve([](const Connection& connection, int) {
    connection.BeginStream();
    connection.Piece("failed to try resolving symlinks\n");
    return HoldOpen(connection);
  });
  EXPECT_THAT(Await(1), ElementsAre(" | failed to try resolving symlinks"));
}

TEST_F(ContainerLogTest, NobodyListensForEverToOneThatNeverStops) {
  Serve([](const Connection& connection, int) {
    connection.BeginStream();
    while (connection.Piece("chatter\n")) {
    }
    return false;
  });
  const std::size_t all = ContainerLog::kMostLines + 1;
  EXPECT_THAT(Await(all).back(), HasSubstr("said 1000 lines"));
  std::this_thread::sleep_for(milliseconds(30));
  EXPECT_THAT(Await(all), SizeIs(all));
}

}  // namespace
}  // namespace holdfast
