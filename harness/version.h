// Version: which Holdfast this is. Two programs of the same sources have the same version, whoever built them and how.
#pragma once

#include <string>

namespace holdfast {

std::string Version();  // "0.1.0+4f1c22a09b1d": the release, and a digest over sources, suites and scripts

}  // namespace holdfast
