// What a history costs: those who judge it, in time against `wc -l` on the same file and in memory for each operation,
// and the clients that record it, in time for each call.
//
//     history_bench [OPERATIONS]      10 million unless told otherwise; needs 300 bytes of the temporary folder for
//     each
//
// Run it on a quiet machine, or read the ratio and the memory only.
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "harness/check.h"
#include "harness/history.h"
#include "harness/history/history_recorder.h"
#include "harness/history/long_history.h"
#include "harness/host/temporary_folder.h"
#include "harness/judge.h"

namespace holdfast {
namespace {

// What an act took: by the clock, and of a processor, which says more on a machine that others use too.
struct Cost {
  double elapsed_s = 0;
  double processor_s = 0;
};

double ProcessorSeconds(int who) {
  rusage usage{};
  CHECK(getrusage(who, &usage) == 0);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// `who`: RUSAGE_SELF, RUSAGE_THREAD or RUSAGE_CHILDREN.
Cost CostOf(int who, const std::function<void()>& act) {
  const Time begin = std::chrono::steady_clock::now();
  const double processor = ProcessorSeconds(who);
  act();
  return {.elapsed_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(),
          .processor_s = ProcessorSeconds(who) - processor};
}

// In a process of its own, so that its memory is its own. Returns the most that it used, in bytes.
double PeakOf(const std::function<void()>& act) {
  std::fflush(stdout);
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    act();
    std::fflush(stdout);
    _exit(0);
  }
  int status = 0;
  rusage usage{};
  CHECK(wait4(child, &status, 0, &usage) == child && status == 0);
  return static_cast<double>(usage.ru_maxrss) * 1024;
}

void Print(const char* what, const Cost& cost, double operations, double bytes) {
  fmt::print("{:<6} {:7.2f} s, {:6.2f} s of a processor: {:5.2f} million operations/s, {:5.0f} MB/s\n", what,
             cost.elapsed_s, cost.processor_s, operations / cost.processor_s / 1e6, bytes / cost.processor_s / 1e6);
}

void MeasureJudging(const std::filesystem::path& file, std::uint64_t operations) {
  const auto count = static_cast<double>(operations);
  PeakOf([&] { LongHistory(file, operations).Write(); });
  const auto bytes = static_cast<double>(std::filesystem::file_size(file));
  fmt::print("{} operations and their final read, {:.2f} GB:\n", operations, bytes / 1e9);
  const std::string count_lines = "wc -l " + file.string() + " >/dev/null";
  CHECK(std::system(count_lines.c_str()) == 0);  // into the page cache
  const Cost lines = CostOf(RUSAGE_CHILDREN, [&] { CHECK(std::system(count_lines.c_str()) == 0); });
  Print("wc -l", lines, count, bytes);
  const double idle = PeakOf([] {});
  const double peak = PeakOf([&] {
    CellHistory history;
    Print("read", CostOf(RUSAGE_SELF, [&] { history = std::move(ReadHistory(file).value().at(1)); }), count, bytes);
    CellResult result;
    Cell cell;
    cell.seed = LongHistory::kSeed;
    Print("judge", CostOf(RUSAGE_SELF, [&] { result = JudgeCell(cell, history, Bounds{}); }), count, bytes);
    const double processor = ProcessorSeconds(RUSAGE_SELF);
    fmt::print("both   {:.1f} times the processor time of wc -l\n", processor / lines.processor_s);
    fmt::print("       {}: {}\n", ToString(result.judgement), result.summary);
  });
  fmt::print("peak   {:.0f} MB, {:.1f} bytes an operation; {:.0f} MB of it before the first line\n", peak / 1e6,
             peak / count, idle / 1e6);
}

// Clients that record one write after the other, each waiting `pause` between them.
struct Load {
  const char* name;
  int clients;
  int writes;
  Duration pause;
};

void MeasureRecording(const std::filesystem::path& file, const Load& load) {
  const auto host = MakePosixHost();
  const auto recorder = HistoryRecorder::Open(*host, file).value();
  std::vector<double> calls;
  double processor = 0;
  std::mutex mutex;
  std::vector<std::thread> clients;
  for (int client = 1; client <= load.clients; ++client) {
    clients.emplace_back([&, client] {
      std::vector<double> mine;
      mine.reserve(static_cast<std::size_t>(load.writes) * 2);
      const auto record = [&](const std::function<void()>& call) {
        const Time begin = std::chrono::steady_clock::now();
        call();
        mine.push_back(std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count());
      };
      const Cost cost = CostOf(RUSAGE_THREAD, [&] {
        for (int i = 1; i <= load.writes; ++i) {
          const WriteRequest request{.client = client, .sequence = static_cast<std::uint64_t>(i), .payload = ""};
          record([&] { recorder->Begin(1, request); });
          record([&] { recorder->End(1, request, {.outcome = Outcome::kOk, .incarnation = 1, .error = ""}); });
          if (load.pause > Duration::zero()) std::this_thread::sleep_for(load.pause);
        }
      });
      const std::lock_guard lock(mutex);
      calls.insert(calls.end(), mine.begin(), mine.end());
      processor += cost.processor_s;
    });
  }
  for (std::thread& client : clients) client.join();
  CHECK(recorder->Close().has_value());
  std::sort(calls.begin(), calls.end());
  const auto at = [&](double share) {
    return calls[static_cast<std::size_t>(share * static_cast<double>(calls.size()))];
  };
  fmt::print("{:<32} a call takes {:6.0f} ns (median), {:7.0f} ns (99 %), and {:5.0f} ns of a processor\n", load.name,
             at(0.5), at(0.99), processor / static_cast<double>(calls.size()) * 1e9);
}

}  // namespace
}  // namespace holdfast

int main(int count, char** arguments) {
  using namespace holdfast;
  const std::uint64_t operations = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 10'000'000;
  if (count > 2 || operations < LongHistory::kLeast) {
    fmt::print(stderr, "history_bench [OPERATIONS]; allowed: a number from {}\n", LongHistory::kLeast);
    return 3;
  }
  const TemporaryFolder folder;
  for (const Load& load : {Load{"1 client, no pause:", 1, 200'000, Duration::zero()},
                           Load{"8 clients, no pause:", 8, 50'000, Duration::zero()},
                           Load{"8 clients, 200 writes/s each:", 8, 1000, std::chrono::milliseconds(5)}}) {
    MeasureRecording(folder.path() / "recorded.jsonl", load);
    std::filesystem::remove(folder.path() / "recorded.jsonl");
  }
  MeasureJudging(folder.path() / "history.jsonl", operations);
  return 0;
}
