// Lines: a text of any size, line by line, in bounded memory.
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

#include "harness/result.h"

namespace holdfast {

enum class LineLength { kWhole, kTooLong };

// Called with each line, without its line break; of one that is longer than `longest` bytes with its beginning only.
// The last line need not have a line break. A view is valid during the call.
using LineVisitor = std::function<void(std::string_view line, LineLength length)>;

Status ForEachLine(const std::filesystem::path& file, std::size_t longest, const LineVisitor& visit);
void ForEachLineOf(std::string_view text, std::size_t longest, const LineVisitor& visit);

}  // namespace holdfast
