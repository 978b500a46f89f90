#include "harness/latency/fio_output.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/text/printable.h"

namespace holdfast {
namespace {

using nlohmann::json;

constexpr std::size_t kMostQuoted = 200;

// fio prints its complaints before the document, or instead of it.
std::string DocumentIn(const std::string& text) {
  const std::size_t begin = text.find('{');
  return begin == std::string::npos ? "" : text.substr(begin);
}

tl::unexpected<Error> NoDocument(const std::string& text) {
  if (text.find_first_not_of(" \n") == std::string::npos) return Unavailable("fio printed nothing");
  return Unavailable(fmt::format("fio printed no whole document: {}", Printable(text, kMostQuoted)));
}

// fdatasync has no rate of its own there; each follows a write.
double Rate(const json& job, const std::string& kind) {
  return job.at(kind == "sync" ? "write" : kind).at("iops").get<double>();
}

Result<LatencyFigures> Figures(const json& document, const std::string& kind) {
  const json& job = document.at("jobs").at(0);
  if (const int error = job.at("error").get<int>(); error != 0) {
    return Unavailable(fmt::format("fio's job {} ended with error {}", job.at("jobname").get<std::string>(), error));
  }
  const json& latency = job.at(kind).at(kind == "sync" ? "lat_ns" : "clat_ns");
  LatencyFigures figures;
  figures.operations = latency.at("N").get<double>();
  if (figures.operations == 0) return Unavailable(fmt::format("fio's job did no {}", kind));
  const json& percentile = latency.at("percentile");
  figures.p50_ns = percentile.at("50.000000").get<double>();
  figures.p95_ns = percentile.at("95.000000").get<double>();
  figures.p99_ns = percentile.at("99.000000").get<double>();
  figures.p999_ns = percentile.at("99.900000").get<double>();
  figures.max_ns = latency.at("max").get<double>();
  figures.iops = Rate(job, kind);
  return figures;
}

}  // namespace

Result<LatencyFigures> ParseFioOutput(const std::string& text, const std::string& kind) {
  const json document = json::parse(DocumentIn(text), nullptr, /*allow_exceptions=*/false);
  if (!document.is_object()) return NoDocument(text);
  try {
    return Figures(document, kind);
  } catch (const json::exception& exception) {
    return Unavailable(fmt::format("fio's output lacks something: {}", exception.what()));
  }
}

std::string CompactJson(const std::string& text) {
  const json document = json::parse(DocumentIn(text), nullptr, /*allow_exceptions=*/false);
  return document.is_object() ? document.dump(-1, ' ', false, json::error_handler_t::replace) : text;
}

}  // namespace holdfast
