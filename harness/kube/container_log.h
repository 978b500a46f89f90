// ContainerLog: what one container says, from its first line on, as the API server passes it on. It has a thread of its
// own. A stream that breaks is taken up again after the last line that was heard; one that ends in good order was the
// container's.
#pragma once

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

  // Nothing begins any more; what is being heard still may be.
  void AskToStop() { stream_.Stop(); }

 private:
  using WallTime = std::chrono::system_clock::time_point;

  void Run();
  // The container has ended, or has said enough.
  Result<bool> Follow();
  bool TakePiece(std::string_view piece);
  bool TakeLine(std::string_view line);

  const Setting setting_;
  ApiStream stream_;
  std::string pending_;              // the beginning of a line
  std::string last_;                 // the server's time of the last line, as it wrote it
  std::optional<WallTime> last_at_;  // the same
  int lines_ = 0;
  bool missing_ = false;
  std::thread thread_;
};

}  // namespace holdfast
