#include "harness/latency/latency_plan.h"

#include <fmt/format.h>

#include <algorithm>

namespace holdfast {
namespace {

using std::chrono::minutes;

// What kubectl, fio's own start and a slow disk's last requests add to the time of a job.
constexpr Duration kMeasureSlack = minutes(1);
constexpr Duration kLayoutLimit = minutes(5);

std::string PrintReading(const FioReading& reading) {
  const std::string what = fmt::format("{} on {}", reading.job, ToString(reading.medium));
  return reading.repetition == 0 ? what : fmt::format("{}, repetition {}", what, reading.repetition);
}

}  // namespace

int ClientsOf(const Rig& rig, const Cell& cell) {
  if (!cell.commits) return rig.clients;
  const Duration::rep needed = cell.commits->rate * kLeastDueEvery / Duration(std::chrono::seconds(1));
  return std::max(rig.clients, static_cast<int>(needed));
}

std::vector<Step> LatencySteps(const Cell& cell) {
  std::vector<Step> steps = {{.act = Act::kDeploy, .subject = "fio", .limit = kDeployLimit}};
  for (const FioReading& reading : DrawReadings(*cell.fio, cell.seed)) {
    const Duration limit =
        reading.repetition == 0 ? kLayoutLimit : cell.fio->warm_up + cell.fio->runtime + kMeasureSlack;
    steps.push_back({.act = Act::kMeasure, .subject = PrintReading(reading), .reading = reading, .limit = limit});
  }
  steps.push_back({.act = Act::kRemove, .subject = "fio", .limit = kRemoveLimit});
  return steps;
}

}  // namespace holdfast
