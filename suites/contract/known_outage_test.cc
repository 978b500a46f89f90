// The clock on trial: the real database, as a process of this machine, is stopped for a known time under real clients,
// or all that is sent to it is swallowed without a word, and the outage that Holdfast measures is that time: never
// less, and at most 25 ms more. A machine that is busy with other things may itself hold everybody up, which is an
// outage too: how late it wakes a sleeper at that moment is looked at and, up to a bound, allowed for at each hand-over
// between client, database and disk. Of a few attempts one must be good; where the machine was busier than that in all
// of them, nothing was tried.
//
// An outage is what clients are refused: a pause longer than the deadline of their writes. Half a second is one for
// clients that wait for half of that, and a brown-out for those that wait for a second.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <thread>

#include "fixtures/workloads/ledger/client.h"
#include "harness/check.h"
#include "harness/history.h"
#include "harness/host/temporary_folder.h"
#include "harness/judging/brown_out.h"
#include "harness/judging/measurement.h"
#include "harness/judging/testimony.h"
#include "harness/playing/clients.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kCell = 1;
constexpr Duration kAccuracy = milliseconds(25);
constexpr Duration kProbeInterval = milliseconds(50);  // as rigs have it
constexpr int kAttempts = 8;
constexpr int kGoodAttempts = 4;  // more of them on a quiet machine are not needed to say that none is good
constexpr int kHandOvers = 4;     // the database wakes, its disk is waited for, it answers, the client wakes
constexpr Duration kMostAllowed = milliseconds(20);  // for all hand-overs together

int FreePort() {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  CHECK(::bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0);
  CHECK(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  ::close(listener);
  return ntohs(address.sin_port);
}

// How late this machine wakes who sleeps for a millisecond, at worst.
class Lateness {
 public:
  Lateness() : thread_([this] { Watch(); }) {}
  Duration Worst() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
    return worst_;
  }
  ~Lateness() { Worst(); }
  Lateness(const Lateness&) = delete;
  Lateness& operator=(const Lateness&) = delete;

 private:
  void Watch() {
    while (!stopping_) {
      const Time begin = std::chrono::steady_clock::now();
      std::this_thread::sleep_for(milliseconds(1));
      worst_ = std::max<Duration>(worst_, std::chrono::steady_clock::now() - begin - milliseconds(1));
    }
  }

  std::atomic<bool> stopping_ = false;
  Duration worst_{};
  std::thread thread_;
};

// `ledger serve` on loopback.
class Database {
 public:
  explicit Database(const std::filesystem::path& log) : port_(std::to_string(FreePort())), process_(::fork()) {
    CHECK(process_ >= 0);
    if (process_ > 0) return;
    const std::string program = (std::filesystem::path(HOLDFAST_PROGRAM).parent_path() / "ledger").string();
    ::execl(program.c_str(), "ledger", "serve", "--log", log.c_str(), "--address", "127.0.0.1", "--port", port_.c_str(),
            nullptr);
    ::_exit(127);
  }
  ~Database() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  std::string Address() const { return "127.0.0.1:" + port_; }
  void Signal(int signal) const { CHECK(::kill(process_, signal) == 0); }

 private:
  const std::string port_;
  const pid_t process_;
};

// What Clients want to know of a workload whose address is known.
class AtAnAddress : public Workload {
 public:
  explicit AtAnAddress(std::string address) : address_(std::move(address)) {}
  Status Check() const override { return {}; }
  Status Prepare(Progress&) override { return {}; }
  Status Deploy(const Kube&, Provider&, const std::string&, const std::string&, Duration) override { return {}; }
  Status Remove(const Kube&, const std::string&, Duration) override { return {}; }
  Result<Placement> Locate(const Kube&, const std::string&) const override { return Placement{}; }
  std::vector<std::string> KillCommand() const override { return {}; }
  std::unique_ptr<Client> Connect(const Kube&, const std::string&, int) override {
    return std::make_unique<LedgerClient>([this] { return Endpoint{.address = address_, .trouble = ""}; }, "");
  }
  std::unique_ptr<Client> ConnectTo(const Kube&, const Placement&, int) override { return nullptr; }
  Result<std::vector<Row>> ReadAll(const Kube&, const std::string&, Duration) override { return std::vector<Row>(); }
  std::string Description() const override { return address_; }

 private:
  const std::string address_;
};

enum class Hurt { kStopped, kSwallowed };

Duration AllowanceFor(Duration lateness) { return std::min<Duration>(kHandOvers * lateness, kMostAllowed); }

// How far the best of several attempts was beyond what it should be, of attempts that say how late the machine was.
class Attempts {
 public:
  // Whether another one is needed.
  bool GoOn() const { return best_ > kAccuracy && made_ < kAttempts && quiet_ < kGoodAttempts; }
  void Add(Duration beyond, Duration lateness) {
    ++made_;
    if (kHandOvers * lateness <= kMostAllowed) ++quiet_;
    const Duration allowed = AllowanceFor(lateness);
    if (beyond - allowed < best_) {
      best_ = beyond - allowed;
      allowed_ = allowed;
    }
    least_lateness_ = std::min(least_lateness_, lateness);
  }
  // Empty: enough was tried to judge by.
  std::string TooBusy() const {
    if (best_ <= kAccuracy || quiet_ >= kGoodAttempts) return "";
    return "in " + std::to_string(made_ - quiet_) + " of " + std::to_string(made_) +
           " attempts this machine was too busy to tell 25 ms; the least by which it woke a sleeper late was " +
           FormatDuration(least_lateness_);
  }
  Duration best() const { return best_; }
  Duration allowed() const { return allowed_; }  // for the machine's lateness, in the best one

 private:
  Duration best_ = Duration::max();
  Duration allowed_{};
  Duration least_lateness_ = Duration::max();
  int made_ = 0;
  int quiet_ = 0;
};

// What was done to the database, and what was seen of it.
struct Observation {
  Duration stopped{};  // it certainly was, from when that was done until it was about to be undone
  Duration after{};    // it was at most, from just before the one until just after the other
  Duration lateness{};
  Measurement measured;
  std::vector<BrownOut> brown_outs;
};

// Of the network namespace that the caller is in.
void Nft(const std::string& rules) { CHECK(std::system(("nft '" + rules + "'").c_str()) == 0); }

void Begin(Hurt hurt, const Database& database) {
  if (hurt == Hurt::kStopped) return database.Signal(SIGSTOP);
  Nft("add table ip hole; add chain ip hole in { type filter hook input priority 0; policy drop; }");
}

void End(Hurt hurt, const Database& database) {
  if (hurt == Hurt::kStopped) return database.Signal(SIGCONT);
  Nft("delete table ip hole");
}

Observation HurtFor(Hurt hurt, Duration time, Duration deadline) {
  const TemporaryFolder folder;
  const auto host = MakePosixHost();
  const Database database(folder.path() / "data" / "ledger.log");
  AtAnAddress workload(database.Address());
  const Kube kube(*host, Access{});
  const auto recorder = HistoryRecorder::Open(*host, folder.path() / "history.jsonl").value();
  Observation observation;
  {
    Clients clients({.host = *host,
                     .kube = kube,
                     .workload = workload,
                     .recorder = *recorder,
                     .space = "",
                     .cell = kCell,
                     .seed = 1,
                     .pacing = {.clients = 4, .deadline = deadline, .probe_interval = kProbeInterval}});
    const Time begin = host->Now();
    while (clients.Look().acknowledged < 100 && host->Now() - begin < seconds(30)) host->SleepFor(milliseconds(10));
    const Time before = host->Now();
    recorder->AddMark(kCell, kMarkInjecting, "");
    Begin(hurt, database);
    const Time begun = host->Now();
    recorder->AddMark(kCell, kMarkBitten, "");
    host->SleepFor(time);
    Lateness lateness;
    observation.stopped = host->Now() - begun;
    End(hurt, database);
    observation.after = host->Now() - before;
    host->SleepFor(milliseconds(200));
    observation.lateness = lateness.Worst();
    host->SleepFor(seconds(2));
    recorder->AddMark(kCell, kMarkRecovered, "");
    clients.Stop();
  }
  EXPECT_TRUE(recorder->Close().has_value());
  const CellHistory history = ReadHistory(folder.path() / "history.jsonl").value().at(kCell);
  Bounds bounds;
  bounds.stable_for = seconds(1);
  bounds.brown_out = milliseconds(250);
  bounds.longest_pause = deadline;
  const Nanoseconds fault = FirstMark(history, kMarkInjecting)->time;
  observation.measured = Measure(history, bounds, fault);
  observation.brown_outs = FindBrownOuts(history, fault, bounds);
  return observation;
}

// The database, its clients and what is done to them are in a network of their own, which goes when they have ended.
Observation HurtInNetworkOfItsOwn(Hurt hurt, Duration time, Duration deadline) {
  Observation observation;
  std::thread([&] {
    CHECK(::unshare(CLONE_NEWNET) == 0);
    CHECK(std::system("ip link set lo up") == 0);
    observation = HurtFor(hurt, time, deadline);
  }).join();
  return observation;
}

class KnownOutage : public testing::TestWithParam<std::tuple<Hurt, int>> {};

TEST_P(KnownOutage, IsMeasuredWithin25Milliseconds) {
  const auto [hurt, time] = GetParam();
  const Duration deadline = time > 1000 ? seconds(1) : milliseconds(time / 2);
  Attempts attempts;
  while (attempts.GoOn()) {
    const Observation seen = HurtInNetworkOfItsOwn(hurt, milliseconds(time), deadline);
    ASSERT_TRUE(seen.measured.outage.has_value()) << "away for " << time << " ms, and nobody noticed";
    const Duration rto(seen.measured.rto);
    // The mark is made just after the clock was read and just before the hurt.
    EXPECT_GE(rto + milliseconds(1), seen.stopped) << "shorter than it was";
    // A machine that stands still once more keeps the outage from being over.
    attempts.Add(seen.measured.censored ? Duration::max() : rto - seen.after, seen.lateness);
  }
  RecordProperty("late_us", static_cast<int>(attempts.best() / std::chrono::microseconds(1)));
  const auto milli = [](Duration duration) { return std::chrono::duration<double, std::milli>(duration).count(); };
  std::printf("away for %d ms: measured %.1f ms more, after %.1f ms for this machine's lateness\n", time,
              milli(attempts.best()), milli(attempts.allowed()));
  if (const std::string busy = attempts.TooBusy(); !busy.empty()) GTEST_SKIP() << busy;
  EXPECT_LE(attempts.best(), kAccuracy);
}

// Shorter than a write's deadline: nobody is refused, so that it is no outage; but everybody waits. It is seen by
// whoever writes next, and of what was swallowed TCP sends again after 200 ms and after 400 ms more.
class KnownBrownOut : public testing::TestWithParam<Hurt> {};

TEST_P(KnownBrownOut, IsMeasuredWithin25MillisecondsAndIsNoOutage) {
  constexpr Duration kAway = milliseconds(500);
  const Duration answered_again = milliseconds(GetParam() == Hurt::kStopped ? 500 : 600);
  Attempts attempts;
  while (attempts.GoOn()) {
    const Observation seen = HurtInNetworkOfItsOwn(GetParam(), kAway, seconds(1));
    EXPECT_FALSE(seen.measured.outage.has_value());
    EXPECT_EQ(seen.measured.rto, 0);
    ASSERT_EQ(seen.brown_outs.size(), 1U);
    const Duration late(TotalOf(seen.brown_outs));
    EXPECT_GE(late + kProbeInterval, seen.stopped) << "shorter than it was";
    attempts.Add(late - answered_again - (seen.after - kAway), seen.lateness);
  }
  if (const std::string busy = attempts.TooBusy(); !busy.empty()) GTEST_SKIP() << busy;
  EXPECT_LE(attempts.best(), kAccuracy);
}

// Else those who still wait would wait for the writes of those who gave up, and probing would lengthen what it
// measures.
TEST(AbandonedWrites, AreNotBegunWhenTheDatabaseGoesOn) {
  const TemporaryFolder folder;
  const auto host = MakePosixHost();
  const Database database(folder.path() / "data" / "ledger.log");
  LedgerClient client([&] { return Endpoint{.address = database.Address(), .trouble = ""}; }, "");
  const auto write = [&](std::uint64_t sequence, Duration deadline) {
    return client.Write({.client = 1, .sequence = sequence, .payload = PayloadFor(1, 1, sequence)}, deadline).outcome;
  };
  std::uint64_t sequence = 1;
  while (write(sequence, seconds(1)) != Outcome::kOk && sequence < 100) {
    host->SleepFor(milliseconds(50));  // until it listens
    ++sequence;
  }
  database.Signal(SIGSTOP);
  EXPECT_EQ(write(sequence + 1, milliseconds(100)), Outcome::kUnknown);
  database.Signal(SIGCONT);
  EXPECT_EQ(write(sequence + 2, seconds(10)), Outcome::kOk);
  const auto rows = ReadRows(database.Address(), "", seconds(10));
  ASSERT_TRUE(rows.has_value()) << rows.error().message;
  ASSERT_EQ(rows->size(), 2U);
  EXPECT_EQ(rows->front().sequence, sequence);
  EXPECT_EQ(rows->back().sequence, sequence + 2);
}

std::string NameOf(Hurt hurt) { return hurt == Hurt::kStopped ? "Stopped" : "Swallowed"; }

std::string NameOfBrownOut(const testing::TestParamInfo<Hurt>& info) { return NameOf(info.param); }

std::string NameOfOutage(const testing::TestParamInfo<std::tuple<Hurt, int>>& info) {
  const auto [hurt, time] = info.param;
  return NameOf(hurt) + "For" + std::to_string(time) + "ms";
}

INSTANTIATE_TEST_SUITE_P(Known, KnownBrownOut, testing::Values(Hurt::kStopped, Hurt::kSwallowed), NameOfBrownOut);
INSTANTIATE_TEST_SUITE_P(Known, KnownOutage,
                         testing::Combine(testing::Values(Hurt::kStopped, Hurt::kSwallowed),
                                          testing::Values(500, 1500, 2000, 5000)),
                         NameOfOutage);

}  // namespace
}  // namespace holdfast
