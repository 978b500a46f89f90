#include "harness/playing/traces.h"

#include <fmt/format.h>

#include <utility>

#include "harness/playing/diagnostics.h"

namespace holdfast {
namespace {

// What was kept so short a while ago tells the same.
constexpr Duration kOldTraces = std::chrono::seconds(15);

}  // namespace

Traces::Traces(const World& world, Progress& progress, std::filesystem::path logs)
    : world_(world), progress_(progress), logs_(std::move(logs)) {}

void Traces::Keep(int cell, const std::string& occasion) {
  MarkTrouble();
  const std::filesystem::path folder = logs_ / fmt::format("cell-{}-{}", cell, occasion);
  CollectDiagnostics(world_, folder);
  kept_at_ = world_.host.Now();
  progress_.Say("what the cluster says of itself: " + folder.string());
}

void Traces::KeepBeforeRemoval(int cell) {
  if (!troubled_ || world_.host.Interrupted()) return;
  if (kept_at_ && world_.host.Now() - *kept_at_ < kOldTraces) return;
  Keep(cell, "before-removal");
}

}  // namespace holdfast
