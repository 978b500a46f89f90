// node-cut-control-plane: the node under the database and the control plane do not reach each other, while nodes,
// storage and clients do. The cluster takes a node for dead on which the database goes on writing, unhindered. Healed
// by lifting the block.
#include "harness/fault_parts/traffic_block.h"
#include "harness/registry.h"

namespace holdfast {

class NodeCutControlPlane : public Fault {
 public:
  explicit NodeCutControlPlane(const Context& context) : options_(context.options), block_(options_) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider& provider, Backend& backend) const override {
    return block_.Missing(provider, backend);
  }
  Result<nlohmann::json> Arm(World& world) override { return block_.Arm(world); }
  Status Inject(World& world) override { return block_.Inject(world, Network::Traffic::kControlPlane); }
  Result<Bite> Biting(World& world) override { return block_.Biting(world); }
  Status Heal(World& world, const nlohmann::json& undo) override { return TrafficBlock::Heal(world, undo); }
  std::string ByHand(const std::string&, const nlohmann::json& undo) const override {
    return TrafficBlock::ByHand(undo);
  }

 private:
  Options options_;
  TrafficBlock block_;
};

HOLDFAST_REGISTER(Fault, NodeCutControlPlane, "node-cut-control-plane");

}  // namespace holdfast
