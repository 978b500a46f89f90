#include "harness/runs/calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "harness/host/text_file.h"
#include "harness/host/user_folders.h"
#include "harness/text/printable.h"

namespace holdfast {
namespace {

constexpr std::size_t kMostReason = 100;

CalibratedCell& CellFor(Calibration& calibration, const ExpectedCell& cell) {
  const std::string name = cell.promise + "." + cell.Name();
  const auto found = std::find_if(calibration.cells.begin(), calibration.cells.end(),
                                  [&](const CalibratedCell& one) { return one.name == name; });
  if (found != calibration.cells.end()) return *found;
  calibration.cells.push_back({.name = name,
                               .planted = cell.planted,
                               .expected = cell.judgement,
                               .runs = 0,
                               .recorded = 0,
                               .as_expected = 0,
                               .accused = 0,
                               .unproved = 0,
                               .reason = ""});
  return calibration.cells.back();
}

const char* WordFor(const CalibratedCell& cell) {
  const bool as_expected = cell.as_expected == cell.runs;
  if (cell.expected != Judgement::kPass) return as_expected ? "yes" : "NO";
  if (as_expected) return "not accused";
  return cell.accused > 0 ? "ACCUSED" : "unproved";
}

std::string RunsOf(const CalibratedCell& cell) {
  if (cell.recorded == 0) return std::to_string(cell.runs);
  const std::string recorded = fmt::format("{} recorded", cell.recorded);
  return cell.recorded == cell.runs ? recorded : fmt::format("{}, {}", cell.runs, recorded);
}

std::filesystem::path FileOf(const CalibrationGround& ground) {
  return StateFolder() / "calibrations" / fmt::format("{}_{}_{}.json", ground.version, ground.provider, ground.profile);
}

nlohmann::json ToJson(const Calibration& calibration) {
  nlohmann::json cells = nlohmann::json::array();
  for (const CalibratedCell& cell : calibration.cells) {
    cells.push_back({{"name", cell.name},
                     {"planted", cell.planted},
                     {"expected", ToString(cell.expected)},
                     {"runs", cell.runs},
                     {"recorded", cell.recorded},
                     {"as_expected", cell.as_expected},
                     {"accused", cell.accused},
                     {"unproved", cell.unproved},
                     {"reason", cell.reason}});
  }
  return {{"holdfast", calibration.ground.version},
          {"provider", calibration.ground.provider},
          {"profile", calibration.ground.profile},
          {"when", calibration.when},
          {"sentence", calibration.Sentence()},  // for readers; it follows from the rest
          {"cells", cells}};
}

// Throws nlohmann's exceptions.
Calibration FromJson(const nlohmann::json& value) {
  Calibration calibration;
  value.at("holdfast").get_to(calibration.ground.version);
  value.at("provider").get_to(calibration.ground.provider);
  value.at("profile").get_to(calibration.ground.profile);
  value.at("when").get_to(calibration.when);
  for (const nlohmann::json& entry : value.at("cells")) {
    CalibratedCell& cell = calibration.cells.emplace_back();
    entry.at("name").get_to(cell.name);
    entry.at("planted").get_to(cell.planted);
    const auto expected = JudgementNamed(entry.at("expected").get<std::string>());
    if (!expected) throw nlohmann::json::other_error::create(500, "unknown judgement", nullptr);
    cell.expected = *expected;
    entry.at("runs").get_to(cell.runs);
    entry.at("recorded").get_to(cell.recorded);
    entry.at("as_expected").get_to(cell.as_expected);
    entry.at("accused").get_to(cell.accused);
    entry.at("unproved").get_to(cell.unproved);
    entry.at("reason").get_to(cell.reason);
  }
  return calibration;
}

}  // namespace

bool Calibration::Trustworthy() const {
  return !cells.empty() && std::all_of(cells.begin(), cells.end(), [](const CalibratedCell& cell) {
    return cell.runs > 0 && cell.as_expected == cell.runs;
  });
}

int Calibration::Played() const {
  return std::accumulate(cells.begin(), cells.end(), 0,
                         [](int sum, const CalibratedCell& cell) { return sum + cell.runs - cell.recorded; });
}

std::string Calibration::Sentence() const {
  int planted = 0, caught = 0, healthy = 0, accused = 0, unproved = 0, runs = 0, recorded = 0;
  for (const CalibratedCell& cell : cells) {
    runs += cell.runs;
    recorded += cell.recorded;
    if (cell.expected == Judgement::kPass) {
      healthy += cell.runs - cell.unproved;
      accused += cell.accused;
      unproved += cell.unproved;
    } else {
      ++planted;
      caught += cell.as_expected == cell.runs ? 1 : 0;
    }
  }
  std::string sentence =
      fmt::format("{} of {} planted defects caught, {} of {} healthy runs accused", caught, planted, accused, healthy);
  if (unproved > 0) sentence += fmt::format("; {} healthy {} proved nothing", unproved, unproved == 1 ? "run" : "runs");
  if (recorded > 0) sentence += fmt::format("; {} of the {} runs judged from their recordings", recorded, runs);
  return sentence;
}

void AddRun(Calibration& calibration, const ExpectedCell& cell, const CellResult& result, Source source) {
  CalibratedCell& line = CellFor(calibration, cell);
  const std::vector<std::string> surprises = Surprises(cell, result);
  ++line.runs;
  if (source == Source::kRecording) ++line.recorded;
  if (result.judgement == Judgement::kFail) ++line.accused;
  if (result.judgement != Judgement::kFail && result.judgement != Judgement::kPass) ++line.unproved;
  if (surprises.empty()) {
    ++line.as_expected;
    if (line.as_expected == line.runs) line.reason = QuotedBy(cell, result).value_or("");
  } else {
    line.reason = surprises.front();
  }
}

void AddTrouble(Calibration& calibration, const ExpectedCell& cell, const std::string& trouble) {
  CalibratedCell& line = CellFor(calibration, cell);
  ++line.runs;
  ++line.unproved;
  line.reason = trouble;
}

std::string PrintCalibration(const Calibration& calibration) {
  std::size_t width = std::string("planted").size();
  std::size_t runs_width = std::string("runs").size();
  for (const CalibratedCell& cell : calibration.cells) {
    width = std::max(width, cell.planted.size());
    runs_width = std::max(runs_width, RunsOf(cell).size());
  }
  std::string text =
      fmt::format("  {:<{}}   {:<11}   {:<{}}   {}\n", "planted", width, "caught", "runs", runs_width, "reason");
  for (const CalibratedCell& cell : calibration.cells) {
    text += fmt::format("  {:<{}}   {:<11}   {:<{}}   {}\n", cell.planted.empty() ? "nothing" : Printable(cell.planted),
                        width, WordFor(cell), RunsOf(cell), runs_width,
                        Printable(cell.name + ": " + cell.reason, kMostReason));
  }
  return text + "\n" + calibration.Sentence() + "\n";
}

Result<bool> KeepCalibration(const Calibration& calibration) {
  const Result<Calibration> earlier = FindCalibration(calibration.ground);
  const bool says_less = earlier && earlier->Played() > calibration.Played();
  if (says_less && calibration.Trustworthy()) return false;
  const std::filesystem::path file = FileOf(calibration.ground);
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  RETURN_IF_ERROR(
      ReplaceText(file, ToJson(calibration).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"));
  return true;
}

Result<Calibration> FindCalibration(const CalibrationGround& ground) {
  const std::filesystem::path file = FileOf(ground);
  std::ifstream in(file);
  if (!in) return Unavailable(fmt::format("{}: cannot be read: {}", file.string(), std::strerror(errno)));
  try {
    Calibration calibration = FromJson(nlohmann::json::parse(in));
    if (calibration.ground == ground) return calibration;
    return Unavailable(file.string() + ": is of another version or cluster");
  } catch (const nlohmann::json::exception& exception) {
    return Unavailable(fmt::format("{}: damaged: {}", file.string(), exception.what()));
  }
}

std::string DescribeCalibration(const CalibrationGround& ground) {
  const Result<Calibration> calibration = FindCalibration(ground);
  if (!calibration) {
    return fmt::format("none of version {} on {}, {}; make it with: holdfast calibrate", ground.version,
                       ground.provider, ground.profile);
  }
  return fmt::format("{} (version {} on {}, {}, {})", calibration->Sentence(), ground.version, ground.provider,
                     ground.profile, calibration->when);
}

}  // namespace holdfast
