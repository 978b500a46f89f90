// Options: the free part of a YAML mapping that belongs to one implementation (a backend, a fault, a workload, a
// provider). An implementation takes what it knows; what nobody took is an error with file:line and the known names.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/host.h"
#include "harness/result.h"

namespace holdfast {

class Options {
 public:
  struct Value {
    std::string text;
    std::string where;  // file:line
  };

  Options() = default;
  // `section` names the mapping in messages; `taken` are the keys that its reader has taken already.
  explicit Options(std::map<std::string, Value> values, std::string section = "", std::vector<std::string> taken = {})
      : values_(std::move(values)), section_(std::move(section)), known_(std::move(taken)) {}

  // Each marks the key as known and returns `fallback` if it is absent. A value that does not parse is remembered and
  // returned by `Finish`, so that constructors need no error path.
  std::string Text(const std::string& key, const std::string& fallback, const std::vector<std::string>& allowed = {});
  int Integer(const std::string& key, int fallback, int least, int most);
  Duration Period(const std::string& key, Duration fallback);  // 500ms, 2s, 5m, 1h

  // Call after the taking: the first bad value or key that nobody took, as "rig.yaml:7: ...; known: a, b".
  Status Finish() const;

  const std::map<std::string, Value>& values() const { return values_; }

 private:
  const Value* Take(const std::string& key);
  void Complain(const std::string& key, const Value& value, const std::string& allowed);

  std::map<std::string, Value> values_;
  std::string section_;
  std::vector<std::string> known_;  // in the order in which a message lists them
  std::vector<std::string> complaints_;
};

// "1500ms", "2s", "5m", "1h"; "500us": a whole number, not negative, and its unit. The error says what is allowed and
// leaves the place to the caller.
Result<Duration> ParseDuration(const std::string& text);
inline constexpr char kDurationForm[] = "a whole number and its unit, such as 500us, 1500ms, 2s, 5m or 1h";
std::string FormatDuration(Duration duration);  // "850 ms", "36.6 s", "5 min 40 s"

}  // namespace holdfast
