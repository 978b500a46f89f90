// HistoryRecorder: writes a history while it happens, one JSON line when an operation begins and one when it ends
// (history_line.h), in the run's folder, off the volume and off the cluster.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "harness/exchange.h"
#include "harness/host.h"
#include "harness/result.h"

namespace holdfast {

// Appends lines; thread-safe; each line is handed to the kernel before the call returns, so that a killed harness keeps
// what it saw. A write that fails (disk full) is remembered and returned by Close.
class HistoryRecorder {
 public:
  // A file that exists already is an error: a history belongs to one run.
  static Result<std::unique_ptr<HistoryRecorder>> Open(Host& host, const std::filesystem::path& file);
  ~HistoryRecorder();
  HistoryRecorder(const HistoryRecorder&) = delete;
  HistoryRecorder& operator=(const HistoryRecorder&) = delete;

  void Begin(int cell, const WriteRequest& request);
  void End(int cell, const WriteRequest& request, const Completion& completion);
  void AddRead(int cell, const Read& read);
  void AddMark(int cell, const std::string& name, const std::string& text,
               const std::map<std::string, std::string>& fields = {});
  Nanoseconds Elapsed() const;  // since Open
  Status Close();

 private:
  HistoryRecorder(Host& host, int descriptor) : host_(host), origin_(host.Now()), descriptor_(descriptor) {}
  void Append(const std::string& lines);
  // The time is taken when it is the line's turn, so that the lines stand in the order of their times.
  template <typename LineAt>
  void AppendNow(const LineAt& line_at);
  void Write(const std::string& lines);

  Host& host_;
  Time origin_;
  std::mutex mutex_;
  int descriptor_;
  std::map<int, int> reads_;  // by cell; numbers them, since their rows may stand between the lines of other threads
  std::string trouble_;
};

}  // namespace holdfast
