// Attempts: the operations of a history by client and sequence, as the rows of a read name them. Keeps a reference to
// the operations.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "harness/history.h"

namespace holdfast {

class Attempts {
 public:
  explicit Attempts(const std::vector<Operation>& operations) : operations_(operations) {
    for (std::size_t i = 0; i < operations.size(); ++i) by_client_[operations[i].client].push_back(i);
    for (auto& [client, indices] : by_client_) {
      std::sort(indices.begin(), indices.end(),
                [&](std::size_t one, std::size_t other) { return At(one).sequence < At(other).sequence; });
    }
  }

  const Operation& At(std::size_t index) const { return operations_[index]; }
  std::size_t size() const { return operations_.size(); }

  std::optional<std::size_t> Find(int client, std::uint64_t sequence) const {
    const auto indices = by_client_.find(client);
    if (indices == by_client_.end()) return std::nullopt;
    const auto found =
        std::lower_bound(indices->second.begin(), indices->second.end(), sequence,
                         [&](std::size_t index, std::uint64_t wanted) { return At(index).sequence < wanted; });
    if (found == indices->second.end() || At(*found).sequence != sequence) return std::nullopt;
    return *found;
  }

 private:
  const std::vector<Operation>& operations_;
  std::map<int, std::vector<std::size_t>> by_client_;
};

}  // namespace holdfast
