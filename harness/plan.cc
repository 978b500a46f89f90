#include "harness/plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "harness/check.h"
#include "harness/fault.h"
#include "harness/latency/latency_plan.h"
#include "harness/schedule.h"
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
constexpr Duration kClientsLimit = seconds(30);  // threads, and connections that the database already accepts
constexpr Duration kLeastTrafficLimit = minutes(2);  // some slow commits are no reason to give up
constexpr int kTrafficSlack = 10;                    // times what `least_writes` take at the clients' own pace
constexpr Duration kHold = seconds(20);              // longer than any time-out of the clients

// The phase of the injection against checkpoints, heartbeats and leases, which repeat within seconds.
constexpr std::uint64_t kMostDelayMs = 5000;

std::string Counted(std::size_t count, const std::string& noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

Duration TrafficLimit(const Rig& rig) {
  if (rig.bounds.traffic_within) return *rig.bounds.traffic_within;
  return std::max({kLeastTrafficLimit, 2 * rig.bounds.stable_for,
                   kTrafficSlack * rig.bounds.least_writes * rig.probe_interval / rig.clients});
}

// As the fault says. Whoever plans an unknown one is told so elsewhere (see rig.h); here it is one like any other.
struct FaultLimits {
  Duration inject = kInjectLimit;
  Duration heal = minutes(3);
};

FaultLimits LimitsOf(const Part& part) {
  const std::unique_ptr<Fault> fault = Registry<Fault>::Make(part.name, {.options = part.options});
  return fault == nullptr ? FaultLimits{} : FaultLimits{.inject = fault->InjectLimit(), .heal = fault->HealLimit()};
}

// What the faults of a cell do together.
struct Harm {
  int toll = 0;
  MemoryLoss memory_loss = MemoryLoss::kNone;
};

Harm HarmOf(const std::vector<Injection>& injections) {
  Harm harm;
  for (const Injection& injection : injections) {
    const auto fault = Registry<Fault>::Make(injection.fault.name, {.options = injection.fault.options});
    if (fault == nullptr) continue;
    harm.toll += fault->Toll();
    harm.memory_loss = std::max(harm.memory_loss, fault->Loses());
  }
  return harm;
}

std::vector<Step> InjectionSteps(const Cell& cell, const Rig& rig) {
  std::vector<Step> steps;
  for (std::size_t i = 0; i < cell.injections.size(); ++i) {
    const Injection& one = cell.injections[i];
    const std::string& name = one.fault.name;
    const int place = static_cast<int>(i);
    const Duration limit = LimitsOf(one.fault).inject;
    steps.push_back({.act = Act::kInject, .subject = name, .injection = place, .delay = one.delay, .limit = limit});
    steps.push_back({.act = Act::kAwaitBite, .subject = name, .injection = place, .limit = rig.bounds.bite_within});
  }
  return steps;
}

// The last one first.
std::vector<Step> HealSteps(const Cell& cell) {
  std::vector<Step> steps;
  for (std::size_t i = cell.injections.size(); i-- > 0;) {
    const Part& fault = cell.injections[i].fault;
    steps.push_back(
        {.act = Act::kHeal, .subject = fault.name, .injection = static_cast<int>(i), .limit = LimitsOf(fault).heal});
  }
  return steps;
}

// Time in which nothing changes, for the commits that are measured.
void AddHold(std::vector<Step>& steps, const Cell& cell, const std::string& subject) {
  if (!cell.commits) return;
  steps.push_back({.act = Act::kHold, .subject = subject, .delay = cell.commits->hold, .limit = cell.commits->hold});
}

// Within the budget the database comes back while it is still hurt; beyond it, once it is healed.
std::vector<Step> HurtingSteps(const Cell& cell, const Rig& rig) {
  std::vector<Step> steps;
  AddHold(steps, cell, "while healthy");
  const std::vector<Step> injections = InjectionSteps(cell, rig);
  steps.insert(steps.end(), injections.begin(), injections.end());
  const std::vector<Step> heals = HealSteps(cell);
  const Step recovery = {.act = Act::kAwaitRecovery, .subject = cell.fault.name, .limit = rig.bounds.give_up};
  if (cell.demands == Demands::kRecovery) {
    steps.push_back(recovery);
    AddHold(steps, cell, "while hurt");
  }
  if (cell.demands == Demands::kSafety) {
    steps.push_back({.act = Act::kHold, .subject = cell.fault.name, .delay = kHold, .limit = kHold});
  }
  steps.insert(steps.end(), heals.begin(), heals.end());
  if (cell.demands == Demands::kSafety) steps.push_back(recovery);
  return steps;
}

std::string CountedClients(const Rig& rig, const Cell& cell) {
  return Counted(static_cast<std::size_t>(ClientsOf(rig, cell)), "client");
}

Step TrafficStep(const Rig& rig, Duration delay) {
  const std::string writes = Counted(static_cast<std::size_t>(rig.bounds.least_writes), "acknowledged write");
  return {.act = Act::kAwaitTraffic, .subject = writes, .delay = delay, .limit = TrafficLimit(rig)};
}

std::vector<Step> OpeningSteps(const Rig& rig, const Cell& cell) {
  return {{.act = Act::kDeploy, .subject = rig.workload.name, .limit = kDeployLimit},
          {.act = Act::kStartClients, .subject = CountedClients(rig, cell), .limit = kClientsLimit}};
}

Step ReadStep(const Rig& rig) {
  return {.act = Act::kReadBack, .subject = rig.workload.name, .limit = rig.bounds.read_within};
}

// From a database that is well to one that is well.
std::vector<Step> StrikeSteps(const Cell& cell, const Rig& rig) {
  const auto delay = milliseconds(static_cast<std::int64_t>(Uniform(cell.seed, 0, kMostDelayMs)));
  std::vector<Step> steps = {TrafficStep(rig, delay)};
  const std::vector<Step> hurting = HurtingSteps(cell, rig);
  steps.insert(steps.end(), hurting.begin(), hurting.end());
  steps.push_back({.act = Act::kAwaitWhole, .subject = rig.backend.name, .limit = rig.bounds.redundancy_within});
  return steps;
}

std::vector<Step> ClosingSteps(const Rig& rig, const Cell& cell) {
  return {{.act = Act::kStopClients, .subject = CountedClients(rig, cell), .limit = rig.deadline + kClientsLimit},
          ReadStep(rig),
          {.act = Act::kRemove, .subject = rig.workload.name, .limit = kRemoveLimit}};
}

void AddSteps(Plan& plan, const Cell& cell, const std::vector<Step>& steps) {
  for (const Step& step : steps) {
    plan.steps.push_back(step);
    plan.steps.back().cell = cell.number;
  }
}

Cell MakeCell(const Plan& plan, const Suite& suite, const Scenario& scenario, int trial) {
  const std::vector<Injection> injections = InOrder(scenario.fault, scenario.companions);
  const Harm harm = HarmOf(injections);
  return {.number = static_cast<int>(plan.cells.size()) + 1,
          .scenario = scenario.name,
          .trial = trial,
          .fault = scenario.fault,
          .injections = injections,
          .commits = scenario.commits,
          .demands = harm.toll > suite.budget ? Demands::kSafety : Demands::kRecovery,
          .memory_loss = harm.memory_loss,
          .seed = CellSeed(plan.seed, scenario.name, trial)};
}

// The pause comes before the read, so that what happens in it is part of the strike's evidence.
void AddStrike(Plan& plan, const Suite& suite, const Rig& rig, const Strike& strike) {
  Cell cell = MakeCell(plan, suite, suite.scenarios[strike.scenario], strike.trial);
  cell.role = Role::kStrike;
  cell.strike = strike.number;
  plan.cells.push_back(cell);
  AddSteps(plan, cell, StrikeSteps(cell, rig));
  AddSteps(
      plan, cell,
      {{.act = Act::kHold, .subject = "until the next", .delay = strike.pause, .limit = strike.pause}, ReadStep(rig)});
}

void AddSoak(Plan& plan, const Rig& rig, const Suite& suite) {
  if (!suite.soak->strikes) plan.lasts = suite.soak->lasts;
  plan.cells.push_back(
      {.number = 1, .role = Role::kSoak, .scenario = kSoakName, .seed = CellSeed(plan.seed, kSoakName, 1)});
  const Cell soak = plan.cells.back();
  AddSteps(plan, soak, OpeningSteps(rig, soak));
  const int most = StrikesToPlan(*suite.soak, rig.bounds.stable_for);
  for (const Strike& strike : DrawStrikes(suite, plan.seed, most)) AddStrike(plan, suite, rig, strike);
  AddSteps(plan, soak, ClosingSteps(rig, soak));
  for (const Scenario& scenario : suite.scenarios) {
    if (scenario.missing.empty()) continue;
    Cell cell = MakeCell(plan, suite, scenario, 1);
    cell.role = Role::kLeftOut;
    cell.missing = scenario.missing;
    plan.cells.push_back(cell);
  }
}

void AddLatency(Plan& plan, const Suite& suite, const Scenario& scenario) {
  for (int trial = 1; trial <= suite.trials; ++trial) {
    const Cell& cell = plan.cells.emplace_back(Cell{.number = static_cast<int>(plan.cells.size()) + 1,
                                                    .role = Role::kLatency,
                                                    .scenario = scenario.name,
                                                    .trial = trial,
                                                    .fio = scenario.fio,
                                                    .seed = CellSeed(plan.seed, scenario.name, trial)});
    AddSteps(plan, cell, LatencySteps(cell));
  }
}

void AddScenario(Plan& plan, const Rig& rig, const Suite& suite, const Scenario& scenario) {
  if (scenario.fio) return AddLatency(plan, suite, scenario);
  for (int trial = 1; trial <= suite.trials; ++trial) {
    const Cell& cell = plan.cells.emplace_back(MakeCell(plan, suite, scenario, trial));
    AddSteps(plan, cell, OpeningSteps(rig, cell));
    AddSteps(plan, cell, StrikeSteps(cell, rig));
    AddSteps(plan, cell, ClosingSteps(rig, cell));
  }
}

std::string PrintPart(const Part& part) {
  std::vector<std::string> options;
  for (const auto& [key, value] : part.options.values()) options.push_back(key + ": " + value.text);
  return options.empty() ? part.name : fmt::format("{} {{{}}}", part.name, fmt::join(options, ", "));
}

const Cell& CellOf(const Step& step, const Plan& plan) { return plan.CellNumbered(step.cell); }

// Of the strikes of a soak that ends by its time as much as that, and the longest, which may have begun just before.
Duration LongestOf(const Plan& plan) {
  Duration total{};
  std::map<int, Duration> strikes;
  for (const Step& step : plan.steps) {
    const bool timed = plan.lasts && step.cell != 0 && CellOf(step, plan).role == Role::kStrike;
    (timed ? strikes[step.cell] : total) += step.limit + (step.act == Act::kHold && timed ? Duration() : step.delay);
  }
  Duration longest{};
  for (const auto& [cell, takes] : strikes) longest = std::max(longest, takes);
  return total + longest + plan.lasts.value_or(Duration());
}

// How the soak ends, and what of its suite does not come in it.
std::string PrintSoak(const Plan& plan) {
  const auto strikes =
      std::count_if(plan.cells.begin(), plan.cells.end(), [](const Cell& cell) { return cell.role == Role::kStrike; });
  std::string text;
  if (plan.lasts) {
    text += fmt::format("soak: no strike begins later than {} after the first one, so perhaps not all of the {}\n",
                        FormatDuration(*plan.lasts), strikes);
  }
  for (const Cell& cell : plan.cells) {
    if (cell.role == Role::kLeftOut) text += fmt::format("left out: {}: {}\n", cell.scenario, cell.missing);
  }
  return text;
}

std::string PrintHeader(const Rig& rig, const Plan& plan) {
  const Bounds& bounds = rig.bounds;
  const std::string durability = bounds.async ? "async within " + FormatDuration(*bounds.async) : "sync";
  std::string text =
      fmt::format("suite {}: {}, {}, seed {}, at most {} in all\n", plan.suite, Counted(plan.cells.size(), "cell"),
                  Counted(plan.steps.size(), "step"), plan.seed, FormatDuration(LongestOf(plan)));
  text += fmt::format("rig {}\n", rig.file);
  text += fmt::format("  cluster   {} on {}\n", rig.cluster, PrintPart(rig.provider));
  text += fmt::format("  backend   {}\n", PrintPart(rig.backend));
  text += fmt::format("  workload  {}, {}, each with a write every {}, deadline {}\n", PrintPart(rig.workload),
                      Counted(static_cast<std::size_t>(rig.clients), "client"), FormatDuration(rig.probe_interval),
                      FormatDuration(rig.deadline));
  text += fmt::format("  bounds    rto {}, durability {}, stable for {}\n", FormatDuration(bounds.rto), durability,
                      FormatDuration(bounds.stable_for));
  return text + PrintSoak(plan);
}

constexpr char kAtOnce[] = "at once";

// When the injection of that place comes: "at once", "after 5 s", "5 s after the end of kubelet-stop".
std::string PrintMoment(const Cell& cell, std::size_t place) {
  const Injection& injection = cell.injections.at(place);
  const bool waits = injection.delay > Duration::zero();
  const std::string delay = waits ? FormatDuration(injection.delay) : kAtOnce;
  std::string moment = waits ? "after " + delay : delay;
  if (place > 0) {
    const Part& before = cell.injections[place - 1].fault;
    const auto fault = Registry<Fault>::Make(before.name, {.options = before.options});
    if (fault != nullptr && fault->EndsByItself()) moment = fmt::format("{} after the end of {}", delay, before.name);
  }
  return moment + (injection.amid_rebuild ? ", amid a rebuild" : "");
}

// A drawn delay to the millisecond, since it is part of what repeats.
std::string PrintTiming(const Step& step, const Plan& plan) {
  const std::string limit = "within " + FormatDuration(step.limit);
  if (step.act == Act::kHold) return "for " + FormatDuration(step.delay);
  if (step.act == Act::kInject) {
    const std::string moment = PrintMoment(CellOf(step, plan), static_cast<std::size_t>(step.injection));
    return fmt::format("{}, {}", moment, limit);
  }
  if (step.act != Act::kAwaitTraffic) return limit;
  return fmt::format("{}, then {} ms more", limit, std::chrono::duration_cast<milliseconds>(step.delay).count());
}

std::string PrintSubject(const Step& step, const Plan& plan) {
  if (step.act != Act::kInject) return step.subject;
  const Cell& cell = CellOf(step, plan);
  return PrintPart(cell.injections.at(static_cast<std::size_t>(step.injection)).fault);
}

std::string PrintStrike(const Cell& cell) {
  std::string text = fmt::format("strike {}:", cell.strike);
  for (std::size_t i = 0; i < cell.injections.size(); ++i) {
    const std::string moment = PrintMoment(cell, i);
    text += (moment == kAtOnce ? " " : " " + moment + " ") + PrintPart(cell.injections[i].fault);
  }
  return text;
}

// Of the plan as it is printed.
struct Line {
  int cell = 0;
  std::string number, name, act, timing;
};

// What was drawn, to the millisecond.
std::string PrintStrikeTiming(std::vector<Step>::const_iterator first, std::vector<Step>::const_iterator end) {
  const auto ms = [](Duration delay) { return std::chrono::duration_cast<milliseconds>(delay).count(); };
  Duration pause{};
  for (auto step = first; step != end; ++step) {
    if (step->act == Act::kHold) pause = step->delay;  // the last one
  }
  return fmt::format("{} ms after the traffic, then a pause of {} ms", ms(first->delay), ms(pause));
}

// The steps of a strike are those of every other one: they stand in one line.
std::vector<Line> LinesOf(const Plan& plan) {
  std::vector<Line> lines;
  for (auto step = plan.steps.begin(); step != plan.steps.end(); ++step) {
    const Cell* cell = step->cell == 0 ? nullptr : &CellOf(*step, plan);
    Line line{.cell = step->cell,
              .number = std::to_string(step->number),
              .name = cell == nullptr ? "-" : cell->Name(),
              .act = fmt::format("{} {}", ToString(step->act), PrintSubject(*step, plan)),
              .timing = PrintTiming(*step, plan)};
    if (cell != nullptr && cell->role == Role::kStrike) {
      const auto first = step;
      while (std::next(step) != plan.steps.end() && std::next(step)->cell == first->cell) ++step;
      line = {.cell = first->cell,
              .number = fmt::format("{}-{}", first->number, step->number),
              .name = cell->Name(),
              .act = PrintStrike(*cell),
              .timing = PrintStrikeTiming(first, std::next(step))};
    }
    lines.push_back(line);
  }
  return lines;
}

void NumberSteps(Plan& plan) {
  for (std::size_t i = 0; i < plan.steps.size(); ++i) plan.steps[i].number = static_cast<int>(i) + 1;
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
    case Act::kHold:
      return "hold";
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
    case Act::kMeasure:
      return "measure";
    case Act::kRemove:
      return "remove";
  }
  CHECK_UNREACHABLE();
  return "";
}

std::string ToString(Role role) {
  switch (role) {
    case Role::kScenario:
      return "scenario";
    case Role::kSoak:
      return "soak";
    case Role::kStrike:
      return "strike";
    case Role::kLeftOut:
      return "left out";
    case Role::kLatency:
      return "latency";
  }
  CHECK_UNREACHABLE();
  return "";
}

std::string Cell::Name() const { return trial == 1 ? scenario : fmt::format("{}/{}", scenario, trial); }

Plan MakePlan(const Rig& rig, const Suite& suite, std::uint64_t seed) {
  Plan plan{.suite = suite.name, .seed = seed, .cells = {}, .steps = {}};
  plan.steps.push_back({.act = Act::kCreateCluster, .subject = rig.cluster, .limit = kCreateLimit});
  plan.steps.push_back({.act = Act::kInstallBackend, .subject = rig.backend.name, .limit = kInstallLimit});
  if (suite.soak) {
    AddSoak(plan, rig, suite);
  } else {
    for (const Scenario& scenario : suite.scenarios) AddScenario(plan, rig, suite, scenario);
  }
  NumberSteps(plan);
  return plan;
}

const Cell& Plan::CellNumbered(int number) const {
  const auto found = std::find_if(cells.begin(), cells.end(), [&](const Cell& cell) { return cell.number == number; });
  CHECK(found != cells.end());
  return *found;
}

const Cell& Plan::Database(const Cell& cell) const {
  if (cell.role != Role::kStrike) return cell;
  CHECK(cells.front().role == Role::kSoak);
  return cells.front();
}

std::vector<int> Plan::Databases() const {
  std::vector<int> numbers;
  for (const Cell& cell : cells) {
    const bool own = cell.role == Role::kScenario || cell.role == Role::kSoak || cell.role == Role::kLatency;
    if (own) numbers.push_back(cell.number);
  }
  return numbers;
}

std::string PrintPlan(const Rig& rig, const Plan& plan) {
  const std::vector<Line> lines = LinesOf(plan);
  std::size_t number_width = 0, name_width = 0, act_width = 0;
  for (const Line& line : lines) {
    number_width = std::max(number_width, line.number.size());
    name_width = std::max(name_width, line.name.size());
    act_width = std::max(act_width, line.act.size());
  }
  std::string text = PrintHeader(rig, plan) + "\n";
  for (const Line& line : lines) {
    text += fmt::format("{:>{}}  {:<{}}  {:<{}}  {}\n", line.number, number_width + 1, line.name, name_width, line.act,
                        act_width, line.timing);
  }
  return text;
}

std::vector<std::string> PrintStepsOf(const Plan& plan, const Cell& cell) {
  std::vector<std::string> texts;
  for (const Line& line : LinesOf(plan)) {
    if (line.cell == cell.number) texts.push_back(fmt::format("{} {}, {}", line.number, line.act, line.timing));
  }
  return texts;
}

Result<Plan> SelectCells(Plan plan, const std::vector<int>& numbers) {
  if (numbers.empty()) return plan;
  for (const int number : numbers) {
    if (number >= 1 && number <= static_cast<int>(plan.cells.size())) continue;
    return UsageError(fmt::format("suite {}: no cell {}; allowed: 1 to {}", plan.suite, number, plan.cells.size()));
  }
  const auto is_chosen = [&](int number) { return std::find(numbers.begin(), numbers.end(), number) != numbers.end(); };
  std::erase_if(plan.cells, [&](const Cell& cell) { return !is_chosen(cell.number); });
  std::erase_if(plan.steps, [&](const Step& step) { return step.cell != 0 && !is_chosen(step.cell); });
  NumberSteps(plan);
  return plan;
}

}  // namespace holdfast
