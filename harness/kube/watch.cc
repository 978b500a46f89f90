#include "harness/kube/watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "harness/text/printable.h"

namespace holdfast {
namespace {

using nlohmann::json;
using std::chrono::seconds;

constexpr long kUnauthorized = 401;
constexpr long kGone = 410;
constexpr std::size_t kLargestList = std::size_t{256} << 20;
constexpr std::size_t kLongestEvent = std::size_t{16} << 20;  // an object may have 1.5 MiB
constexpr int kMostGarbage = 10;                              // of one stream; what says more of it is no API server
constexpr Duration kGraceAtTheEnd = seconds(10);

std::string VersionOf(const json& object) {
  const auto metadata = object.is_object() ? object.find("metadata") : object.end();
  if (metadata == object.end() || !metadata->is_object()) return "";
  const auto version = metadata->find("resourceVersion");
  return version != metadata->end() && version->is_string() ? version->get<std::string>() : "";
}

}  // namespace

Watch::Watch(Setting setting, WatchedResource resource)
    : setting_(std::move(setting)),
      resource_(std::move(resource)),
      stream_(setting_.config, setting_.network_namespace),
      thread_([this] { Run(); }) {}

Watch::~Watch() { Stop(); }

void Watch::Stop() {
  stream_.Stop();
  if (thread_.joinable()) thread_.join();
}

void Watch::See(Sighting::Kind kind, json object, const std::string& text) {
  setting_.see(
      {.kind = kind, .time = setting_.clock(), .resource = resource_.name, .object = std::move(object), .text = text});
}

void Watch::Run() {
  const Shielded shielded;  // what becomes of the cluster while it is healed belongs to the story, too
  Duration pause = setting_.patience.first_pause;
  while (!stream_.stopped()) {
    const Status tried = Try();
    if (stream_.stopped()) return;
    if (tried.has_value()) {
      pause = setting_.patience.first_pause;
      continue;
    }
    if (!std::exchange(lost_, true)) See(Sighting::Kind::kLost, nullptr, tried.error().message);
    if (!stream_.Pause(pause)) return;
    pause = std::min(2 * pause, setting_.patience.longest_pause);
  }
}

Status Watch::Try() {
  if (version_.empty()) RETURN_IF_ERROR(List());
  if (stream_.stopped()) return {};
  const Nanoseconds begin = setting_.clock();
  RETURN_IF_ERROR(Follow());
  // A server that closes each stream at once is not asked a thousand times a second.
  const Duration rest = setting_.patience.first_pause - Duration(setting_.clock() - begin);
  if (rest > Duration::zero()) stream_.Pause(rest);
  return {};
}

Result<ApiStream::Ending> Watch::Get(const std::string& query, Duration limit,
                                     std::function<bool(std::string_view)> take) {
  ApiStream::Request request{.path = resource_.path + query,
                             .credential = {},
                             .head_within = setting_.patience.answer,
                             .limit = limit,
                             .begun = {},
                             .take = std::move(take)};
  ASSIGN_OR_RETURN(request.credential, setting_.credentials.Get());
  request.begun = [this] {
    if (std::exchange(lost_, false)) See(Sighting::Kind::kResumed, nullptr);
  };
  return stream_.Get(request);
}

// What ended an answer before it was whole, or made it none.
Status Watch::Judge(const ApiStream::Ending& ending) {
  if (ending.status == kUnauthorized) setting_.credentials.Refuse();
  if (ending.status == kGone) version_.clear();
  if (ending.kind == ApiStream::Ending::Kind::kStopped || ending.trouble.empty()) return {};
  return Unavailable(ending.trouble);
}

Status Watch::List() {
  std::string text;
  ASSIGN_OR_RETURN(const ApiStream::Ending ending, Get("", setting_.patience.list, [&](std::string_view piece) {
                     text += piece;
                     return text.size() <= kLargestList;
                   }));
  RETURN_IF_ERROR(Judge(ending));
  if (stream_.stopped()) return {};
  json list = json::parse(text, nullptr, /*allow_exceptions=*/false);
  const std::string version = VersionOf(list);
  if (version.empty() || !list.contains("items")) {
    return Unavailable("the answer is no list of objects: " + Printable(text, 100));
  }
  version_ = version;
  json items = list["items"].is_array() ? std::move(list["items"]) : json::array();  // null if there are none
  See(Sighting::Kind::kList, std::move(items));
  return {};
}

Status Watch::Follow() {
  pending_.clear();
  refused_.clear();
  garbage_ = 0;
  const Duration asked = setting_.patience.stream;
  const std::string query = fmt::format("?watch=1&allowWatchBookmarks=true&resourceVersion={}&timeoutSeconds={}",
                                        version_, std::max<std::int64_t>(1, std::chrono::ceil<seconds>(asked).count()));
  ASSIGN_OR_RETURN(const ApiStream::Ending ending,
                   Get(query, asked + kGraceAtTheEnd, [this](std::string_view piece) { return TakePiece(piece); }));
  if (!refused_.empty()) {
    version_.clear();
    return Unavailable(refused_);
  }
  return Judge(ending);
}

bool Watch::TakePiece(std::string_view piece) {
  for (std::size_t end; (end = piece.find('\n')) != std::string_view::npos; piece.remove_prefix(end + 1)) {
    pending_ += piece.substr(0, end);
    const bool goes_on = TakeLine(pending_);
    pending_.clear();
    if (!goes_on || stream_.stopped()) return false;
  }
  pending_ += piece;
  if (pending_.size() <= kLongestEvent) return true;
  refused_ = fmt::format("a line of more than {} bytes: {}", kLongestEvent, Printable(pending_.substr(0, 60)));
  return false;
}

bool Watch::TakeLine(std::string_view line) {
  if (line.empty() || line == "\r") return true;
  json event = json::parse(line, nullptr, /*allow_exceptions=*/false);
  const bool has_form = event.is_object() && event.contains("type") && event["type"].is_string() &&
                        event.contains("object") && event["object"].is_object();
  if (!has_form) return TakeGarbage(Printable(line.substr(0, 200)));
  return TakeEvent(event["type"].get<std::string>(), event["object"]);
}

bool Watch::TakeEvent(const std::string& type, const json& object) {
  if (type == "ERROR") {
    const auto message = object.find("message");
    refused_ = message != object.end() && message->is_string() ? Printable(message->get<std::string>(), 300)
                                                               : "the server ended the watch with an error";
    return false;
  }
  const std::string version = VersionOf(object);
  if (version.empty()) return TakeGarbage(type + " without a resourceVersion");
  version_ = version;
  constexpr std::array<std::pair<std::string_view, Sighting::Kind>, 3> kKinds = {
      {{"ADDED", Sighting::Kind::kAdded},
       {"MODIFIED", Sighting::Kind::kModified},
       {"DELETED", Sighting::Kind::kDeleted}}};
  for (const auto& [name, kind] : kKinds) {
    if (type != name) continue;
    See(kind, object);
    return true;
  }
  return type == "BOOKMARK" || TakeGarbage("an event of type " + Printable(type, 60));
}

bool Watch::TakeGarbage(const std::string& what) {
  See(Sighting::Kind::kUnreadable, nullptr, what);
  if (++garbage_ < kMostGarbage) return true;
  refused_ = fmt::format("{} lines of one stream are no events", kMostGarbage);
  return false;
}

}  // namespace holdfast
