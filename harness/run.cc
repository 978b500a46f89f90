#include "harness/run.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "harness/host/text_file.h"
#include "harness/runs/run_json.h"

namespace holdfast {

// A run without a single result proved nothing.
Judgement Run::Overall() const {
  if (results.empty()) return Judgement::kInconclusive;
  Judgement worst = Judgement::kPass;
  for (const CellResult& result : results) worst = std::max(worst, result.judgement);
  return worst;
}

// Beside the file first, so that whoever interrupts it leaves the old one or the new one.
Status WriteRunJson(const Run& run, const std::filesystem::path& file) { return ReplaceText(file, RunToJson(run)); }

Result<Run> ReadRunJson(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return Unavailable(fmt::format("{}: cannot be read: {}", file.string(), std::strerror(errno)));
  std::ostringstream text;
  text << stream.rdbuf();
  if (stream.bad()) return Unavailable(fmt::format("{}: cannot be read to its end", file.string()));
  Result<Run> run = RunFromJson(text.str());
  if (!run) {
    run.error().message = file.string() + ": " + run.error().message;
    return run;
  }
  run->folder = file.parent_path();
  return run;
}

}  // namespace holdfast
