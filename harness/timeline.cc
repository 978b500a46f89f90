#include "harness/timeline.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "harness/host/lines.h"
#include "harness/text/printable.h"

namespace holdfast {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestLineOfTimeline = std::size_t{64} << 10;
constexpr std::size_t kMostOfText = 1000;
constexpr std::size_t kMostUnreadableNamed = 20;

// Empty if it is absent; nothing if it is no text.
bool TakeText(const json& object, const char* key, std::string& text) {
  const auto found = object.find(key);
  if (found == object.end()) return true;
  if (!found->is_string()) return false;
  text = found->get<std::string>();
  return true;
}

// Why it is none, or nothing.
std::string ParseEntry(std::string_view line, TimelineEntry& entry) {
  const json object = json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return "no JSON object: " + Printable(line.substr(0, 60));
  const auto cell = object.find("cell");
  const auto time = object.find("t");
  if (cell == object.end() || !cell->is_number_integer() || time == object.end() || !time->is_number_integer()) {
    return "no cell or no time";
  }
  entry.cell = cell->get<int>();
  entry.time = time->get<Nanoseconds>();
  const bool has_texts = TakeText(object, "kind", entry.kind) && TakeText(object, "name", entry.name) &&
                         TakeText(object, "uid", entry.uid) && TakeText(object, "node", entry.node) &&
                         TakeText(object, "what", entry.what) && TakeText(object, "text", entry.text) &&
                         TakeText(object, "at", entry.server_time);
  if (!has_texts || entry.kind.empty() || entry.what.empty()) return "no text where one belongs";
  if (entry.time < 0 || entry.time == kNever) return "a time outside of any run";
  return "";
}

class Reader {
 public:
  explicit Reader(std::string name) : name_(std::move(name)) {}

  void Take(std::string_view line, LineLength length) {
    ++number_;
    if (line.empty()) return;
    TimelineEntry entry;
    const std::string trouble =
        length == LineLength::kTooLong ? fmt::format("longer than {} bytes", line.size()) : ParseEntry(line, entry);
    if (trouble.empty()) {
      cell_ = entry.cell;
      timelines_[cell_].entries.push_back(std::move(entry));
    } else {
      Complain(trouble);
    }
  }

  std::map<int, Timeline> Finish() {
    for (auto& [cell, timeline] : timelines_) {
      std::stable_sort(timeline.entries.begin(), timeline.entries.end(),
                       [](const TimelineEntry& one, const TimelineEntry& other) { return one.time < other.time; });
    }
    return std::move(timelines_);
  }

 private:
  void Complain(const std::string& trouble) {
    std::vector<std::string>& unreadable = timelines_[cell_].unreadable;
    if (unreadable.size() < kMostUnreadableNamed) {
      unreadable.push_back(fmt::format("{}:{}: {}", name_, number_, trouble));
    }
  }

  const std::string name_;
  int number_ = 0;
  int cell_ = 1;
  std::map<int, Timeline> timelines_;
};

}  // namespace

std::map<int, Timeline> ParseTimeline(std::string_view text, const std::string& name) {
  Reader reader(name);
  ForEachLineOf(text, kLongestLineOfTimeline,
                [&](std::string_view line, LineLength length) { reader.Take(line, length); });
  return reader.Finish();
}

Result<std::map<int, Timeline>> ReadTimeline(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error) && !error) return std::map<int, Timeline>();
  Reader reader(file.filename().string());
  RETURN_IF_ERROR(ForEachLine(file, kLongestLineOfTimeline,
                              [&](std::string_view line, LineLength length) { reader.Take(line, length); }));
  return reader.Finish();
}

std::string TimelineLine(const TimelineEntry& entry) {
  nlohmann::ordered_json line = {{"cell", entry.cell}, {"t", entry.time}, {"kind", entry.kind}, {"name", entry.name}};
  const auto add = [&](const char* key, const std::string& text) {
    if (!text.empty()) line[key] = Printable(text, kMostOfText);
  };
  add("uid", entry.uid);
  add("node", entry.node);
  add("what", entry.what);
  add("text", entry.text);
  add("at", entry.server_time);
  return line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

std::string Describe(const TimelineEntry& entry) {
  std::string words =
      fmt::format("{:.6f} s: {} {} {}", static_cast<double>(entry.time) / 1e9, entry.kind, entry.name, entry.what);
  if (!entry.text.empty()) words += fmt::format(" ({})", entry.text);
  return Printable(words, 300);
}

Result<std::unique_ptr<TimelineWriter>> TimelineWriter::Open(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor < 0) return Unavailable(fmt::format("{}: cannot be created: {}", file.string(), std::strerror(errno)));
  return std::unique_ptr<TimelineWriter>(new TimelineWriter(descriptor));
}

TimelineWriter::~TimelineWriter() { ::close(descriptor_); }

void TimelineWriter::Add(const TimelineEntry& entry) {
  const std::string line = TimelineLine(entry);
  const std::lock_guard lock(mutex_);
  std::size_t done = 0;
  while (done < line.size()) {
    const ssize_t written = ::write(descriptor_, line.data() + done, line.size() - done);
    if (written < 0 && errno != EINTR) return;
    if (written > 0) done += static_cast<std::size_t>(written);
  }
}

}  // namespace holdfast
