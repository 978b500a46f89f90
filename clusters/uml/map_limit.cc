#include "clusters/uml/map_limit.h"

#include <fmt/format.h>

#include <charconv>
#include <string>
#include <utility>

#include "clusters/uml/layout.h"
#include "harness/host/user_folders.h"

namespace holdfast::uml {
namespace {

namespace fs = std::filesystem;

Result<int> ReadNumber(const fs::path& file) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(file));
  int number = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc()) return number;
  return Unavailable(fmt::format("{}: holds no number", file.string()));
}

}  // namespace

MapLimit::MapLimit(fs::path limit, fs::path record, fs::path clusters)
    : limit_(std::move(limit)), record_(std::move(record)), clusters_(std::move(clusters)) {}

MapLimit MapLimit::OfThisMachine() {
  return {"/proc/sys/vm/max_map_count", StateFolder() / "max_map_count", StateFolder() / "clusters"};
}

Status MapLimit::Raise() const {
  ASSIGN_OR_RETURN(const int now, ReadNumber(limit_));
  if (now >= kMapLimit) return {};
  if (!fs::exists(record_)) RETURN_IF_ERROR(WriteFile(record_, fmt::format("{}\n", now)));
  return WriteFile(limit_, fmt::format("{}\n", kMapLimit));
}

Status MapLimit::PutBack() const {
  std::error_code error;
  if (!fs::exists(record_, error)) return {};
  for (const fs::directory_entry& entry : fs::directory_iterator(clusters_, error)) {
    if (entry.is_directory()) return {};
  }
  ASSIGN_OR_RETURN(const int before, ReadNumber(record_));
  RETURN_IF_ERROR(WriteFile(limit_, fmt::format("{}\n", before)));
  fs::remove(record_, error);
  return {};
}

}  // namespace holdfast::uml
