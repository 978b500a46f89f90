// junit: junit.xml for CI systems. A suite is a testsuite, a cell a testcase; fail is a failure, inconclusive an error.
// All text of others goes through Printable, since XML cannot hold control characters even when they are escaped.
#include <fmt/format.h>
#include <tinyxml2.h>

#include "harness/fidelity.h"
#include "harness/figures.h"
#include "harness/printable.h"
#include "harness/registry.h"
#include "harness/reporter.h"

namespace holdfast {
namespace {

std::string SecondsOf(Duration duration) {
  return fmt::format("{:.3f}", std::chrono::duration<double>(duration).count());
}

void Attribute(tinyxml2::XMLPrinter& xml, const char* name, const std::string& value) {
  xml.PushAttribute(name, Printable(value).c_str());
}

void Property(tinyxml2::XMLPrinter& xml, const char* name, const std::string& value) {
  xml.OpenElement("property");
  xml.PushAttribute("name", name);
  Attribute(xml, "value", value);
  xml.CloseElement();
}

// Empty where it was not measured: a missing figure is never a zero.
std::string FigureText(const CellResult& result, const char* key) {
  const nlohmann::json figure = FigureOf(result, key);
  return figure.is_null() ? "" : figure.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void Properties(tinyxml2::XMLPrinter& xml, const Run& run, const CellResult& result) {
  xml.OpenElement("properties");
  for (const char* key : {"rto_s", "rto_censored", "rpo_s", "rpo_writes", "acknowledged", "lost"}) {
    Property(xml, key, FigureText(result, key));
  }
  Property(xml, "seed", std::to_string(result.cell.seed));
  Property(xml, "fidelity", run.fidelity);
  Property(xml, "profile", run.profile);
  Property(xml, "provider", run.provider);
  Property(xml, "backend", run.backend);
  Property(xml, "recovered_by", result.recovered_by);
  Property(xml, "holdfast", run.version);
  Property(xml, "calibration", run.calibration);
  xml.CloseElement();
}

std::string Reasons(const CellResult& result) {
  std::string text = "\n";
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

void TestCase(tinyxml2::XMLPrinter& xml, const Run& run, const CellResult& result) {
  xml.OpenElement("testcase");
  Attribute(xml, "classname", run.suite + "." + run.backend);
  Attribute(xml, "name", result.cell.Name());
  Attribute(xml, "time", SecondsOf(result.took));
  Properties(xml, run, result);
  if (const char* element = ElementOf(result.judgement)) {
    xml.OpenElement(element);
    Attribute(xml, "message", result.summary);
    if (result.judgement != Judgement::kSkipped) {
      Attribute(xml, "type", Decider(result));
      xml.PushText(Reasons(result).c_str());
    }
    xml.CloseElement();
  }
  const std::string note = PowerLossNote(result.cell.fault.name, run.fidelity);
  xml.OpenElement("system-out");
  xml.PushText(Printable(result.summary).c_str());
  if (!note.empty()) xml.PushText(("\nNo evidence about power loss: " + note).c_str());
  xml.CloseElement();
  xml.CloseElement();
}

void Counts(tinyxml2::XMLPrinter& xml, const Run& run) {
  const auto count = [&](Judgement judgement) {
    int found = 0;
    for (const CellResult& result : run.results) found += result.judgement == judgement ? 1 : 0;
    return found;
  };
  Attribute(xml, "name", run.suite);
  xml.PushAttribute("tests", static_cast<int>(run.results.size()));
  xml.PushAttribute("failures", count(Judgement::kFail));
  xml.PushAttribute("errors", count(Judgement::kInconclusive));
  xml.PushAttribute("skipped", count(Judgement::kSkipped));
  Attribute(xml, "time", SecondsOf(run.took));
}

class Junit : public Reporter {
 public:
  explicit Junit(const Context&) {}
  std::string FileName() const override { return "junit.xml"; }

  std::string Write(const Run& run) const override {
    tinyxml2::XMLPrinter xml;
    xml.PushHeader(/*writeBOM=*/false, /*writeDeclaration=*/true);
    xml.OpenElement("testsuites");
    Counts(xml, run);
    xml.OpenElement("testsuite");
    Counts(xml, run);
    Attribute(xml, "timestamp", run.started);
    xml.OpenElement("properties");
    Property(xml, "seed", std::to_string(run.seed));
    Property(xml, "fidelity", run.fidelity);
    Property(xml, "fidelity_note", run.fidelity_note);
    for (const auto& [program, version] : run.fingerprint) Property(xml, Printable(program).c_str(), version);
    xml.CloseElement();
    for (const CellResult& result : run.results) TestCase(xml, run, result);
    xml.CloseElement();
    xml.CloseElement();
    return xml.CStr();
  }
};

}  // namespace

HOLDFAST_REGISTER(Reporter, Junit, "junit");

}  // namespace holdfast
