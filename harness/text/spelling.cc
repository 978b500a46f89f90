#include "harness/text/spelling.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace holdfast {
namespace {

constexpr std::size_t kLongestQuote = 60;  // bytes; a whole page in a message hides what the message says

bool IsContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

bool IsControl(char byte) { return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F; }

// Levenshtein's: insertions, deletions and replacements.
std::size_t Distance(const std::string& from, const std::string& to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string Quoted(const std::string& text) {
  std::size_t length = std::min(text.size(), kLongestQuote);
  while (length < text.size() && length > 0 && IsContinuation(text[length])) --length;
  std::string quoted = "'";
  for (const char byte : text.substr(0, length)) {
    quoted += IsControl(byte) ? fmt::format("\\x{:02x}", static_cast<unsigned char>(byte)) : std::string(1, byte);
  }
  return quoted + (length < text.size() ? "...'" : "'");
}

std::string DidYouMean(const std::string& word, const std::vector<std::string>& known) {
  if (word.size() > kLongestQuote) return "";
  // A slip a third of the word long is still a slip; a name that shares nothing with the word is only confusing.
  std::size_t nearest = std::max<std::size_t>(1, word.size() / 3) + 1;
  const std::string* meant = nullptr;
  for (const std::string& name : known) {
    const std::size_t distance = Distance(word, name);
    if (distance < nearest && distance < word.size()) {
      nearest = distance;
      meant = &name;
    }
  }
  return meant == nullptr ? "" : fmt::format(" (did you mean '{}'?)", *meant);
}

bool IsName(const std::string& text, std::size_t longest) {
  const auto allowed = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '-';
  };
  return !text.empty() && text.size() <= longest && text.front() != '-' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(), allowed);
}

}  // namespace holdfast
