#include "harness/host/text_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace holdfast {

Status WriteText(const std::filesystem::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.close();
  if (!out) return Unavailable(fmt::format("{}: cannot be written: {}", file.string(), std::strerror(errno)));
  return {};
}

Status ReplaceText(const std::filesystem::path& file, const std::string& text) {
  std::filesystem::path unfinished = file;
  unfinished += ".unfinished";
  RETURN_IF_ERROR(WriteText(unfinished, text));
  std::error_code trouble;
  std::filesystem::rename(unfinished, file, trouble);
  if (trouble) return Unavailable(fmt::format("{}: cannot be written: {}", file.string(), trouble.message()));
  return {};
}

}  // namespace holdfast
