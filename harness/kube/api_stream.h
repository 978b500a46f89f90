// ApiStream: GETs from one API server, each answer given out piece by piece while it comes, for hours if need be. For
// one thread, but for Stop.
//
// A server that vanished without a word (its machine lost power, the network is cut) is noticed by TCP within
// kLongestSilence; one that took the connection and does not answer, by `head_within`.
#pragma once

#include <curl/curl.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "harness/kube/credentials.h"
#include "harness/kube/kubeconfig.h"

namespace holdfast {

class ApiStream {
 public:
  // Of both ends' kernels, not of the data: a stream on which nothing happens is not silent.
  static constexpr std::chrono::seconds kLongestSilence{10};

  // Both outlive it. Sockets are made in `network_namespace`, if there is one.
  ApiStream(const Kubeconfig& config, std::string network_namespace);
  ~ApiStream();
  ApiStream(const ApiStream&) = delete;
  ApiStream& operator=(const ApiStream&) = delete;

  struct Request {
    std::string path;  // "/api/v1/nodes?watch=1"
    Credential credential;
    Duration head_within = std::chrono::seconds(10);
    Duration limit = std::chrono::seconds(30);                                     // of the whole
    std::function<void()> begun = [] {};                                           // the server says 200
    std::function<bool(std::string_view piece)> take = [](auto) { return true; };  // of that answer; false: enough
  };
  struct Ending {
    enum class Kind { kWhole, kEnough, kStopped, kBroken };
    Kind kind = Kind::kBroken;
    long status = 0;      // of HTTP; 0 if the server did not come to that
    std::string trouble;  // one line, for kBroken and where the status is not 200
  };
  Ending Get(const Request& request);

  // False: it was stopped meanwhile.
  bool Pause(Duration duration);

  // From any thread, once: what goes on ends at once, and nothing begins any more.
  void Stop();
  bool stopped() const { return stopped_; }

 private:
  struct Exchange;
  void SetUp(const Request& request, Exchange& exchange);
  void SetServer(const Request& request);
  void SetCredential(const Credential& credential, Exchange& exchange);
  Ending Drive(const Request& request, Exchange& exchange);
  static std::size_t TakeHeader(char* data, std::size_t size, std::size_t count, void* exchange);
  static std::size_t TakeBody(char* data, std::size_t size, std::size_t count, void* exchange);
  static curl_socket_t OpenSocket(void* stream, curlsocktype purpose, curl_sockaddr* address);

  const Kubeconfig& config_;
  const std::string network_namespace_;
  std::string socket_error_;
  std::atomic<bool> stopped_ = false;
  std::unique_ptr<CURLM, void (*)(CURLM*)> multi_;
  std::unique_ptr<CURL, void (*)(CURL*)> curl_;
};

}  // namespace holdfast
