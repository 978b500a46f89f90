#include "harness/suite.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/spelling.h"
#include "harness/yaml_reader.h"

namespace holdfast {
namespace {

constexpr std::size_t kLongestName = 40;  // of a suite, scenario or fault: they become names of folders and namespaces
constexpr int kMostTrials = 1000;

Result<Part> ReadFault(const YamlMapping& scenario) {
  if (!scenario.IsMapping("fault")) {
    ASSIGN_OR_RETURN(const std::string name, scenario.Name("fault", kLongestName));
    return Part{.name = name, .options = Options({}, "fault", {"name"}), .where = scenario.Where("fault")};
  }
  ASSIGN_OR_RETURN(const YamlMapping fault,
                   scenario.Mapping("fault", {.required = {"name"}, .others = YamlKeys::Others::kAreOptions}));
  ASSIGN_OR_RETURN(const std::string name, fault.Name("name", kLongestName));
  return Part{.name = name, .options = fault.Rest(), .where = fault.Where("name")};
}

Status AddScenario(const YamlMapping& entry, Suite& suite) {
  Scenario scenario;
  ASSIGN_OR_RETURN(scenario.fault, ReadFault(entry));
  ASSIGN_OR_RETURN(scenario.name, entry.Name("name", kLongestName, scenario.fault.name));
  for (const Scenario& earlier : suite.scenarios) {
    if (earlier.name != scenario.name) continue;
    return UsageError(fmt::format("{}: a second scenario named '{}'; allowed: a `name` for each that is its own",
                                  entry.Where("name"), scenario.name));
  }
  suite.scenarios.push_back(std::move(scenario));
  return {};
}

const char kTitle[] = "the suite";
YamlKeys Keys() { return {.required = {"suite", "scenarios"}, .optional = {"trials"}}; }

Result<Suite> FromMapping(const YamlMapping& top, const std::string& file) {
  Suite suite;
  suite.file = file;
  ASSIGN_OR_RETURN(suite.name, top.Name("suite", kLongestName));
  ASSIGN_OR_RETURN(suite.trials, top.Integer("trials", suite.trials, {1, kMostTrials}));
  ASSIGN_OR_RETURN(const std::vector<YamlMapping> scenarios,
                   top.Mappings("scenarios", "scenario", {.required = {"fault"}, .optional = {"name"}}));
  for (const YamlMapping& entry : scenarios) RETURN_IF_ERROR(AddScenario(entry, suite));
  return suite;
}

}  // namespace

Result<Suite> ReadSuite(const std::filesystem::path& file) {
  ASSIGN_OR_RETURN(const YamlMapping top, YamlMapping::ReadFile(file, kTitle, Keys()));
  return FromMapping(top, file.string());
}

Result<Suite> ParseSuite(const std::string& text, const std::string& file) {
  ASSIGN_OR_RETURN(const YamlMapping top, YamlMapping::Parse(text, file, kTitle, Keys()));
  return FromMapping(top, file);
}

Result<Suite> Select(const Suite& suite, const std::vector<std::string>& names) {
  std::vector<std::string> known;
  for (const Scenario& scenario : suite.scenarios) known.push_back(scenario.name);
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    return UsageError(fmt::format("{}: no scenario {}{}; known: {}", suite.file, Quoted(name), DidYouMean(name, known),
                                  fmt::join(known, ", ")));
  }
  Suite selected = suite;
  if (names.empty()) return selected;
  std::erase_if(selected.scenarios, [&names](const Scenario& scenario) {
    return std::find(names.begin(), names.end(), scenario.name) == names.end();
  });
  return selected;
}

}  // namespace holdfast
