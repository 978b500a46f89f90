#include "harness/runs/run_json.h"

#include <fmt/format.h>

namespace holdfast {
namespace {

using nlohmann::json;

json ToJson(const Part& part) {
  json options = json::object();
  for (const auto& [key, value] : part.options.values()) options[key] = {{"text", value.text}, {"where", value.where}};
  return {{"name", part.name}, {"options", options}};
}

json ToJson(const FioSettings& fio) {
  return {{"jobs", fio.jobs},
          {"repetitions", fio.repetitions},
          {"runtime_ns", fio.runtime.count()},
          {"warm_up_ns", fio.warm_up.count()},
          {"size_mib", fio.size_mib}};
}

json ToJson(const CommitSettings& commits) { return {{"for_ns", commits.hold.count()}, {"rate", commits.rate}}; }

json ToJson(const Cell& cell) {
  json injections = json::array();
  for (const Injection& injection : cell.injections) {
    injections.push_back({{"fault", ToJson(injection.fault)}, {"delay_ns", injection.delay.count()}});
  }
  json value = {{"number", cell.number},
                {"name", cell.Name()},  // for readers; it follows from the rest
                {"scenario", cell.scenario},
                {"trial", cell.trial},
                {"fault", ToJson(cell.fault)},
                {"injections", injections},
                {"demands", ToString(cell.demands)},
                {"memory_loss", ToString(cell.memory_loss)},
                {"seed", cell.seed}};
  if (cell.role != Role::kScenario) value["role"] = ToString(cell.role);
  if (cell.role == Role::kStrike) value["strike"] = cell.strike;
  if (cell.role == Role::kLeftOut) value["missing"] = cell.missing;
  if (cell.fio) value["fio"] = ToJson(*cell.fio);
  if (cell.commits) value["commits"] = ToJson(*cell.commits);
  return value;
}

json ToJson(const Verdict& verdict) {
  return {{"checker", verdict.checker},
          {"judgement", ToString(verdict.judgement)},
          {"summary", verdict.summary},
          {"because", verdict.because},
          {"figures", verdict.figures}};
}

json ToJson(const CellResult& result) {
  json verdicts = json::array();
  for (const Verdict& verdict : result.verdicts) verdicts.push_back(ToJson(verdict));
  return {{"cell", ToJson(result.cell)},
          {"judgement", ToString(result.judgement)},
          {"summary", result.summary},
          {"cause", result.cause},
          {"recovered_by", result.recovered_by},
          {"took_ns", result.took.count()},
          {"verdicts", verdicts},
          {"steps", result.steps},
          {"files", result.files}};
}

json ToJson(const Bounds& bounds) {
  return {{"rto_ns", bounds.rto.count()},
          {"async_ns", bounds.async ? json(bounds.async->count()) : json()},
          {"stable_for_ns", bounds.stable_for.count()},
          {"give_up_ns", bounds.give_up.count()},
          {"redundancy_within_ns", bounds.redundancy_within.count()},
          {"read_within_ns", bounds.read_within.count()},
          {"least_writes", bounds.least_writes},
          {"traffic_within_ns", bounds.traffic_within ? json(bounds.traffic_within->count()) : json()},
          {"bite_within_ns", bounds.bite_within.count()},
          {"brown_out_ns", bounds.brown_out.count()},
          {"longest_pause_ns", bounds.longest_pause.count()},
          {"commit_p99_ns", bounds.commit_p99 ? json(bounds.commit_p99->count()) : json()},
          {"journal_p99_vs_local", bounds.journal_p99_vs_local ? json(*bounds.journal_p99_vs_local) : json()},
          {"quantile", bounds.quantile},
          {"confidence", bounds.confidence}};
}

// The readers below throw nlohmann's exceptions where a member is missing or of the wrong kind; RunFromJson, the only
// entry, turns them into a Result.

Judgement ParseJudgement(const std::string& name) {
  if (const auto judgement = JudgementNamed(name)) return *judgement;
  throw json::other_error::create(500, "unknown judgement \"" + name + "\"", nullptr);
}

Duration ParseNanoseconds(const json& value) { return Duration(value.get<Duration::rep>()); }

Part ParsePart(const json& value) {
  std::map<std::string, Options::Value> options;
  for (const auto& [key, option] : value.at("options").items()) {
    options[key] = {.text = option.at("text").get<std::string>(), .where = option.at("where").get<std::string>()};
  }
  return {.name = value.at("name").get<std::string>(), .options = Options(std::move(options))};
}

Verdict ParseVerdict(const json& value) {
  Verdict verdict;
  value.at("checker").get_to(verdict.checker);
  verdict.judgement = ParseJudgement(value.at("judgement").get<std::string>());
  value.at("summary").get_to(verdict.summary);
  value.at("because").get_to(verdict.because);
  verdict.figures = value.at("figures");
  return verdict;
}

Role ParseRole(const std::string& name) {
  for (const Role role : {Role::kScenario, Role::kSoak, Role::kStrike, Role::kLeftOut, Role::kLatency}) {
    if (name == ToString(role)) return role;
  }
  throw json::other_error::create(502, "unknown role \"" + name + "\"", nullptr);
}

FioSettings ParseFio(const json& value) {
  return {.jobs = value.at("jobs").get<std::vector<std::string>>(),
          .repetitions = value.at("repetitions").get<int>(),
          .runtime = ParseNanoseconds(value.at("runtime_ns")),
          .warm_up = ParseNanoseconds(value.at("warm_up_ns")),
          .size_mib = value.at("size_mib").get<int>()};
}

CommitSettings ParseCommits(const json& value) {
  return {.hold = ParseNanoseconds(value.at("for_ns")), .rate = value.at("rate").get<int>()};
}

Cell ParseCell(const json& value) {
  Cell cell;
  value.at("number").get_to(cell.number);
  value.at("scenario").get_to(cell.scenario);
  value.at("trial").get_to(cell.trial);
  cell.fault = ParsePart(value.at("fault"));
  for (const json& injection : value.at("injections")) {
    cell.injections.push_back(
        {.fault = ParsePart(injection.at("fault")), .delay = ParseNanoseconds(injection.at("delay_ns"))});
  }
  if (value.at("demands").get<std::string>() == ToString(Demands::kSafety)) cell.demands = Demands::kSafety;
  const std::optional<MemoryLoss> loss = ParseMemoryLoss(value.at("memory_loss").get<std::string>());
  if (!loss) throw json::other_error::create(501, "unknown memory_loss", nullptr);
  cell.memory_loss = *loss;
  value.at("seed").get_to(cell.seed);
  if (value.contains("role")) cell.role = ParseRole(value.at("role").get<std::string>());
  cell.strike = value.value("strike", 0);
  cell.missing = value.value("missing", "");
  // Runs of before they were kept have none.
  if (value.contains("fio")) cell.fio = ParseFio(value.at("fio"));
  if (value.contains("commits")) cell.commits = ParseCommits(value.at("commits"));
  return cell;
}

CellResult ParseResult(const json& value) {
  CellResult result;
  result.cell = ParseCell(value.at("cell"));
  result.judgement = ParseJudgement(value.at("judgement").get<std::string>());
  value.at("summary").get_to(result.summary);
  result.cause = value.value("cause", "");
  value.at("recovered_by").get_to(result.recovered_by);
  result.took = ParseNanoseconds(value.at("took_ns"));
  for (const json& verdict : value.at("verdicts")) result.verdicts.push_back(ParseVerdict(verdict));
  // Runs of before there were any have none.
  result.steps = value.value("steps", std::vector<std::string>());
  result.files = value.value("files", std::vector<std::string>());
  return result;
}

// What statistics cannot be done with is refused, whoever wrote it.
double ParseShare(const json& value) {
  const auto share = value.get<double>();
  if (0 < share && share < 1) return share;
  throw json::other_error::create(503, fmt::format("{} is no share between 0 and 1", share), nullptr);
}

Bounds ParseBounds(const json& value) {
  Bounds bounds;
  bounds.rto = ParseNanoseconds(value.at("rto_ns"));
  if (!value.at("async_ns").is_null()) bounds.async = ParseNanoseconds(value.at("async_ns"));
  bounds.stable_for = ParseNanoseconds(value.at("stable_for_ns"));
  bounds.give_up = ParseNanoseconds(value.at("give_up_ns"));
  bounds.redundancy_within = ParseNanoseconds(value.at("redundancy_within_ns"));
  bounds.read_within = ParseNanoseconds(value.at("read_within_ns"));
  value.at("least_writes").get_to(bounds.least_writes);
  // Runs of before there were any have none.
  bounds.brown_out = Duration(value.value("brown_out_ns", bounds.brown_out.count()));
  bounds.longest_pause = Duration(value.value("longest_pause_ns", bounds.longest_pause.count()));
  bounds.bite_within = Duration(value.value("bite_within_ns", bounds.bite_within.count()));
  const json traffic_within = value.value("traffic_within_ns", json());
  if (!traffic_within.is_null()) bounds.traffic_within = ParseNanoseconds(traffic_within);
  // Nor had they bounds of latency.
  const json commit_p99 = value.value("commit_p99_ns", json());
  if (!commit_p99.is_null()) bounds.commit_p99 = ParseNanoseconds(commit_p99);
  const json journal_ratio = value.value("journal_p99_vs_local", json());
  if (!journal_ratio.is_null()) bounds.journal_p99_vs_local = journal_ratio.get<double>();
  bounds.quantile = ParseShare(value.at("quantile"));
  bounds.confidence = ParseShare(value.at("confidence"));
  return bounds;
}

Run ParseRun(const json& value) {
  Run run;
  value.at("suite").get_to(run.suite);
  value.at("holdfast").get_to(run.version);
  value.at("calibration").get_to(run.calibration);
  value.at("command").get_to(run.command);
  value.at("started").get_to(run.started);
  value.at("seed").get_to(run.seed);
  value.at("provider").get_to(run.provider);
  value.at("backend").get_to(run.backend);
  value.at("workload").get_to(run.workload);
  value.at("profile").get_to(run.profile);
  value.at("fidelity").get_to(run.fidelity);
  value.at("fidelity_note").get_to(run.fidelity_note);
  value.at("fingerprint").get_to(run.fingerprint);
  run.bounds = ParseBounds(value.at("bounds"));
  run.took = ParseNanoseconds(value.at("took_ns"));
  value.at("at_a_time").get_to(run.at_a_time);
  for (const json& result : value.at("results")) run.results.push_back(ParseResult(result));
  return run;
}

}  // namespace

std::string RunToJson(const Run& run) {
  json results = json::array();
  for (const CellResult& result : run.results) results.push_back(ToJson(result));
  const json value = {{"version", kRunJsonVersion},
                      {"judgement", ToString(run.Overall())},  // for readers; it follows from the rest
                      {"suite", run.suite},
                      {"holdfast", run.version},
                      {"calibration", run.calibration},
                      {"command", run.command},
                      {"started", run.started},
                      {"seed", run.seed},
                      {"provider", run.provider},
                      {"backend", run.backend},
                      {"workload", run.workload},
                      {"profile", run.profile},
                      {"fidelity", run.fidelity},
                      {"fidelity_note", run.fidelity_note},
                      {"fingerprint", run.fingerprint},
                      {"bounds", ToJson(run.bounds)},
                      {"took_ns", run.took.count()},
                      {"at_a_time", run.at_a_time},
                      {"results", results}};
  return value.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

Result<Run> RunFromJson(const std::string& text) {
  try {
    const json value = json::parse(text);
    const int version = value.at("version").get<int>();
    if (version != kRunJsonVersion) {
      return Unavailable(fmt::format("is of version {}, this program reads version {}", version, kRunJsonVersion));
    }
    return ParseRun(value);
  } catch (const json::exception& exception) {
    return Unavailable(fmt::format("is not a run of version {}: {}", kRunJsonVersion, exception.what()));
  }
}

}  // namespace holdfast
