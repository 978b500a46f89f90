#include "harness/options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "harness/check.h"
#include "harness/text/spelling.h"

namespace holdfast {
namespace {

struct Unit {
  const char* name;
  Duration length;
};
constexpr std::array<Unit, 5> kUnits = {{{"us", std::chrono::microseconds(1)},
                                         {"ms", std::chrono::milliseconds(1)},
                                         {"s", std::chrono::seconds(1)},
                                         {"m", std::chrono::minutes(1)},
                                         {"h", std::chrono::hours(1)}}};

// "5 min 40 s", "5 min", "2 h 1 min": the smaller unit only if there is any of it.
std::string InTwoUnits(std::int64_t count, std::int64_t per, const char* large, const char* small) {
  if (count % per == 0) return fmt::format("{} {}", count / per, large);
  return fmt::format("{} {} {} {}", count / per, large, count % per, small);
}

// Half up, without overflow at Duration::max().
std::int64_t Rounded(Duration duration, Duration unit) {
  return duration / unit + (duration % unit >= unit / 2 ? 1 : 0);
}

}  // namespace

const Options::Value* Options::Take(const std::string& key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
  const auto found = values_.find(key);
  return found == values_.end() ? nullptr : &found->second;
}

void Options::Complain(const std::string& key, const Value& value, const std::string& allowed) {
  const std::string in = section_.empty() ? "" : " in " + section_;
  complaints_.push_back(fmt::format("{}: {}{} is {}; allowed: {}", value.where, key, in, Quoted(value.text), allowed));
}

std::string Options::Text(const std::string& key, const std::string& fallback,
                          const std::vector<std::string>& allowed) {
  const Value* value = Take(key);
  if (value == nullptr) return fallback;
  if (allowed.empty() || std::find(allowed.begin(), allowed.end(), value->text) != allowed.end()) return value->text;
  Complain(key, *value, fmt::format("{}{}", fmt::join(allowed, ", "), DidYouMean(value->text, allowed)));
  return fallback;
}

int Options::Integer(const std::string& key, int fallback, int least, int most) {
  CHECK(least <= most);
  const Value* value = Take(key);
  if (value == nullptr) return fallback;
  int number = 0;
  const char* end = value->text.data() + value->text.size();
  const auto [stopped, error] = std::from_chars(value->text.data(), end, number);
  if (error == std::errc() && stopped == end && number >= least && number <= most) return number;
  Complain(key, *value, fmt::format("a whole number from {} to {}", least, most));
  return fallback;
}

Duration Options::Period(const std::string& key, Duration fallback) {
  const Value* value = Take(key);
  if (value == nullptr) return fallback;
  const Result<Duration> parsed = ParseDuration(value->text);
  if (parsed.has_value()) return *parsed;
  Complain(key, *value, kDurationForm);
  return fallback;
}

Status Options::Finish() const {
  if (!complaints_.empty()) return UsageError(complaints_.front());
  for (const auto& [key, value] : values_) {
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
    return UsageError(fmt::format("{}: unknown key {}{}{}; known: {}", value.where, Quoted(key),
                                  section_.empty() ? "" : " in " + section_, DidYouMean(key, known_),
                                  known_.empty() ? "none" : fmt::format("{}", fmt::join(known_, ", "))));
  }
  return {};
}

Result<Duration> ParseDuration(const std::string& text) {
  std::int64_t count = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, count);
  const std::string unit(stopped, end);
  for (const Unit& known : kUnits) {
    if (error != std::errc() || text.front() == '-' || unit != known.name) continue;
    if (count <= Duration::max() / known.length) return count * known.length;
  }
  return UsageError(fmt::format("{} is not a duration; allowed: {}", Quoted(text), kDurationForm));
}

std::string FormatDuration(Duration duration) {
  using std::chrono::microseconds, std::chrono::milliseconds, std::chrono::seconds, std::chrono::minutes;
  if (duration < Duration::zero())
    return "-" + FormatDuration(duration == Duration::min() ? Duration::max() : -duration);
  if (duration == Duration::zero()) return "0 s";
  // Rounding comes first: 999.7 ms is "1 s", not "1000 ms".
  if (duration < microseconds(1)) return fmt::format("{} ns", duration.count());
  if (const auto count = Rounded(duration, microseconds(1)); count < 1000) return fmt::format("{} us", count);
  if (const auto count = Rounded(duration, milliseconds(1)); count < 1000) return fmt::format("{} ms", count);
  if (const auto tenths = Rounded(duration, milliseconds(100)); tenths < 600) {
    return tenths % 10 == 0 ? fmt::format("{} s", tenths / 10) : fmt::format("{}.{} s", tenths / 10, tenths % 10);
  }
  if (const auto count = Rounded(duration, seconds(1)); count < 3600) return InTwoUnits(count, 60, "min", "s");
  return InTwoUnits(Rounded(duration, minutes(1)), 60, "h", "min");
}

}  // namespace holdfast
