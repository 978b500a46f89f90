#include "harness/runs/arguments.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/host/text_file.h"
#include "harness/text/spelling.h"

namespace holdfast {
namespace {

void Replace(Part& part, const std::optional<std::string>& name, const char* option) {
  if (name && *name != part.name) part = {.name = *name, .options = {}, .where = option};
}

template <typename T>
void Put(nlohmann::json& object, const char* key, const std::optional<T>& value) {
  if (value) object[key] = *value;
}

template <typename T>
void Take(const nlohmann::json& object, const char* key, std::optional<T>& value) {
  if (object.contains(key)) value = object.at(key).get<T>();
}

Status ApplySoak(Suite& suite, const Arguments& arguments) {
  const bool wanted = arguments.duration || arguments.strikes || !arguments.without.empty();
  if (!suite.soak) {
    if (!wanted) return {};
    return UsageError(suite.file + ": no soak; allowed: --duration, --strikes and --without with a suite that has one");
  }
  if (arguments.trials) {
    return UsageError(suite.file + ": a soak has no trials; allowed: --duration, --strikes and --without");
  }
  if (arguments.duration) suite.soak->lasts = *arguments.duration;
  suite.soak->strikes = arguments.strikes;
  suite.soak->without = arguments.without;
  for (Scenario& scenario : suite.scenarios) {
    if (const auto found = arguments.left_out.find(scenario.name); found != arguments.left_out.end()) {
      scenario.missing = found->second;
    }
  }
  return {};
}

}  // namespace

Result<Rig> ApplyTo(Rig rig, const Arguments& arguments) {
  if (arguments.cluster && !IsName(*arguments.cluster, kLongestClusterName)) {
    return UsageError(fmt::format("no cluster can be called '{}'; allowed: a-z, 0-9 and '-' within, 1 to {} characters",
                                  *arguments.cluster, kLongestClusterName));
  }
  if (arguments.cluster) rig.cluster = *arguments.cluster;
  if (rig.cluster.empty()) return UsageError(rig.file + ": the cluster has no name; give it one, or --cluster NAME");
  Replace(rig.provider, arguments.provider, "--provider");
  Replace(rig.backend, arguments.backend, "--backend");
  Replace(rig.workload, arguments.workload, "--workload");
  return rig;
}

Result<Order> MakeOrder(Rig rig, Suite suite, const Arguments& arguments) {
  ASSIGN_OR_RETURN(rig, ApplyTo(std::move(rig), arguments));
  ASSIGN_OR_RETURN(suite, Select(suite, arguments.scenarios));
  RETURN_IF_ERROR(ApplySoak(suite, arguments));
  if (arguments.trials) suite.trials = *arguments.trials;
  if (suite.soak && !arguments.cells.empty()) {
    return UsageError(suite.file + ": a soak is one database; allowed: --strikes and --without, not --cell");
  }
  ASSIGN_OR_RETURN(Plan plan, SelectCells(MakePlan(rig, suite, arguments.seed), arguments.cells));
  return Order{.rig = std::move(rig), .suite = std::move(suite), .arguments = arguments, .plan = std::move(plan)};
}

Status WriteArguments(const Arguments& arguments, const std::filesystem::path& file) {
  nlohmann::json object = {{"seed", arguments.seed}, {"scenarios", arguments.scenarios}};
  Put(object, "cluster", arguments.cluster);
  Put(object, "provider", arguments.provider);
  Put(object, "backend", arguments.backend);
  Put(object, "workload", arguments.workload);
  Put(object, "trials", arguments.trials);
  Put(object, "strikes", arguments.strikes);
  if (arguments.duration) object["duration_ns"] = arguments.duration->count();
  if (!arguments.cells.empty()) object["cells"] = arguments.cells;
  if (!arguments.without.empty()) object["without"] = arguments.without;
  if (!arguments.left_out.empty()) object["left_out"] = arguments.left_out;
  return WriteText(file, object.dump(2) + "\n");
}

Result<Arguments> ReadArguments(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) return Unavailable(fmt::format("{}: cannot be read: {}", file.string(), std::strerror(errno)));
  try {
    const nlohmann::json object = nlohmann::json::parse(in);
    Arguments arguments;
    object.at("seed").get_to(arguments.seed);
    object.at("scenarios").get_to(arguments.scenarios);
    Take(object, "cluster", arguments.cluster);
    Take(object, "provider", arguments.provider);
    Take(object, "backend", arguments.backend);
    Take(object, "workload", arguments.workload);
    Take(object, "trials", arguments.trials);
    Take(object, "strikes", arguments.strikes);
    if (object.contains("duration_ns")) arguments.duration = Duration(object.at("duration_ns").get<Duration::rep>());
    if (object.contains("cells")) object.at("cells").get_to(arguments.cells);
    if (object.contains("without")) object.at("without").get_to(arguments.without);
    if (object.contains("left_out")) object.at("left_out").get_to(arguments.left_out);
    return arguments;
  } catch (const nlohmann::json::exception& error) {
    return Unavailable(fmt::format("{}: damaged: {}", file.string(), error.what()));
  }
}

}  // namespace holdfast
