// Installed: the files that come with Holdfast (suites, rigs, scripts of clusters and backends), in the source tree or,
// if that is gone, where the binary was installed (`../share/holdfast` of its own folder).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/result.h"

namespace holdfast {

// What holds clusters/, fixtures/ and suites/. The only place that knows it, so that the same sources compile to the
// same objects in every checkout.
std::filesystem::path InstalledFolder();
std::filesystem::path SuitesFolder();
std::filesystem::path DefaultRig();

// A path, or the name of an installed suite: "ha-matrix" is ha_matrix.yaml.
Result<std::filesystem::path> FindSuite(const std::string& suite);
// Names, sorted.
std::vector<std::string> ListSuites();

}  // namespace holdfast
