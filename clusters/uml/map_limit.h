// The map limit: how many mappings a process of this machine may have (vm.max_map_count). A program on a node has one
// for nearly each of its pages that lies by itself in the node's memory: a storage daemon some 50,000 after half an
// hour. Linux's usual 65,530 then end it, which looks as if the storage had lost a copy. So the limit is raised while
// there is a cluster, and is put back when the last one goes.
#pragma once

#include <filesystem>

#include "harness/result.h"

namespace holdfast::uml {

// Of more than all the pages of a node.
inline constexpr int kMapLimit = 1'048'576;

class MapLimit {
 public:
  // `limit` is the kernel's file, `record` is where the value of before is kept, `clusters` the folder with one for
  // each cluster.
  MapLimit(std::filesystem::path limit, std::filesystem::path record, std::filesystem::path clusters);
  // This machine's.
  static MapLimit OfThisMachine();

  // Idempotent; the folder of the cluster that needs it is there.
  Status Raise() const;
  // With the last cluster's folder gone; else nothing.
  Status PutBack() const;

 private:
  const std::filesystem::path limit_, record_, clusters_;
};

}  // namespace holdfast::uml
