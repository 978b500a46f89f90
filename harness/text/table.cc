#include "harness/text/table.h"

#include <algorithm>

#include "harness/check.h"
#include "harness/text/printable.h"

namespace holdfast {

std::string PrintTable(const std::vector<std::vector<std::string>>& lines, const std::vector<Alignment>& alignments) {
  std::vector<std::size_t> widths(alignments.size());
  for (const std::vector<std::string>& line : lines) {
    CHECK(line.size() == alignments.size());
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], Columns(line[i]));
  }
  std::string table;
  for (const std::vector<std::string>& line : lines) {
    std::string text;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const std::string padding(widths[i] - Columns(line[i]), ' ');
      text += i == 0 ? "  " : "   ";
      text += alignments[i] == Alignment::kLeft ? line[i] + padding : padding + line[i];
    }
    text.erase(text.find_last_not_of(' ') + 1);
    table += text + "\n";
  }
  return table;
}

}  // namespace holdfast
