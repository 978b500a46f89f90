#include "harness/playing/undo.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>

namespace holdfast {
namespace {

using nlohmann::json;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }

 private:
  int number_;
};

tl::unexpected<Error> Trouble(const std::filesystem::path& file, const char* act) {
  return Unavailable(fmt::format("{}: cannot {}: {}", file.string(), act, std::generic_category().message(errno)));
}

// The name of a new file is on disk only when its folder is.
Status SyncFolderOf(const std::filesystem::path& file) {
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  const Descriptor descriptor(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.get() < 0) return Trouble(folder, "open");
  if (fsync(descriptor.get()) != 0) return Trouble(folder, "fsync");
  return {};
}

Result<std::string> ReadText(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error) && !error) return "";
  std::ifstream stream(file, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  if (!stream || stream.bad()) return Trouble(file, "read");
  return text;
}

// What a line says; nothing if it does not have the form of undo.h.
struct Entry {
  int id = 0;
  bool armed = false;
  Undo undo;
};
std::optional<Entry> ParseEntry(const std::string& line) {
  const json parsed = json::parse(line, nullptr, false);
  if (!parsed.is_object()) return std::nullopt;
  try {
    Entry entry;
    entry.id = parsed.at("id").get<int>();
    const std::string state = parsed.at("state").get<std::string>();
    if (state == "healed") return entry;
    if (state != "armed") return std::nullopt;
    entry.armed = true;
    entry.undo = {.id = entry.id,
                  .fault = parsed.at("fault").get<std::string>(),
                  .space = parsed.at("space").get<std::string>(),
                  .record = parsed.at("undo")};
    return entry;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

struct Log {
  std::vector<Entry> entries;
  std::size_t whole = 0;   // bytes up to here are whole entries; behind them, at most a line that was cut short
  bool line_ended = true;  // the last whole entry has its line end
};
Result<Log> ReadLog(const std::filesystem::path& file) {
  ASSIGN_OR_RETURN(const std::string text, ReadText(file));
  Log log;
  for (int number = 1; log.whole < text.size(); ++number) {
    const std::size_t end = text.find('\n', log.whole);
    const std::optional<Entry> entry = ParseEntry(text.substr(log.whole, end - log.whole));
    log.line_ended = end != text.npos;
    if (!entry && !log.line_ended) {
      log.line_ended = true;
      return log;
    }
    if (!entry) {
      return Unavailable(
          fmt::format("{}:{}: not an entry of an undo log; heal what it may stand for by hand, then "
                      "delete the line",
                      file.string(), number));
    }
    log.entries.push_back(*entry);
    log.whole = log.line_ended ? end + 1 : text.size();
  }
  return log;
}

Status WriteAll(const std::filesystem::path& file, int descriptor, const std::string& text) {
  for (std::size_t written = 0; written < text.size();) {
    const ssize_t count = write(descriptor, text.data() + written, text.size() - written);
    if (count < 0 && errno != EINTR) return Trouble(file, "write");
    if (count > 0) written += static_cast<std::size_t>(count);
  }
  if (fsync(descriptor) != 0) return Trouble(file, "fsync");
  return {};
}

}  // namespace

Result<int> UndoLog::Arm(const std::string& fault, const std::string& space, const json& record) {
  ASSIGN_OR_RETURN(const Log log, ReadLog(file_));
  int id = 1;
  for (const Entry& entry : log.entries) id = std::max(id, entry.id + 1);
  RETURN_IF_ERROR(Append({{"id", id}, {"state", "armed"}, {"fault", fault}, {"space", space}, {"undo", record}}));
  return id;
}

Status UndoLog::Healed(int id) { return Append({{"id", id}, {"state", "healed"}}); }

Result<std::vector<Undo>> UndoLog::Outstanding() const {
  ASSIGN_OR_RETURN(const Log log, ReadLog(file_));
  std::vector<Undo> outstanding;
  for (const Entry& entry : log.entries) {
    std::erase_if(outstanding, [&entry](const Undo& undo) { return undo.id == entry.id; });
    if (entry.armed) outstanding.insert(outstanding.begin(), entry.undo);
  }
  return outstanding;
}

Status UndoLog::Append(const json& line) {
  std::string text;
  try {
    text = line.dump() + "\n";
  } catch (const json::exception& error) {  // bytes that are not UTF-8
    return Unavailable(fmt::format("{}: cannot write the undo record: {}", file_.string(), error.what()));
  }
  ASSIGN_OR_RETURN(const Log log, ReadLog(file_));
  const Descriptor descriptor(open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (descriptor.get() < 0) return Trouble(file_, "open");
  // A line cut short would swallow the next one.
  if (ftruncate(descriptor.get(), static_cast<off_t>(log.whole)) != 0) return Trouble(file_, "truncate");
  RETURN_IF_ERROR(WriteAll(file_, descriptor.get(), (log.line_ended ? "" : "\n") + text));
  return log.entries.empty() ? SyncFolderOf(file_) : Status();
}

}  // namespace holdfast
