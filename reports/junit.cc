// junit: junit.xml for CI systems. A run is a testsuite, a cell a testcase; fail is a failure, inconclusive an error.
//
//     testsuites
//       testsuite         name ha-matrix.ceph-rbd.ledger
//         properties      of the run, and "node-power-off: rto_s" of each cell: a test case may have none of its own
//         testcase        classname ha-matrix.ceph-rbd.ledger, name node-power-off/2: Jenkins groups by the dots
//           failure       what proves it
//           system-out    plan, figures, the command that repeats it, [[ATTACHMENT|path]] of each file that was kept
//
// The dialect is that of reports/junit/junit.xsd. All text of others goes through Printable, since XML cannot hold
// control characters even when they are escaped.
#include <fmt/format.h>
#include <tinyxml2.h>

#include <algorithm>
#include <regex>
#include <sstream>

#include "harness/judging/figures.h"
#include "harness/judging/proof_limits.h"
#include "harness/latency/storage_latency.h"
#include "harness/registry.h"
#include "harness/reporter.h"
#include "harness/reporting/cell_command.h"
#include "harness/reporting/latency_text.h"
#include "harness/text/printable.h"

namespace holdfast {
namespace {

constexpr std::size_t kLongestName = 200;

std::string SecondsOf(Duration duration) {
  return fmt::format("{:.3f}", std::max(std::chrono::duration<double>(duration).count(), 0.0));
}

void Attribute(tinyxml2::XMLPrinter& xml, const char* name, const std::string& value) {
  xml.PushAttribute(name, Printable(value).c_str());
}

// A part of a name that is grouped by its dots.
std::string PartOfName(const std::string& text) {
  std::string part = text.empty() ? "unknown" : Printable(text, kLongestName);
  std::replace(part.begin(), part.end(), '.', '_');
  return part;
}

std::string NameOf(const Run& run) {
  return fmt::format("{}.{}.{}", PartOfName(run.suite), PartOfName(run.backend), PartOfName(run.workload));
}

std::string NameOf(const CellResult& result) {
  return result.cell.Name().empty() ? "unknown" : Printable(result.cell.Name(), kLongestName);
}

// Empty where it was not measured: a missing figure is never a zero.
std::string FigureText(const CellResult& result, const char* key) {
  const nlohmann::json figure = FigureOf(result, key);
  if (figure.is_null()) return "";
  return Printable(figure.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

using Named = std::vector<std::pair<std::string, std::string>>;

Named FiguresOf(const Run& run, const CellResult& result) {
  Named figures;
  for (const char* key : {"rto_s", "rto_censored", "rpo_s", "rpo_writes", "acknowledged", "lost", "redundancy_s"}) {
    figures.emplace_back(key, FigureText(result, key));
  }
  for (auto& property : LatencyProperties(run, result)) figures.push_back(std::move(property));
  figures.emplace_back("seed", std::to_string(result.cell.seed));
  figures.emplace_back("recovered_by", Printable(result.recovered_by));
  figures.emplace_back("cause", Printable(result.cause));
  return figures;
}

void Property(tinyxml2::XMLPrinter& xml, const std::string& name, const std::string& value) {
  xml.OpenElement("property");
  Attribute(xml, "name", name.empty() ? "unknown" : name);
  Attribute(xml, "value", value);
  xml.CloseElement();
}

void Properties(tinyxml2::XMLPrinter& xml, const Run& run) {
  xml.OpenElement("properties");
  for (const auto& [name, value] : Named{{"seed", std::to_string(run.seed)},
                                         {"provider", run.provider},
                                         {"profile", run.profile},
                                         {"backend", run.backend},
                                         {"workload", run.workload},
                                         {"fidelity", run.fidelity},
                                         {"fidelity_note", run.fidelity_note},
                                         {"holdfast", run.version},
                                         {"calibration", run.calibration},
                                         {"command", run.command},
                                         {"folder", run.folder.string()}}) {
    Property(xml, name, value);
  }
  if (run.at_a_time > 1) Property(xml, "played_at_a_time", std::to_string(run.at_a_time));
  for (const auto& [program, version] : run.fingerprint) Property(xml, program, version);
  for (const CellResult& result : run.results) {
    for (const auto& [figure, value] : FiguresOf(run, result)) {
      if (!value.empty()) Property(xml, NameOf(result) + ": " + figure, value);
    }
  }
  xml.CloseElement();
}

std::string Reasons(const CellResult& result) {
  std::string text = "\n";
  if (!result.cause.empty()) text += "cause: " + Printable(result.cause) + "\n";
  for (const Verdict& verdict : result.verdicts) {
    if (verdict.judgement == Judgement::kPass) continue;
    text += fmt::format("{}: {}: {}\n", Printable(verdict.checker), ToString(verdict.judgement),
                        Printable(verdict.summary));
    for (const std::string& line : verdict.because) text += "  " + Printable(line) + "\n";
  }
  return text;
}

// The checker that decided.
std::string Decider(const CellResult& result) {
  for (const Verdict& verdict : result.verdicts) {
    if (verdict.judgement == result.judgement) return verdict.checker;
  }
  return "";
}

const char* ElementOf(Judgement judgement) {
  switch (judgement) {
    case Judgement::kPass:
      break;
    case Judgement::kSkipped:
      return "skipped";
    case Judgement::kInconclusive:
      return "error";
    case Judgement::kFail:
      return "failure";
  }
  return nullptr;
}

// Each on a line of its own, as Jenkins wants it; GitLab takes the first. A path that would end the mark early is none.
std::string Attachments(const Run& run, const CellResult& result) {
  std::string text;
  for (const std::string& file : result.files) {
    const std::string path = (run.folder / file).string();
    if (Printable(path) != path || path.find("]]") != std::string::npos) continue;
    text += fmt::format("[[ATTACHMENT|{}]]\n", path);
  }
  return text;
}

// A database's words must not be taken for a file to attach.
std::string WithoutAttachments(std::string text) {
  constexpr std::string_view kMark = "[[ATTACHMENT|";
  for (std::size_t at = text.find(kMark); at != std::string::npos; at = text.find(kMark, at)) text.insert(at + 1, " ");
  return text;
}

std::string Output(const Run& run, const CellResult& result) {
  std::string text = fmt::format("\n{}\n", Printable(result.summary));
  const std::string note = PowerLossLimit(run, result);
  if (!note.empty()) text += "No evidence about power loss: " + note + "\n";
  if (!run.command.empty()) text += fmt::format("\nAgain:\n  {}\n", Printable(CommandOf(run, result)));
  text += "\nFigures:\n";
  for (const auto& [figure, value] : FiguresOf(run, result)) {
    if (!value.empty()) text += fmt::format("  {}: {}\n", figure, value);
  }
  if (const std::string latency = DescribeLatency(run, result); !latency.empty()) {
    text += "\n";
    std::istringstream lines(latency);
    for (std::string line; std::getline(lines, line);) text += Printable(line) + "\n";
    if (const auto why = WhyUnqualified(run)) text += fmt::format("UNQUALIFIED: {}\n", *why);
  }
  if (!result.steps.empty()) text += "\nPlan:\n";
  for (const std::string& step : result.steps) text += "  " + Printable(step) + "\n";
  const std::string attachments = Attachments(run, result);
  return WithoutAttachments(std::move(text)) + (attachments.empty() ? "" : "\n" + attachments);
}

void TestCase(tinyxml2::XMLPrinter& xml, const Run& run, const CellResult& result) {
  xml.OpenElement("testcase");
  Attribute(xml, "classname", NameOf(run));
  Attribute(xml, "name", NameOf(result));
  Attribute(xml, "time", SecondsOf(result.took));
  if (const char* element = ElementOf(result.judgement)) {
    xml.OpenElement(element);
    Attribute(xml, "message", result.summary);
    if (result.judgement != Judgement::kSkipped) {
      Attribute(xml, "type", Decider(result));
      xml.PushText(Reasons(result).c_str());
    }
    xml.CloseElement();
  }
  xml.OpenElement("system-out");
  xml.PushText(Output(run, result).c_str());
  xml.CloseElement();
  xml.CloseElement();
}

int Count(const Run& run, Judgement judgement) {
  return static_cast<int>(std::count_if(run.results.begin(), run.results.end(),
                                        [&](const CellResult& result) { return result.judgement == judgement; }));
}

void Counts(tinyxml2::XMLPrinter& xml, const Run& run, const std::string& name) {
  Attribute(xml, "name", name);
  xml.PushAttribute("tests", static_cast<int>(run.results.size()));
  xml.PushAttribute("failures", Count(run, Judgement::kFail));
  xml.PushAttribute("errors", Count(run, Judgement::kInconclusive));
  Attribute(xml, "time", SecondsOf(run.took));
}

// What is no instant is left out, as a parser may stumble over it.
void Timestamp(tinyxml2::XMLPrinter& xml, const std::string& started) {
  static const std::regex kInstant(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)");
  if (std::regex_match(started.substr(0, kLongestName), kInstant)) Attribute(xml, "timestamp", started);
}

class Junit : public Reporter {
 public:
  explicit Junit(const Context&) {}
  std::string FileName() const override { return "junit.xml"; }

  std::string Write(const Run& run) const override {
    tinyxml2::XMLPrinter xml;
    xml.PushHeader(/*writeBOM=*/false, /*writeDeclaration=*/true);
    xml.OpenElement("testsuites");
    Counts(xml, run, "holdfast");
    xml.OpenElement("testsuite");
    Counts(xml, run, NameOf(run));
    xml.PushAttribute("skipped", Count(run, Judgement::kSkipped));
    Timestamp(xml, run.started);
    Properties(xml, run);
    for (const CellResult& result : run.results) TestCase(xml, run, result);
    xml.CloseElement();
    xml.CloseElement();
    return xml.CStr();
  }
};

}  // namespace

HOLDFAST_REGISTER(Reporter, Junit, "junit");

}  // namespace holdfast
