#include "harness/playing/lanes.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "harness/host/machine_memory.h"

namespace holdfast {

std::string LaneName(const std::string& cluster, int number) {
  return number == 1 ? cluster : fmt::format("{}-{}", cluster, number);
}

// The plan draws its seeds from the suite and not from the cluster, so that its cells are the same.
Result<Order> OrderOfLane(const Order& order, int number) {
  Arguments arguments = order.arguments;
  arguments.cluster = LaneName(order.rig.cluster, number);
  return MakeOrder(order.rig, order.suite, arguments);
}

int LanesThatFit(int wanted, std::size_t cells, const std::vector<std::uint64_t>& needs, std::uint64_t available) {
  const std::size_t most = std::min({static_cast<std::size_t>(std::max(wanted, 1)), cells, needs.size()});
  std::uint64_t taken = 0;
  std::size_t fit = 0;
  for (; fit < most; ++fit) {
    taken += needs[fit];
    if (taken > available) break;
  }
  return static_cast<int>(std::max<std::size_t>(fit, 1));
}

std::optional<std::string> WhyFewer(int fit, int wanted, std::size_t cells, const std::vector<std::uint64_t>& needs,
                                    std::uint64_t available) {
  if (fit >= wanted) return std::nullopt;
  const std::string fewer = fmt::format("{} at a time instead of {}: ", fit, wanted);
  const auto next = static_cast<std::size_t>(fit);
  if (next == cells) return fewer + "there are no more cells";
  if (next == needs.size()) return fewer + "there are no more clusters to play on";
  const auto all = std::accumulate(needs.begin(), needs.begin() + fit + 1, std::uint64_t{0});
  return fewer + fmt::format("{} MiB of memory are available, and {} clusters would take {} MiB", available >> 20,
                             fit + 1, all >> 20);
}

std::uint64_t MemoryOfLane(Provider& provider) {
  const Result<bool> up = provider.IsUp();
  return up && *up ? 0 : provider.MemoryNeeded();
}

Result<std::size_t> FitLanes(Host& host, Progress& progress, int wanted, std::size_t cells,
                             const std::vector<std::uint64_t>& needs) {
  ASSIGN_OR_RETURN(const std::uint64_t available, AvailableMemory(host));
  const int fit = LanesThatFit(wanted, cells, needs, available);
  if (const auto why = WhyFewer(fit, wanted, cells, needs, available)) progress.Say(*why);
  return static_cast<std::size_t>(fit);
}

Status LaneProgress::Step(const std::string& title, std::chrono::seconds, const std::function<Status()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  Say(title + " ...");
  Status status = work();
  const auto took = std::chrono::floor<std::chrono::seconds>(std::chrono::steady_clock::now() - begin);
  Say(fmt::format("{}: {} after {} s", title, status ? "done" : "FAILED", took.count()));
  return status;
}

void LaneProgress::Say(const std::string& line) { progress_.Say(fmt::format("[{}] {}", name_, line)); }

}  // namespace holdfast
