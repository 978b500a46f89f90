// BenchPlayer: the part of a cell that measures storage: the bench, and the jobs of this cell for it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "harness/bench.h"
#include "harness/fault.h"
#include "harness/plan.h"

namespace holdfast {

class BenchPlayer {
 public:
  // `world` and `cell`, whose `fio` says what is measured, outlive it. `bench` may be nullptr.
  BenchPlayer(std::unique_ptr<Bench> bench, const World& world, LatencyParts parts, const Cell& cell);

  // What this machine lacks; nothing if it can be deployed.
  std::optional<std::string> Missing() const;
  Status Deploy(Duration limit);
  // fio's words, without blanks.
  Result<std::string> Measure(const FioReading& reading, Duration limit);
  Status Remove(Duration limit);

 private:
  const std::unique_ptr<Bench> bench_;
  const World& world_;
  const LatencyParts parts_;
  const Cell& cell_;
};

}  // namespace holdfast
