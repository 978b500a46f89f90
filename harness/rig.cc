#include "harness/rig.h"

#include <fmt/format.h>

#include <cmath>

#include "harness/latency/latency_section.h"
#include "harness/text/spelling.h"
#include "harness/text/yaml_reader.h"

namespace holdfast {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kLongestPartName = 40;
constexpr YamlRange<Duration> kAnyBound = {milliseconds(1), hours(24)};
constexpr YamlRange<Duration> kAnyLatency = {std::chrono::microseconds(1), minutes(1)};

// Fewer probes a second would blur the recovery time, which is seen only from their acknowledgements.
constexpr int kLeastProbesPerSecond = 20;

Result<Part> ReadPart(const YamlMapping& section, const std::string& key) {
  ASSIGN_OR_RETURN(const std::string name, section.Name(key, kLongestPartName));
  return Part{.name = name, .options = section.Rest(), .where = section.Where(key)};
}

Status ReadCluster(const YamlMapping& top, Rig& rig) {
  ASSIGN_OR_RETURN(const YamlMapping cluster, top.Mapping("cluster", {.required = {"provider"},
                                                                      .optional = {"name"},
                                                                      .others = YamlKeys::Others::kAreOptions}));
  ASSIGN_OR_RETURN(rig.cluster, cluster.Name("name", kLongestClusterName, rig.cluster));
  ASSIGN_OR_RETURN(rig.provider, ReadPart(cluster, "provider"));
  return {};
}

Status ReadBackend(const YamlMapping& top, Rig& rig) {
  ASSIGN_OR_RETURN(const YamlMapping backend,
                   top.Mapping("backend", {.required = {"name"}, .others = YamlKeys::Others::kAreOptions}));
  ASSIGN_OR_RETURN(rig.backend, ReadPart(backend, "name"));
  return {};
}

Status CheckProbes(const YamlMapping& workload, const Rig& rig) {
  if (rig.probe_interval * kLeastProbesPerSecond <= rig.clients * Duration(seconds(1))) return {};
  const std::string clients = fmt::format("{} client{}", rig.clients, rig.clients == 1 ? "" : "s");
  return UsageError(
      fmt::format("{}: {} with a probe_interval of {} probe fewer than {} times a second, too seldom to time a "
                  "recovery; allowed: at "
                  "most {} for {}",
                  workload.Where(workload.Has("probe_interval") ? "probe_interval" : "clients"), clients,
                  FormatDuration(rig.probe_interval), kLeastProbesPerSecond,
                  FormatDuration(rig.clients * Duration(seconds(1)) / kLeastProbesPerSecond), clients));
}

Status ReadWorkload(const YamlMapping& top, Rig& rig) {
  ASSIGN_OR_RETURN(const YamlMapping workload,
                   top.Mapping("workload", {.required = {"name"},
                                            .optional = {"clients", "deadline", "probe_interval"},
                                            .others = YamlKeys::Others::kAreOptions}));
  ASSIGN_OR_RETURN(rig.workload, ReadPart(workload, "name"));
  ASSIGN_OR_RETURN(rig.clients, workload.Integer("clients", rig.clients, {1, 64}));
  ASSIGN_OR_RETURN(rig.deadline, workload.Period("deadline", rig.deadline, {milliseconds(10), minutes(1)}));
  ASSIGN_OR_RETURN(rig.probe_interval,
                   workload.Period("probe_interval", rig.probe_interval, {milliseconds(1), seconds(10)}));
  return CheckProbes(workload, rig);
}

Result<std::optional<Duration>> ReadDurability(const YamlMapping& bounds) {
  if (!bounds.Has("durability")) return std::nullopt;
  if (bounds.IsMapping("durability")) {
    ASSIGN_OR_RETURN(const YamlMapping durability, bounds.Mapping("durability", {.required = {"async"}}));
    return durability.Period("async", {}, kAnyBound);
  }
  const Result<std::string> text = bounds.Text("durability");
  if (text.has_value() && *text == "sync") return std::nullopt;
  return bounds.Complaint("durability", "sync or {async: 2s}");
}

Result<double> ReadPercent(const YamlMapping& section, const std::string& key, double fallback) {
  ASSIGN_OR_RETURN(const int percent, section.Integer(key, static_cast<int>(std::lround(fallback * 100)), {1, 99}));
  return percent / 100.0;
}

// An outage that ends just within `rto` has yet to prove for `stable_for` that it ended; given up before that, it
// would be held against the storage.
Status CheckGiveUp(const YamlMapping& section, const Bounds& bounds) {
  if (bounds.give_up > bounds.rto + bounds.stable_for) return {};
  std::string where = section.Where("give_up");
  for (const char* key : {"stable_for", "rto", "give_up"}) {
    if (section.Has(key)) where = section.Where(key);
  }
  return UsageError(
      fmt::format("{}: give_up is {}{}; allowed: longer than rto + stable_for = {}, or a recovery within "
                  "the rto could be called none",
                  where, FormatDuration(bounds.give_up), section.Has("give_up") ? "" : " (the default)",
                  FormatDuration(bounds.rto + bounds.stable_for)));
}

// The writes before a fault are counted once they have gone on for `stable_for`.
Status CheckTraffic(const YamlMapping& section, const Bounds& bounds) {
  if (!bounds.traffic_within || *bounds.traffic_within > bounds.stable_for) return {};
  return UsageError(fmt::format("{}: traffic_within is {}; allowed: longer than stable_for = {}",
                                section.Where("traffic_within"), FormatDuration(*bounds.traffic_within),
                                FormatDuration(bounds.stable_for)));
}

// A database that is well may pause for as long as its clients do: they may all keep the same time.
constexpr int kProbesInAPause = 2;
constexpr Duration kLeastPause = milliseconds(100);

// A client that waits no longer than its deadline cannot tell what took longer.
Status ReadLatencyBounds(const YamlMapping& section, Duration deadline, Bounds& bounds) {
  if (section.Has("commit_p99")) {
    ASSIGN_OR_RETURN(bounds.commit_p99, section.Period("commit_p99", {}, kAnyLatency));
    if (*bounds.commit_p99 >= deadline) {
      return UsageError(fmt::format("{}: commit_p99 is {}; allowed: shorter than the deadline of one write, {}",
                                    section.Where("commit_p99"), FormatDuration(*bounds.commit_p99),
                                    FormatDuration(deadline)));
    }
  }
  if (section.Has("journal_p99_vs_local")) {
    ASSIGN_OR_RETURN(bounds.journal_p99_vs_local, ReadFactor(section, "journal_p99_vs_local"));
  }
  return {};
}

// What Kubernetes takes for names of images and classes is its own affair; here nothing may break a manifest.
Result<std::string> ReadReference(const YamlMapping& section, const std::string& key) {
  ASSIGN_OR_RETURN(const std::string text, section.Text(key));
  static constexpr char kAllowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/:@";
  const bool fits = !text.empty() && text.find_first_not_of(kAllowed) == std::string::npos;
  if (fits) return text;
  return section.Complaint(key, "letters, digits and ._-/:@");
}

Status ReadLatencyParts(const YamlMapping& top, Rig& rig) {
  ASSIGN_OR_RETURN(const YamlMapping section, top.Mapping("latency", {.optional = {"image", "local"}}));
  if (section.Has("image")) {
    ASSIGN_OR_RETURN(rig.latency.image, ReadReference(section, "image"));
  }
  if (section.Has("local")) {
    ASSIGN_OR_RETURN(rig.latency.local_class, ReadReference(section, "local"));
  }
  return {};
}

// What is shorter than a pause that is no outage could not be broken.
Status CheckRto(const YamlMapping& section, const Rig& rig) {
  const Bounds& bounds = rig.bounds;
  if (bounds.longest_pause < bounds.rto) return {};
  const bool by_deadline = bounds.longest_pause == rig.deadline;
  return UsageError(fmt::format(
      "{}: rto is {}; allowed: longer than {}, {}", section.Where("rto"), FormatDuration(bounds.rto),
      by_deadline ? "the deadline of one write" : "a pause that is no outage", FormatDuration(bounds.longest_pause)));
}

Status ReadBounds(const YamlMapping& top, Rig& rig) {
  ASSIGN_OR_RETURN(
      const YamlMapping section,
      top.Mapping("bounds", {.optional = {"rto", "durability", "stable_for", "give_up", "redundancy_within",
                                          "read_within", "least_writes", "traffic_within", "bite_within", "brown_out",
                                          "quantile", "confidence", "commit_p99", "journal_p99_vs_local"}}));
  Bounds& bounds = rig.bounds;
  ASSIGN_OR_RETURN(bounds.rto, section.Period("rto", bounds.rto, kAnyBound));
  ASSIGN_OR_RETURN(bounds.async, ReadDurability(section));
  ASSIGN_OR_RETURN(bounds.stable_for, section.Period("stable_for", bounds.stable_for, kAnyBound));
  ASSIGN_OR_RETURN(bounds.give_up, section.Period("give_up", bounds.give_up, kAnyBound));
  ASSIGN_OR_RETURN(bounds.redundancy_within, section.Period("redundancy_within", bounds.redundancy_within, kAnyBound));
  ASSIGN_OR_RETURN(bounds.read_within, section.Period("read_within", bounds.read_within, kAnyBound));
  ASSIGN_OR_RETURN(bounds.least_writes, section.Integer("least_writes", bounds.least_writes, {1, 100'000}));
  if (section.Has("traffic_within")) {
    ASSIGN_OR_RETURN(bounds.traffic_within, section.Period("traffic_within", {}, kAnyBound));
  }
  ASSIGN_OR_RETURN(bounds.bite_within, section.Period("bite_within", bounds.bite_within, kAnyBound));
  ASSIGN_OR_RETURN(bounds.brown_out, section.Period("brown_out", bounds.brown_out, kAnyBound));
  ASSIGN_OR_RETURN(bounds.quantile, ReadPercent(section, "quantile", bounds.quantile));
  ASSIGN_OR_RETURN(bounds.confidence, ReadPercent(section, "confidence", bounds.confidence));
  RETURN_IF_ERROR(ReadLatencyBounds(section, rig.deadline, bounds));
  RETURN_IF_ERROR(CheckGiveUp(section, bounds));
  RETURN_IF_ERROR(CheckTraffic(section, bounds));
  bounds.longest_pause = std::max({rig.deadline, kProbesInAPause * rig.probe_interval, kLeastPause});
  return CheckRto(section, rig);
}

const char kTitle[] = "the rig";
YamlKeys Keys() { return {.required = {"cluster", "backend", "workload"}, .optional = {"bounds", "latency"}}; }

Result<Rig> FromMapping(const YamlMapping& top, const std::string& file) {
  Rig rig;
  rig.file = file;
  RETURN_IF_ERROR(ReadCluster(top, rig));
  RETURN_IF_ERROR(ReadBackend(top, rig));
  RETURN_IF_ERROR(ReadWorkload(top, rig));
  RETURN_IF_ERROR(ReadBounds(top, rig));
  RETURN_IF_ERROR(ReadLatencyParts(top, rig));
  return rig;
}

}  // namespace

Result<Rig> ReadRig(const std::filesystem::path& file) {
  ASSIGN_OR_RETURN(const YamlMapping top, YamlMapping::ReadFile(file, kTitle, Keys()));
  return FromMapping(top, file.string());
}

Result<Rig> ParseRig(const std::string& text, const std::string& file) {
  ASSIGN_OR_RETURN(const YamlMapping top, YamlMapping::Parse(text, file, kTitle, Keys()));
  return FromMapping(top, file);
}

}  // namespace holdfast
