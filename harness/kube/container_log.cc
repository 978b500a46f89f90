#include "harness/kube/container_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/kube/timestamp.h"

namespace holdfast {
namespace {

constexpr long kUnauthorized = 401;
constexpr std::size_t kLongestLine = std::size_t{16} << 10;
constexpr Duration kLongestStream = std::chrono::hours(24);

// In a query '+' is a blank.
std::string Escaped(const std::string& time) {
  std::string escaped;
  for (const char c : time) escaped += c == '+' ? std::string("%2B") : std::string(1, c);
  return escaped;
}

}  // namespace

ContainerLog::ContainerLog(Setting setting)
    : setting_(std::move(setting)), stream_(setting_.config, setting_.network_namespace), thread_([this] { Run(); }) {}

ContainerLog::~ContainerLog() {
  AskToStop();
  thread_.join();
}

void ContainerLog::Run() {
  const Shielded shielded;  // as of the watches
  Duration pause = setting_.patience.first_pause;
  while (!stream_.stopped() && !finished_ && lines_ < kMostLines) {
    const int lines_before = lines_;
    const Status heard = Follow();
    if (stream_.stopped()) return;
    if (!heard.has_value() && !std::exchange(missing_, true)) setting_.miss(heard.error().message);
    if (lines_ > lines_before) pause = setting_.patience.first_pause;
    if (!stream_.Pause(pause)) return;
    pause = std::min(2 * pause, setting_.patience.longest_pause);
  }
}

Status ContainerLog::Follow() {
  pending_.clear();
  ApiStream::Request request{.path = setting_.path + "&follow=true&timestamps=true",
                             .credential = {},
                             .head_within = setting_.patience.answer,
                             .limit = kLongestStream,
                             .begun = [] {},
                             .take = [this](std::string_view piece) { return TakePiece(piece); }};
  repeats_ = !last_.empty();
  if (repeats_) request.path += "&sinceTime=" + Escaped(last_);
  ASSIGN_OR_RETURN(request.credential, setting_.credentials.Get());
  const ApiStream::Ending ending = stream_.Get(request);
  if (ending.status == kUnauthorized) setting_.credentials.Refuse();
  if (!ending.trouble.empty()) return Unavailable(ending.trouble);
  return {};
}

bool ContainerLog::TakePiece(std::string_view piece) {
  for (std::size_t end; (end = piece.find('\n')) != std::string_view::npos; piece.remove_prefix(end + 1)) {
    pending_ += piece.substr(0, end);
    const bool goes_on = TakeLine(pending_);
    pending_.clear();
    if (!goes_on || stream_.stopped()) return false;
  }
  // Of a line that is too long the beginning.
  pending_ += piece.substr(0, kLongestLine - std::min(kLongestLine, pending_.size()));
  return true;
}

// "2026-11-29T21:50:01.123456789Z what it said". A stream that is taken up again begins with the second of the last
// line; after that a time that goes back is the node's clock's, and the line is news.
bool ContainerLog::TakeLine(std::string_view line) {
  const std::size_t blank = std::min(line.find(' '), line.size());
  const std::string time(line.substr(0, blank));
  const std::optional<WallTime> at = ParseTimestamp(time);
  if (repeats_ && at && last_at_ && *at <= *last_at_) return true;
  repeats_ = false;
  if (at) {
    last_ = time;
    last_at_ = at;
    line.remove_prefix(std::min(blank + 1, line.size()));
  }
  missing_ = false;
  setting_.hear(at ? time : "", line);
  if (++lines_ < kMostLines) return true;
  setting_.miss(fmt::format("it has said {} lines; what it says from here on is left out", kMostLines));
  return false;
}

}  // namespace holdfast
