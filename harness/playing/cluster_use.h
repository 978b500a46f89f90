// ClusterUse: who is at work on a cluster, across processes. A run shares the cluster with other runs; what unmakes or
// heals it must be alone. The locks are files in the user's state folder, and the kernel lets go of them when a process
// ends, however it ends.
#pragma once

#include <string>
#include <utility>

#include "harness/host.h"
#include "harness/result.h"

namespace holdfast {

class ClusterUse {
 public:
  // Beside other runs. An Error if somebody is alone with it now.
  static Result<ClusterUse> Share(const std::string& cluster);
  // An Error, at once, if anybody else is at work on it.
  static Result<ClusterUse> Alone(const std::string& cluster);
  // While the cluster is made and its storage installed; waits for others who do the same.
  static Result<ClusterUse> SetUp(Host& host, const std::string& cluster);

  // From sharing to being alone; false if somebody else is at work on it.
  bool BecomeAlone();

  ClusterUse(ClusterUse&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  ClusterUse& operator=(ClusterUse&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~ClusterUse();

 private:
  explicit ClusterUse(int descriptor) : descriptor_(descriptor) {}
  static Result<ClusterUse> Open(const std::string& cluster, const std::string& purpose);

  int descriptor_;
};

}  // namespace holdfast
