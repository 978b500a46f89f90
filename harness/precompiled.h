// Other people's headers, read once by the compiler instead of once a file, and their templates that nearly every file
// would make anew, made once in precompiled.cc: two fifths of what compiling costs. Nothing may count on being given
// this header: each file includes what it uses, and clang-tidy looks without it.
#pragma once

#include <fmt/ranges.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

extern template class nlohmann::basic_json<>;
extern template class std::map<std::string, nlohmann::json, std::less<>>;
extern template class std::vector<nlohmann::json>;
extern template class std::vector<std::string>;
