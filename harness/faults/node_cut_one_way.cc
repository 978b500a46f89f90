// node-cut-one-way: the node under the database gets nothing any more, or nothing that it sends arrives (option
// `direction`: in, the default, or out). It is as good as gone and, other than one that is cut off both ways, speaks or
// hears as if nothing were wrong. Healed by lifting the block.
#include "harness/fault_parts/traffic_block.h"
#include "harness/registry.h"

namespace holdfast {

class NodeCutOneWay : public Fault {
 public:
  explicit NodeCutOneWay(const Context& context)
      : options_(context.options), block_(options_), direction_(options_.Text("direction", "in", {"in", "out"})) {}

  Status Check() const override { return options_.Finish(); }
  std::optional<std::string> Missing(Provider& provider, Backend& backend) const override {
    return block_.Missing(provider, backend);
  }
  Result<nlohmann::json> Arm(World& world) override { return block_.Arm(world); }
  Status Inject(World& world) override {
    return block_.Inject(world, direction_ == "in" ? Network::Traffic::kIn : Network::Traffic::kOut);
  }
  Result<Bite> Biting(World& world) override { return block_.Biting(world); }
  Status Heal(World& world, const nlohmann::json& undo) override { return TrafficBlock::Heal(world, undo); }
  std::string ByHand(const std::string&, const nlohmann::json& undo) const override {
    return TrafficBlock::ByHand(undo);
  }

 private:
  Options options_;
  TrafficBlock block_;
  std::string direction_;
};

HOLDFAST_REGISTER(Fault, NodeCutOneWay, "node-cut-one-way");

}  // namespace holdfast
