#include "harness/runs/merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <map>
#include <set>

#include "harness/check.h"
#include "harness/playing/heal.h"
#include "harness/playing/run_suite.h"
#include "harness/runs/recorded_run.h"
#include "harness/runs/run_folder.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

// One of the runs that are merged; those that are left out come last.
struct Member {
  fs::path folder;
  Order order;
  Result<Run> run;                     // an Error if it is left out
  std::map<int, int> renumbered = {};  // its cells' numbers → those in the merged plan
};

Result<std::string> ReadText(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (!in.is_open()) return Unavailable(fmt::format("{}: cannot be read: {}", file.string(), std::strerror(errno)));
  return text;
}

Result<std::vector<Member>> ReadMembers(const std::vector<fs::path>& folders) {
  std::vector<Member> members;
  for (const fs::path& folder : folders) {
    ASSIGN_OR_RETURN(Order order, ReadOrder(folder));
    if (order.suite.soak) {
      return UsageError(
          fmt::format("{}: a soak is one database on one cluster; allowed: runs of other suites", folder.string()));
    }
    members.push_back({.folder = folder, .order = std::move(order), .run = ReadRunJson(folder / "run.json")});
  }
  std::stable_partition(members.begin(), members.end(), [](const Member& one) { return one.run.has_value(); });
  if (!members.front().run.has_value()) return tl::unexpected(members.front().run.error());
  return members;
}

std::string CommandIn(const Member& member) { return member.run.has_value() ? member.run->command : "unknown"; }

// Whatever decides how a cell is played and judged, but for the cluster's name.
Status CheckAlike(const Member& first, const Member& other) {
  for (const char* file : {"rig.yaml", "suite.yaml"}) {
    ASSIGN_OR_RETURN(const std::string one, ReadText(first.folder / file));
    ASSIGN_OR_RETURN(const std::string same, ReadText(other.folder / file));
    if (one != same) {
      return UsageError(fmt::format("{} has another {} than {}; allowed: runs of one rig and suite",
                                    other.folder.string(), file, first.folder.string()));
    }
  }
  const Arguments& ours = first.order.arguments;
  const Arguments& theirs = other.order.arguments;
  const auto differ = [&](const std::string& what, const std::string& own, const std::string& allowed) {
    return UsageError(fmt::format("{} is of another {} than {}: {} and {}", other.folder.string(), what,
                                  first.folder.string(), own, allowed));
  };
  if (ours.seed != theirs.seed) return differ("seed", std::to_string(theirs.seed), std::to_string(ours.seed));
  const bool same_parts = ours.provider == theirs.provider && ours.backend == theirs.backend &&
                          ours.workload == theirs.workload && ours.trials == theirs.trials &&
                          ours.scenarios.empty() == theirs.scenarios.empty();
  if (!same_parts) return differ("command line", CommandIn(other), CommandIn(first));
  if (!other.run.has_value()) return {};
  if (first.run->version != other.run->version) return differ("version", other.run->version, first.run->version);
  if (first.run->profile != other.run->profile) return differ("profile", other.run->profile, first.run->profile);
  return {};
}

Result<Order> MergedOrder(const std::vector<Member>& members) {
  Arguments arguments = members.front().order.arguments;
  arguments.cells.clear();
  std::set<std::string> scenarios;
  for (const Member& member : members) {
    scenarios.insert(member.order.arguments.scenarios.begin(), member.order.arguments.scenarios.end());
  }
  arguments.scenarios.assign(scenarios.begin(), scenarios.end());
  ASSIGN_OR_RETURN(const Rig rig, ReadRig(members.front().folder / "rig.yaml"));
  ASSIGN_OR_RETURN(const Suite suite, ReadSuite(members.front().folder / "suite.yaml"));
  return MakeOrder(rig, suite, arguments);
}

Status Renumber(std::vector<Member>& members, const Plan& plan) {
  std::map<int, const Member*> players;
  for (Member& member : members) {
    for (const Cell& cell : member.order.plan.cells) {
      const auto same = std::find_if(plan.cells.begin(), plan.cells.end(),
                                     [&](const Cell& one) { return one.Name() == cell.Name(); });
      CHECK(same != plan.cells.end());  // the merged plan is of all their scenarios, and as many trials
      const auto [player, is_first] = players.emplace(same->number, &member);
      if (!is_first) {
        return UsageError(fmt::format("{} was played by both {} and {}; allowed: each cell once", cell.Name(),
                                      player->second->folder.string(), member.folder.string()));
      }
      member.renumbered[cell.number] = same->number;
    }
  }
  return {};
}

// `line` of a history or timeline, told of the cell that is meant. What cannot be read is left as it is: whoever judges
// says so.
std::string Renumbered(const std::string& line, const std::map<int, int>& numbers) {
  constexpr std::string_view kBegin = "{\"cell\":";
  for (const auto& [from, to] : numbers) {
    const std::string prefix = fmt::format("{}{},", kBegin, from);
    if (line.starts_with(prefix)) return fmt::format("{}{},{}", kBegin, to, line.substr(prefix.size()));
  }
  nlohmann::json object = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object() || !object.contains("cell") || !object["cell"].is_number_integer()) return line;
  const auto found = numbers.find(object["cell"].get<int>());
  object["cell"] = found == numbers.end() ? 0 : found->second;  // 0: of none that there is
  return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Status AppendLines(const Member& member, const char* name, const fs::path& out) {
  std::error_code error;
  if (!fs::exists(member.folder / name, error)) return {};
  std::ifstream from(member.folder / name, std::ios::binary);
  std::ofstream to(out / name, std::ios::binary | std::ios::app);
  for (std::string line; std::getline(from, line);) to << Renumbered(line, member.renumbered) << '\n';
  to.close();
  if (from.bad()) return Unavailable(fmt::format("{}: cannot be read to its end", (member.folder / name).string()));
  if (!to) return Unavailable(fmt::format("{}: cannot be written: {}", (out / name).string(), std::strerror(errno)));
  return {};
}

// cell-1-not-bitten under the cell's number in the merged plan; what is of the whole run, under the run's name.
fs::path PlaceOfLog(const Member& member, const std::string& name) {
  for (const auto& [from, to] : member.renumbered) {
    const std::string prefix = fmt::format("cell-{}-", from);
    if (name.starts_with(prefix)) return fmt::format("cell-{}-{}", to, name.substr(prefix.size()));
  }
  return fs::path(fs::weakly_canonical(member.folder).filename()) / name;
}

Status CopyLogs(const Member& member, const fs::path& logs) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(member.folder / "logs", error)) {
    const fs::path to = logs / PlaceOfLog(member, entry.path().filename().string());
    fs::create_directories(to.parent_path(), error);
    if (!error) fs::copy(entry.path(), to, fs::copy_options::recursive | fs::copy_options::skip_existing, error);
    if (error) return Unavailable(fmt::format("{}: cannot be copied: {}", entry.path().string(), error.message()));
  }
  return {};
}

// Each program's versions, of all runs; whose cluster it was is nobody's alone.
std::vector<std::pair<std::string, std::string>> MergedFingerprint(const std::vector<Member>& members) {
  std::vector<std::pair<std::string, std::string>> merged;
  for (const Member& member : members) {
    if (!member.run.has_value()) continue;
    for (const auto& [program, version] : member.run->fingerprint) {
      if (program == kIdentity) continue;
      const auto known =
          std::find_if(merged.begin(), merged.end(), [name = program](const auto& one) { return one.first == name; });
      if (known == merged.end()) {
        merged.emplace_back(program, version);
      } else if (("; " + known->second + ";").find("; " + version + ";") == std::string::npos) {
        known->second += "; " + version;
      }
    }
  }
  return merged;
}

// As Begun in run_suite.cc leaves it, so that it can be judged.
Run MergedRun(const std::vector<Member>& members, const Order& order, const fs::path& out) {
  Run merged = *members.front().run;
  merged.folder = out;
  merged.fingerprint = MergedFingerprint(members);
  merged.took = Duration::zero();
  merged.results.clear();
  for (const Member& member : members) {
    if (!member.run.has_value()) continue;
    merged.started = std::min(merged.started, member.run->started);
    merged.took += member.run->took;
    merged.at_a_time = std::max(merged.at_a_time, member.run->at_a_time);
  }
  RunOptions again;
  again.suite = (out / "suite.yaml").string();
  again.rig = (out / "rig.yaml").string();
  again.arguments = order.arguments;
  merged.command = CommandOf(again);
  return merged;
}

}  // namespace

Result<Merged> MergeRuns(const std::vector<fs::path>& runs, const fs::path& out) {
  CHECK(!runs.empty());
  ASSIGN_OR_RETURN(std::vector<Member> members, ReadMembers(runs));
  for (const Member& member : members) RETURN_IF_ERROR(CheckAlike(members.front(), member));
  ASSIGN_OR_RETURN(Order order, MergedOrder(members));
  RETURN_IF_ERROR(Renumber(members, order.plan));
  RETURN_IF_ERROR(MakeRunFolderAt(out, order));
  Merged merged;
  for (const Member& member : members) {
    if (!member.run.has_value()) {
      merged.left_out.push_back(member.run.error().message);
      continue;
    }
    RETURN_IF_ERROR(AppendLines(member, "history.jsonl", out));
    RETURN_IF_ERROR(AppendLines(member, "timeline.jsonl", out));
    RETURN_IF_ERROR(CopyLogs(member, out / "logs"));
  }
  RETURN_IF_ERROR(WriteRunJson(MergedRun(members, order, out), out / "run.json"));
  ASSIGN_OR_RETURN(merged.run, JudgeRun(out));
  RETURN_IF_ERROR(WriteReports(merged.run));
  return merged;
}

}  // namespace holdfast
