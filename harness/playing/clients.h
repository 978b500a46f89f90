// Clients: the threads that write to the database while it is hurt, each with a sequence of its own from 1, each write
// recorded before it is sent and after it ended. Play looks at what they have seen through the interface Load, so that
// a run can be played against scripted traffic.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "harness/history/history_recorder.h"
#include "harness/playing/pacing.h"
#include "harness/workload.h"

namespace holdfast {

// What all clients together have seen so far.
struct Traffic {
  std::uint64_t ended = 0;  // writes, whatever came of them
  std::uint64_t acknowledged = 0;
  std::optional<Time> last_acknowledged;
  // The first acknowledgement after the last break, as outage.h defines it: a pause longer than `longest_pause`, or a
  // new incarnation of the database, however quickly it was there.
  std::optional<Time> steady_since;
  std::uint64_t incarnation = 0;  // the latest that acknowledged
  std::string last_error;         // of the last write that was not acknowledged
};

// A load on the database. Look may be called from any thread.
class Load {
 public:
  virtual ~Load() = default;
  virtual Traffic Look() const = 0;
  virtual void Stop() = 0;  // idempotent; returns when no write is under way any more
};

// What a load is made of. Nothing is owned.
struct LoadSetup {
  Host& host;
  const Kube& kube;
  Workload& workload;
  HistoryRecorder& recorder;
  std::string space;
  int cell = 0;
  std::uint64_t seed = 0;  // of the cell
  Pacing pacing;
  int first_client = 1;              // the others are numbered from it
  std::uint64_t first_sequence = 1;  // of each: later where clients of these numbers have written before
  // Only this instance is written to; else the one that serves.
  std::optional<Placement> instance = std::nullopt;
};

class Clients : public Load {
 public:
  explicit Clients(LoadSetup setup);  // starts them
  ~Clients() override;                // stops them

  Traffic Look() const override;
  void Stop() override;

 private:
  void WriteUntilStopped(int number);
  Duration PauseAfter(Time begin, Time origin, std::uint64_t number) const;
  void WriteOnce(Client& client, const WriteRequest& request);
  void Count(const Completion& completion);

  const LoadSetup setup_;
  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;
  Traffic traffic_;
  std::vector<std::thread> threads_;
};

// `traffic` after an acknowledgement by `incarnation` at `now`; a pause of more than `longest_pause` was a break.
Traffic WithAcknowledgement(Traffic traffic, Time now, std::uint64_t incarnation, Duration longest_pause);

}  // namespace holdfast
