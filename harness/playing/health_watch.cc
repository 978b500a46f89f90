#include "harness/playing/health_watch.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace holdfast {
namespace {

class Looks : public HealthWatch {
 public:
  explicit Looks(const HealthWatchSetup& setup) : setup_(setup), thread_([this] { Look(); }) {}
  ~Looks() override { Stop(); }

  HealthSeen Stop() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
    return seen_;
  }

 private:
  // A look that fails has seen nothing.
  void Look() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      lock.unlock();
      const Nanoseconds begin = setup_.clock();
      const Result<Health> health = setup_.backend.GetHealth();
      if (health.has_value()) seen_.Add(begin, setup_.clock(), *health);
      lock.lock();
      wake_.wait_for(lock, setup_.interval, [this] { return stopping_; });
    }
  }

  const HealthWatchSetup setup_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  HealthSeen seen_;     // the thread's, until it has ended
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace

void HealthSeen::Add(Nanoseconds begin, Nanoseconds end, const Health& health) {
  if (health.missing_bytes) missing_bytes = std::max(missing_bytes.value_or(0), *health.missing_bytes);
  if (health.whole) {
    if (!whole_since) whole_since = end;
  } else {
    whole_since.reset();
    not_whole_until = begin;
  }
}

std::map<std::string, std::string> HealthSeen::Fields() const {
  std::map<std::string, std::string> fields;
  if (missing_bytes) fields[kFieldRebuiltBytes] = std::to_string(*missing_bytes);
  if (whole_since) fields[kFieldWholeSince] = std::to_string(*whole_since);
  if (not_whole_until) fields[kFieldNotWholeUntil] = std::to_string(*not_whole_until);
  return fields;
}

std::unique_ptr<HealthWatch> WatchHealth(const HealthWatchSetup& setup) { return std::make_unique<Looks>(setup); }

}  // namespace holdfast
