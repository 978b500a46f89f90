// Lanes: on how many clusters, and on which, the cells of a run are played side by side (play.h). The first is the
// rig's cluster, NAME; the others are like it, NAME-2, NAME-3.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/host.h"
#include "harness/host/progress.h"
#include "harness/provider.h"
#include "harness/runs/arguments.h"

namespace holdfast {

inline constexpr int kMostLanes = 16;

std::string LaneName(const std::string& cluster, int number);  // from 1

// The same order, for the cluster of that lane. An Error where that is no name for a cluster.
Result<Order> OrderOfLane(const Order& order, int number);

// How many clusters fit. `cells` is what there is to play, `needs` the memory that each lane would still take, in bytes
// (0 of one that is up), `available` what there is. One at least: whether that fits is the provider's to say.
int LanesThatFit(int wanted, std::size_t cells, const std::vector<std::uint64_t>& needs, std::uint64_t available);

// Of such a number, one line for the user who wanted more; nothing if they have what they wanted.
std::optional<std::string> WhyFewer(int fit, int wanted, std::size_t cells, const std::vector<std::uint64_t>& needs,
                                    std::uint64_t available);

// The memory that a lane on this cluster would still take, in bytes: 0 if it is up.
std::uint64_t MemoryOfLane(Provider& provider);

// LanesThatFit on this machine, which says so where they are fewer than wanted.
Result<std::size_t> FitLanes(Host& host, Progress& progress, int wanted, std::size_t cells,
                             const std::vector<std::uint64_t>& needs);

// What one lane says, among what the others say: each line names the lane, and a step is a line when it begins and one
// when it ends. `progress` outlives it.
class LaneProgress : public Progress {
 public:
  LaneProgress(Progress& progress, std::string name) : progress_(progress), name_(std::move(name)) {}
  Status Step(const std::string& title, std::chrono::seconds expected, const std::function<Status()>& work) override;
  void Say(const std::string& line) override;

 private:
  Progress& progress_;
  const std::string name_;
};

}  // namespace holdfast
