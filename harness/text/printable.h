// Printable: text of others (a database's error, a kernel's message) made fit for one line of a report. It may hold
// anything: control characters, broken UTF-8, megabytes.
#pragma once

#include <string>
#include <string_view>

namespace holdfast {

inline constexpr std::size_t kLongestQuote = 4096;

// Valid UTF-8 in one line, without control characters and what XML 1.0 forbids (each becomes U+FFFD; line breaks and
// tabs become a space). What is longer than `most` bytes is cut, and says how much was.
std::string Printable(std::string_view text, std::size_t most = kLongestQuote);

// Columns on a terminal, of valid UTF-8 that has no wide or combining characters.
std::size_t Columns(std::string_view text);

}  // namespace holdfast
