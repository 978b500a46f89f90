// Watch: everything that becomes of one kind of object in the cluster, as the API server tells it, with the time at
// which it was told. It has a thread of its own, which lists, then follows:
//
//              ┌────────────── 410: too old, or the stream says ERROR ───────────────┐
//              ▼                                                                     │
//     list ──▶ version ──▶ watch from version ──▶ ADDED MODIFIED DELETED BOOKMARK ───┤
//      ▲ ▲                  ▲                     (each moves the version)           │
//      │ └── after a pause ─┴─── the server closed the stream, or is away ───────────┘
//
// A stream that its server ended in good order goes on without a word. One that broke is kLost, once, however often
// the server is tried again; kResumed says that it answers again. From the version on nothing is missed meanwhile;
// after a new list it is (kList then tells what there is).
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <thread>

#include "harness/exchange.h"
#include "harness/kube/api_stream.h"

namespace holdfast {

// One thing that a watch saw.
struct Sighting {
  enum class Kind { kList, kAdded, kModified, kDeleted, kUnreadable, kLost, kResumed };
  Kind kind = Kind::kList;
  Nanoseconds time = 0;   // of its receipt
  std::string resource;   // WatchedResource::name
  nlohmann::json object;  // kList: an array of all there are
  std::string text;       // kUnreadable, kLost: what, or why
};

struct WatchedResource {
  std::string name;  // "pods"
  std::string path;  // "/api/v1/namespaces/db/pods"
};

// How long it waits for what; tests wait less.
struct WatchPatience {
  Duration answer = std::chrono::seconds(10);  // to begin
  Duration list = std::chrono::seconds(30);    // to be whole
  Duration stream = std::chrono::seconds(60);  // after which the server is asked to end it, and a new one begins
  Duration first_pause = std::chrono::milliseconds(250);
  Duration longest_pause = std::chrono::seconds(2);
};

class Watch {
 public:
  // What it points to outlives it. `see` is called from the watch's thread, in the order of the times.
  struct Setting {
    const Kubeconfig& config;
    Credentials& credentials;
    std::string network_namespace;
    std::function<Nanoseconds()> clock;
    std::function<void(const Sighting&)> see;
    WatchPatience patience = {};
  };
  Watch(Setting setting, WatchedResource resource);
  ~Watch();  // stops
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // Nothing is seen once it returns, which takes milliseconds; longer only while a credential plugin runs.
  void Stop();
  // The same in two parts, to stop many at once.
  void AskToStop() { stream_.Stop(); }

 private:
  void Run();
  Status Try();
  Status List();
  Status Follow();
  Result<ApiStream::Ending> Get(const std::string& query, Duration limit, std::function<bool(std::string_view)> take);
  Status Judge(const ApiStream::Ending& ending);
  bool TakePiece(std::string_view piece);
  bool TakeLine(std::string_view line);
  bool TakeEvent(const std::string& type, const nlohmann::json& object);
  bool TakeGarbage(const std::string& what);
  void See(Sighting::Kind kind, nlohmann::json object, const std::string& text = "");

  const Setting setting_;
  const WatchedResource resource_;
  ApiStream stream_;
  std::string version_;  // to go on from; empty: list first
  std::string pending_;  // the beginning of a line
  std::string refused_;  // what an ERROR in the stream said
  int garbage_ = 0;      // lines of this stream
  bool lost_ = false;
  std::thread thread_;
};

}  // namespace holdfast
