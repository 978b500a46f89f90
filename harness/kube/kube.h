// Kube: the Kubernetes API of one cluster, through kubectl, which knows every kubeconfig, credential plugin and stream.
// Thread-safe (it has no state).
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/host.h"

namespace holdfast {

// How to reach a cluster: everything that leaves the harness for it goes through these.
struct Access {
  std::filesystem::path kubeconfig;
  std::string kubectl = "kubectl";     // the program of the cluster's own version
  std::string network_namespace = {};  // empty: the cluster is reachable from the harness's own
};

// Of an Error from Get: the API was asked, and there is no such object.
inline bool IsNotFound(const Error& error) { return error.message.find("NotFound") != std::string::npos; }

class Kube {
 public:
  Kube(Host& host, Access access) : host_(host), access_(std::move(access)) {}

  // One object, or with an empty name a List (`items`). Absent object: an Error that IsNotFound.
  Result<nlohmann::json> Get(const std::string& kind, const std::string& name, const std::string& space = "") const;
  Result<nlohmann::json> List(const std::string& kind, const std::string& space,
                              const std::string& selector = "") const;

  // `manifest` is YAML or JSON, any number of documents.
  Status Apply(const std::string& manifest) const;

  // An absent object is success. `grace` zero means at once and by force. Does not wait for finalizers unless asked.
  enum class Grace { kDefault, kNone };
  enum class Waiting { kForDeletion, kNot };
  Status Delete(const std::string& kind, const std::string& name, const std::string& space,
                Grace grace = Grace::kDefault, Waiting waiting = Waiting::kForDeletion,
                Duration limit = std::chrono::minutes(2)) const;

  // Runs argv in the pod's first container. A non-zero exit status of it is an Output, as of Host::Run.
  Result<Output> Exec(const std::string& space, const std::string& pod, const std::vector<std::string>& argv,
                      Duration limit = std::chrono::minutes(2)) const;

  // Any other kubectl command line.
  Result<std::string> Kubectl(const std::vector<std::string>& arguments, const std::string& input = "",
                              Duration limit = std::chrono::seconds(60)) const;

  const Access& access() const { return access_; }
  Host& host() const { return host_; }

 private:
  Command KubectlCommand(std::vector<std::string> arguments, const std::string& input, Duration limit) const;

  Host& host_;
  Access access_;
};

}  // namespace holdfast
