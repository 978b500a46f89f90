#include "harness/latency/ground.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/options.h"
#include "harness/text/printable.h"

namespace holdfast {
namespace {

constexpr char kOwnDisk[] = "the kubelet's (emptyDir)";
constexpr char kOwnFio[] = "of this machine";

std::string ValueIn(const Run& run, const std::string& name) {
  for (const auto& [known, value] : run.fingerprint) {
    if (known == name) return value;
  }
  return "";
}

}  // namespace

std::vector<std::pair<std::string, std::string>> GroundOf(const Rig& rig, std::size_t nodes) {
  return {{"number of nodes", std::to_string(nodes)},
          {"clients", std::to_string(rig.clients)},
          {"deadline of a write", FormatDuration(rig.deadline)},
          {"probe interval", FormatDuration(rig.probe_interval)},
          {"node-local storage", rig.latency.local_class.empty() ? kOwnDisk : "class " + rig.latency.local_class},
          {"fio", rig.latency.image.empty() ? kOwnFio : rig.latency.image}};
}

bool IsGround(const std::string& name) {
  static const auto ground = GroundOf({}, 0);
  return std::any_of(ground.begin(), ground.end(), [&](const auto& one) { return one.first == name; });
}

std::vector<std::string> OtherGround(const Run& base, const Run& run) {
  std::vector<std::string> other;
  for (const auto& [name, value] : base.fingerprint) {
    const std::string now = IsGround(name) ? ValueIn(run, name) : "";
    if (now.empty() || now == value) continue;
    other.push_back(fmt::format("{}: {} and {}", name, Printable(value), Printable(now)));
  }
  return other;
}

}  // namespace holdfast
