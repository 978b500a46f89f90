#include "harness/kube/timestamp.h"

#include <ctime>
#include <string_view>

namespace holdfast {
namespace {

using std::chrono::nanoseconds;

// Of the digits at `rest`, which is moved past them; what is finer than a nanosecond is left out.
nanoseconds ReadFraction(const char*& rest) {
  nanoseconds fraction{};
  for (auto unit = nanoseconds(std::chrono::seconds(1)); *rest >= '0' && *rest <= '9'; ++rest) {
    unit /= 10;
    fraction += (*rest - '0') * unit;
  }
  return fraction;
}

}  // namespace

std::optional<std::chrono::system_clock::time_point> ParseTimestamp(const std::string& text) {
  std::tm parts{};
  const char* rest = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (rest == nullptr) return std::nullopt;
  nanoseconds fraction{};
  if (*rest == '.') fraction = ReadFraction(++rest);
  long offset = 0;  // seconds
  if (std::tm zone{}; *rest == '+' || *rest == '-') {
    const long sign = *rest == '+' ? 1 : -1;
    rest = ::strptime(rest + 1, "%H:%M", &zone);
    if (rest == nullptr || *rest != '\0') return std::nullopt;
    offset = sign * (zone.tm_hour * 3600L + zone.tm_min * 60L);
  } else if (std::string_view(rest) != "Z") {
    return std::nullopt;
  }
  return std::chrono::system_clock::from_time_t(::timegm(&parts) - offset) + fraction;
}

}  // namespace holdfast
