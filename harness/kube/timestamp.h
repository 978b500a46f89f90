// Timestamp: a moment as Kubernetes and its container runtimes write it (RFC 3339).
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace holdfast {

// "2026-11-22T10:22:07Z", also with a fraction (nanoseconds count) or another offset; nothing if it is no such time.
std::optional<std::chrono::system_clock::time_point> ParseTimestamp(const std::string& text);

}  // namespace holdfast
