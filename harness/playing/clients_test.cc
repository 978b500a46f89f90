// Promise: every write is recorded before it is sent and after it ended, with a sequence number of its own.
#include "harness/playing/clients.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "harness/fakes/fakes.h"
#include "harness/history.h"
#include "harness/host/temporary_folder.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Pacing kPacing{.clients = 4, .deadline = seconds(1), .probe_interval = milliseconds(50)};
constexpr int kCell = 3;
constexpr std::uint64_t kSeed = 42;

// A clock that every sleeper pushes on; for several threads.
class HastyHost : public Host {
 public:
  Result<Output> Run(const Command&) override { return Unavailable("there are no commands here"); }
  Time Now() const override { return Time(Duration(now_.load())); }
  bool SleepFor(Duration duration) override {
    now_ += duration.count();
    return !interrupted_;
  }
  bool Interrupted() const override { return interrupted_; }
  void Interrupt() { interrupted_ = true; }

 private:
  std::atomic<Duration::rep> now_ = 0;
  std::atomic<bool> interrupted_ = false;
};

// Answers every third write not at all, and remembers what was sent.
class ForgetfulWorkload : public FakeWorkload {
 public:
  ForgetfulWorkload(FakeCluster& cluster, HastyHost& host) : FakeWorkload(cluster), host_(host) {}

  std::unique_ptr<Client> Connect(const Kube&, const std::string&, int) override {
    return std::make_unique<ForgetfulClient>(*this);
  }
  std::unique_ptr<Client> ConnectTo(const Kube& kube, const Placement& instance, int client) override {
    const std::lock_guard lock(mutex_);
    pinned_.push_back(instance.address);
    return Connect(kube, "", client);
  }
  // The write of this number takes so much longer.
  void HoldUp(std::uint64_t sequence, Duration duration) {
    held_up_ = sequence;
    for_ = duration;
  }
  std::vector<std::string> Pinned() const {
    const std::lock_guard lock(mutex_);
    return pinned_;
  }
  std::multiset<std::string> Sent() const {
    const std::lock_guard lock(mutex_);
    return sent_;
  }

 private:
  class ForgetfulClient : public Client {
   public:
    explicit ForgetfulClient(ForgetfulWorkload& workload) : workload_(workload) {}
    Completion Write(const WriteRequest& request, Duration) override {
      {
        const std::lock_guard lock(workload_.mutex_);
        workload_.sent_.insert(request.payload);
      }
      workload_.host_.SleepFor(milliseconds(5) +
                               (request.sequence == workload_.held_up_ ? workload_.for_ : Duration()));
      if (request.sequence % 3 == 0) return {.outcome = Outcome::kUnknown, .incarnation = 0, .error = "no answer"};
      return {.outcome = Outcome::kOk, .incarnation = 1, .error = ""};
    }

   private:
    ForgetfulWorkload& workload_;
  };

  HastyHost& host_;
  std::uint64_t held_up_ = 0;
  Duration for_{};
  mutable std::mutex mutex_;
  std::multiset<std::string> sent_;
  std::vector<std::string> pinned_;  // addresses
};

class ClientsTest : public testing::Test {
 protected:
  LoadSetup MakeSetup() {
    return {.host = host_,
            .kube = fakes_.kube,
            .workload = workload_,
            .recorder = *recorder_,
            .space = "db",
            .cell = kCell,
            .seed = kSeed,
            .pacing = kPacing};
  }
  CellHistory Recorded() {
    EXPECT_TRUE(recorder_->Close().has_value());
    auto histories = ReadHistory(folder_.path() / "history.jsonl");
    EXPECT_TRUE(histories.has_value());
    return histories->at(kCell);
  }
  static void AwaitAcknowledged(const Clients& clients, std::uint64_t count) {
    while (clients.Look().acknowledged < count) std::this_thread::yield();
  }
  void AwaitFirstWriteOfEveryClient() const {
    for (int client = 1; client <= kPacing.clients; ++client) {
      while (workload_.Sent().count(PayloadFor(kSeed, client, 1)) == 0) std::this_thread::yield();
    }
  }

  TemporaryFolder folder_;
  FakeWorld fakes_;
  HastyHost host_;
  ForgetfulWorkload workload_{fakes_.cluster, host_};
  std::unique_ptr<HistoryRecorder> recorder_ = HistoryRecorder::Open(host_, folder_.path() / "history.jsonl").value();
};

TEST_F(ClientsTest, EachClientHasASequenceOfItsOwnWithoutGapsOrRepetitions) {
  Clients clients(MakeSetup());
  AwaitFirstWriteOfEveryClient();
  AwaitAcknowledged(clients, 200);
  clients.Stop();
  const CellHistory history = Recorded();
  EXPECT_THAT(history.unreadable, testing::IsEmpty());
  std::map<int, std::set<std::uint64_t>> sequences;
  for (const Operation& operation : history.operations) {
    EXPECT_TRUE(sequences[operation.client].insert(operation.sequence).second) << "used twice";
    EXPECT_NE(operation.end, kNever);
  }
  ASSERT_EQ(sequences.size(), 4U);
  for (const auto& [client, numbers] : sequences) EXPECT_EQ(*numbers.rbegin(), numbers.size()) << "client " << client;
}

TEST_F(ClientsTest, WhatIsSentIsThePayloadOfSeedClientAndSequenceAndIsSentOnce) {
  Clients clients(MakeSetup());
  AwaitAcknowledged(clients, 50);
  clients.Stop();
  std::multiset<std::string> expected;
  for (const Operation& operation : Recorded().operations) {
    expected.insert(PayloadFor(kSeed, operation.client, operation.sequence));
  }
  EXPECT_EQ(workload_.Sent(), expected);
}

TEST_F(ClientsTest, TheCountersAgreeWithTheHistory) {
  Clients clients(MakeSetup());
  AwaitAcknowledged(clients, 100);
  clients.Stop();
  const Traffic traffic = clients.Look();
  const CellHistory history = Recorded();
  EXPECT_EQ(traffic.ended, history.operations.size());
  EXPECT_EQ(traffic.acknowledged, history.acknowledged.size());
  EXPECT_EQ(traffic.last_error, "no answer");
}

TEST_F(ClientsTest, AClientThatStaysWithAnInstanceHasANumberOfItsOwn) {
  LoadSetup setup = MakeSetup();
  setup.pacing.clients = 1;
  setup.first_client = 5;
  setup.instance.emplace().address = "10.244.1.7:8080";
  Clients clients(setup);
  AwaitAcknowledged(clients, 10);
  clients.Stop();
  EXPECT_THAT(workload_.Pinned(), testing::ElementsAre("10.244.1.7:8080"));
  for (const Operation& operation : Recorded().operations) EXPECT_EQ(operation.client, 5);
}

TEST_F(ClientsTest, WritesThatAreDueAreBegunLateAndNoneIsLeftOut) {
  LoadSetup setup = MakeSetup();
  setup.pacing = {
      .clients = 1, .deadline = seconds(1), .probe_interval = milliseconds(50), .due_every = milliseconds(20)};
  workload_.HoldUp(4, milliseconds(90));
  Clients clients(setup);
  AwaitAcknowledged(clients, 20);
  clients.Stop();
  const CellHistory history = Recorded();
  const Nanoseconds origin = history.operations.front().begin;
  const auto begun = [&](std::size_t number) { return Duration(history.operations.at(number - 1).begin - origin); };
  EXPECT_EQ(begun(4), milliseconds(60));
  EXPECT_EQ(begun(5), milliseconds(60 + 95)) << "due at 80 ms, held up";
  EXPECT_EQ(begun(6), milliseconds(60 + 100)) << "due at 100 ms, begun at once";
  EXPECT_EQ(begun(15), milliseconds(280)) << "caught up";
}

TEST_F(ClientsTest, AnInterruptionEndsTheWriting) {
  Clients clients(MakeSetup());
  AwaitAcknowledged(clients, 10);
  host_.Interrupt();
  clients.Stop();
  const std::uint64_t ended = clients.Look().ended;
  EXPECT_EQ(clients.Look().ended, ended);
  EXPECT_EQ(Recorded().operations.size(), ended);
}

constexpr Duration kPause = milliseconds(250);  // that is no break

TEST(Traffic, IsSteadySinceTheFirstAcknowledgementAfterAPause) {
  const Time start{};
  Traffic traffic = WithAcknowledgement({}, start, 1, kPause);
  EXPECT_EQ(traffic.steady_since, start);
  traffic = WithAcknowledgement(traffic, start + kPause, 1, kPause);
  EXPECT_EQ(traffic.steady_since, start) << "a pause of just the longest that is none";
  const Time later = start + 2 * kPause + Duration(1);
  traffic = WithAcknowledgement(traffic, later, 1, kPause);
  EXPECT_EQ(traffic.steady_since, later);
  EXPECT_EQ(traffic.acknowledged, 3U);
}

TEST(Traffic, IsSteadyAnewWhenTheDatabaseWasRestartedHoweverQuickly) {
  const Time start{};
  Traffic traffic = WithAcknowledgement({}, start, 1, kPause);
  traffic = WithAcknowledgement(traffic, start + milliseconds(100), 2, kPause);
  EXPECT_EQ(traffic.steady_since, start + milliseconds(100));
  traffic = WithAcknowledgement(traffic, start + milliseconds(110), 1, kPause);  // a late answer of the old one
  EXPECT_EQ(traffic.steady_since, start + milliseconds(100));
}

}  // namespace
}  // namespace holdfast
