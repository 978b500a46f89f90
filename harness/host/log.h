// Log: what the program says of its own doings, for whoever looks later. Errors go to standard error, all of it to each
// open LogCopy.
#pragma once

#include <filesystem>
#include <memory>

namespace spdlog::sinks {
class sink;
}

namespace holdfast {

// Once, at the begin.
void StartLog();

// A file that gets all of the log while this lives. Of several at a time, and from any thread.
class LogCopy {
 public:
  explicit LogCopy(const std::filesystem::path& file);
  ~LogCopy();
  LogCopy(const LogCopy&) = delete;
  LogCopy& operator=(const LogCopy&) = delete;

 private:
  const std::shared_ptr<spdlog::sinks::sink> sink_;
};

}  // namespace holdfast
