#include "harness/kube/api_stream.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "harness/check.h"
#include "harness/host/socket_namespace.h"
#include "harness/options.h"
#include "harness/text/printable.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr long kConnectMs = 5000;
constexpr std::size_t kMostOfRefusal = 4096;  // what is kept of an answer that is not 200
constexpr Duration kLongestPoll = std::chrono::seconds(1);

CURLM* NewMulti() {
  static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  CHECK(initialised == CURLE_OK);
  CURLM* multi = curl_multi_init();
  CHECK(multi != nullptr);
  return multi;
}

CURL* NewCurl() {
  CURL* curl = curl_easy_init();
  CHECK(curl != nullptr);
  return curl;
}

void SetBlob(CURL* curl, CURLoption option, const std::string& content) {
  curl_blob blob{.data = const_cast<char*>(content.data()), .len = content.size(), .flags = CURL_BLOB_COPY};
  curl_easy_setopt(curl, option, &blob);
}

// Keepalives, and what is sent, must be acknowledged: a peer that lost its power sends no FIN.
void ExpectSignsOfLife(int socket) {
  const auto set = [&](int level, int option, int value) { ::setsockopt(socket, level, option, &value, sizeof value); };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 3);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 1);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(milliseconds(ApiStream::kLongestSilence).count()));
}

struct ServerName {
  std::string scheme, host, port;  // port is empty if it is the scheme's own
  std::string path;                // of a server that is behind another one: "/k8s/clusters/c-1"
};
ServerName Split(const std::string& server) {
  ServerName name;
  const std::size_t begin = server.find("://") + 3;
  name.scheme = server.substr(0, begin);
  const std::size_t end = std::min(server.find('/', begin), server.size());
  const std::string authority = server.substr(begin, end - begin);
  name.path = server.substr(end);
  const std::size_t colon = authority.rfind(':');
  const bool has_port = colon != std::string::npos && authority.find(']', colon) == std::string::npos;
  name.host = authority.substr(0, has_port ? colon : std::string::npos);
  if (has_port) name.port = authority.substr(colon + 1);
  return name;
}

bool IsLoopback(const std::string& host) { return host == "localhost" || host == "[::1]" || host.starts_with("127."); }

// "HTTP 403: pods is forbidden": the API server's own words, if it was the API server.
std::string Refusal(long status, const std::string& body) {
  const auto object = nlohmann::json::parse(body, nullptr, /*allow_exceptions=*/false);
  std::string words = body;
  if (object.is_object() && object.contains("message") && object["message"].is_string()) words = object["message"];
  return words.empty() ? fmt::format("HTTP {}", status) : fmt::format("HTTP {}: {}", status, Printable(words, 300));
}

}  // namespace

struct ApiStream::Exchange {
  explicit Exchange(const Request& the_request) : request(the_request) {}

  const Request& request;
  CURL* curl = nullptr;
  long status = 0;
  bool head_is_whole = false;
  bool enough = false;
  std::string refusal;
  std::array<char, CURL_ERROR_SIZE> error{};
  std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers{nullptr, curl_slist_free_all};
  std::unique_ptr<curl_slist, void (*)(curl_slist*)> addresses{nullptr, curl_slist_free_all};
};

ApiStream::ApiStream(const Kubeconfig& config, std::string network_namespace)
    : config_(config),
      network_namespace_(std::move(network_namespace)),
      multi_(NewMulti(), [](CURLM* multi) { curl_multi_cleanup(multi); }),
      curl_(NewCurl(), curl_easy_cleanup) {}

ApiStream::~ApiStream() = default;

void ApiStream::Stop() {
  stopped_ = true;
  curl_multi_wakeup(multi_.get());
}

bool ApiStream::Pause(Duration duration) {
  const Time until = steady_clock::now() + duration;
  while (!stopped_) {
    const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now());
    if (left.count() <= 0) return true;
    curl_multi_poll(multi_.get(), nullptr, 0, static_cast<int>(left.count()), nullptr);
  }
  return false;
}

ApiStream::Ending ApiStream::Get(const Request& request) {
  Exchange exchange(request);
  SetUp(request, exchange);
  curl_multi_add_handle(multi_.get(), curl_.get());
  Ending ending = Drive(request, exchange);
  curl_multi_remove_handle(multi_.get(), curl_.get());
  curl_easy_reset(curl_.get());  // nothing of it points to `exchange` any more; connections are the multi handle's
  return ending;
}

void ApiStream::SetUp(const Request& request, Exchange& exchange) {
  CURL* curl = exchange.curl = curl_.get();
  socket_error_.clear();
  SetServer(request);
  SetCredential(request.credential, exchange);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, exchange.headers.get());
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);  // a proxy's 200 is not the server's
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);  // a name that nobody resolves does not hold up Stop
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, kConnectMs);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(std::chrono::ceil<milliseconds>(request.limit).count()));
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, exchange.error.data());
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, &ApiStream::OpenSocket);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &ApiStream::TakeHeader);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &ApiStream::TakeBody);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
}

void ApiStream::SetServer(const Request& request) {
  CURL* curl = curl_.get();
  curl_easy_setopt(curl, CURLOPT_URL, (config_.server + request.path).c_str());
  if (!config_.authority.empty()) SetBlob(curl, CURLOPT_CAINFO_BLOB, config_.authority);
  if (config_.skips_verification) {
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
  }
  // As kubectl: the kubeconfig's proxy, else the environment's, but never for this machine itself. Behind the wall of a
  // network namespace the environment's is not there.
  if (!config_.proxy.empty()) {
    curl_easy_setopt(curl, CURLOPT_PROXY, config_.proxy.c_str());
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "");
  } else if (!network_namespace_.empty() || IsLoopback(Split(config_.server).host)) {
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  }
}

void ApiStream::SetCredential(const Credential& credential, Exchange& exchange) {
  CURL* curl = exchange.curl;
  const auto add_header = [&](const std::string& header) {
    exchange.headers.reset(curl_slist_append(exchange.headers.release(), header.c_str()));
  };
  add_header("Accept: application/json");
  if (!credential.token.empty()) add_header("Authorization: Bearer " + credential.token);
  if (!credential.username.empty()) {
    curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    curl_easy_setopt(curl, CURLOPT_USERNAME, credential.username.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, credential.password.c_str());
  }
  if (!credential.certificate.empty()) {
    SetBlob(curl, CURLOPT_SSLCERT_BLOB, credential.certificate);
    SetBlob(curl, CURLOPT_SSLKEY_BLOB, credential.key);
  }
  if (config_.tls_server_name.empty()) return;
  // Speak to the server under another name, at its own address.
  const ServerName server = Split(config_.server);
  const std::string port = server.port.empty() ? "" : ":" + server.port;
  const std::string path = server.path + exchange.request.path;
  curl_easy_setopt(curl, CURLOPT_URL, (server.scheme + config_.tls_server_name + port + path).c_str());
  exchange.addresses.reset(curl_slist_append(nullptr, fmt::format("::{}:{}", server.host, server.port).c_str()));
  curl_easy_setopt(curl, CURLOPT_CONNECT_TO, exchange.addresses.get());
}

ApiStream::Ending ApiStream::Drive(const Request& request, Exchange& exchange) {
  const Time head_until = steady_clock::now() + request.head_within;
  while (!stopped_) {
    int running = 0;
    curl_multi_perform(multi_.get(), &running);
    int left = 0;
    if (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left); message != nullptr) {
      const CURLcode code = message->data.result;
      if (exchange.enough) return {.kind = Ending::Kind::kEnough, .status = exchange.status, .trouble = ""};
      if (code == CURLE_OK) {
        const bool fine = exchange.status == 200;
        return {.kind = Ending::Kind::kWhole,
                .status = exchange.status,
                .trouble = fine ? "" : Refusal(exchange.status, exchange.refusal)};
      }
      const std::string words = exchange.error[0] != '\0' ? exchange.error.data() : curl_easy_strerror(code);
      return {.kind = Ending::Kind::kBroken,
              .status = exchange.status,
              .trouble = Printable(socket_error_.empty() ? words : socket_error_, 300)};
    }
    const Duration patience = exchange.head_is_whole ? kLongestPoll : head_until - steady_clock::now();
    if (patience <= Duration::zero()) {
      return {.kind = Ending::Kind::kBroken,
              .status = 0,
              .trouble = "no answer within " + FormatDuration(request.head_within)};
    }
    const auto pause = std::chrono::ceil<milliseconds>(std::min(patience, kLongestPoll));
    curl_multi_poll(multi_.get(), nullptr, 0, static_cast<int>(pause.count()), nullptr);
  }
  return {.kind = Ending::Kind::kStopped, .status = exchange.status, .trouble = ""};
}

// Line by line; an empty one ends the head. There may be several: 100 Continue.
std::size_t ApiStream::TakeHeader(char* data, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  const std::string_view line(data, size * count);
  if (line != "\r\n" && line != "\n") return line.size();
  curl_easy_getinfo(exchange.curl, CURLINFO_RESPONSE_CODE, &exchange.status);
  if (exchange.status < 200 || exchange.head_is_whole) return line.size();
  exchange.head_is_whole = true;
  if (exchange.status == 200) exchange.request.begun();
  return line.size();
}

std::size_t ApiStream::TakeBody(char* data, std::size_t size, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  const std::string_view piece(data, size * count);
  if (exchange.status == 200) {
    exchange.enough = !exchange.request.take(piece);
    return exchange.enough ? CURL_WRITEFUNC_ERROR : piece.size();
  }
  exchange.refusal.append(piece.substr(0, kMostOfRefusal - exchange.refusal.size()));
  return piece.size();
}

curl_socket_t ApiStream::OpenSocket(void* user, curlsocktype, curl_sockaddr* address) {
  auto& stream = *static_cast<ApiStream*>(user);
  const auto made = SocketIn(stream.network_namespace_, address->family, address->socktype, address->protocol);
  if (made) {
    ExpectSignsOfLife(*made);
    return *made;
  }
  stream.socket_error_ = made.error().message;
  return CURL_SOCKET_BAD;
}

}  // namespace holdfast
