#include "harness/run_json.h"

#include <fmt/format.h>

namespace holdfast {
namespace {

using nlohmann::json;

json ToJson(const Part& part) {
  json options = json::object();
  for (const auto& [key, value] : part.options.values()) options[key] = {{"text", value.text}, {"where", value.where}};
  return {{"name", part.name}, {"options", options}};
}

json ToJson(const Cell& cell) {
  return {{"number", cell.number},     {"name", cell.Name()},  // for readers; it follows from the rest
          {"scenario", cell.scenario}, {"trial", cell.trial}, {"fault", ToJson(cell.fault)}, {"seed", cell.seed}};
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
  return {{"cell", ToJson(result.cell)},         {"judgement", ToString(result.judgement)}, {"summary", result.summary},
          {"recovered_by", result.recovered_by}, {"took_ns", result.took.count()},          {"verdicts", verdicts}};
}

json ToJson(const Bounds& bounds) {
  return {{"rto_ns", bounds.rto.count()},
          {"async_ns", bounds.async ? json(bounds.async->count()) : json()},
          {"stable_for_ns", bounds.stable_for.count()},
          {"give_up_ns", bounds.give_up.count()},
          {"whole_within_ns", bounds.whole_within.count()},
          {"read_within_ns", bounds.read_within.count()},
          {"least_writes", bounds.least_writes},
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

CellResult ParseResult(const json& value) {
  CellResult result;
  const json& cell = value.at("cell");
  cell.at("number").get_to(result.cell.number);
  cell.at("scenario").get_to(result.cell.scenario);
  cell.at("trial").get_to(result.cell.trial);
  result.cell.fault = ParsePart(cell.at("fault"));
  cell.at("seed").get_to(result.cell.seed);
  result.judgement = ParseJudgement(value.at("judgement").get<std::string>());
  value.at("summary").get_to(result.summary);
  value.at("recovered_by").get_to(result.recovered_by);
  result.took = ParseNanoseconds(value.at("took_ns"));
  for (const json& verdict : value.at("verdicts")) result.verdicts.push_back(ParseVerdict(verdict));
  return result;
}

Bounds ParseBounds(const json& value) {
  Bounds bounds;
  bounds.rto = ParseNanoseconds(value.at("rto_ns"));
  if (!value.at("async_ns").is_null()) bounds.async = ParseNanoseconds(value.at("async_ns"));
  bounds.stable_for = ParseNanoseconds(value.at("stable_for_ns"));
  bounds.give_up = ParseNanoseconds(value.at("give_up_ns"));
  bounds.whole_within = ParseNanoseconds(value.at("whole_within_ns"));
  bounds.read_within = ParseNanoseconds(value.at("read_within_ns"));
  value.at("least_writes").get_to(bounds.least_writes);
  value.at("quantile").get_to(bounds.quantile);
  value.at("confidence").get_to(bounds.confidence);
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
