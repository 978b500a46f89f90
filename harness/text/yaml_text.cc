#include "harness/text/yaml_text.h"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>

namespace holdfast {
namespace {

constexpr std::size_t kLargest = 1 << 20;  // a rig or suite is a page; more is some other file, or /dev/zero

// The length of the UTF-8 sequence at the front of `text`, or 0 if there is none (RFC 3629: no overlong forms, no
// surrogates, nothing above U+10FFFF).
std::size_t Utf8Length(std::string_view text) {
  const auto byte = [text](std::size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U; };
  const auto continues = [byte](std::size_t at, unsigned least = 0x80, unsigned most = 0xBF) {
    return byte(at) >= least && byte(at) <= most;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned least = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned most = first == 0xED ? 0x9F : 0xBF;
    return continues(1, least, most) && continues(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned least = first == 0xF0 ? 0x90 : 0x80;
    const unsigned most = first == 0xF4 ? 0x8F : 0xBF;
    return continues(1, least, most) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

// What is wrong with one line, or nothing.
std::string LineTrouble(std::string_view line) {
  if (const auto blank = line.find_first_not_of(' '); blank != line.npos && line[blank] == '\t') {
    return "indented with a tab; allowed: spaces";
  }
  while (!line.empty()) {
    const auto byte = static_cast<unsigned char>(line.front());
    if ((byte < 0x20 && byte != '\t' && byte != '\r') || byte == 0x7F) {
      return fmt::format("control character \\x{:02x}; allowed: text in UTF-8", byte);
    }
    const std::size_t length = Utf8Length(line);
    if (length == 0) return fmt::format("byte \\x{:02x} is not UTF-8; allowed: text in UTF-8", byte);
    line.remove_prefix(length);
  }
  return "";
}

Status CheckIsFile(const std::string& name, const std::filesystem::path& file) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(file, error);
  if (status.type() == std::filesystem::file_type::not_found) return UsageError(name + ": no such file");
  if (error) return UsageError(fmt::format("{}: cannot be read: {}", name, error.message()));
  if (std::filesystem::is_directory(status)) return UsageError(name + ": is a folder; a YAML file is needed");
  // It is read again when the run's folder gets its copy, which a pipe cannot offer.
  if (!std::filesystem::is_regular_file(status)) return UsageError(name + ": is not a regular file");
  return {};
}

}  // namespace

Status CheckYamlText(const std::string& name, const std::string& text) {
  std::string_view rest = text;
  for (int number = 1; !rest.empty(); ++number) {
    const std::size_t end = rest.find('\n');
    const std::string trouble = LineTrouble(rest.substr(0, end));
    if (!trouble.empty()) return UsageError(fmt::format("{}:{}: {}", name, number, trouble));
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
  }
  return {};
}

Result<std::string> ReadYamlText(const std::filesystem::path& file) {
  const std::string name = file.empty() ? "''" : file.string();
  RETURN_IF_ERROR(CheckIsFile(name, file));
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    return UsageError(fmt::format("{}: cannot be read: {}", name, std::generic_category().message(errno)));
  }
  std::string text(kLargest + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad()) return UsageError(name + ": cannot be read to its end");
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return TakeYamlText(name, std::move(text));
}

Result<std::string> TakeYamlText(const std::string& name, std::string text) {
  if (text.size() > kLargest) return UsageError(name + ": larger than 1 MiB; a rig or a suite is a page of text");
  RETURN_IF_ERROR(CheckYamlText(name, text));
  // yaml-cpp 0.7 notices a quote that is never closed only if no line end follows it.
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  return text;
}

}  // namespace holdfast
