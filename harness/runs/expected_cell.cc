#include "harness/runs/expected_cell.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <regex>
#include <set>
#include <thread>

#include "harness/backend.h"
#include "harness/judging/figures.h"
#include "harness/registry.h"
#include "harness/rig.h"
#include "harness/suite.h"
#include "harness/text/yaml_reader.h"

namespace holdfast {
namespace {

const std::set<std::string> kRings = {"cluster", kCalibrationRing, kThoroughRing, kLibraryRing};

std::string PascalCase(const std::string& kebab) {
  std::string name;
  bool upper = true;
  for (const char letter : kebab) {
    if (letter == '-') {
      upper = true;
      continue;
    }
    name += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(letter))) : letter;
    upper = false;
  }
  return name;
}

// "<= 90"
Result<Claim> ParseClaim(const std::string& figure, const Options::Value& value) {
  for (const std::string relation : kRelations) {
    if (value.text.rfind(relation, 0) != 0) continue;
    Claim claim{.figure = figure, .relation = relation};
    const std::string number = value.text.substr(std::min(value.text.find_first_not_of(' ', 2), value.text.size()));
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), claim.value);
    if (error == std::errc() && end == number.data() + number.size()) return claim;
  }
  return UsageError(fmt::format("{}: {} is '{}'; allowed: ==, <= or >= and a number, such as '<= 90'", value.where,
                                figure, value.text));
}

// Reads what the cell names, so that a misspelt name fails here and not after minutes on a cluster.
Status CheckNames(const ExpectedCell& cell) {
  ASSIGN_OR_RETURN(const Suite suite, ReadSuite(cell.suite));
  const bool known = std::any_of(suite.scenarios.begin(), suite.scenarios.end(),
                                 [&](const Scenario& scenario) { return scenario.name == cell.scenario; });
  if (!known) {
    return UsageError(
        fmt::format("{}: {} has no scenario '{}'", cell.where, cell.suite.filename().string(), cell.scenario));
  }
  if (!Registry<Backend>::Has(cell.backend)) {
    return UsageError(fmt::format("{}: there is no backend '{}'; known: {}", cell.where, cell.backend,
                                  fmt::join(Registry<Backend>::Names(), ", ")));
  }
  return {};
}

// What is wrong with a cluster is only there: it is planted and played each time.
Status ReadRecorded(const YamlMapping& line, const std::filesystem::path& folder, ExpectedCell& cell) {
  ASSIGN_OR_RETURN(const std::string recorded, line.Text("recorded", "no"));
  if (recorded != "yes" && recorded != "no") return line.Complaint("recorded", "yes, no");
  if (recorded == "no") return {};
  if (cell.ring != kCalibrationRing || cell.company != ExpectedCell::Company::kOthers || line.Has("seeds")) {
    return line.Complaint("recorded", "no, but for ring calibration with beside_others: yes and without seeds");
  }
  cell.recording = folder / "calibration" / "runs" / (cell.promise + ".tar.xz");
  if (std::filesystem::exists(cell.recording)) return {};
  return UsageError(fmt::format("{}: {} is missing; suites/calibration/record.sh makes it", line.Where("recorded"),
                                cell.recording.string()));
}

Result<ExpectedCell> ReadCell(const YamlMapping& line, const std::filesystem::path& folder) {
  ExpectedCell cell;
  cell.where = line.Where("promise");
  ASSIGN_OR_RETURN(cell.promise, line.Text("promise"));
  ASSIGN_OR_RETURN(cell.scenario, line.Text("scenario"));
  ASSIGN_OR_RETURN(cell.quotes, line.Text("quotes"));
  ASSIGN_OR_RETURN(cell.planted, line.Text("planted"));
  ASSIGN_OR_RETURN(cell.ring, line.Text("ring"));
  if (kRings.count(cell.ring) == 0) return line.Complaint("ring", fmt::format("{}", fmt::join(kRings, ", ")));
  ASSIGN_OR_RETURN(const std::string expected, line.Text("expect"));
  const std::optional<Judgement> judgement = JudgementNamed(expected);
  if (!judgement) return line.Complaint("expect", "pass, fail, inconclusive, skipped");
  cell.judgement = *judgement;
  // A calibration by something that is not named proves nothing about the instrument.
  if (cell.ring != "cluster" && cell.judgement != Judgement::kPass && cell.planted.empty()) {
    return UsageError(fmt::format("{}: '{}' is expected of a line without `planted`; say what is wrong there",
                                  line.Where("expect"), expected));
  }
  ASSIGN_OR_RETURN(const std::string beside, line.Text("beside_others", "no"));
  if (beside != "yes" && beside != "no") return line.Complaint("beside_others", "yes, no");
  cell.company = beside == "yes" ? ExpectedCell::Company::kOthers : ExpectedCell::Company::kNone;
  ASSIGN_OR_RETURN(cell.cluster, line.Text("cluster"));
  ASSIGN_OR_RETURN(cell.limit_s, line.Integer("limit_s", 600, {10, 3600}));

  ASSIGN_OR_RETURN(const std::string suite, line.Text("suite"));
  cell.suite = folder / suite;
  ASSIGN_OR_RETURN(const std::string rig_file, line.Text("rig"));
  cell.rig = folder / rig_file;
  ASSIGN_OR_RETURN(const Rig rig, ReadRig(cell.rig));
  cell.backend = rig.backend.name;

  ASSIGN_OR_RETURN(cell.passes, line.Text("passes"));
  ASSIGN_OR_RETURN(const YamlMapping holds, line.Mapping("holds", {.others = YamlKeys::Others::kAreOptions}));
  const Options claims = holds.Rest();
  for (const auto& [figure, value] : claims.values()) {
    ASSIGN_OR_RETURN(Claim claim, ParseClaim(figure, value));
    cell.holds.push_back(std::move(claim));
  }
  RETURN_IF_ERROR(CheckNames(cell));
  RETURN_IF_ERROR(ReadRecorded(line, folder, cell));
  return cell;
}

bool Passes(const CellResult& result, const std::string& checker) {
  return std::any_of(result.verdicts.begin(), result.verdicts.end(), [&](const Verdict& verdict) {
    return verdict.checker == checker && verdict.judgement == Judgement::kPass;
  });
}

}  // namespace

bool Claim::HoldsFor(double figure_value) const {
  if (relation == "==") return figure_value == value;
  return relation == "<=" ? figure_value <= value : figure_value >= value;
}

std::string ExpectedCell::Name() const { return PascalCase(scenario) + "/" + backend; }

std::string ExpectedCell::TestName() const { return seed == 1 ? Name() : fmt::format("{}/seed-{}", Name(), seed); }

namespace {

// Every line that the verdicts say.
std::vector<std::string> Sayings(const CellResult& result) {
  std::vector<std::string> lines = {result.summary};
  for (const Verdict& verdict : result.verdicts) {
    lines.push_back(verdict.summary);
    lines.insert(lines.end(), verdict.because.begin(), verdict.because.end());
  }
  return lines;
}

}  // namespace

std::optional<std::string> QuotedBy(const ExpectedCell& cell, const CellResult& result) {
  const std::regex quotes(cell.quotes, std::regex::icase);
  for (const std::string& line : Sayings(result)) {
    if (std::regex_search(line, quotes)) return line;
  }
  return std::nullopt;
}

std::size_t CellsAtATime() { return std::thread::hardware_concurrency() < 4 ? 1 : 2; }

std::vector<std::string> Surprises(const ExpectedCell& cell, const CellResult& result) {
  std::vector<std::string> surprises;
  if (result.judgement != cell.judgement) {
    surprises.push_back(fmt::format("{} was expected and it is {}: {}", ToString(cell.judgement),
                                    ToString(result.judgement), result.summary));
  }
  for (const Claim& claim : cell.holds) {
    const nlohmann::json figure = FigureOf(result, claim.figure);
    if (!figure.is_number()) {
      surprises.push_back(fmt::format("no verdict has the figure {}", claim.figure));
    } else if (!claim.HoldsFor(figure.get<double>())) {
      surprises.push_back(
          fmt::format("{} is {}, expected {} {}", claim.figure, figure.dump(), claim.relation, claim.value));
    }
  }
  if (!cell.passes.empty() && !Passes(result, cell.passes)) {
    surprises.push_back(fmt::format("{} does not say pass", cell.passes));
  }
  if (!QuotedBy(cell, result)) surprises.push_back(fmt::format("no line of the verdicts matches '{}'", cell.quotes));
  return surprises;
}

std::filesystem::path ExpectedCell::Folder() const { return std::filesystem::path(ring) / promise / TestName(); }

std::string ExpectedCell::FullName() const { return ring + "/" + promise + "." + TestName(); }

Result<std::vector<ExpectedCell>> ReadCells(const std::filesystem::path& file) {
  ASSIGN_OR_RETURN(const YamlMapping root, YamlMapping::ReadFile(file, "the list of cells", {.required = {"cells"}}));
  const YamlKeys keys = {
      .required = {"ring", "promise", "suite", "rig", "scenario", "expect"},
      .optional = {"planted", "quotes", "holds", "seeds", "limit_s", "beside_others", "recorded", "passes", "cluster"}};
  ASSIGN_OR_RETURN(const std::vector<YamlMapping> lines, root.Mappings("cells", "a cell", keys));
  std::vector<ExpectedCell> cells;
  std::set<std::string> names;
  for (const YamlMapping& line : lines) {
    ASSIGN_OR_RETURN(ExpectedCell cell, ReadCell(line, file.parent_path().parent_path()));
    ASSIGN_OR_RETURN(const int seeds, line.Integer("seeds", 1, {1, 100}));
    for (cell.seed = 1; cell.seed <= seeds; ++cell.seed) {
      if (!names.insert(cell.FullName()).second) {
        return UsageError(fmt::format("{}: there are two cells {}", cell.where, cell.FullName()));
      }
      cells.push_back(cell);
    }
  }
  return cells;
}

}  // namespace holdfast
