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
  explicit Options(std::map<std::string, Value> values) : values_(std::move(values)) {}

  // Each marks the key as known and returns `fallback` if it is absent. A value that does not parse is remembered and
  // returned by `Unknown`, so that constructors need no error path.
  std::string Text(const std::string& key, const std::string& fallback, const std::vector<std::string>& allowed = {});
  int Integer(const std::string& key, int fallback, int least, int most);
  Duration Period(const std::string& key, Duration fallback);  // 500ms, 2s, 5m, 1h

  // Call after the taking: the first bad value or key that nobody took, as "rig.yaml:7: ...; known: a, b".
  Status Finish() const;

  const std::map<std::string, Value>& values() const { return values_; }

 private:
  std::map<std::string, Value> values_;
  std::vector<std::string> known_;
  std::vector<std::string> complaints_;
};

// "1500ms", "2s", "5m", "1h"; "500us"
Result<Duration> ParseDuration(const std::string& text);
std::string FormatDuration(Duration duration);  // "850 ms", "36.6 s", "5 min 40 s"

}  // namespace holdfast
