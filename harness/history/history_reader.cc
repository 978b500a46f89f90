// Reads history.jsonl (its lines are described in history_line.h), also one that a killed harness or a full disk left
// behind: a line that cannot be used is named and the rest is read. Whether what is left still proves something is the
// judges' business.
#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "harness/history.h"
#include "harness/history/cell_digest.h"
#include "harness/history/history_line.h"
#include "harness/history/renumbering.h"
#include "harness/host/lines.h"
#include "harness/text/printable.h"

namespace holdfast {
namespace {

// A line whose cell is not known belongs to the cell of the line before it or to that of the line after it: to both,
// since it may have been the evidence that either lacks.
class HistoryReader {
 public:
  explicit HistoryReader(std::string name) : name_(std::move(name)) {}

  void Take(std::string_view text, LineLength length) {
    ++number_;
    if (length == LineLength::kTooLong) {
      return Complain(fmt::format("longer than {} bytes: {}", kLongestLine, Printable(text.substr(0, 60))));
    }
    Status taken = ParseHistoryLine(text, line_);
    if (line_.cell == 0) return Complain(taken.error().message);
    Enter(line_.cell);
    if (taken) taken = current_->Take(line_, number_);
    if (!taken) current_->AddUnreadable(number_, Named(taken.error().message));
  }

  std::map<int, CellHistory> Finish() {
    std::map<int, CellHistory> histories;
    for (auto& [cell, digest] : cells_) {
      CellHistory& history = histories.emplace(cell, digest.Finish(name_)).first->second;
      CountIncarnations(history);
    }
    return histories;
  }

 private:
  std::string Named(const std::string& complaint) const { return fmt::format("{}:{}: {}", name_, number_, complaint); }

  void Complain(const std::string& complaint) {
    const std::string named = Named(complaint);
    if (current_ != nullptr) current_->AddUnreadable(number_, named);
    if (pending_.size() <= kMostUnreadable) pending_.emplace_back(number_, named);
  }

  void Enter(int cell) {
    if (cell != current_cell_) {
      CellDigest& digest = cells_.try_emplace(cell, cell).first->second;
      for (const auto& [number, complaint] : pending_) digest.AddUnreadable(number, complaint);
      current_ = &digest;
      current_cell_ = cell;
    }
    if (!pending_.empty()) pending_.clear();
  }

  const std::string name_;
  std::uint64_t number_ = 0;
  HistoryLine line_;
  std::map<int, CellDigest> cells_;
  CellDigest* current_ = nullptr;
  int current_cell_ = 0;
  std::vector<std::pair<std::uint64_t, std::string>> pending_;
};

}  // namespace

Result<std::map<int, CellHistory>> ReadHistory(const std::filesystem::path& file) {
  HistoryReader reader(file.filename().string());
  RETURN_IF_ERROR(
      ForEachLine(file, kLongestLine, [&](std::string_view line, LineLength length) { reader.Take(line, length); }));
  return reader.Finish();
}

Result<std::map<int, CellHistory>> ParseHistory(std::string_view text, const std::string& name) {
  HistoryReader reader(name);
  ForEachLineOf(text, kLongestLine, [&](std::string_view line, LineLength length) { reader.Take(line, length); });
  return reader.Finish();
}

}  // namespace holdfast
