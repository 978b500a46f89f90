// YamlReader: a strict view of one YAML file. Every key is known, every value is of its type and within its range, or
// the first complaint comes back as one line of kUsage: place, what is wrong, what is allowed. Of YAML it takes
// mappings, lists and single values; no anchors and aliases, no tags, one document.
//
//     ASSIGN_OR_RETURN(const YamlMapping rig, YamlMapping::ReadFile(file, "the rig", {.required = {"backend"}}));
//     ASSIGN_OR_RETURN(const YamlMapping bounds, rig.Mapping("bounds", {.optional = {"rto"}}));
//     ASSIGN_OR_RETURN(const Duration rto, bounds.Period("rto", 90s, {1s, 24h}));
#pragma once

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <string>
#include <vector>

#include "harness/options.h"
#include "harness/result.h"

namespace holdfast {

// The keys of a mapping, in the order in which a message lists them.
struct YamlKeys {
  std::vector<std::string> required = {};
  std::vector<std::string> optional = {};
  enum class Others { kRefused, kAreOptions };
  Others others = Others::kRefused;
};

template <typename T>
struct YamlRange {
  T least;
  T most;
};

class YamlMapping {
 public:
  // `title` stands in messages: "unknown key 'x' in <title>".
  static Result<YamlMapping> ReadFile(const std::filesystem::path& file, const std::string& title,
                                      const YamlKeys& keys);
  // The same of a text in memory, `file` standing for its name.
  static Result<YamlMapping> Parse(const std::string& text, const std::string& file, const std::string& title,
                                   const YamlKeys& keys);

  // `key` is one of the keys that the mapping was opened with (CHECKed); a required one needs no fallback. Ranges
  // include both ends.
  Result<std::string> Text(const std::string& key, const std::string& fallback = "") const;
  // What may be part of the name of a file, a Pod or a network interface: a-z, 0-9 and '-' within.
  Result<std::string> Name(const std::string& key, std::size_t longest, const std::string& fallback = "") const;
  Result<int> Integer(const std::string& key, int fallback, YamlRange<int> range) const;
  Result<Duration> Period(const std::string& key, Duration fallback, YamlRange<Duration> range) const;
  // A list of names, each one of `allowed` and there once, at least one; all of `allowed` if the key is absent.
  Result<std::vector<std::string>> Names(const std::string& key, const std::vector<std::string>& allowed) const;
  // An absent mapping is one without keys.
  Result<YamlMapping> Mapping(const std::string& key, const YamlKeys& keys) const;
  // A list of mappings, not empty, each called `title`.
  Result<std::vector<YamlMapping>> Mappings(const std::string& key, const std::string& title,
                                            const YamlKeys& keys) const;
  // The keys that are nobody else's, with Others::kAreOptions.
  Options Rest() const;

  bool Has(const std::string& key) const { return Find(key) != nullptr; }
  bool IsMapping(const std::string& key) const;
  // file:line of the key; of the mapping, where the key is absent.
  std::string Where(const std::string& key) const;
  // "rig.yaml:7: rto in bounds is 'soon'; allowed: <allowed>", for a key that is there.
  tl::unexpected<Error> Complaint(const std::string& key, const std::string& allowed) const;

 private:
  struct Entry {
    std::string key;
    int line = 0;
    YAML::Node value;
  };
  YamlMapping(std::string file, int line, std::string title)
      : file_(std::move(file)), line_(line), title_(std::move(title)) {}

  static Result<YamlMapping> Open(const std::string& file, int line, const std::string& title, const YAML::Node& node,
                                  const YamlKeys& keys);
  static Result<YamlMapping> OpenText(const std::string& file, const std::string& text, const std::string& title,
                                      const YamlKeys& keys);
  Status AddEntries(const YAML::Node& node);
  Status CheckKeys(const YamlKeys& keys);
  bool IsKnown(const std::string& key) const;
  const Entry* Find(const std::string& key) const;  // of a known key, nullptr if it is absent
  Result<std::string> Scalar(const Entry& entry) const;
  tl::unexpected<Error> Complaint(const Entry& entry, const std::string& allowed) const;

  std::string file_;
  int line_ = 0;
  std::string title_;
  std::vector<Entry> entries_;
  std::vector<std::string> known_;
};

}  // namespace holdfast
