// json: run.json, for programs and for `holdfast report` and `compare`.
#include "harness/registry.h"
#include "harness/reporter.h"
#include "harness/runs/run_json.h"

namespace holdfast {
namespace {

class Json : public Reporter {
 public:
  explicit Json(const Context&) {}
  std::string FileName() const override { return "run.json"; }
  std::string Write(const Run& run) const override { return RunToJson(run); }
};

}  // namespace

HOLDFAST_REGISTER(Reporter, Json, "json");

}  // namespace holdfast
