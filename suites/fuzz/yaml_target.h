// What is promised of every text that is given as a rig or as a suite: it is taken, or refused in one line that begins
// with the file's name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "harness/check.h"
#include "harness/result.h"

namespace holdfast {

template <typename T>
void CheckTakenOrRefused(Result<T> (*parse)(const std::string& text, const std::string& file), const std::uint8_t* data,
                         std::size_t size) {
  const Result<T> parsed = parse(std::string(reinterpret_cast<const char*>(data), size), "fuzz.yaml");
  if (parsed.has_value()) return;
  CHECK(parsed.error().code == ErrorCode::kUsage);
  CHECK(parsed.error().message.rfind("fuzz.yaml:", 0) == 0);
  CHECK(parsed.error().message.find('\n') == std::string::npos);
}

}  // namespace holdfast
