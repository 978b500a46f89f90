// Traces: of a cell that will not pass, what the cluster says of itself (diagnostics.h), kept in a folder for each
// occasion: when it went wrong, and before the database goes.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "harness/fault.h"
#include "harness/host/progress.h"

namespace holdfast {

class Traces {
 public:
  // World and progress outlive it.
  Traces(const World& world, Progress& progress, std::filesystem::path logs);

  // The cell will not pass, whatever else is seen.
  void MarkTrouble() { troubled_ = true; }
  // Trouble, and what there is to see of it now; names the folder in the progress.
  void Keep(int cell, const std::string& occasion);
  // Of trouble that was marked. Not of what the user interrupted: that is over as soon as it is healed.
  void KeepBeforeRemoval(int cell);

 private:
  const World& world_;
  Progress& progress_;
  const std::filesystem::path logs_;
  bool troubled_ = false;
  std::optional<Time> kept_at_;  // the last time
};

}  // namespace holdfast
