#include "harness/playing/clients.h"

#include <algorithm>
#include <utility>

#include "harness/history/payload.h"

namespace holdfast {

Traffic WithAcknowledgement(Traffic traffic, Time now, std::uint64_t incarnation, Duration longest_pause) {
  const bool after_pause = !traffic.last_acknowledged || now - *traffic.last_acknowledged > longest_pause;
  // A late answer of an earlier incarnation is no restart.
  if (after_pause || incarnation > traffic.incarnation) traffic.steady_since = now;
  traffic.incarnation = std::max(traffic.incarnation, incarnation);
  traffic.last_acknowledged = now;
  ++traffic.acknowledged;
  return traffic;
}

Clients::Clients(LoadSetup setup) : setup_(std::move(setup)) {
  for (int i = 0; i < setup_.pacing.clients; ++i) {
    const int number = setup_.first_client + i;
    threads_.emplace_back([this, number] { WriteUntilStopped(number); });
  }
}

Clients::~Clients() { Stop(); }

Traffic Clients::Look() const {
  const std::lock_guard lock(mutex_);
  return traffic_;
}

void Clients::Stop() {
  stopping_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Clients::WriteUntilStopped(int number) {
  // On this thread, since a client belongs to the thread that connected it.
  const std::unique_ptr<Client> client = setup_.instance
                                             ? setup_.workload.ConnectTo(setup_.kube, *setup_.instance, number)
                                             : setup_.workload.Connect(setup_.kube, setup_.space, number);
  // A sequence number is used once, whatever came of it: a write with an unknown outcome that were sent again could be
  // there twice.
  const Duration later = FirstDueAfter(setup_.pacing, number - setup_.first_client);
  if (later > Duration::zero() && !setup_.host.SleepFor(later)) return;  // interrupted
  const Time origin = setup_.host.Now();
  for (std::uint64_t sequence = setup_.first_sequence; !stopping_; ++sequence) {
    const Time begin = setup_.host.Now();
    WriteOnce(*client, {.client = number, .sequence = sequence, .payload = PayloadFor(setup_.seed, number, sequence)});
    const Duration pause = PauseAfter(begin, origin, sequence - setup_.first_sequence + 1);
    if (pause > Duration::zero() && !setup_.host.SleepFor(pause)) return;  // interrupted
  }
}

// After the `number`-th write of a client, which it began at `begin` and its first at `origin`.
Duration Clients::PauseAfter(Time begin, Time origin, std::uint64_t number) const {
  const Time now = setup_.host.Now();
  if (!setup_.pacing.due_every) return PauseBeforeNext(setup_.pacing, now - begin);
  return std::max(Duration::zero(), origin + DueAfter(setup_.pacing, number + 1) - now);
}

void Clients::WriteOnce(Client& client, const WriteRequest& request) {
  // Before the first acknowledgement of all nobody scouts: a client's first write has to find the database first.
  const std::optional<Time> last = Look().last_acknowledged;
  const Duration quiet = last ? setup_.host.Now() - *last : Duration::zero();
  setup_.recorder.Begin(setup_.cell, request);
  const Completion completion =
      client.Write(request, DeadlineOfNext(setup_.pacing, request.client - setup_.first_client + 1, quiet));
  setup_.recorder.End(setup_.cell, request, completion);
  Count(completion);
}

void Clients::Count(const Completion& completion) {
  const std::lock_guard lock(mutex_);
  ++traffic_.ended;
  if (completion.outcome == Outcome::kOk) {
    traffic_ = WithAcknowledgement(std::move(traffic_), setup_.host.Now(), completion.incarnation,
                                   setup_.pacing.longest_pause);
  } else {
    traffic_.last_error = completion.error;
  }
}

}  // namespace holdfast
