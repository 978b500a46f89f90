#include "harness/suite.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/fault.h"
#include "harness/latency/latency_section.h"
#include "harness/text/spelling.h"
#include "harness/text/yaml_reader.h"

namespace holdfast {
namespace {

constexpr std::size_t kLongestName = 40;  // of a suite, scenario or fault: they become names of folders and namespaces
constexpr int kMostTrials = 1000;
constexpr Duration kLongestAfter = std::chrono::minutes(10);
constexpr Duration kLongestPause = std::chrono::hours(1);
constexpr int kMostWeight = 1000;

// `key` is where in the scenario the fault stands: "fault", "while" or "then".
Result<Part> ReadFault(const YamlMapping& scenario, const std::string& key) {
  if (!scenario.IsMapping(key)) {
    ASSIGN_OR_RETURN(const std::string name, scenario.Name(key, kLongestName));
    return Part{.name = name, .options = Options({}, key, {"name"}), .where = scenario.Where(key)};
  }
  ASSIGN_OR_RETURN(const YamlMapping fault,
                   scenario.Mapping(key, {.required = {"name"}, .others = YamlKeys::Others::kAreOptions}));
  ASSIGN_OR_RETURN(const std::string name, fault.Name("name", kLongestName));
  return Part{.name = name, .options = fault.Rest(), .where = fault.Where("name")};
}

Result<Companions> ReadCompanions(const YamlMapping& scenario) {
  Companions companions;
  if (scenario.Has("while")) {
    ASSIGN_OR_RETURN(companions.meanwhile, ReadFault(scenario, "while"));
  }
  if (scenario.Has("then")) {
    ASSIGN_OR_RETURN(companions.then, ReadFault(scenario, "then"));
  } else if (scenario.Has("after")) {
    return scenario.Complaint("after", "only with `then`, the fault that comes after so long");
  } else if (scenario.Has("amid")) {
    return scenario.Complaint("amid", "only with `then`, the fault that comes amid it");
  }
  if (scenario.Has("amid")) {
    ASSIGN_OR_RETURN(const std::string amid, scenario.Text("amid"));
    if (amid != "rebuild") return scenario.Complaint("amid", "rebuild");
    companions.amid_rebuild = true;
  }
  ASSIGN_OR_RETURN(companions.after, scenario.Period("after", companions.after, {Duration::zero(), kLongestAfter}));
  return companions;
}

// "20s..60s", or one length for all of them.
Status ReadPause(const YamlMapping& section, Soak& soak) {
  ASSIGN_OR_RETURN(const std::string text, section.Text("pause"));
  const std::size_t dots = text.find("..");
  const Result<Duration> least = ParseDuration(text.substr(0, dots));
  const Result<Duration> most = dots == std::string::npos ? least : ParseDuration(text.substr(dots + 2));
  if (!least.has_value() || !most.has_value() || *least > *most || *most > kLongestPause) {
    return section.Complaint("pause", "a span such as 20s..60s, or one length, up to " + FormatDuration(kLongestPause));
  }
  soak.least_pause = *least;
  soak.most_pause = *most;
  return {};
}

Status ReadSoak(const YamlMapping& top, Suite& suite) {
  if (!top.Has("soak")) return {};
  if (top.Has("trials")) return top.Complaint("trials", "none with `soak`, in which every fault comes several times");
  ASSIGN_OR_RETURN(const YamlMapping section, top.Mapping("soak", {.required = {"lasts", "pause"}}));
  Soak soak;
  ASSIGN_OR_RETURN(soak.lasts, section.Period("lasts", {}, {std::chrono::seconds(1), kLongestSoak}));
  RETURN_IF_ERROR(ReadPause(section, soak));
  suite.soak = soak;
  return {};
}

Result<int> ReadWeight(const YamlMapping& entry, const Suite& suite) {
  if (!suite.soak && entry.Has("weight")) {
    return entry.Complaint("weight", "only in a suite with `soak`, which draws its scenarios");
  }
  return entry.Integer("weight", 1, {1, kMostWeight});
}

// Latency is measured by itself: in a soak nobody could say in which condition.
Status ReadLatency(const YamlMapping& entry, const Suite& suite, Scenario& scenario) {
  for (const char* key : {"fio", "commits"}) {
    if (suite.soak && entry.Has(key)) return entry.Complaint(key, "none in a suite with `soak`");
  }
  if (entry.Has("commits")) {
    ASSIGN_OR_RETURN(scenario.commits, ReadCommits(entry));
  }
  if (!entry.Has("fio")) return {};
  for (const char* key : {"fault", "commits", "while", "then", "after", "amid"}) {
    if (entry.Has(key)) return entry.Complaint(key, "none with `fio`, which measures a volume without a database");
  }
  ASSIGN_OR_RETURN(scenario.fio, ReadFio(entry));
  return {};
}

Status ReadWhatHappens(const YamlMapping& entry, const Suite& suite, Scenario& scenario) {
  RETURN_IF_ERROR(ReadLatency(entry, suite, scenario));
  if (scenario.fio) return {};
  if (!entry.Has("fault"))
    return UsageError(entry.Where("fault") + ": no key 'fault' in scenario; required: fault, or fio");
  ASSIGN_OR_RETURN(scenario.fault, ReadFault(entry, "fault"));
  ASSIGN_OR_RETURN(scenario.companions, ReadCompanions(entry));
  return {};
}

Status AddScenario(const YamlMapping& entry, Suite& suite) {
  Scenario scenario;
  RETURN_IF_ERROR(ReadWhatHappens(entry, suite, scenario));
  ASSIGN_OR_RETURN(scenario.name, entry.Name("name", kLongestName, scenario.fio ? "latency" : scenario.fault.name));
  ASSIGN_OR_RETURN(scenario.weight, ReadWeight(entry, suite));
  if (suite.soak && scenario.name == kSoakName) {
    return UsageError(
        fmt::format("{}: a scenario named '{}'; allowed: any other `name`, since the soak itself is "
                    "called so",
                    entry.Where("name"), scenario.name));
  }
  for (const Scenario& earlier : suite.scenarios) {
    if (earlier.name != scenario.name) continue;
    return UsageError(fmt::format("{}: a second scenario named '{}'; allowed: a `name` for each that is its own",
                                  entry.Where("name"), scenario.name));
  }
  suite.scenarios.push_back(std::move(scenario));
  return {};
}

const char kTitle[] = "the suite";
YamlKeys Keys() { return {.required = {"suite", "scenarios"}, .optional = {"trials", "budget", "soak"}}; }

Result<Suite> FromMapping(const YamlMapping& top, const std::string& file) {
  Suite suite;
  suite.file = file;
  ASSIGN_OR_RETURN(suite.name, top.Name("suite", kLongestName));
  ASSIGN_OR_RETURN(suite.trials, top.Integer("trials", suite.trials, {1, kMostTrials}));
  ASSIGN_OR_RETURN(suite.budget, top.Integer("budget", suite.budget, {0, kAllNodes}));
  RETURN_IF_ERROR(ReadSoak(top, suite));
  ASSIGN_OR_RETURN(
      const std::vector<YamlMapping> scenarios,
      top.Mappings("scenarios", "scenario",
                   {.optional = {"fault", "fio", "name", "while", "then", "after", "amid", "commits", "weight"}}));
  for (const YamlMapping& entry : scenarios) RETURN_IF_ERROR(AddScenario(entry, suite));
  return suite;
}

}  // namespace

std::vector<Injection> InOrder(const Part& fault, const Companions& companions) {
  std::vector<Injection> injections;
  if (companions.meanwhile) injections.push_back({.fault = *companions.meanwhile});
  injections.push_back({.fault = fault, .own = true});
  if (companions.then) {
    injections.push_back(
        {.fault = *companions.then, .delay = companions.after, .amid_rebuild = companions.amid_rebuild});
  }
  return injections;
}

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
