// Suite: how it is tested. Strict YAML like the rig.
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

}  // namespace holdfast
