#include "harness/plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/check.h"
#include "harness/fault.h"
#include "harness/seed.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Limits that are no bound of the rig. They end a hang of the harness or of the infrastructure, which proves nothing
// about the storage; so each is several times what the step takes on two slow cores.
constexpr Duration kCreateLimit = minutes(20);   // the first creation also makes the node image
constexpr Duration kInstallLimit = minutes(10);  // three disks are formatted and their copies meet for the first time
constexpr Duration kDeployLimit = minutes(3);    // provisioning, attaching, mounting, the first start
constexpr Duration kClientsLimit = seconds(30);  // threads, and connections that the database already accepts
constexpr Duration kLeastTrafficLimit = minutes(2);  // some slow commits are no reason to give up
constexpr int kTrafficSlack = 10;                    // times what `least_writes` take at the clients' own pace
constexpr Duration kInjectLimit = minutes(2);        // a drain evicts pods, each with a grace of 30 s
constexpr Duration kBiteLimit = minutes(1);          // the kubelet reports every 10 s, a dead node after 40 s
constexpr Duration kRemoveLimit = minutes(3);        // a volume is detached and deleted

// The phase of the injection against checkpoints, heartbeats and leases, which repeat within seconds.
constexpr std::uint64_t kMostDelayMs = 5000;

std::string Counted(std::size_t count, const std::string& noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

Duration TrafficLimit(const Rig& rig) {
  return std::max(kLeastTrafficLimit, kTrafficSlack * rig.bounds.least_writes * rig.probe_interval / rig.clients);
}

Duration HealLimit(const Part& part) {
  const std::unique_ptr<Fault> fault = Registry<Fault>::Make(part.name, {.options = part.options});
  // Whoever plans an unknown fault is told so elsewhere (see rig.h); here it is one like any other.
  return fault == nullptr ? Duration(minutes(3)) : fault->HealLimit();
}

std::vector<Step> StepsOf(const Cell& cell, const Rig& rig) {
  const std::string clients = Counted(static_cast<std::size_t>(rig.clients), "client");
  const std::string writes = Counted(static_cast<std::size_t>(rig.bounds.least_writes), "acknowledged write");
  const std::string& fault = cell.fault.name;
  const auto delay = milliseconds(static_cast<std::int64_t>(Uniform(cell.seed, 0, kMostDelayMs)));
  std::vector<Step> steps = {
      {.act = Act::kDeploy, .subject = rig.workload.name, .limit = kDeployLimit},
      {.act = Act::kStartClients, .subject = clients, .limit = kClientsLimit},
      {.act = Act::kAwaitTraffic, .subject = writes, .delay = delay, .limit = TrafficLimit(rig)},
      {.act = Act::kInject, .subject = fault, .limit = kInjectLimit},
      {.act = Act::kAwaitBite, .subject = fault, .limit = kBiteLimit},
      {.act = Act::kAwaitRecovery, .subject = fault, .limit = rig.bounds.give_up},
      {.act = Act::kHeal, .subject = fault, .limit = HealLimit(cell.fault)},
      {.act = Act::kAwaitWhole, .subject = rig.backend.name, .limit = rig.bounds.whole_within},
      {.act = Act::kStopClients, .subject = clients, .limit = rig.deadline + kClientsLimit},
      {.act = Act::kReadBack, .subject = rig.workload.name, .limit = rig.bounds.read_within},
      {.act = Act::kRemove, .subject = rig.workload.name, .limit = kRemoveLimit},
  };
  for (Step& step : steps) step.cell = cell.number;
  return steps;
}

std::string PrintPart(const Part& part) {
  std::vector<std::string> options;
  for (const auto& [key, value] : part.options.values()) options.push_back(key + ": " + value.text);
  return options.empty() ? part.name : fmt::format("{} {{{}}}", part.name, fmt::join(options, ", "));
}

std::string PrintHeader(const Rig& rig, const Plan& plan) {
  const Bounds& bounds = rig.bounds;
  const std::string durability = bounds.async ? "async within " + FormatDuration(*bounds.async) : "sync";
  Duration total{};
  for (const Step& step : plan.steps) total += step.limit + step.delay;
  std::string text =
      fmt::format("suite {}: {}, {}, seed {}, at most {} in all\n", plan.suite, Counted(plan.cells.size(), "cell"),
                  Counted(plan.steps.size(), "step"), plan.seed, FormatDuration(total));
  text += fmt::format("rig {}\n", rig.file);
  text += fmt::format("  cluster   {} on {}\n", rig.cluster, PrintPart(rig.provider));
  text += fmt::format("  backend   {}\n", PrintPart(rig.backend));
  text += fmt::format("  workload  {}, {}, each with a write every {}, deadline {}\n", PrintPart(rig.workload),
                      Counted(static_cast<std::size_t>(rig.clients), "client"), FormatDuration(rig.probe_interval),
                      FormatDuration(rig.deadline));
  text += fmt::format("  bounds    rto {}, durability {}, stable for {}\n", FormatDuration(bounds.rto), durability,
                      FormatDuration(bounds.stable_for));
  return text;
}

// A drawn delay to the millisecond, since it is part of what repeats.
std::string PrintTiming(const Step& step) {
  const std::string limit = "within " + FormatDuration(step.limit);
  if (step.act == Act::kInject) return "at once, " + limit;
  if (step.act != Act::kAwaitTraffic) return limit;
  return fmt::format("{}, then {} ms more", limit, std::chrono::duration_cast<milliseconds>(step.delay).count());
}

std::string PrintSubject(const Step& step, const Plan& plan) {
  if (step.act != Act::kInject) return step.subject;
  return PrintPart(plan.cells.at(static_cast<std::size_t>(step.cell - 1)).fault);
}

}  // namespace

std::string ToString(Act act) {
  switch (act) {
    case Act::kCreateCluster:
      return "create cluster";
    case Act::kInstallBackend:
      return "install backend";
    case Act::kDeploy:
      return "deploy";
    case Act::kStartClients:
      return "start";
    case Act::kAwaitTraffic:
      return "await";
    case Act::kInject:
      return "inject";
    case Act::kAwaitBite:
      return "await bite of";
    case Act::kAwaitRecovery:
      return "await recovery from";
    case Act::kHeal:
      return "heal";
    case Act::kAwaitWhole:
      return "await all replicas of";
    case Act::kStopClients:
      return "stop";
    case Act::kReadBack:
      return "read back";
    case Act::kRemove:
      return "remove";
  }
  CHECK_UNREACHABLE();
  return "";
}

std::string Cell::Name() const { return trial == 1 ? scenario : fmt::format("{}/{}", scenario, trial); }

Plan MakePlan(const Rig& rig, const Suite& suite, std::uint64_t seed) {
  Plan plan{.suite = suite.name, .seed = seed, .cells = {}, .steps = {}};
  plan.steps.push_back({.act = Act::kCreateCluster, .subject = rig.cluster, .limit = kCreateLimit});
  plan.steps.push_back({.act = Act::kInstallBackend, .subject = rig.backend.name, .limit = kInstallLimit});
  for (const Scenario& scenario : suite.scenarios) {
    for (int trial = 1; trial <= suite.trials; ++trial) {
      const Cell cell{.number = static_cast<int>(plan.cells.size()) + 1,
                      .scenario = scenario.name,
                      .trial = trial,
                      .fault = scenario.fault,
                      .seed = CellSeed(seed, scenario.name, trial)};
      plan.cells.push_back(cell);
      const std::vector<Step> steps = StepsOf(cell, rig);
      plan.steps.insert(plan.steps.end(), steps.begin(), steps.end());
    }
  }
  for (std::size_t i = 0; i < plan.steps.size(); ++i) plan.steps[i].number = static_cast<int>(i) + 1;
  return plan;
}

std::string PrintPlan(const Rig& rig, const Plan& plan) {
  struct Line {
    std::string number, cell, act, timing;
  };
  std::vector<Line> lines;
  std::size_t number_width = 0, cell_width = 0, act_width = 0;
  for (const Step& step : plan.steps) {
    const std::string cell = step.cell == 0 ? "-" : plan.cells.at(static_cast<std::size_t>(step.cell - 1)).Name();
    const Line& line =
        lines.emplace_back(Line{.number = std::to_string(step.number),
                                .cell = cell,
                                .act = fmt::format("{} {}", ToString(step.act), PrintSubject(step, plan)),
                                .timing = PrintTiming(step)});
    number_width = std::max(number_width, line.number.size());
    cell_width = std::max(cell_width, line.cell.size());
    act_width = std::max(act_width, line.act.size());
  }
  std::string text = PrintHeader(rig, plan) + "\n";
  for (const Line& line : lines) {
    text += fmt::format("{:>{}}  {:<{}}  {:<{}}  {}\n", line.number, number_width + 1, line.cell, cell_width, line.act,
                        act_width, line.timing);
  }
  return text;
}

}  // namespace holdfast
