// Arguments: what the command line says over and above rig and suite. They are kept in the run's folder beside the two
// files, which stay as written, so that plan, judgement and heal can be drawn from the folder alone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/plan.h"
#include "harness/rig.h"
#include "harness/suite.h"

namespace holdfast {

struct Arguments {
  std::optional<std::string> cluster = {};  // its name
  // Each takes the place of the rig's part of that kind, whose options do not apply to it and are dropped.
  std::optional<std::string> provider = {};
  std::optional<std::string> backend = {};
  std::optional<std::string> workload = {};
  std::vector<std::string> scenarios = {};  // only these; all of them if empty
  std::optional<int> trials = {};
  std::vector<int> cells = {};  // only these of the plan, by number; all of them if empty
  // Of a soak: how long it lasts; or exactly the first so many strikes of its schedule; without these of them.
  std::optional<Duration> duration = {};
  std::optional<int> strikes = {};
  std::vector<int> without = {};
  // Of a soak: scenario → what this rig lacks for it. Nobody types it: it is found out where the rig's parts are made,
  // and kept, since the schedule depends on it.
  std::map<std::string, std::string> left_out = {};
  std::uint64_t seed = 0;
};

// What is to be done: rig and suite as read, with the arguments applied, and the plan for them.
struct Order {
  Rig rig;
  Suite suite;
  Arguments arguments;
  Plan plan;
};

Result<Order> MakeOrder(Rig rig, Suite suite, const Arguments& arguments);
Result<Rig> ApplyTo(Rig rig, const Arguments& arguments);

Status WriteArguments(const Arguments& arguments, const std::filesystem::path& file);
Result<Arguments> ReadArguments(const std::filesystem::path& file);

}  // namespace holdfast
