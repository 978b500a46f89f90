// Table: lines of cells as aligned text, for the console.
#pragma once

#include <string>
#include <vector>

namespace holdfast {

enum class Alignment { kLeft, kRight };

// Two spaces before each line, three between columns, none at the end. All lines have as many cells as `alignments`.
std::string PrintTable(const std::vector<std::vector<std::string>>& lines, const std::vector<Alignment>& alignments);

}  // namespace holdfast
