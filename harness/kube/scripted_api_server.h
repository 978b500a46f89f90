// ScriptedApiServer: for tests, an HTTP server on the loopback that answers as it is told, and may go away and come
// back at the same address. Each connection has a thread; a script is called for each request and says the answer's
// bytes.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "harness/check.h"

namespace holdfast {

class ScriptedApiServer {
 public:
  class Connection {
   public:
    explicit Connection(int socket) : socket_(socket) {}
    // False: the other side is gone.
    bool Send(const std::string& bytes) const {
      return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
    }
    bool Answer(const std::string& status, const std::string& body) const {
      return Send("HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    }
    bool BeginStream() const { return Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"); }
    bool Piece(const std::string& piece) const {
      std::array<char, 20> size{};
      std::snprintf(size.data(), size.size(), "%zx\r\n", piece.size());
      return Send(size.data() + piece + "\r\n");
    }
    bool EndStream() const { return Send("0\r\n\r\n"); }
    // Until the other side goes, or the server does.
    void AwaitEnd() const {
      char ignored = 0;
      while (::recv(socket_, &ignored, 1, 0) > 0) {
      }
    }

   private:
    int socket_;
  };
  struct Request {
    std::string target;  // "/api/v1/pods?watch=1"
    std::string head;
    bool IsWatch() const { return target.find("watch=1") != std::string::npos; }
  };
  // False: the connection is closed.
  using Script = std::function<bool(const Connection&, const Request&)>;

  explicit ScriptedApiServer(Script script) : script_(std::move(script)) { ComeBack(); }
  ~ScriptedApiServer() { GoAway(); }
  ScriptedApiServer(const ScriptedApiServer&) = delete;
  ScriptedApiServer& operator=(const ScriptedApiServer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::vector<std::string> targets() const {
    const std::lock_guard lock(mutex_);
    return targets_;
  }

  void ComeBack() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port_);
    socklen_t size = sizeof address;
    CHECK(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    CHECK(::listen(listener_, 16) == 0);
    CHECK(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { Accept(); });
  }

  // Every connection breaks, and nobody listens any more.
  void GoAway() {
    if (!acceptor_.joinable()) return;
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    ::close(listener_);
    {
      const std::lock_guard lock(mutex_);
      for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
    }
    for (std::thread& one : threads_) one.join();
    threads_.clear();
  }

 private:
  void Accept() {
    for (int socket; (socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
      const int yes = 1;
      ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      const std::lock_guard lock(mutex_);
      sockets_.push_back(socket);
      threads_.emplace_back([this, socket] { Serve(socket); });
    }
  }

  void Serve(int socket) {
    const Connection connection(socket);
    for (Request request; Read(socket, request); request = {}) {
      {
        const std::lock_guard lock(mutex_);
        targets_.push_back(request.target);
      }
      if (!script_(connection, request)) break;
    }
    const std::lock_guard lock(mutex_);
    sockets_.remove(socket);
    ::close(socket);
  }

  static bool Read(int socket, Request& request) {
    std::array<char, 4096> buffer;
    while (request.head.find("\r\n\r\n") == std::string::npos) {
      const ssize_t count = ::recv(socket, buffer.data(), buffer.size(), 0);
      if (count <= 0) return false;
      request.head.append(buffer.data(), static_cast<std::size_t>(count));
    }
    const std::size_t begin = request.head.find(' ') + 1;
    request.target = request.head.substr(begin, request.head.find(' ', begin) - begin);
    return true;
  }

  const Script script_;
  int listener_ = -1;
  in_port_t port_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> targets_;
  std::list<int> sockets_;
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace holdfast
