#include "harness/host/log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/dist_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace holdfast {
namespace {

constexpr char kPattern[] = "%H:%M:%S %l: %v";

// spdlog's own list of sinks may not be changed while somebody logs; this one may.
spdlog::sinks::dist_sink_mt& Sinks() {
  static const auto sinks = std::make_shared<spdlog::sinks::dist_sink_mt>();
  static const bool installed = [] {
    spdlog::set_default_logger(std::make_shared<spdlog::logger>("holdfast", sinks));
    spdlog::flush_on(spdlog::level::info);
    return true;
  }();
  static_cast<void>(installed);
  return *sinks;
}

}  // namespace

void StartLog() {
  const auto errors = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  errors->set_level(spdlog::level::err);  // what a step could not do, the progress says
  errors->set_pattern(kPattern);
  Sinks().set_sinks({errors});
}

LogCopy::LogCopy(const std::filesystem::path& file)
    : sink_(std::make_shared<spdlog::sinks::basic_file_sink_mt>(file.string())) {
  sink_->set_pattern(kPattern);
  Sinks().add_sink(sink_);
}

LogCopy::~LogCopy() { Sinks().remove_sink(sink_); }

}  // namespace holdfast
