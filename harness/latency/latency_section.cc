#include "harness/latency/latency_section.h"

#include <charconv>

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr int kMostRepetitions = 100;
constexpr YamlRange<Duration> kRuntimes = {seconds(1), minutes(1)};
constexpr YamlRange<Duration> kWarmUps = {milliseconds(0), seconds(30)};
constexpr YamlRange<int> kSizesMib = {8, 65536};
constexpr YamlRange<Duration> kHolds = {seconds(5), minutes(10)};
// Fewer writes a second would not time a recovery: of four clients three scout (pacing.h), and 20 probes are needed.
constexpr YamlRange<int> kRates = {30, 10'000};
constexpr double kMostFactor = 1e6;

}  // namespace

Result<FioSettings> ReadFio(const YamlMapping& scenario) {
  ASSIGN_OR_RETURN(const YamlMapping section,
                   scenario.Mapping("fio", {.optional = {"jobs", "repetitions", "runtime", "warm_up", "size_mib"}}));
  FioSettings settings;
  ASSIGN_OR_RETURN(settings.jobs, section.Names("jobs", FioJobNames()));
  ASSIGN_OR_RETURN(settings.repetitions,
                   section.Integer("repetitions", settings.repetitions, {kLeastRepetitions, kMostRepetitions}));
  ASSIGN_OR_RETURN(settings.runtime, section.Period("runtime", settings.runtime, kRuntimes));
  ASSIGN_OR_RETURN(settings.warm_up, section.Period("warm_up", settings.warm_up, kWarmUps));
  ASSIGN_OR_RETURN(settings.size_mib, section.Integer("size_mib", settings.size_mib, kSizesMib));
  return settings;
}

Result<CommitSettings> ReadCommits(const YamlMapping& scenario) {
  ASSIGN_OR_RETURN(const YamlMapping section, scenario.Mapping("commits", {.optional = {"for", "rate"}}));
  CommitSettings settings;
  ASSIGN_OR_RETURN(settings.hold, section.Period("for", settings.hold, kHolds));
  ASSIGN_OR_RETURN(settings.rate, section.Integer("rate", settings.rate, kRates));
  return settings;
}

Result<double> ReadFactor(const YamlMapping& section, const std::string& key) {
  ASSIGN_OR_RETURN(const std::string text, section.Text(key));
  double factor = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, factor, std::chars_format::fixed);
  const bool whole = error == std::errc() && end - stopped == 1 && *stopped == 'x';
  if (whole && factor > 0 && factor <= kMostFactor) return factor;
  return section.Complaint(key, "a factor greater than 0, such as 5x or 2.5x");
}

}  // namespace holdfast
