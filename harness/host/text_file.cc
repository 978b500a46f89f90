#include "harness/host/text_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace holdfast {
namespace {

constexpr char kCannot[] = ": cannot be written: ";

tl::unexpected<Error> CannotWrite(const std::filesystem::path& file, const std::string& reason) {
  return Unavailable(file.string() + kCannot + reason);
}

}  // namespace

Status WriteText(const std::filesystem::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.close();
  if (!out) return CannotWrite(file, std::strerror(errno));
  return {};
}

Status ReplaceText(const std::filesystem::path& file, const std::string& text) {
  std::filesystem::path unfinished = file;
  unfinished += ".unfinished";
  if (const Status written = WriteText(unfinished, text); !written) {
    // The user knows the file by its own name.
    return CannotWrite(file, written.error().message.substr(unfinished.string().size() + sizeof(kCannot) - 1));
  }
  std::error_code trouble;
  std::filesystem::rename(unfinished, file, trouble);
  if (trouble) return CannotWrite(file, trouble.message());
  return {};
}

}  // namespace holdfast
