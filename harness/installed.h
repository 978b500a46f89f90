// Installed: the suites and rigs that come with Holdfast, in the source tree or, if that is gone, where the binary was
// installed (`../share/holdfast/suites` of its own folder).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/result.h"

namespace holdfast {

std::filesystem::path SuitesFolder();
std::filesystem::path DefaultRig();

// A path, or the name of an installed suite: "ha-matrix" is ha_matrix.yaml.
Result<std::filesystem::path> FindSuite(const std::string& suite);
// Names, sorted.
std::vector<std::string> ListSuites();

}  // namespace holdfast
