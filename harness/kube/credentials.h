// Credentials: as whom to speak to the API server, now. A token in a file is read again each time; a plugin's answer is
// kept until it expires or the server refuses it. Thread-safe; a plugin is run by one thread at a time.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "harness/host.h"
#include "harness/kube/kubeconfig.h"

namespace holdfast {

// Secret. Any of:
struct Credential {
  std::string certificate = {}, key = {};  // PEM
  std::string token = {};
  std::string username = {}, password = {};
};

class Credentials {
 public:
  using WallClock = std::function<std::chrono::system_clock::time_point()>;

  // A plugin runs in the network namespace in which the cluster is.
  Credentials(Host& host, Kubeconfig config, std::string network_namespace,
              WallClock now = std::chrono::system_clock::now);

  Result<Credential> Get();
  // The server does not take it any more: the next Get asks the plugin again.
  void Refuse();

 private:
  Result<Credential> AskPlugin(const CredentialPlugin& plugin);
  Result<Credential> TakeAnswer(const CredentialPlugin& plugin, const std::string& answer);
  Command CommandOf(const CredentialPlugin& plugin) const;
  std::string Request(const CredentialPlugin& plugin) const;

  Host& host_;
  const Kubeconfig config_;
  const std::string network_namespace_;
  const WallClock now_;
  std::mutex mutex_;
  std::optional<Credential> kept_;  // of the plugin
  std::optional<std::chrono::system_clock::time_point> expires_;
};

}  // namespace holdfast
