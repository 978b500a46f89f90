#include "harness/playing/bench_player.h"

#include <utility>

#include "harness/latency/fio_output.h"

namespace holdfast {

BenchPlayer::BenchPlayer(std::unique_ptr<Bench> bench, const World& world, LatencyParts parts, const Cell& cell)
    : bench_(std::move(bench)), world_(world), parts_(std::move(parts)), cell_(cell) {}

std::optional<std::string> BenchPlayer::Missing() const {
  if (bench_ == nullptr) return "there is no bench to measure storage with";
  return bench_->Missing(parts_);
}

Status BenchPlayer::Deploy(Duration limit) {
  BenchSetup setup{.space = world_.space,
                   .storage_class = world_.backend.StorageClass(),
                   .parts = parts_,
                   .size_mib = cell_.fio->size_mib,
                   .jobs = {}};
  for (const FioReading& reading : DrawReadings(*cell_.fio, cell_.seed)) {
    setup.jobs.emplace(FioJobFile(reading), PrintFioJob(reading, *cell_.fio, cell_.seed));
  }
  return bench_->Deploy(world_.kube, world_.provider, setup, limit);
}

Result<std::string> BenchPlayer::Measure(const FioReading& reading, Duration limit) {
  return bench_->Measure(world_.kube, world_.space, FioJobFile(reading), limit).map(CompactJson);
}

Status BenchPlayer::Remove(Duration limit) { return bench_->Remove(world_.kube, world_.space, limit); }

}  // namespace holdfast
