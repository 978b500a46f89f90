// storage-quorum-loss: of the storage's programs that decide together who may write, most are away for `lasts`. The
// storage may stop until they are back; it must not acknowledge what it cannot keep. They come back by themselves;
// healed by starting those that were left away.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/fault_parts/passing.h"
#include "harness/fault_parts/target.h"
#include "harness/options.h"
#include "harness/registry.h"

namespace holdfast {
namespace {

constexpr auto kQuorum = Daemons::Role::kQuorum;

}  // namespace

class StorageQuorumLoss : public Fault {
 public:
  explicit StorageQuorumLoss(const Context& context)
      : options_(context.options), lasts_(options_.Period("lasts", std::chrono::seconds(30))) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider&, Backend& backend) const override {
    if (backend.daemons() == nullptr) return "the backend has no Daemons";
    return std::nullopt;
  }

  // The fewest that are a majority, so that one is left that cannot decide alone.
  Result<nlohmann::json> Arm(World& world) override {
    RETURN_IF_ERROR(LocateDatabase(world));
    ASSIGN_OR_RETURN(nodes_, world.backend.daemons()->NodesOf(kQuorum));
    if (nodes_.empty()) return Unavailable("the storage has no quorum to lose");
    std::sort(nodes_.begin(), nodes_.end());
    nodes_.resize(nodes_.size() / 2 + 1);
    seen_ = Bite{.bitten = false, .evidence = fmt::format("nothing was stopped on {}", fmt::join(nodes_, ", "))};
    return nlohmann::json{{"nodes", nodes_}};
  }

  Status Inject(World& world) override {
    Daemons& daemons = *world.backend.daemons();
    for (const std::string& node : nodes_) RETURN_IF_ERROR(daemons.Stop(node, kQuorum));
    const Time begin = world.host.Now();
    ASSIGN_OR_RETURN(seen_, WatchFor(world.host, lasts_, [&] { return Look(world); }));
    if (seen_.bitten)
      seen_.evidence += fmt::format("; they were away for {}", FormatDuration(world.host.Now() - begin));
    for (const std::string& node : nodes_) RETURN_IF_ERROR(daemons.Start(node, kQuorum));
    return {};
  }

  Result<Bite> Biting(World&) override { return seen_; }

  Status Heal(World& world, const nlohmann::json& undo) override {
    ASSIGN_OR_RETURN(const std::vector<std::string> nodes, TextsOf(undo, "nodes"));
    if (world.backend.daemons() == nullptr) return Unavailable("the backend has no Daemons to heal with");
    for (const std::string& node : nodes) {
      ASSIGN_OR_RETURN(const std::string now, world.backend.daemons()->Incarnation(node, kQuorum));
      if (now.empty()) RETURN_IF_ERROR(world.backend.daemons()->Start(node, kQuorum));
    }
    return {};
  }
  bool EndsByItself() const override { return true; }
  Duration InjectLimit() const override { return lasts_ + kInjectLimit; }
  std::string ByHand(const std::string&, const nlohmann::json& undo) const override {
    return fmt::format("start the storage's quorum daemons, on {}", NamesIn(undo, "nodes"));
  }
  int Toll() const override { return 2; }

 private:
  Result<Bite> Look(World& world) const {
    std::vector<std::string> running;
    for (const std::string& node : nodes_) {
      ASSIGN_OR_RETURN(const std::string now, world.backend.daemons()->Incarnation(node, kQuorum));
      if (!now.empty()) running.push_back(node);
    }
    if (!running.empty()) {
      return Bite{.bitten = false, .evidence = fmt::format("a quorum daemon ran on {}", fmt::join(running, ", "))};
    }
    // The storage is slow to say that it cannot decide anything.
    ASSIGN_OR_RETURN(const Health health, world.backend.GetHealth());
    return Bite{
        .bitten = !health.whole,
        .evidence = fmt::format("no quorum daemon ran on {}; storage: {}", fmt::join(nodes_, ", "), health.detail)};
  }

  Options options_;
  Duration lasts_;
  std::vector<std::string> nodes_;
  Bite seen_;
};

HOLDFAST_REGISTER(Fault, StorageQuorumLoss, "storage-quorum-loss");

}  // namespace holdfast
