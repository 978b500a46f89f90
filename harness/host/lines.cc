#include "harness/host/lines.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "harness/host/child_process.h"

namespace holdfast {
namespace {

// Cuts what comes in pieces into lines.
class Cutter {
 public:
  Cutter(std::size_t longest, const LineVisitor& visit) : longest_(longest), visit_(visit) {}

  // Visits the lines that end in `text` and returns what is left of it behind them.
  std::string_view Take(std::string_view text) {
    while (!text.empty()) {
      const void* const found = std::memchr(text.data(), '\n', text.size());
      if (found == nullptr) break;
      const auto length = static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
      Visit(text.substr(0, length));
      text.remove_prefix(length + 1);
    }
    if (text.size() <= longest_) return text;
    if (!skipping_) visit_(text.substr(0, longest_), LineLength::kTooLong);
    skipping_ = true;
    return text.substr(text.size());
  }

  void Finish(std::string_view rest) {
    if (!rest.empty()) Visit(rest);
  }

 private:
  void Visit(std::string_view line) {
    if (skipping_) {
      skipping_ = false;  // the rest of one that was too long
    } else if (line.size() > longest_) {
      visit_(line.substr(0, longest_), LineLength::kTooLong);
    } else {
      visit_(line, LineLength::kWhole);
    }
  }

  const std::size_t longest_;
  const LineVisitor& visit_;
  bool skipping_ = false;
};

}  // namespace

Status ForEachLine(const std::filesystem::path& file, std::size_t longest, const LineVisitor& visit) {
  const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor.open()) {
    return Unavailable(fmt::format("{}: cannot be read: {}", file.string(), std::strerror(errno)));
  }
  Cutter cutter(longest, visit);
  std::vector<char> buffer(2 * (longest + 1));
  std::size_t held = 0;
  while (true) {
    const ssize_t count = ::read(descriptor.number(), buffer.data() + held, buffer.size() - held);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      return Unavailable(fmt::format("{}: cannot be read to its end: {}", file.string(), std::strerror(errno)));
    }
    if (count == 0) break;
    const std::string_view rest = cutter.Take({buffer.data(), held + static_cast<std::size_t>(count)});
    std::memmove(buffer.data(), rest.data(), rest.size());
    held = rest.size();
  }
  cutter.Finish({buffer.data(), held});
  return {};
}

void ForEachLineOf(std::string_view text, std::size_t longest, const LineVisitor& visit) {
  Cutter cutter(longest, visit);
  cutter.Finish(cutter.Take(text));
}

}  // namespace holdfast
