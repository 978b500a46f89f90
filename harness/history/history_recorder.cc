#include "harness/history/history_recorder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "harness/history/history_line.h"

namespace holdfast {
namespace {

constexpr std::size_t kChunk = std::size_t{64} << 10;  // rows are handed over in pieces, so that probes are not held up

}  // namespace

Result<std::unique_ptr<HistoryRecorder>> HistoryRecorder::Open(Host& host, const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor < 0) return Unavailable(fmt::format("{}: cannot be created: {}", file.string(), std::strerror(errno)));
  return std::unique_ptr<HistoryRecorder>(new HistoryRecorder(host, descriptor));
}

HistoryRecorder::~HistoryRecorder() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Nanoseconds HistoryRecorder::Elapsed() const {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(host_.Now() - origin_).count();
}

void HistoryRecorder::Append(const std::string& lines) {
  const std::lock_guard lock(mutex_);
  Write(lines);
}

template <typename LineAt>
void HistoryRecorder::AppendNow(const LineAt& line_at) {
  const std::lock_guard lock(mutex_);
  Write(line_at(Elapsed()));
}

// After the first trouble nothing more is written: a history with a gap in its middle could hide a lost write, one that
// ends early has no final read and proves nothing.
void HistoryRecorder::Write(const std::string& lines) {
  std::size_t done = 0;
  while (trouble_.empty() && done < lines.size()) {
    const ssize_t written = ::write(descriptor_, lines.data() + done, lines.size() - done);
    if (written >= 0) {
      done += static_cast<std::size_t>(written);
    } else if (errno != EINTR) {
      trouble_ = std::strerror(errno);
    }
  }
}

void HistoryRecorder::Begin(int cell, const WriteRequest& request) {
  AppendNow([&](Nanoseconds now) { return BeginLine(cell, now, request); });
}

void HistoryRecorder::End(int cell, const WriteRequest& request, const Completion& completion) {
  AppendNow([&](Nanoseconds now) { return EndLine(cell, now, request, completion); });
}

void HistoryRecorder::AddRead(int cell, const Read& read) {
  int number = 0;
  {
    const std::lock_guard lock(mutex_);
    number = ++reads_[cell];
  }
  std::string lines = ReadLine(cell, number, read);
  std::uint64_t position = 0;
  for (const Row& row : read.rows) {
    lines += RowLine(cell, number, ++position, row);
    if (lines.size() < kChunk) continue;
    Append(lines);
    lines.clear();
  }
  if (read.end != kNever) {
    lines += ReadEndLine(cell, number, read.end, read.rows.size(), read.error);
  } else if (!read.error.empty()) {
    lines += ReadFailedLine(cell, number, read);
  }
  Append(lines);
}

void HistoryRecorder::AddMark(int cell, const std::string& name, const std::string& text,
                              const std::map<std::string, std::string>& fields) {
  AppendNow(
      [&](Nanoseconds now) { return MarkLine(cell, {.time = now, .name = name, .text = text, .fields = fields}); });
}

Status HistoryRecorder::Close() {
  const std::lock_guard lock(mutex_);
  if (descriptor_ >= 0) {
    // fsync fails with EINVAL on what is no file (a pipe, /dev/full); that is no loss.
    if (::fsync(descriptor_) != 0 && errno != EINVAL && trouble_.empty()) trouble_ = std::strerror(errno);
    if (::close(descriptor_) != 0 && trouble_.empty()) trouble_ = std::strerror(errno);
    descriptor_ = -1;
  }
  if (!trouble_.empty()) return Unavailable("history.jsonl: could not be written: " + trouble_);
  return {};
}

}  // namespace holdfast
