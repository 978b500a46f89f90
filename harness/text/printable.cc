#include "harness/text/printable.h"

#include <fmt/format.h>

#include <cstdint>

namespace holdfast {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

bool IsContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

// Of the character that begins with `lead`; 0 if none does.
std::size_t LengthFromLead(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

// The character at the front of `text`, or an empty view if it is broken, too long for its value or a surrogate.
std::string_view FirstCharacter(std::string_view text) {
  const std::size_t length = LengthFromLead(static_cast<unsigned char>(text.front()));
  if (length == 0 || length > text.size()) return {};
  std::uint32_t code =
      length == 1 ? static_cast<unsigned char>(text[0]) : static_cast<unsigned char>(text[0]) & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if (!IsContinuation(text[i])) return {};
    code = (code << 6) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  return overlong || surrogate || code > 0x10FFFF ? std::string_view{} : text.substr(0, length);
}

bool IsControl(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first < 0x20 || first == 0x7F;
  if (character.size() == 2) return first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;  // C1
  return character == "\xEF\xBF\xBE" || character == "\xEF\xBF\xBF";  // U+FFFE, U+FFFF: not XML
}

}  // namespace

std::string Printable(std::string_view text, std::size_t most) {
  std::string printable;
  while (!text.empty()) {
    if (printable.size() >= most) return printable + fmt::format("… ({} bytes cut)", text.size());
    const std::string_view character = FirstCharacter(text);
    const std::size_t length = character.empty() ? 1 : character.size();
    if (character == "\n" || character == "\r" || character == "\t") {
      printable += ' ';
    } else {
      printable += character.empty() || IsControl(character) ? kReplacement : character;
    }
    text.remove_prefix(length);
  }
  return printable;
}

std::size_t Columns(std::string_view text) {
  std::size_t columns = 0;
  for (const char byte : text) columns += IsContinuation(byte) ? 0 : 1;
  return columns;
}

}  // namespace holdfast
