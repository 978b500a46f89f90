// ContainerLog: what one container says, from its first line on, as the API server passes it on. It has a thread of its
// own. A stream that ends, in good order or not, is taken up again after the last line that was heard: an API server
// that loses the node ends it as if its container had ended. Whoever knows that this has, says so (Finish).
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "harness/kube/api_stream.h"
#include "harness/kube/watch.h"

namespace holdfast {

class ContainerLog {
 public:
  // Whoever says more than this is not listened to any longer: a timeline is to be read.
  static constexpr int kMostLines = 1000;

  // What it points to outlives it. Both are called from the log's thread.
  struct Setting {
    const Kubeconfig& config;
    Credentials& credentials;
    std::string network_namespace;
    std::string path;                                                            // ".../pods/db-1/log?container=db"
    std::function<void(const std::string& server_time, std::string_view)> hear;  // a line, without its end
    std::function<void(const std::string& why)> miss;  // from here on some of it is, until a line is heard
    WatchPatience patience = {};
  };
  explicit ContainerLog(Setting setting);
  ~ContainerLog();  // stops
  ContainerLog(const ContainerLog&) = delete;
  ContainerLog& operator=(const ContainerLog&) = delete;

  // The container has ended: what the server is just telling is heard to its end, and nothing is asked any more.
  void Finish() { finished_ = true; }
  // Nothing is heard any more, in a moment.
  void AskToStop() { stream_.Stop(); }

 private:
  using WallTime = std::chrono::system_clock::time_point;

  void Run();
  Status Follow();
  bool TakePiece(std::string_view piece);
  bool TakeLine(std::string_view line);

  const Setting setting_;
  ApiStream stream_;
  std::string pending_;              // the beginning of a line
  std::string last_;                 // the server's time of the last line, as it wrote it
  std::optional<WallTime> last_at_;  // the same
  bool repeats_ = false;             // the stream was taken up again, and has told nothing new yet
  int lines_ = 0;
  bool missing_ = false;
  std::atomic<bool> finished_ = false;
  std::thread thread_;
};

}  // namespace holdfast
