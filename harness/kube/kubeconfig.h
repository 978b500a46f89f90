// Kubeconfig: how to reach one API server and as whom, read from a file as kubectl reads it: the one context in use,
// with its cluster and its user. For what kubectl cannot do: watch many things at once and say when each was seen.
// Certificates and keys are read into memory; a path in the file is relative to the file's folder.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/result.h"

namespace holdfast {

// A program that hands out credentials (client.authentication.k8s.io); credentials.h runs it.
struct CredentialPlugin {
  std::string api_version;
  std::string command;  // a path, or a name that is looked up in PATH
  std::vector<std::string> arguments = {};
  std::vector<std::string> environment = {};  // NAME=VALUE
  bool wants_cluster = false;                 // it is told of the cluster, too
  std::string install_hint = {};
};

struct Kubeconfig {
  std::filesystem::path file;
  std::string context;

  std::string server;           // "https://10.0.0.1:6443", without a slash at its end
  std::string tls_server_name;  // in place of the server's own name; usually empty
  std::string authority;        // PEM; empty: the authorities that this machine trusts
  bool skips_verification = false;
  std::string proxy;  // URL; empty: as the environment says

  // Of the user, any of:
  std::string certificate, key;  // PEM
  std::string token;
  std::filesystem::path token_file;  // goes before `token`; its content changes while the cluster lives
  std::string username, password;
  std::optional<CredentialPlugin> plugin;
};

// With an empty `context`, the file's current one. An Error is one line: file (and line), what is wrong, what is
// allowed. It quotes nothing that may be secret.
Result<Kubeconfig> ReadKubeconfig(const std::filesystem::path& file, const std::string& context = "");

}  // namespace holdfast
