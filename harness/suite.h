// Suite: how it is tested. Strict YAML like the rig's. A fault is a name or, with options, a mapping; a scenario is
// named after its fault unless it says otherwise.
//
//     suite: ha-matrix
//     trials: 1
//     scenarios:
//       - {fault: pod-delete}
//       - {name: drain-patiently, fault: {name: node-drain, grace: 60s}}
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/rig.h"

namespace holdfast {

struct Scenario {
  std::string name;
  Part fault;
};

struct Suite {
  std::string name;
  std::string file;
  int trials = 1;
  std::vector<Scenario> scenarios;
};

Result<Suite> ReadSuite(const std::filesystem::path& file);
// The same of a text in memory, `file` standing for its name.
Result<Suite> ParseSuite(const std::string& text, const std::string& file);

// The suite with only the scenarios of these names, in the suite's order; with all of them if `names` is empty.
Result<Suite> Select(const Suite& suite, const std::vector<std::string>& names);

}  // namespace holdfast
